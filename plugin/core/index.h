// SPDX-License-Identifier: GPL-2.0-or-later
// A hash index over things that carry the link of their chain themselves: it costs a pointer for each.
#ifndef DSMIPV4_INDEX_H
#define DSMIPV4_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
	wmem_allocator_t *alloc;
	uint64_t (*key)(const void *member);
	size_t link; // offset of the pointer in a member that leads to the next of its chain
	void **heads;
	unsigned bits;   // 1 << bits heads
	uint32_t n;      // members
	uint64_t factor; // odd and random, so that nobody can choose keys that all meet in one chain
} dsmipv4_index_t;

// An empty index. Its heads live in `alloc`, members in whatever place of their own; `key` must give
// the same for a member forever.
void dsmipv4_index_init(dsmipv4_index_t *index, wmem_allocator_t *alloc, uint64_t (*key)(const void *member),
			size_t link);

// Members of equal keys may be added, each member once.
void dsmipv4_index_add(dsmipv4_index_t *index, void *member);

// The member of this key that was added last, NULL if there is none. O(1) expected.
void *dsmipv4_index_find(const dsmipv4_index_t *index, uint64_t key);

// The one added before `member` that has its key, NULL if there is none.
void *dsmipv4_index_next(const dsmipv4_index_t *index, const void *member);

#endif
