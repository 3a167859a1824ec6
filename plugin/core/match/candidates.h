// SPDX-License-Identifier: GPL-2.0-or-later
// Which bindings of a node may explain a tunneled packet.
#ifndef DSMIPV4_CANDIDATES_H
#define DSMIPV4_CANDIDATES_H

#include "match/match.h"

// Fill m->candidates, the node, its addresses and the care-of address known. `grace`: nanoseconds.
void dsmipv4_find_candidates(dsmipv4_match_t *m, int64_t grace);

#endif
