// SPDX-License-Identifier: GPL-2.0-or-later
// Internet checksums: the example of RFC 1071, odd lengths, and folding.
#include "packet/checksum.h"

// RFC 1071 3.
static const guint8 example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

static void test_sum(void)
{
	g_assert_cmphex(checksum_fold(checksum_add(0, example, sizeof(example))), ==, 0xddf2);
	g_assert_cmphex(checksum_fold(checksum_add(0, example, 2)), ==, 0x0001);
	g_assert_cmphex(checksum_fold(checksum_add(0, example, 3)), ==, 0xf201); // padded: 0001 + f200
	g_assert_cmphex(checksum_fold(checksum_add(0, example, 0)), ==, 0);
}

static void test_fold(void)
{
	g_assert_cmphex(checksum_fold(0xffff), ==, 0xffff);
	g_assert_cmphex(checksum_fold(0x10000), ==, 1);
	g_assert_cmphex(checksum_fold(0x1fffe), ==, 0xffff);
	g_assert_cmphex(checksum_fold(G_GUINT64_CONSTANT(0xffffffffffff)), ==, 0xffff);
	g_assert_cmphex(checksum_fold(G_GUINT64_CONSTANT(0x1000000000000)), ==, 1);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/checksum/sum", test_sum);
	g_test_add_func("/gen/checksum/fold", test_fold);
	return g_test_run();
}
