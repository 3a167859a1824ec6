// SPDX-License-Identifier: GPL-2.0-or-later
// A hash table of 64-bit numbers: linear probing, at most three quarters full.
#include "util/hash64.h"

#include <glib.h>

#define FIRST_BITS 6

static size_t last_place(const dsmipv4_hash64_t *table)
{
	return ((size_t)1 << table->bits) - 1;
}

void dsmipv4_hash64_init(dsmipv4_hash64_t *table, wmem_allocator_t *alloc, uint64_t key)
{
	*table = (dsmipv4_hash64_t){.alloc = alloc, .bits = FIRST_BITS, .key = key};
	table->factor = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
	table->slots = wmem_alloc0_array(alloc, uint64_t, 1 << FIRST_BITS);
}

static void put(dsmipv4_hash64_t *table, uint64_t slot)
{
	size_t i = dsmipv4_hash64_place(table, slot);
	while (table->slots[i])
		i = (i + 1) & last_place(table);
	table->slots[i] = slot;
}

static void grow(dsmipv4_hash64_t *table)
{
	uint64_t *old = table->slots;
	size_t n_old = (size_t)1 << table->bits++;
	table->slots = wmem_alloc0_array(table->alloc, uint64_t, 2 * n_old);
	for (size_t i = 0; i < n_old; i++) {
		if (old[i])
			put(table, old[i]);
	}
	wmem_free(table->alloc, old);
}

void dsmipv4_hash64_add(dsmipv4_hash64_t *table, uint64_t slot)
{
	if ((uint64_t)++table->n * 4 > (uint64_t)3 << table->bits)
		grow(table);
	put(table, slot);
}

uint64_t *dsmipv4_hash64_find(const dsmipv4_hash64_t *table, uint64_t like, const uint64_t *after)
{
	size_t last = last_place(table);
	size_t i = after ? ((size_t)(after - table->slots) + 1) & last : dsmipv4_hash64_place(table, like);
	for (; table->slots[i]; i = (i + 1) & last) {
		if (((table->slots[i] ^ like) & table->key) == 0)
			return &table->slots[i];
	}
	return NULL;
}

uint64_t dsmipv4_hash64_digest(const dsmipv4_hash64_t *table, uint64_t bits)
{
	return (bits * table->factor) & DSMIPV4_HIGH_HALF;
}
