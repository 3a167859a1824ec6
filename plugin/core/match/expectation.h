// SPDX-License-Identifier: GPL-2.0-or-later
// The tunneling mode that a binding leads one to expect of a packet.
#ifndef DSMIPV4_EXPECTATION_H
#define DSMIPV4_EXPECTATION_H

#include "match/match.h"

// The care-of address mode was granted though it was not asked for: which form is right is open
// (catalogue section 0a, ruling 7).
bool dsmipv4_mode_is_open(const dsmipv4_candidate_t *candidate);

// The form that the binding leads one to expect, UNKNOWN where either is right (catalogue section 5).
dsmipv4_tunneling_mode_t dsmipv4_expected_tunneling_mode(const dsmipv4_match_t *match,
							 const dsmipv4_candidate_t *candidate);

#endif
