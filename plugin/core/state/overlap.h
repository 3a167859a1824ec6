// SPDX-License-Identifier: GPL-2.0-or-later
// Prefixes of different nodes that overlap (RFC 5454 3.3).
#ifndef DSMIPV4_OVERLAP_H
#define DSMIPV4_OVERLAP_H

#include "state/history.h"
#include "state/bindings.h"

// Note the reply's active prefixes as its node's, and whose live prefix the first of them overlaps.
void dsmipv4_claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

#endif
