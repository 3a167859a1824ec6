// SPDX-License-Identifier: GPL-2.0-or-later
// A hash table of 64-bit numbers, part of each being its key: no pointers, no memory beside the table.
#ifndef DSMIPV4_SLOTS_H
#define DSMIPV4_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#define DSMIPV4_HIGH_HALF UINT64_C(0xffffffff00000000)

typedef struct {
	wmem_allocator_t *alloc;
	uint64_t *slots; // 0 where free
	unsigned bits;   // 1 << bits slots
	uint32_t n;      // of them taken
	uint64_t key;    // the bits of a slot that are its key
	uint64_t factor; // odd and random, so that nobody can choose keys that collide
} dsmipv4_hash64_t;

// An empty table in `alloc`. `key`: all bits, or DSMIPV4_HIGH_HALF.
void dsmipv4_hash64_init(dsmipv4_hash64_t *table, wmem_allocator_t *alloc, uint64_t key);

// Add a slot, which must not be 0. The same key may be there already.
void dsmipv4_hash64_add(dsmipv4_hash64_t *table, uint64_t slot);

// The first slot with the key of `like` or, if `after` is given, the next one after it; NULL if there is no (other)
// one. The order is undefined. The caller may change the bits that are not its key. O(1) expected.
uint64_t *dsmipv4_hash64_find(const dsmipv4_hash64_t *table, uint64_t like, const uint64_t *after);

// Where the search for the key of `like` begins. A product alone would keep what keys have in common: addresses in a
// row times some factors lie in a few heaps. So the halves are mixed in between.
static inline size_t dsmipv4_hash64_place(const dsmipv4_hash64_t *table, uint64_t like)
{
	uint64_t hash = like & table->key;
	hash = (hash ^ hash >> 32) * table->factor;
	hash = (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15); // 2^64 by the golden ratio
	return (size_t)(hash >> (64 - table->bits));
}

// There is certainly no slot with the key of `like`: a quick answer, which most keys that are not there get.
static inline bool dsmipv4_hash64_lacks(const dsmipv4_hash64_t *table, uint64_t like)
{
	return table->slots[dsmipv4_hash64_place(table, like)] == 0;
}

// A 32-bit key, in the high half, for 64 bits.
uint64_t dsmipv4_hash64_digest(const dsmipv4_hash64_t *table, uint64_t bits);

#endif
