// SPDX-License-Identifier: GPL-2.0-or-later
// The containers of the binding table: arena, stable array, hash table.
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "util/arena.h"
#include "util/stable_array.h"
#include "util/hash64.h"

typedef struct {
	wmem_allocator_t *alloc;
} fixture_t;

static void setup(fixture_t *f, G_GNUC_UNUSED const void *unused)
{
	f->alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
}

static void teardown(fixture_t *f, G_GNUC_UNUSED const void *unused)
{
	wmem_destroy_allocator(f->alloc);
}

#define CASE(name) static void name(fixture_t *f, G_GNUC_UNUSED const void *unused)

static bool is_filled(const uint8_t *bytes, size_t len, uint8_t with)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != with)
			return false;
	}
	return true;
}

#define N_PIECES 3000

// Pieces of all sizes, even larger than a block, are zero, aligned and separate.
CASE(test_arena)
{
	dsmipv4_arena_t *arena = dsmipv4_arena_new(f->alloc);
	static const size_t sizes[] = {1, 7, 8, 24, 150, 152, 8000, 9000, 70000};
	uint8_t *pieces[N_PIECES];
	for (unsigned i = 0; i < N_PIECES; i++) {
		size_t size = sizes[i % G_N_ELEMENTS(sizes)];
		pieces[i] = dsmipv4_arena_alloc(arena, size);
		g_assert_cmpuint((uintptr_t)pieces[i] % sizeof(uint64_t), ==, 0);
		g_assert_true(is_filled(pieces[i], size, 0));
		memset(pieces[i], (int)(i % 255 + 1), size);
	}
	for (unsigned i = 0; i < N_PIECES; i++)
		g_assert_true(is_filled(pieces[i], sizes[i % G_N_ELEMENTS(sizes)], (uint8_t)(i % 255 + 1)));
}

typedef struct {
	uint32_t number;
	uint8_t rest[20];
} thing_t;

CASE(test_numbered)
{
	dsmipv4_stable_array_t list;
	thing_t *things[N_PIECES];
	dsmipv4_stable_array_init(&list, f->alloc, sizeof(thing_t));
	for (uint32_t i = 0; i < N_PIECES; i++) {
		g_assert_cmpuint(list.n, ==, i);
		things[i] = dsmipv4_stable_array_add(&list);
		g_assert_true(is_filled((const uint8_t *)things[i], sizeof(thing_t), 0));
		memset(things[i], 0xff, sizeof(thing_t));
		things[i]->number = i;
	}
	for (uint32_t i = 0; i < N_PIECES; i++) {
		g_assert_true(dsmipv4_stable_array_at(&list, i) == things[i]); // none has moved
		g_assert_cmpuint(things[i]->number, ==, i);
	}
}

#define N_KEYS 2000
#define HIGHEST 5

static uint64_t high_slot(uint32_t key, uint32_t value)
{
	return (uint64_t)key << 32 | value;
}

// Each key once, twice, up to HIGHEST times, with values of its own.
CASE(test_slots)
{
	dsmipv4_hash64_t table;
	dsmipv4_hash64_init(&table, f->alloc, DSMIPV4_HIGH_HALF);
	for (uint32_t round = 1; round <= HIGHEST; round++) {
		for (uint32_t key = 0; key < N_KEYS; key++) {
			if (key % HIGHEST + 1 >= round)
				dsmipv4_hash64_add(&table, high_slot(key, round));
		}
	}
	for (uint32_t key = 0; key < N_KEYS + 100; key++) {
		unsigned seen = 0;
		for (uint64_t *slot = NULL; (slot = dsmipv4_hash64_find(&table, high_slot(key, 99), slot));) {
			g_assert_cmpuint(*slot >> 32, ==, key);
			g_assert_cmpuint(seen >> (uint32_t)*slot & 1, ==, 0);
			seen |= 1U << (uint32_t)*slot;
		}
		g_assert_cmpuint(seen, ==, key < N_KEYS ? (2U << (key % HIGHEST + 1)) - 2 : 0);
	}
}

CASE(test_slot_changed)
{
	dsmipv4_hash64_t table;
	dsmipv4_hash64_init(&table, f->alloc, DSMIPV4_HIGH_HALF);
	dsmipv4_hash64_add(&table, high_slot(7, 1));
	*dsmipv4_hash64_find(&table, high_slot(7, 0), NULL) = high_slot(7, 2);
	uint64_t *slot = dsmipv4_hash64_find(&table, high_slot(7, 0), NULL);
	g_assert_cmpuint((uint32_t)*slot, ==, 2);
	g_assert_null(dsmipv4_hash64_find(&table, high_slot(7, 0), slot));
}

// All 64 bits are the key.
CASE(test_whole_slots)
{
	dsmipv4_hash64_t table;
	dsmipv4_hash64_init(&table, f->alloc, UINT64_MAX);
	for (uint32_t i = 1; i <= N_KEYS; i++)
		dsmipv4_hash64_add(&table, high_slot(i, i));
	for (uint32_t i = 1; i <= N_KEYS; i++) {
		g_assert_nonnull(dsmipv4_hash64_find(&table, high_slot(i, i), NULL));
		g_assert_null(dsmipv4_hash64_find(&table, high_slot(i, i + 1), NULL));
	}
	g_assert_null(dsmipv4_hash64_find(&table, 0, NULL));
}

CASE(test_digest)
{
	dsmipv4_hash64_t table;
	dsmipv4_hash64_init(&table, f->alloc, DSMIPV4_HIGH_HALF);
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	for (uint32_t i = 0; i < N_KEYS; i++) {
		uint64_t digest = dsmipv4_hash64_digest(&table, high_slot(0xc6336401, 0x0a000000 + i));
		g_assert_cmpuint((uint32_t)digest, ==, 0);
		g_hash_table_add(seen, GSIZE_TO_POINTER(digest >> 32));
	}
	g_assert_cmpuint(g_hash_table_size(seen), >, N_KEYS - 10);
	g_hash_table_destroy(seen);
}

#define ADD(name, function) g_test_add("/memory/" name, fixture_t, NULL, setup, function, teardown)

// Whatever the random factor is, addresses in a row are found near where the search for them begins.
CASE(test_slots_in_a_row)
{
	static const uint64_t factors[] = {
		0x0000000000000001, 0x0000000080000001, 0x0000000055555557, 0x0000000040000001,
		0x8000000000000001, 0x5555555555555557, 0xffffffffffffffff, 0x0000000100000001,
	};
	enum { N = 8000 };
	for (unsigned k = 0; k < G_N_ELEMENTS(factors); k++) {
		dsmipv4_hash64_t table;
		uint64_t steps = 0;
		dsmipv4_hash64_init(&table, f->alloc, DSMIPV4_HIGH_HALF);
		table.factor = factors[k];
		for (uint32_t i = 0; i < N; i++)
			dsmipv4_hash64_add(&table, high_slot(0xc6330000 + i, 1));
		size_t size = (size_t)1 << table.bits;
		for (uint32_t i = 0; i < N; i++) {
			uint64_t like = high_slot(0xc6330000 + i, 0);
			size_t at = (size_t)(dsmipv4_hash64_find(&table, like, NULL) - table.slots);
			steps += (at + size - dsmipv4_hash64_place(&table, like)) % size;
		}
		g_assert_cmpuint(steps, <, 2 * N);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("arena", test_arena);
	ADD("numbered", test_numbered);
	ADD("slots", test_slots);
	ADD("slot changed", test_slot_changed);
	ADD("whole slots", test_whole_slots);
	ADD("slots in a row", test_slots_in_a_row);
	ADD("digest", test_digest);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
