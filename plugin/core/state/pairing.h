// SPDX-License-Identifier: GPL-2.0-or-later
// Which reply answers which request (RFC 5944 3.6 to 3.8, 5.7), and which acknowledgment which revocation.
#ifndef DSMIPV4_PAIRING_H
#define DSMIPV4_PAIRING_H

#include "state/table.h"

#define DSMIPV4_ANSWER_TIME INT64_C(60000000000) // nanoseconds; a reply later than this answers something else

// Prepare the table for the functions below.
void dsmipv4_pairing_init(dsmipv4_bindings_t *b);

// Store the request, so that its reply finds it, until it is answered.
void dsmipv4_remember_request(dsmipv4_bindings_t *b, dsmipv4_event_t *request);

// The request that a reply answers: one with the whole identification on any leg, else one with its low half, else
// one whose identification was copied wrongly. NULL: none is known. `node` is the node of the reply's addresses, or
// NULL; `nai` is the digest of its NAI, or 0.
dsmipv4_event_t *dsmipv4_find_request(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply, const dsmipv4_node_t *node,
				      uint64_t nai);

// The identification identifies this request. An accepted timestamp is copied whole; if only the low half agrees,
// the reply may answer another request, which was not captured (RFC 5944 5.7).
bool dsmipv4_identifies(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// A mobile node would accept this reply, if not to this request then to one that was not captured.
bool dsmipv4_is_credible(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// The reply answers this request for certain: the two above.
bool dsmipv4_answers(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// The reply may answer another request than this one, earlier or later, that was not captured or comes later in the
// capture: nonces tell nothing of their order, and a timestamp is another one.
bool dsmipv4_may_answer_another(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// The reply has the identification of another request than the one that it fits best, and comes so late that the node
// may have sent another since, which was not captured or follows in the capture (RFC 5944 3.6.3).
bool dsmipv4_may_answer_unseen(const dsmipv4_event_t *reply, const dsmipv4_event_t *request);

// Set the request's reply, whose `pair` is set; other replies no longer find the request.
void dsmipv4_link_request(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Find the revocation that an acknowledgment answers, or what a revocation repeats, and store it, so that its
// acknowledgment finds it. The acknowledgment copies home address and identifier (RFC 3543 3.4).
void dsmipv4_pair_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event);

// Remember that replies from one address to the other were seen.
void dsmipv4_note_reply(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply);

// Replies from one address to the other were seen. Host byte order.
bool dsmipv4_replies_seen(const dsmipv4_bindings_t *b, uint32_t from, uint32_t to);

// Replies from this address to anyone were seen. Host byte order.
bool dsmipv4_agent_replied(const dsmipv4_bindings_t *b, uint32_t agent);

#endif
