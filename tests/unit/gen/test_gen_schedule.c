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
	const pace_t pace = {.kind = PACE_SCENARIO};
	schedule_t schedule = {.due = 5};

	schedule_advance(&schedule, &pace, 1500, 7);
	g_assert_cmpint(schedule.due, ==, 12);
	g_assert_cmpint(schedule.gap, ==, 7);
}

#define WINDOW (NANOSECONDS / 50)

// 100 ms behind, packets follow each other at twice their rate, measured over 20 ms, until the deadlines are met.
static void test_stall(void)
{
	pace_t pace = rate("1000", NULL, NULL);
	atomic_bool stop = false;
	schedule_t schedule;
	gint64 sent[250];
	gint64 begin;

	schedule_start(&schedule);
	begin = schedule.due;
	schedule.due -= NANOSECONDS / 10;
	for (int i = 0; i < 250; i++) {
		gint64 miss = schedule_wait(&schedule, &stop);

		g_assert_cmpint(miss, >=, 0);
		sent[i] = schedule.sent;
		for (int j = 0; j < i; j++)
			g_assert_cmpint(sent[i] - sent[j], >=, (i - j - 1) * (NANOSECONDS / 2000) - WINDOW);
		schedule_advance(&schedule, &pace, 100, 0);
	}
	g_assert_cmpint(schedule.due - begin, ==, 150 * NANOSECONDS / 1000); // nothing given up
	g_assert_cmpint(schedule.sent - begin, >=, 149 * NANOSECONDS / 1000);
}

// What is late is sent at once, as much as the window lets through: with a sleep before each packet these would take
// more than 10 ms. The best of some tries, for the machine may be busy.
static void test_no_sleep_while_behind(void)
{
	pace_t pace = rate("5000", NULL, NULL);
	atomic_bool stop = false;
	gint64 best = G_MAXINT64;

	for (int try = 0; try < 50; try++) {
		schedule_t schedule;

		schedule_start(&schedule);
		gint64 begin = schedule.due;
		schedule.due -= WINDOW;
		for (int i = 0; i < 100; i++) { // 20 ms of deadlines
			schedule_wait(&schedule, &stop);
			schedule_advance(&schedule, &pace, 100, 0);
		}
		best = MIN(best, schedule.sent - begin);
	}
	g_assert_cmpint(best, <, WINDOW / 10);
}

// From 100 to 300 a second in 10 s: 2000 packets. Half the time has passed after 750 (100 * 5 + 20 * 25 / 2), and after
// the ramp the last rate stays. A ramp downwards is the same backwards.
static void test_ramp(void)
{
	pace_t up = rate("100..300", NULL, NULL);
	pace_t down = rate("300..100", NULL, NULL);
	GError *error = NULL;
	schedule_t schedule = {0};

	g_assert_false(pace_set_duration(&up, 0, &error));
	g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
	g_clear_error(&error);
	g_assert_true(pace_set_duration(&up, 10 * NANOSECONDS, NULL) &&
		      pace_set_duration(&down, 10 * NANOSECONDS, NULL));
	g_assert_cmpint(ABS(pace_span(&up, 750) - 5 * G_USEC_PER_SEC), <=, 1);
	g_assert_cmpint(ABS(pace_span(&up, 2000) - 10 * G_USEC_PER_SEC), <=, 1);
	g_assert_cmpint(ABS(pace_span(&up, 2300) - 11 * G_USEC_PER_SEC), <=, 1);
	g_assert_cmpint(ABS(pace_span(&down, 1250) - 5 * G_USEC_PER_SEC), <=, 1);
	for (int i = 0; i < 750; i++)
		schedule_advance(&schedule, &up, 100, 0);
	g_assert_cmpint(ABS(schedule.due - 5 * NANOSECONDS), <=, 1000);
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
	g_test_add_func("/pace/no_sleep_while_behind", test_no_sleep_while_behind);
	g_test_add_func("/pace/ramp", test_ramp);
	g_test_add_func("/pace/long_stall", test_long_stall);
	g_test_add_func("/pace/stop", test_stop);
	return g_test_run();
}
