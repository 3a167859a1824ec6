// SPDX-License-Identifier: GPL-2.0-or-later
// Packets put together from fragments made by hand from RFC 791 3.2.
#include "run/fragments.h"

#include "hex.h"

#define ETHERNET "020000000002 020000000001 0800 "
#define OTHER_STATION "020000000002 020000000003 0800 "
#define ADDRESSES "c0000201 c0000202 "

// 40 bytes of payload.
#define A "000102030405060708090a0b0c0d0e0f "
#define B "101112131415161718191a1b1c1d1e1f "
#define C "2021222324252627 "
#define WHOLE ETHERNET "4500 003c 1234 0000 40 11 e479 " ADDRESSES A B C

// Header checksums of fragments are not looked at: a station that has them wrong is judged by its packets.
#define FRAGMENT(ethernet, length, id, flags) ethernet "4500 " length id flags "40 11 0000 " ADDRESSES
#define FIRST FRAGMENT(ETHERNET, "0024 ", "1234 ", "2000 ") A
#define SECOND FRAGMENT(ETHERNET, "0024 ", "1234 ", "2002 ") B
#define LAST FRAGMENT(ETHERNET, "001c ", "1234 ", "0004 ") C
#define PADDED LAST "0000"

typedef struct {
	const char *name;
	const char *fragments[6];
	unsigned whole; // the fragment that makes it whole, counted from 1; 0: none
} row_t;

static const row_t rows[] = {
	{"in order", {FIRST, SECOND, LAST}, 3},
	{"backwards", {LAST, SECOND, FIRST}, 3},
	{"padding behind the last one", {FIRST, SECOND, PADDED}, 3},
	{"one lost", {FIRST, LAST}, 0},
	{"first lost", {SECOND, LAST}, 0},
	{"last lost", {FIRST, SECOND}, 0},
	{"duplicates", {FIRST, FIRST, LAST, LAST, SECOND}, 5},
	{"overlap with the same bytes",
	 {FIRST, FRAGMENT(ETHERNET, "0024 ", "1234 ", "2001 ") "08090a0b0c0d0e0f 1011121314151617 ", SECOND, LAST},
	 4},
	{"overlap with other bytes",
	 {FIRST, FRAGMENT(ETHERNET, "0024 ", "1234 ", "2001 ") "08090a0b0c0d0eff 1011121314151617 ", SECOND, LAST},
	 0},
	{"another packet between", {FIRST, FRAGMENT(ETHERNET, "0024 ", "1235 ", "2002 ") B, LAST, SECOND}, 4},
	{"another packet's last one", {FIRST, SECOND, FRAGMENT(ETHERNET, "001c ", "1235 ", "0004 ") C}, 0},
	{"another station's", {FIRST, FRAGMENT(OTHER_STATION, "0024 ", "1234 ", "2002 ") B, LAST}, 0},
	{"two ends", {LAST, FRAGMENT(ETHERNET, "001c ", "1234 ", "0002 ") C, FIRST, SECOND}, 0},
	{"bytes beyond the end", {LAST, FRAGMENT(ETHERNET, "0024 ", "1234 ", "2004 ") B, FIRST, SECOND}, 0},
	{"bytes beyond the end, before it", {FRAGMENT(ETHERNET, "0024 ", "1234 ", "2006 ") B, FIRST, SECOND, LAST}, 0},
	{"no multiple of 8",
	 {FRAGMENT(ETHERNET, "0023 ", "1234 ", "2000 ") "000102030405060708090a0b0c0d0e ", SECOND, LAST, FIRST},
	 0},
	{"nothing in it", {FRAGMENT(ETHERNET, "0014 ", "1234 ", "2002 "), FIRST, SECOND, LAST}, 0},
	{"longer than a packet", {FRAGMENT(ETHERNET, "0024 ", "1234 ", "1fff ") A, FIRST, SECOND, LAST}, 0},
};

typedef struct {
	fragments_t *fragments;
	wmem_allocator_t *alloc;
	gint64 time;
} fixture_t;

// The frame of the whole packet lives as long as the fragments.
static bool take(const fixture_t *fixture, const char *text, frame_t *whole)
{
	hex_t bytes = hex_parse(text);
	const frame_t frame = {.bytes = bytes.bytes, .length = bytes.captured, .time = fixture->time};
	heard_t heard;

	heard_read(fixture->alloc, &frame, 1, &heard);
	g_assert_cmpint(heard.kind, ==, HEARD_FRAGMENT);
	bool is_whole = fragments_take(fixture->fragments, &heard, whole);
	hex_free(&bytes);
	return is_whole;
}

