// SPDX-License-Identifier: GPL-2.0-or-later
// Deadlines of the sender: rates as given, no drift, no burst after a stall.
#include "send/schedule.h"

static pace_t rate(const char *pps, const char *mbps, const char *gap)
{
	pace_t pace;
	GError *error = NULL;

	g_assert_true(pace_read(pps, mbps, gap, false, &pace, &error));
	g_assert_no_error(error);
	return pace;
}

// Time for a number of packets of a length.
static gint64 span(const pace_t *pace, guint64 packets, gsize length)
{
	schedule_t schedule = {0};

	for (guint64 i = 0; i < packets; i++)
		schedule_advance(&schedule, pace, length, 0);
	return schedule.due;
}

// Rates whose gap is no whole number of nanoseconds stay exact over millions of packets.
static void test_no_drift(void)
{
	pace_t third = rate("3", NULL, NULL);
	pace_t fast = rate("7000000", NULL, NULL);
	pace_t bits = rate(NULL, "700", NULL);

	g_assert_cmpint(ABS(span(&third, 3000000, 100) - 1000000 * NANOSECONDS), <=, 1);
	g_assert_cmpint(ABS(span(&fast, 7000000, 100) - NANOSECONDS), <=, 4);
	g_assert_cmpint(ABS(span(&bits, 700000, 125) - NANOSECONDS), <=, 1000); // 1000 bits each; a millionth
}

static void test_units(void)
{
	static const struct {
		const char *text;
		gint64 nanoseconds;
	} rows[] = {
		{"1", NANOSECONDS}, {"2s", 2 * NANOSECONDS},   {"1.5ms", 1500000},         {"500us", 500000},
		{"1ns", 1},         {"2m", 120 * NANOSECONDS}, {"1h", 3600 * NANOSECONDS},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 nanoseconds;

		g_assert_true(pace_read_time(rows[i].text, "--duration", &nanoseconds, NULL));
		g_assert_cmpint(nanoseconds, ==, rows[i].nanoseconds);
	}
	g_assert_cmpuint(rate(NULL, NULL, "20ms").femtoseconds, ==, G_GUINT64_CONSTANT(20000000000000));
}

static void test_wrong_times(void)
{
	static const char *const texts[] = {"", "ms", "1 s", "1d", "-1s", "0", "0.1ns", "nan", "inf", "1e300", "1s1s"};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		gint64 nanoseconds;
		GError *error = NULL;

		g_assert_false(pace_read_time(texts[i], "--duration", &nanoseconds, &error));
		g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
		g_clear_error(&error);
	}
}

// The steps of a scenario bring their own gaps.
static void test_scenario(void)
{
	const pace_t pace = {PACE_SCENARIO, 0};
	schedule_t schedule = {.due = 5};

	schedule_advance(&schedule, &pace, 1500, 7);
	g_assert_cmpint(schedule.due, ==, 12);
	g_assert_cmpint(schedule.gap, ==, 7);
}

// 100 ms behind, packets follow each other at half the gap until the deadlines are met.
static void test_stall(void)
{
	pace_t pace = rate("1000", NULL, NULL);
	atomic_bool stop = false;
	schedule_t schedule;
	gint64 before = 0;
	gint64 begin;

	schedule_start(&schedule);
	begin = schedule.due;
	schedule.due -= NANOSECONDS / 10;
	for (int i = 0; i < 250; i++) {
		gint64 miss = schedule_wait(&schedule, &stop);

		g_assert_cmpint(miss, >=, 0);
		if (i > 0)
			g_assert_cmpint(schedule.sent - before, >=, NANOSECONDS / 2000);
		before = schedule.sent;
		schedule_advance(&schedule, &pace, 100, 0);
	}
	g_assert_cmpint(schedule.due - begin, ==, 150 * NANOSECONDS / 1000); // nothing given up
	g_assert_cmpint(schedule.sent - begin, >=, 149 * NANOSECONDS / 1000);
}

// After a stall of an hour, one second is made up for.
static void test_long_stall(void)
{
	atomic_bool stop = false;
	schedule_t schedule;

	schedule_start(&schedule);
	schedule.due -= 3600 * NANOSECONDS;
	g_assert_cmpint(schedule_wait(&schedule, &stop), >=, NANOSECONDS);
	g_assert_cmpint(schedule_now() - schedule.due, <, 3 * NANOSECONDS);
}

static void test_stop(void)
{
	atomic_bool stop = true;
	schedule_t schedule;

	schedule_start(&schedule);
	schedule.due += 3600 * NANOSECONDS;
	g_assert_cmpint(schedule_wait(&schedule, &stop), <, 0);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/pace/no_drift", test_no_drift);
	g_test_add_func("/pace/units", test_units);
	g_test_add_func("/pace/wrong_times", test_wrong_times);
	g_test_add_func("/pace/scenario", test_scenario);
	g_test_add_func("/pace/stall", test_stall);
	g_test_add_func("/pace/long_stall", test_long_stall);
	g_test_add_func("/pace/stop", test_stop);
	return g_test_run();
}
