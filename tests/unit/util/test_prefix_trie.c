// SPDX-License-Identifier: GPL-2.0-or-later
// The prefix trie compared with a naive list.
#include "util/prefix_trie.h"

#include <glib.h>
#include <string.h>

#define N_PREFIXES 600
#define N_QUERIES 2000

typedef struct {
	uint8_t bytes[16];
	unsigned len;
	unsigned number; // from 1, the value in the trie
} entry_t;

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_trie_t *trie;
} fixture_t;

static void setup(fixture_t *f, G_GNUC_UNUSED const void *unused)
{
	f->alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	f->trie = dsmipv4_trie_new(dsmipv4_arena_new(f->alloc));
}

static void teardown(fixture_t *f, G_GNUC_UNUSED const void *unused)
{
	wmem_destroy_allocator(f->alloc);
}

#define CASE(name) static void name(fixture_t *f, G_GNUC_UNUSED const void *unused)

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned len)
{
	for (unsigned i = 0; i < len; i++) {
		if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1)
			return false;
	}
	return true;
}

// What a walk visited, in its order.
typedef struct {
	unsigned numbers[N_PREFIXES];
	unsigned n, limit; // stop after `limit` visits, 0: never
} walk_t;

static bool note(const uint8_t *bytes, unsigned len, uint32_t value, void *user)
{
	g_assert_true(bytes && len <= 128);
	walk_t *w = user;
	w->numbers[w->n++] = value;
	return w->n != w->limit;
}

static walk_t dsmipv4_covering_prefix(const fixture_t *f, const uint8_t bytes[16], unsigned len, unsigned limit)
{
	walk_t w = {.limit = limit};
	dsmipv4_trie_covering(f->trie, bytes, len, note, &w);
	return w;
}

static walk_t inside(const fixture_t *f, const uint8_t bytes[16], unsigned len, unsigned limit)
{
	walk_t w = {.limit = limit};
	dsmipv4_trie_inside(f->trie, bytes, len, note, &w);
	return w;
}

static void put(fixture_t *f, const uint8_t bytes[16], unsigned len, unsigned value)
{
	*dsmipv4_trie_slot(f->trie, bytes, len) = value;
}

CASE(test_empty)
{
	static const uint8_t zero[16];
	g_assert_cmpuint(dsmipv4_covering_prefix(f, zero, 128, 0).n, ==, 0);
	g_assert_cmpuint(inside(f, zero, 0, 0).n, ==, 0);
}

CASE(test_slot)
{
	static const uint8_t a[16] = {0x20, 0x01, 0x0d, 0xb8}, beyond[16] = {0x20, 0x01, 0x0d, 0xb8, 0xff, [15] = 1};
	uint32_t *slot = dsmipv4_trie_slot(f->trie, a, 32);
	g_assert_cmpuint(*slot, ==, 0);
	*slot = 7;
	g_assert_true(dsmipv4_trie_slot(f->trie, beyond, 32) == slot); // bits beyond the length are ignored
	g_assert_true(dsmipv4_trie_slot(f->trie, a, 33) != slot);
	g_assert_cmpuint(*dsmipv4_trie_slot(f->trie, a, 31), ==, 0);
	g_assert_cmpuint(*dsmipv4_trie_slot(f->trie, a, 32), ==, 7); // a fork by now
}

// A slot that was requested and left empty is not a prefix.
CASE(test_empty_slot)
{
	static const uint8_t a[16] = {0x20};
	dsmipv4_trie_slot(f->trie, a, 8);
	g_assert_cmpuint(dsmipv4_covering_prefix(f, a, 128, 0).n, ==, 0);
	g_assert_cmpuint(inside(f, a, 0, 0).n, ==, 0);
}

CASE(test_ends_of_range)
{
	static const uint8_t zero[16],
		ones[16] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	put(f, zero, 0, 1);
	put(f, zero, 128, 2);
	put(f, ones, 128, 3);
	walk_t w = dsmipv4_covering_prefix(f, zero, 128, 0);
	g_assert_true(w.n == 2 && w.numbers[0] == 1 && w.numbers[1] == 2);
	w = dsmipv4_covering_prefix(f, ones, 128, 0);
	g_assert_true(w.n == 2 && w.numbers[0] == 1 && w.numbers[1] == 3);
	g_assert_cmpuint(dsmipv4_covering_prefix(f, ones, 127, 0).n, ==, 1);
	g_assert_cmpuint(dsmipv4_covering_prefix(f, ones, 0, 0).n, ==, 1);
	g_assert_cmpuint(inside(f, zero, 0, 0).n, ==, 2); // itself excluded
	g_assert_cmpuint(inside(f, ones, 1, 0).n, ==, 1);
	g_assert_cmpuint(inside(f, ones, 128, 0).n, ==, 0);
}

