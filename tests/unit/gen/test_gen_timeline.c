// SPDX-License-Identifier: GPL-2.0-or-later
// Times of many nodes: the time that is computed for a packet is the time that counting gives.
#include "population/timeline.h"

#define START (G_GINT64_CONSTANT(1767225600) * G_USEC_PER_SEC)
#define STEPS 7

static const gint64 offsets[STEPS] = {0, 100, 100, 250, 1000, 1000, 5003};
static const gsize lengths[STEPS] = {100, 40, 1500, 64, 300, 90, 777};

// Step 3 has two packets.
static timeline_t *some_steps(const pace_t *pace, gint64 spacing)
{
	timeline_t *timeline = timeline_new(pace, spacing);

	for (guint i = 0; i < STEPS; i++) {
		timeline_add_step(timeline, offsets[i]);
		timeline_add_packet(timeline, lengths[i]);
		if (i == 3)
			timeline_add_packet(timeline, lengths[i]);
	}
	return timeline;
}

static const guint step_of[STEPS + 1] = {0, 1, 2, 3, 3, 4, 5, 6};

// All packets in their order, each at the time that timeline_time() says of its step.
static void check_run(timeline_t *timeline, guint32 first, guint32 nodes)
{
	turn_t turn;
	turn_t before = {.time = G_MININT64};
	guint count = 0;

	timeline_begin(timeline, START, first, nodes);
	for (; timeline_next(timeline, &turn); count++) {
		bool is_second = turn.index == 4; // of its step: after the time of that

		g_assert_cmpint(turn.time, >=, before.time);
		if (is_second)
			g_assert_cmpint(turn.time, >=, timeline_time(timeline, 3, turn.node));
		else
			g_assert_cmpint(turn.time, ==, timeline_time(timeline, step_of[turn.index], turn.node));
		g_assert_cmpuint(turn.node - first, <, nodes);
		before = turn;
	}
	g_assert_cmpuint(count, ==, nodes * (STEPS + 1));
}

static void test_times(void)
{
	static const gint64 spacings[] = {0, 1, 50, 99, 100, 150, 900, 1000, 7000};
	const pace_t paces[] = {
		{.kind = PACE_SCENARIO, .femtoseconds = 0},
		{.kind = PACE_PACKETS, .femtoseconds = G_GUINT64_CONSTANT(3000000000)},          // 3 us
		{.kind = PACE_PACKETS, .femtoseconds = G_GUINT64_CONSTANT(1000000000000000000)}, // 1000 s
		{.kind = PACE_BITS, .femtoseconds = 1000000},                                    // a gigabit
		{.kind = PACE_TOPSPEED, .femtoseconds = 0},
	};

	for (gsize p = 0; p < G_N_ELEMENTS(paces); p++) {
		for (gsize s = 0; s < G_N_ELEMENTS(spacings); s++) {
			timeline_t *timeline = some_steps(&paces[p], spacings[s]);

			check_run(timeline, 0, 1);
			check_run(timeline, 0, 100);
			check_run(timeline, 4000000, 3);
			timeline_free(timeline);
		}
	}
}

// Without steps 0, 2 and 3: they have the time of the packet that is sent next.
static void test_left_out(void)
{
	const pace_t pace = {.kind = PACE_PACKETS, .femtoseconds = G_GUINT64_CONSTANT(1000000000)}; // 1 us
	timeline_t *timeline = some_steps(&pace, 10000);
	turn_t turn;

	timeline_remove_packet(timeline, 4);
	timeline_remove_packet(timeline, 3);
	timeline_remove_packet(timeline, 2);
	timeline_remove_packet(timeline, 0);
	timeline_trim(timeline);
	timeline_begin(timeline, START, 0, 3);
	for (guint i = 0; timeline_next(timeline, &turn); i++)
		g_assert_cmpint(turn.time, ==, START + i);
	g_assert_cmpint(timeline_end(timeline), ==, START + 12);
	for (guint node = 0; node < 3; node++) {
		g_assert_cmpint(timeline_time(timeline, 0, node), ==, START + 4 * node);
		g_assert_cmpint(timeline_time(timeline, 1, node), ==, START + 4 * node);
		g_assert_cmpint(timeline_time(timeline, 2, node), ==, START + 4 * node + 1);
		g_assert_cmpint(timeline_time(timeline, 3, node), ==, START + 4 * node + 1);
		g_assert_cmpint(timeline_time(timeline, 4, node), ==, START + 4 * node + 1);
	}
	timeline_free(timeline);
}

