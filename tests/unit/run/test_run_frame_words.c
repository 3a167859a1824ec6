// SPDX-License-Identifier: GPL-2.0-or-later
// Frame numbers of a run become those of a test.
#include "run/suite/frame_words.h"

static const struct {
	const char *words;
	guint32 earlier;
	const char *expected;
} rows[] = {
	{"Retransmission of the request in frame 13 [RFC 5944 3.6.3]", 12,
	 "Retransmission of the request in frame 1 [RFC 5944 3.6.3]"},
	{"as in frame 12, not as in frame 14", 12, "as in an earlier test, not as in frame 2"},
	{"in frame 7", 0, "in frame 7"},
	{"the request before this capture", 3, "the request before this capture"},
	{"", 3, ""},
};

static void test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *words = frame_words(rows[i].words, rows[i].earlier);

		g_assert_cmpstr(words, ==, rows[i].expected);
	}
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/run/frame words", test_rows);
	return g_test_run();
}
