// SPDX-License-Identifier: GPL-2.0-or-later
// Which bindings of a node may explain a tunneled packet.
#ifndef DSMIPV4_CANDIDATES_H
#define DSMIPV4_CANDIDATES_H

#include "match/match.h"

// Fill m->candidates, the node, its addresses and the care-of address known. `grace`: nanoseconds.
void dsmipv4_find_candidates(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, int64_t grace);

// The packet is known to belong to this binding, as far as care-of addresses tell: it is at an address and port of the
// node, and the binding was not refreshed since; where the request was not captured, the reply went to the care-of
// address of the packet, and to its port. Other bindings of the node may live on beside one whose request is not known.
bool dsmipv4_candidate_is_certain(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c);

#endif