// The first packet is at the start, and the others keep their distance.
static void test_trim(void)
{
	const pace_t pace = {.kind = PACE_SCENARIO, .femtoseconds = 0};
	timeline_t *timeline = some_steps(&pace, 10);
	turn_t turn;
	gint64 gap;

	for (guint i = 0; i < 5; i++)
		timeline_remove_packet(timeline, 0);
	timeline_trim(timeline);
	timeline_begin(timeline, START, 0, 1);
	g_assert_true(timeline_next(timeline, &turn) && turn.time == START);
	g_assert_true(timeline_gap(timeline, &gap) && gap == 0);
	g_assert_true(timeline_next(timeline, &turn) && turn.time == START);
	g_assert_true(timeline_gap(timeline, &gap) && gap == 4003);
	g_assert_true(timeline_next(timeline, &turn) && turn.time == START + 4003);
	g_assert_false(timeline_gap(timeline, &gap) || timeline_next(timeline, &turn));
	g_assert_cmpint(timeline_time(timeline, 0, 0), ==, START - 1000);
	timeline_free(timeline);
}

// A run that comes too late: what was sent keeps its time whenever it is asked for, what is sent has the right one.
static void test_follow(gconstpointer kind)
{
	const pace_t pace = {.kind = (pace_kind_t)GPOINTER_TO_INT(kind), .femtoseconds = 200000000};
	timeline_t *timeline = some_steps(&pace, 10);
	GArray *turns = g_array_new(FALSE, FALSE, sizeof(turn_t));
	turn_t turn;
	gint64 now = START;
	guint64 epoch;

	timeline_begin(timeline, START, 0, 2000);
	epoch = timeline_epoch(timeline);
	while (timeline_next(timeline, &turn)) {
		g_array_append_val(turns, turn);
		g_assert_cmpint(ABS(turn.time - now), <, TIMELINE_TOLERANCE + 10000); // some are at the same time
		now += 1000; // nearly always more than was meant
		timeline_follow(timeline, now);
	}
	g_assert_cmpuint(timeline_epoch(timeline) - epoch, >, 10);
	g_assert_cmpuint(timeline_epoch(timeline) - epoch, <, 200);
	for (guint i = 0; i < turns->len; i++) {
		turn = g_array_index(turns, turn_t, i);
		if (turn.index != 4)
			g_assert_cmpint(turn.time, ==, timeline_time(timeline, step_of[turn.index], turn.node));
	}
	timeline_begin(timeline, START, 0, 2000);
	g_assert_cmpint(timeline_time(timeline, 0, 0), ==, START);
	g_array_unref(turns);
	timeline_free(timeline);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/timeline/times", test_times);
	g_test_add_func("/timeline/left-out", test_left_out);
	g_test_add_func("/timeline/trim", test_trim);
	g_test_add_data_func("/timeline/follow/scenario", GINT_TO_POINTER(PACE_SCENARIO), test_follow);
	g_test_add_data_func("/timeline/follow/packets", GINT_TO_POINTER(PACE_PACKETS), test_follow);
	g_test_add_data_func("/timeline/follow/bits", GINT_TO_POINTER(PACE_BITS), test_follow);
	g_test_add_data_func("/timeline/follow/topspeed", GINT_TO_POINTER(PACE_TOPSPEED), test_follow);
	return g_test_run();
}
