// SPDX-License-Identifier: GPL-2.0-or-later
// The tunneling mode that a binding calls for.
#ifndef DSMIPV4_EXPECTATION_H
#define DSMIPV4_EXPECTATION_H

#include "match/match.h"

// The care-of address mode was granted though it was not requested: either form is right (doc/bindings.md,
// coa_mode_unasked).
bool dsmipv4_mode_is_open(const dsmipv4_candidate_t *candidate);

// The form that the binding calls for, UNKNOWN where either is right, and for IPv4 (doc/bindings.md).
dsmipv4_tunneling_mode_t dsmipv4_expected_tunneling_mode(const dsmipv4_match_t *match,
							 const dsmipv4_candidate_t *candidate);

// The binding that the node has at the packet's time: the one that explains the packet while it is live, else the
// latest live one. NULL: none is known.
const dsmipv4_binding_t *dsmipv4_current_binding(const dsmipv4_match_t *match);

// The form that this binding calls for: match->expected or, where the packet goes to or comes from where the node is
// not registered, by the code of the prefix; UNKNOWN where either is right.
dsmipv4_tunneling_mode_t dsmipv4_current_tunneling_mode(const dsmipv4_match_t *match);

#endif
