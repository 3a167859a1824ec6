// SPDX-License-Identifier: GPL-2.0-or-later
// IPv6 prefixes with a value each: which one covers an address, which ones overlap another.
#ifndef DSMIPV4_PREFIX_TRIE_H
#define DSMIPV4_PREFIX_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct dsmipv4_trie dsmipv4_trie_t;

// An empty trie that lives in `alloc`.
dsmipv4_trie_t *dsmipv4_trie_new(wmem_allocator_t *alloc);

// The value slot of the prefix of `len` bits (0..128) of `bytes`, made with NULL where there was
// none. Valid as long as the trie. Bits beyond len are ignored.
void **dsmipv4_trie_slot(dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len);

// Called for a value that is not NULL; false ends the walk.
typedef bool (*dsmipv4_trie_visit)(void *value, void *user);

// Visit the prefixes that cover the first `len` bits of `bytes`, shortest first, an equal one
// included. O(len).
void dsmipv4_trie_covering(const dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len, dsmipv4_trie_visit visit,
			   void *user);

// Visit the prefixes that lie inside the prefix of `len` bits of `bytes`, itself excluded.
void dsmipv4_trie_inside(const dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len, dsmipv4_trie_visit visit,
			 void *user);

#endif
