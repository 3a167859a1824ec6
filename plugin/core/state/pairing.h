// SPDX-License-Identifier: GPL-2.0-or-later
// Which reply answers which request (RFC 5944 3.6 to 3.8, 5.7).
#ifndef DSMIPV4_PAIRING_H
#define DSMIPV4_PAIRING_H

#include "state/table.h"

#define DSMIPV4_ANSWER_TIME INT64_C(60000000000) // nanoseconds; a reply later than this answers something else

// Prepare the table for the functions below.
void dsmipv4_pairing_init(dsmipv4_bindings_t *b);

// Find the request by its header from now on, until it is answered.
void dsmipv4_remember_request(dsmipv4_bindings_t *b, dsmipv4_event_t *request);

// The request that a reply answers: one with the whole identification wherever it is found, else one
// with its low half, else one whose identification was copied wrongly. NULL: none is known. `node` is
// the node of the reply's addresses, or NULL; `nai` the digest of its NAI, or 0.
dsmipv4_event_t *dsmipv4_find_request(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply, const dsmipv4_node_t *node,
				      uint64_t nai);

// The identification names this request. That of an accepted timestamp is copied whole; where only
// the low half agrees the request may be another one, which was not captured (RFC 5944 5.7).
bool dsmipv4_identifies(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// A mobile node would take this reply, if not for this request then for one that was not captured.
bool dsmipv4_is_credible(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// The reply answers this request for certain: the two above.
bool dsmipv4_answers(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// Let the request know its reply, `reply->pair` set, and no longer lead other replies to it.
void dsmipv4_link_request(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Remember that replies travel from there to there.
void dsmipv4_note_reply(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply);

// Replies from one address to the other were seen. Host byte order.
bool dsmipv4_replies_seen(const dsmipv4_bindings_t *b, uint32_t from, uint32_t to);

#endif