static void check_whole(const frame_t *whole, gint64 time)
{
	hex_t expected = hex_parse(WHOLE);

	g_assert_cmpmem(whole->bytes, (guint)whole->length, expected.bytes, expected.captured);
	g_assert_cmpint(whole->time, ==, time);
	hex_free(&expected);
}

static fixture_t begin(void)
{
	return (fixture_t){fragments_new(), wmem_allocator_new(WMEM_ALLOCATOR_BLOCK), 0};
}

static void end(fixture_t *fixture)
{
	fragments_free(fixture->fragments);
	wmem_destroy_allocator(fixture->alloc);
}

static void test_row(const void *data)
{
	const row_t *row = data;
	fixture_t fixture = begin();

	for (unsigned i = 0; i < G_N_ELEMENTS(row->fragments) && row->fragments[i]; i++) {
		frame_t whole;

		fixture.time++;
		bool is_whole = take(&fixture, row->fragments[i], &whole);
		g_assert_true(is_whole == (i + 1 == row->whole));
		if (is_whole)
			check_whole(&whole, fixture.time);
	}
	end(&fixture);
}

// 30 seconds after its first fragment a packet is forgotten.
static void test_time(void)
{
	frame_t whole;

	for (int late = 0; late < 2; late++) {
		fixture_t fixture = begin();

		g_assert_false(take(&fixture, FIRST, &whole));
		fixture.time = 20 * DSMIPV4_SECOND;
		g_assert_false(take(&fixture, SECOND, &whole));
		fixture.time = 30 * DSMIPV4_SECOND + late;
		g_assert_cmpint(take(&fixture, LAST, &whole), ==, !late);
		end(&fixture);
	}
}

// Of unfinished packets a bounded number is kept: the latest.
static void test_many(void)
{
	fixture_t fixture = begin();
	frame_t whole;

	g_assert_false(take(&fixture, FIRST, &whole));
	for (unsigned i = 0; i < 10000; i++) {
		g_autofree char *text =
			g_strdup_printf(ETHERNET "4500 0024 %04x 2000 40 11 0000 " ADDRESSES A, 0x2000 + i);

		g_assert_false(take(&fixture, text, &whole));
	}
	g_assert_false(take(&fixture, SECOND, &whole));
	g_assert_false(take(&fixture, LAST, &whole));
	g_assert_true(take(&fixture, FIRST, &whole));
	end(&fixture);
}

// Any fragments of any packets: what is whole is never longer than an IPv4 packet, and nothing is read that is not
// there.
static void test_random(void)
{
	GRand *random = g_rand_new_with_seed(791);
	fixture_t fixture = begin();
	frame_t whole;
	unsigned count = 0;

	for (unsigned i = 0; i < 50000; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		unsigned length = (unsigned)g_rand_int_range(random, 0, 4) * 4,
			 offset = (unsigned)g_rand_int_range(random, 0, 4);

		unsigned more = offset == 0 || g_rand_boolean(random) ? 0x2000 : 0;

		g_string_append_printf(text, ETHERNET "4500 %04x %04x %04x 40 11 0000 " ADDRESSES, 20 + length,
				       (unsigned)g_rand_int_range(random, 0, 8),
				       more | (g_rand_int_range(random, 0, 50) ? offset : 0x1ffe));
		for (unsigned at = 0; at < length; at++)
			g_string_append_printf(text, "%02x", offset * 8 + at);
		fixture.time += DSMIPV4_SECOND;
		if (!take(&fixture, text->str, &whole))
			continue;
		count++;
		g_assert_cmpuint(whole.length, <=, 14 + 65535);
		for (gsize at = 34; at < whole.length; at++)
			g_assert_cmpuint(whole.bytes[at], ==, at - 34);
	}
	g_assert_cmpuint(count, >, 100);
	end(&fixture);
	g_rand_free(random);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/run/fragments/%s", rows[i].name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/run/fragments/time", test_time);
	g_test_add_func("/run/fragments/many", test_many);
	g_test_add_func("/run/fragments/random", test_random);
	return g_test_run();
}
