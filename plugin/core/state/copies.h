// SPDX-License-Identifier: GPL-2.0-or-later
// Retransmissions, and the copies that a foreign agent relays (RFC 5944 3.6.3, 3.7.2.2, 3.7.3.2).
#ifndef DSMIPV4_COPIES_H
#define DSMIPV4_COPIES_H

#include "state/event.h"

// Set the request's `first` and `relay_of` to the message that was seen before and that it repeats. The
// event must have its node and `before`.
void dsmipv4_find_request_copy(dsmipv4_event_t *e);

// The same for a reply, whose `pair` is set.
void dsmipv4_find_reply_copy(dsmipv4_event_t *e);

// The node's latest request on the same leg before this one, relay copies aside; NULL if there is none.
const dsmipv4_event_t *dsmipv4_previous_on_leg(const dsmipv4_event_t *e);

// The request that this one repeats: its bytes, or its care-of address with a new identification, as no reply had come
// (RFC 5944 3.6.3). NULL: it repeats none.
const dsmipv4_event_t *dsmipv4_retransmission_of(const dsmipv4_event_t *request);

#endif
