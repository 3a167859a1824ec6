// SPDX-License-Identifier: GPL-2.0-or-later
// Judges a control message, a tunneled packet or Neighbor Discovery by all rules that apply to it.
#ifndef DSMIPV4_DISPATCH_H
#define DSMIPV4_DISPATCH_H

#include "match/match.h"
#include "match/tunnel_history.h"
#include "rules/verdicts.h"
#include "state/bindings.h"

// Judge a control message. `event` is the message as the binding table took it, NULL if it did not.
// The verdicts and all they point to live in `alloc`; ext pointers point into `message`.
dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_event_t *event);

// Judge a tunneled packet, and choose the binding that explains it best: match->chosen. On its first
// visit the packet is compared with the `histories` of those before it and added to them. Later NULL is passed:
// then only what needs the future is judged, and information is given that is given each time; all other
// findings, and information given once, must have been kept from the first visit.
dsmipv4_verdicts_t *dsmipv4_judge_tunnel(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					 const dsmipv4_packet_t *packet, dsmipv4_match_t *match,
					 const dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories);

// Judge a message of Neighbor Discovery that is not tunneled.
dsmipv4_verdicts_t *dsmipv4_judge_advertisement(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
						const dsmipv4_packet_t *packet, const dsmipv4_bindings_t *bindings,
						const dsmipv4_advertisement_t *advertisement);

// The rule is asked of tunneled packets and advertisements; else of control messages.
bool dsmipv4_rule_is_of_packets(dsmipv4_rule_id_t id);

// The finding is given once for a node and direction.
bool dsmipv4_rule_is_once(dsmipv4_rule_id_t id);

#endif
