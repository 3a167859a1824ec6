// SPDX-License-Identifier: GPL-2.0-or-later
// When packets are due: absolute deadlines, in nanoseconds of CLOCK_MONOTONIC.
#ifndef DSMIPGEN_SCHEDULE_H
#define DSMIPGEN_SCHEDULE_H

#include "population/pace.h"

#include <stdatomic.h>

// A packet that is sent later than this after its deadline counts as late.
#define SCHEDULE_LATE (NANOSECONDS / 1000)

// Where a sender is in its sequence of deadlines.
typedef struct {
	gint64 due;    // deadline of the next packet
	gint64 gap;    // between the deadline before and this one
	gint64 sent;   // when the last packet was sent
	gint64 room;   // when the packets so far would have been sent at the most that a stall may be followed by
	gint64 start;  // of a ramp,
	guint64 count; // and its packets so far
	guint64 rest;  // femtoseconds that the deadline leaves out
} schedule_t;

// The time of CLOCK_MONOTONIC in nanoseconds.
gint64 schedule_now(void);

// The first packet is due now.
void schedule_start(schedule_t *schedule);

// The gap after a packet of that length, which is nanoseconds for PACE_SCENARIO.
void schedule_advance(schedule_t *schedule, const pace_t *pace, gsize length, gint64 nanoseconds);

// How long after its end a run goes on with packets that were due before.
#define SCHEDULE_GRACE (NANOSECONDS / 20)

// Waits until the next packet may be sent, and returns by how much that misses its deadline. A packet that is late is
// not waited for, but after a stall packets follow each other at twice their rate at most, measured over 20 ms, until
// the deadlines are met again: each sleep on a busy machine ends milliseconds late. What a stall has beyond a second is
// given up, and the deadlines move. Returns early when stop becomes true.
gint64 schedule_wait(schedule_t *schedule, const atomic_bool *stop);

#endif
