// SPDX-License-Identifier: GPL-2.0-or-later
// What the two halves of a match share: whose tunnel it is (match.c), by which bindings (candidates.c).
#ifndef DSMIPV4_MATCH_INTERNAL_H
#define DSMIPV4_MATCH_INTERNAL_H

#include "match.h"

// Of the binding's prefixes that count, the longest that covers the address; NULL: none, or no address.
const dsmipv4_registered_prefix_t *covering(const dsmipv4_binding_t *b, const uint8_t address[16],
					    bool (*counts)(const dsmipv4_registered_prefix_t *r));
bool is_active(const dsmipv4_registered_prefix_t *r);

// The address is one at which the binding can be reached: a NAT's too, whether UDP tunnelling was granted or
// not.
bool has_coa(const dsmipv4_binding_t *b, uint32_t coa);

// Fill m->candidates, the node, its addresses and the care-of address known.
void find_candidates(dsmipv4_match_t *m, int64_t grace);

#endif
