// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: registration messages in as events, history (history.h) out. RFC 5944 3.6 to 3.8;
// RFC 5454 3; RFC 3543.
#ifndef DSMIPV4_BINDINGS_H
#define DSMIPV4_BINDINGS_H

#include "state/history.h"

// A table that lives in `alloc` and is freed with it.
dsmipv4_bindings_t *dsmipv4_bindings_new(wmem_allocator_t *alloc);

// Take a registration message as the next event. Call it once for each, in the order of the capture.
// `auth` is the state of its Mobile-Home Authentication. Returns NULL for other messages, for those whose
// fixed part was not captured, and for those that are not over IPv4.
const dsmipv4_event_t *dsmipv4_bindings_message(dsmipv4_bindings_t *bindings, const dsmipv4_packet_t *packet,
						const dsmipv4_message_t *message, dsmipv4_auth_state_t auth);

// How often the table has changed. While it has not, a packet is matched like an earlier one that is like it.
uint32_t dsmipv4_bindings_changes(const dsmipv4_bindings_t *bindings);

// Add to the packet of a message what could not be known when it was first seen: the time `end` of the last
// message of the capture (nanoseconds since 1970), and whether replies to it are captured.
void dsmipv4_look_ahead(const dsmipv4_bindings_t *bindings, dsmipv4_packet_t *packet, int64_t end);

#endif
