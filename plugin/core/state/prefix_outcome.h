// SPDX-License-Identifier: GPL-2.0-or-later
// The outcome of each prefix of a request by its reply (RFC 5454 3.2, 3.5).
#ifndef DSMIPV4_PREFIX_OUTCOME_H
#define DSMIPV4_PREFIX_OUTCOME_H

#include "state/event.h"

// Write what the pair of request and reply came to, prefix by prefix, into `settled`, which has room for
// all prefixes of both; the return value is their number. `replies` are the reply's prefixes as they were
// sent, masked. Without its request (NULL), or beyond what was captured of it, a reply speaks for itself.
uint16_t dsmipv4_settle_prefixes(dsmipv4_registered_prefix_t *settled, const dsmipv4_registered_prefix_t *replies,
				 unsigned n_replies, const dsmipv4_event_t *request);

#endif
