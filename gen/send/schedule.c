// SPDX-License-Identifier: GPL-2.0-or-later
// When packets are due: absolute deadlines, in nanoseconds of CLOCK_MONOTONIC.
#include "send/schedule.h"

#include <time.h>

#define PER_NANOSECOND 1000000           // femtoseconds
#define LONGEST_STALL NANOSECONDS        // longer ones are not made up for completely
#define CATCH_UP 2                       // times the rate, at most, after a stall,
#define WINDOW (NANOSECONDS / 50)        // measured over this time: a sleep on a busy machine ends late
#define NAP (NANOSECONDS / 10)           // between looks at stop
#define SPIN_BELOW (NANOSECONDS / 10000) // a sleep is not that exact

gint64 schedule_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

void schedule_start(schedule_t *schedule)
{
	*schedule = (schedule_t){.due = schedule_now()};
	schedule->start = schedule->due;
}

void schedule_advance(schedule_t *schedule, const pace_t *pace, gsize length, gint64 nanoseconds)
{
	gint64 before = schedule->due;

	if (pace->kind == PACE_SCENARIO) {
		schedule->due += nanoseconds;
	} else if (pace->kind == PACE_RAMP) {
		schedule->due = schedule->start + (gint64)(pace_ramp(pace, ++schedule->count) * (double)NANOSECONDS);
	} else {
		schedule->rest += pace->femtoseconds * (pace->kind == PACE_BITS ? 8 * length : 1);
		schedule->due += (gint64)(schedule->rest / PER_NANOSECOND);
		schedule->rest %= PER_NANOSECOND;
	}
	schedule->gap = schedule->due - before;
}

static void sleep_until(gint64 time)
{
	struct timespec wanted = {time / NANOSECONDS, time % NANOSECONDS};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wanted, NULL);
}

static void give_up(schedule_t *schedule, gint64 due)
{
	schedule->start += due - schedule->due;
	schedule->due = due;
}

gint64 schedule_wait(schedule_t *schedule, const atomic_bool *stop)
{
	gint64 now = schedule_now();

	if (now - schedule->due > LONGEST_STALL)
		give_up(schedule, now - LONGEST_STALL);
	gint64 wanted = MAX(schedule->due, schedule->room - WINDOW);
	while (now < wanted && !*stop) {
		if (wanted - now > SPIN_BELOW)
			sleep_until(MIN(wanted, now + NAP));
		now = schedule_now();
	}
	schedule->sent = now;
	schedule->room = MAX(schedule->room, now) + schedule->gap / CATCH_UP;
	return now - schedule->due;
}
