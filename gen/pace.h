// SPDX-License-Identifier: GPL-2.0-or-later
// When packets are due: absolute deadlines, in nanoseconds of CLOCK_MONOTONIC.
#ifndef DSMIPGEN_PACE_H
#define DSMIPGEN_PACE_H

#include "error.h"

#include <stdatomic.h>
#include <stdbool.h>

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)

// A packet that is sent later than this after its deadline counts as late.
#define PACE_LATE (NANOSECONDS / 1000)

enum pace_kind {
	PACE_SCENARIO, // the times of the steps
	PACE_PACKETS,  // the same gap after each packet
	PACE_BITS,     // a gap that follows the length of the packet before it
	PACE_TOPSPEED, // none
};

struct pace {
	enum pace_kind kind;
	guint64 femtoseconds; // per packet or bit: so fine that the rounding adds up to nothing
};

// Where a sender is in its row of deadlines.
struct schedule {
	gint64 due;   // deadline of the next packet
	gint64 gap;   // between the deadline before and this one
	gint64 sent;  // when the last packet was sent
	guint64 rest; // femtoseconds that the deadline leaves out
};

// From the values of --pps, --mbps and --gap, NULL where not given.
bool pace_read(const char *pps, const char *mbps, const char *gap, bool is_topspeed, struct pace *pace, GError **error);

// A time with its unit, seconds if it has none. option names it in the error.
bool pace_read_time(const char *text, const char *option, gint64 *nanoseconds, GError **error);

gint64 pace_now(void);

// Microseconds that so many packets, or bits of PACE_BITS, take.
gint64 pace_span(const struct pace *pace, guint64 amount);

// The first packet is due now.
void schedule_start(struct schedule *schedule);

// The gap after a packet of that length, which is nanoseconds for PACE_SCENARIO.
void schedule_advance(struct schedule *schedule, const struct pace *pace, gsize length, gint64 nanoseconds);

// Waits until the next packet may be sent, and returns by how much that misses its deadline. After a stall packets
// follow each other at twice their rate at most, until the deadlines are met again; what a stall has beyond a second
// is given up, and the deadlines move. Returns early when stop becomes true.
gint64 schedule_wait(struct schedule *schedule, const atomic_bool *stop);

#endif
