// SPDX-License-Identifier: GPL-2.0-or-later
// How threads share the nodes of a round, and where a limit ends the last share.
#include "send/workers.h"

static const struct {
	guint32 nodes;
	guint32 shares;
	guint64 packets; // of a node
	guint64 limit;
	guint64 share;
	guint32 first;
	guint32 count;
	guint64 left;
} rows[] = {
	// One node, its packets round after round.
	{1, 1, 4, 10, 0, 0, 1, 4},
	{1, 1, 4, 10, 1, 0, 1, 4},
	{1, 1, 4, 10, 2, 0, 1, 2},
	{1, 1, 4, 10, 3, 0, 1, 0},
	{1, 1, 4, G_MAXUINT64, 1000000, 0, 1, 4},
	// Ten nodes of three packets in four shares: two, three, two and three nodes.
	{10, 4, 3, 17, 0, 0, 2, 6},
	{10, 4, 3, 17, 1, 2, 3, 9},
	{10, 4, 3, 17, 2, 5, 2, 2},
	{10, 4, 3, 17, 3, 7, 3, 0},
	{10, 4, 3, 17, 4, 0, 2, 0},
	// 30 packets a round: the second round ends after the first 5 packets of its second share.
	{10, 4, 3, 41, 3, 7, 3, 9},
	{10, 4, 3, 41, 4, 0, 2, 6},
	{10, 4, 3, 41, 5, 2, 3, 5},
	{10, 4, 3, 41, 6, 5, 2, 0},
};

static void test_shares(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const job_t job = {.nodes = rows[i].nodes, .shares = rows[i].shares, .limit = rows[i].limit};
		guint32 first;
		guint32 count;

		g_assert_cmpuint(job_share(&job, rows[i].packets, rows[i].share, &first, &count), ==, rows[i].left);
		g_assert_cmpuint(first, ==, rows[i].first);
		g_assert_cmpuint(count, ==, rows[i].count);
	}
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/workers/shares", test_shares);
	return g_test_run();
}
