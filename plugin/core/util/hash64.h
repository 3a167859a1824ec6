// SPDX-License-Identifier: GPL-2.0-or-later
// A hash table of 64-bit numbers, part of each being its key: no pointers, no memory beside the table.
#ifndef DSMIPV4_SLOTS_H
#define DSMIPV4_SLOTS_H

#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#define DSMIPV4_HIGH_HALF UINT64_C(0xffffffff00000000)

typedef struct {
	wmem_allocator_t *alloc;
	uint64_t *slots; // 0 where free
	unsigned bits;   // 1 << bits slots
	uint32_t n;      // of them taken
	uint64_t key;    // the bits of a slot that are its key
	uint64_t factor; // odd and random, so that nobody can choose keys that all meet
} dsmipv4_hash64_t;

// An empty table in `alloc`. `key`: all bits, or DSMIPV4_HIGH_HALF.
void dsmipv4_hash64_init(dsmipv4_hash64_t *table, wmem_allocator_t *alloc, uint64_t key);

// Add a slot, which must not be 0. The same key may be there already.
void dsmipv4_hash64_add(dsmipv4_hash64_t *table, uint64_t slot);

// The first slot with the key of `like`, or where `after` is given the next after that one; NULL if there
// is none (any more). The caller may change its other bits. In no order. O(1) expected.
uint64_t *dsmipv4_hash64_find(const dsmipv4_hash64_t *table, uint64_t like, const uint64_t *after);

// 32 bits for a key in the high half, out of 64 that are too many.
uint64_t dsmipv4_hash64_digest(const dsmipv4_hash64_t *table, uint64_t bits);

#endif
