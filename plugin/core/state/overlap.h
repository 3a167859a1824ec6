// SPDX-License-Identifier: GPL-2.0-or-later
// Prefixes of different nodes that overlap (RFC 5454 3.3).
#ifndef DSMIPV4_OVERLAP_H
#define DSMIPV4_OVERLAP_H

#include "state/history.h"
#include "state/bindings.h"

// Store the reply's active prefixes for its node, and for each the live prefix of another node that it overlaps.
void dsmipv4_claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

#endif
