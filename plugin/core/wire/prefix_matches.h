// SPDX-License-Identifier: GPL-2.0-or-later
// Prefixes of one list that meet those of another, found for all at once: a message may have thousands.
#ifndef DSMIPV4_PREFIX_MATCHES_H
#define DSMIPV4_PREFIX_MATCHES_H

#include "wire/message.h"

// Places in the list, counted from 1, of the first prefix of a kind; 0: there is none.
typedef struct {
	uint16_t equal;     // see dsmipv4_prefix_equal()
	uint16_t nested;    // of another length, and one of the two contains the other
	uint16_t same_bits; // the same significant bits, the length may differ; lengths above 128 do not count
} dsmipv4_prefix_matches_t;

// For each of `n_asked` prefixes, what of the `n_list` (at most 65535) ones it meets. NULL in either list stands for
// no prefix. O(n log n). The result has n_asked entries and lives in `alloc`; NULL (the pointer, as of wmem) allocates
// it outside of any pool.
dsmipv4_prefix_matches_t *dsmipv4_prefix_matches(wmem_allocator_t *alloc, const dsmipv4_prefix_t *const *list,
						 unsigned n_list, const dsmipv4_prefix_t *const *asked,
						 unsigned n_asked);

// The first that is equal or nested, 0: none; see dsmipv4_prefix_similar().
static inline uint16_t dsmipv4_first_similar(const dsmipv4_prefix_matches_t *m)
{
	if (!m->equal || !m->nested)
		return m->equal ? m->equal : m->nested;
	return m->equal < m->nested ? m->equal : m->nested;
}

#endif
