// SPDX-License-Identifier: GPL-2.0-or-later
// Fragments against headers made by hand from RFC 791 3.2.
#include "packet/fragment.h"

#include "hex.h"

// 24 bytes of payload in fragments of 16; what follows the IP packet, as padding of Ethernet does, stays behind the
// last one and is not counted in its length.
#define ETHERNET "020000000002 020000000001 0800 "
#define ADDRESSES "c0000201 c0000202 "
#define FIRST "000102030405060708090a0b0c0d0e0f "
#define SECOND "1011121314151617 "
#define PADDING "eeee ee"

static const char whole[] = ETHERNET "4500 002c 1234 0000 40 11 e489 " ADDRESSES FIRST SECOND PADDING;

static const char *const fragments[] = {
	ETHERNET "4500 0024 1234 2000 40 11 c491 " ADDRESSES FIRST,
	ETHERNET "4500 001c 1234 0002 40 11 e497 " ADDRESSES SECOND PADDING,
};

static const char *const bad_fragments[] = {
	ETHERNET "4500 0024 1234 2000 40 11 c492 " ADDRESSES FIRST,
	ETHERNET "4500 001c 1234 0002 40 11 e498 " ADDRESSES SECOND PADDING,
};

static const char *const chosen_fragments[] = {
	ETHERNET "4500 0024 1234 2000 40 11 e489 " ADDRESSES FIRST,
	ETHERNET "4500 001c 1234 0002 40 11 e489 " ADDRESSES SECOND PADDING,
};

static void check(value_state_t checksum, const char *const expected[2])
{
	const cutting_t cutting = {.count = 2, .ip = 14, .header = 20, .payload = 24, .size = 16, .checksum = checksum};
	g_autoptr(GByteArray) packet = g_byte_array_new();
	g_autoptr(GByteArray) fragment = g_byte_array_new();
	hex_t bytes = hex_parse(whole);

	g_byte_array_append(packet, bytes.bytes, bytes.captured);
	for (guint i = 0; i < cutting.count; i++) {
		hex_t row = hex_parse(expected[i]);

		fragment_make(&cutting, packet, i, fragment);
		g_assert_cmpmem(fragment->data, fragment->len, row.bytes, row.captured);
		hex_free(&row);
	}
	hex_free(&bytes);
}

static void test_fragments(void)
{
	check(VALUE_AUTO, fragments);
	check(VALUE_BAD, bad_fragments);
	check(VALUE_SET, chosen_fragments);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/fragment/bytes", test_fragments);
	return g_test_run();
}
