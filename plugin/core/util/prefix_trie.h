// SPDX-License-Identifier: GPL-2.0-or-later
// IPv6 prefixes with a number each: which one covers an address, which ones overlap another.
#ifndef DSMIPV4_PREFIX_TRIE_H
#define DSMIPV4_PREFIX_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

typedef struct dsmipv4_trie dsmipv4_trie_t;

// An empty trie that lives in `arena`.
dsmipv4_trie_t *dsmipv4_trie_new(dsmipv4_arena_t *arena);

// The value slot of the prefix of `len` bits (0..128) of `bytes`, made with 0 where there was
// none. Valid until the next call. Bits beyond len are ignored. `bytes` must last as long as the trie,
// which keeps no copy.
uint32_t *dsmipv4_trie_slot(dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len);

// Called for a value that is not 0, of the prefix of `len` bits of `bytes`; false ends the walk.
typedef bool (*dsmipv4_trie_visit)(const uint8_t *bytes, unsigned len, uint32_t value, void *user);

// Visit the prefixes that cover the first `len` bits of `bytes`, shortest first, an equal one
// included. O(len).
void dsmipv4_trie_covering(const dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len, dsmipv4_trie_visit visit,
			   void *user);

// Visit the prefixes that lie inside the prefix of `len` bits of `bytes`, itself excluded.
void dsmipv4_trie_inside(const dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len, dsmipv4_trie_visit visit,
			 void *user);

#endif
