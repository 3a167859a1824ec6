// SPDX-License-Identifier: GPL-2.0-or-later
// The tunneling mode that a binding calls for.
#ifndef DSMIPV4_EXPECTATION_H
#define DSMIPV4_EXPECTATION_H

#include "match/match.h"

// The care-of address mode was granted though it was not requested: either form is right (doc/bindings.md,
// coa_mode_unasked).
bool dsmipv4_mode_is_open(const dsmipv4_candidate_t *candidate);

// The form that the binding calls for, UNKNOWN where either is right (doc/bindings.md).
dsmipv4_tunneling_mode_t dsmipv4_expected_tunneling_mode(const dsmipv4_match_t *match,
							 const dsmipv4_candidate_t *candidate);

#endif