CASE(test_walk_ends)
{
	uint8_t a[16] = {0x20, 0x01};
	for (unsigned len = 8; len <= 64; len += 8)
		put(f, a, len, len);
	g_assert_cmpuint(dsmipv4_covering_prefix(f, a, 128, 0).n, ==, 8);
	g_assert_cmpuint(dsmipv4_covering_prefix(f, a, 128, 3).n, ==, 3);
	g_assert_cmpuint(inside(f, a, 0, 0).n, ==, 8);
	g_assert_cmpuint(inside(f, a, 8, 2).n, ==, 2);
	g_assert_cmpuint(inside(f, a, 8, 1).n, ==, 1);
}

// Few leading bytes, so that prefixes nest and share.
static void choose(GRand *rand, uint8_t bytes[16], unsigned *len)
{
	memset(bytes, 0, 16);
	bytes[0] = 0x20;
	for (unsigned i = 1; i < 16; i++)
		bytes[i] = (uint8_t)(g_rand_int_range(rand, 0, 3) ? g_rand_int_range(rand, 0, 2) * 0x81 : 0);
	if (g_rand_int_range(rand, 0, 20) == 0)
		bytes[0] = (uint8_t)g_rand_int_range(rand, 0, 256);
	*len = (unsigned)g_rand_int_range(rand, 0, 129);
}

static entry_t *find(entry_t *list, unsigned n, const uint8_t bytes[16], unsigned len)
{
	for (unsigned i = 0; i < n; i++) {
		if (list[i].len == len && same_bits(list[i].bytes, bytes, len))
			return &list[i];
	}
	return NULL;
}

static void check_covering(const fixture_t *f, const entry_t *list, unsigned n, const uint8_t bytes[16], unsigned len)
{
	walk_t w = dsmipv4_covering_prefix(f, bytes, len, 0);
	unsigned expected = 0, last = 0;
	for (unsigned i = 0; i < n; i++)
		expected += list[i].len <= len && same_bits(list[i].bytes, bytes, list[i].len);
	g_assert_cmpuint(w.n, ==, expected);
	for (unsigned i = 0; i < w.n; i++) {
		const entry_t *e = &list[w.numbers[i] - 1];
		g_assert_true(e->len <= len && same_bits(e->bytes, bytes, e->len));
		g_assert_true(i == 0 || e->len > last); // shortest first
		last = e->len;
	}
}

static void check_inside(const fixture_t *f, const entry_t *list, unsigned n, const uint8_t bytes[16], unsigned len)
{
	walk_t w = inside(f, bytes, len, 0);
	bool seen[N_PREFIXES + 1] = {false};
	unsigned expected = 0;
	for (unsigned i = 0; i < n; i++)
		expected += list[i].len > len && same_bits(list[i].bytes, bytes, len);
	g_assert_cmpuint(w.n, ==, expected);
	for (unsigned i = 0; i < w.n; i++) {
		const entry_t *e = &list[w.numbers[i] - 1];
		g_assert_true(e->len > len && same_bits(e->bytes, bytes, len));
		g_assert_false(seen[w.numbers[i]]);
		seen[w.numbers[i]] = true;
	}
}

CASE(test_random)
{
	GRand *rand = g_rand_new_with_seed(5454);
	entry_t list[N_PREFIXES];
	unsigned n = 0;
	for (unsigned i = 0; i < N_QUERIES; i++) {
		uint8_t bytes[16];
		unsigned len;
		choose(rand, bytes, &len);
		if (n < N_PREFIXES && !find(list, n, bytes, len)) {
			entry_t *e = &list[n++];
			memcpy(e->bytes, bytes, 16);
			e->len = len;
			e->number = n;
			put(f, e->bytes, len, n);
		}
		choose(rand, bytes, &len);
		check_covering(f, list, n, bytes, len);
		check_covering(f, list, n, bytes, 128);
		check_inside(f, list, n, bytes, len);
		const entry_t *some = &list[g_rand_int_range(rand, 0, (int)n)];
		check_covering(f, list, n, some->bytes, some->len);
		check_inside(f, list, n, some->bytes, some->len);
		g_assert_cmpuint(*dsmipv4_trie_slot(f->trie, some->bytes, some->len), ==, some->number);
	}
	g_rand_free(rand);
}

#define ADD(name, function) g_test_add("/trie/" name, fixture_t, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("empty", test_empty);
	ADD("slot", test_slot);
	ADD("empty slot", test_empty_slot);
	ADD("ends of range", test_ends_of_range);
	ADD("walk ends", test_walk_ends);
	ADD("random", test_random);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
