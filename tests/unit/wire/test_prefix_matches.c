// SPDX-License-Identifier: GPL-2.0-or-later
// What dsmipv4_prefix_matches() finds in two sorted lists is what comparing each with each finds.
#include <glib.h>
#include <string.h>

#include "wire/prefix_matches.h"

#define MOST 60
#define ROUNDS 400

// Few bits and lengths, so that many are equal or nested. Bits beyond the length are set at times.
static dsmipv4_prefix_t draw(GRand *random)
{
	static const uint8_t lengths[] = {0, 1, 2, 3, 8, 9, 16, 127, 128, 129, 254, 255};
	dsmipv4_prefix_t p = {.len = lengths[g_rand_int_range(random, 0, G_N_ELEMENTS(lengths))]};
	p.bytes[0] = (uint8_t)(g_rand_int_range(random, 0, 4) << 6);
	p.bytes[1] = (uint8_t)(g_rand_int_range(random, 0, 2) << 7);
	p.bytes[15] = (uint8_t)g_rand_int_range(random, 0, 2);
	return p;
}

static bool is_significant(const dsmipv4_prefix_t *p, unsigned bit)
{
	return p->len > 128 || bit < p->len;
}

static unsigned bit_of(const dsmipv4_prefix_t *p, unsigned bit)
{
	return is_significant(p, bit) ? p->bytes[bit / 8] >> (7 - bit % 8) & 1 : 0;
}

// They agree in the first `bits` bits; those beyond a length count as zero.
static bool agree(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++) {
		if (bit_of(a, i) != bit_of(b, i))
			return false;
	}
	return true;
}

static bool is_equal(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	return a->len == b->len && agree(a, b, 128);
}

static bool is_nested(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	return a->len != b->len && a->len <= 128 && b->len <= 128 && agree(a, b, MIN(a->len, b->len));
}

static bool has_same_bits(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	return a->len <= 128 && b->len <= 128 && agree(a, b, 128);
}

static uint16_t first(bool (*is)(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b),
		      const dsmipv4_prefix_t *const *list, unsigned n, const dsmipv4_prefix_t *p)
{
	for (unsigned i = 0; i < n; i++) {
		if (list[i] && is(list[i], p))
			return (uint16_t)(i + 1);
	}
	return 0;
}

typedef struct {
	dsmipv4_prefix_t prefixes[MOST];
	const dsmipv4_prefix_t *list[MOST];
	unsigned n;
} list_t;

static void draw_list(GRand *random, list_t *l)
{
	l->n = (unsigned)g_rand_int_range(random, 0, MOST + 1);
	for (unsigned i = 0; i < l->n; i++) {
		l->prefixes[i] = draw(random);
		l->list[i] = g_rand_int_range(random, 0, 8) ? &l->prefixes[i] : NULL;
	}
}

static void check(const list_t *list, const list_t *asked)
{
	dsmipv4_prefix_matches_t *found = dsmipv4_prefix_matches(NULL, list->list, list->n, asked->list, asked->n);
	for (unsigned i = 0; i < asked->n; i++) {
		const dsmipv4_prefix_t *p = asked->list[i];
		g_assert_cmpuint(found[i].equal, ==, p ? first(is_equal, list->list, list->n, p) : 0);
		g_assert_cmpuint(found[i].nested, ==, p ? first(is_nested, list->list, list->n, p) : 0);
		g_assert_cmpuint(found[i].same_bits, ==, p ? first(has_same_bits, list->list, list->n, p) : 0);
		uint16_t similar = p ? first(dsmipv4_prefix_similar, list->list, list->n, p) : 0;
		g_assert_cmpuint(dsmipv4_first_similar(&found[i]), ==, similar);
	}
	wmem_free(NULL, found);
}

static void test_matches(void)
{
	GRand *random = g_rand_new_with_seed(5454);
	for (unsigned i = 0; i < ROUNDS; i++) {
		list_t a, b;
		draw_list(random, &a);
		draw_list(random, &b);
		check(&a, &b);
		check(&a, &a);
	}
	g_rand_free(random);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	wmem_init();
	g_test_add_func("/prefix matches", test_matches);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
