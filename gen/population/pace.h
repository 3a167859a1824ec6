// SPDX-License-Identifier: GPL-2.0-or-later
// How fast packets follow each other: the rates of --pps, --mbps, --gap and --topspeed, and spans of time.
#ifndef DSMIPGEN_PACE_H
#define DSMIPGEN_PACE_H

#include "language/error.h"

#include <stdbool.h>

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)

typedef enum {
	PACE_SCENARIO, // the times of the steps
	PACE_PACKETS,  // the same gap after each packet
	PACE_BITS,     // a gap that follows the length of the packet before it
	PACE_RAMP,     // a rate that changes evenly from one value to another
	PACE_TOPSPEED, // none
} pace_kind_t;

typedef struct {
	pace_kind_t kind;
	guint64 femtoseconds; // per packet or bit: so fine that rounding does not add up
	double from;          // of PACE_RAMP: packets per second at the start,
	double to;            // and at the end of so many
	double seconds;
} pace_t;

// From the values of --pps, --mbps and --gap, NULL where not given.
bool pace_read(const char *pps, const char *mbps, const char *gap, bool is_topspeed, pace_t *pace, GError **error);

// Lets a ramp take the time of the run, in nanoseconds (0: no end); false with an error if a ramp has none.
bool pace_set_duration(pace_t *pace, gint64 nanoseconds, GError **error);

// A time with its unit, seconds if it has none. option names it in the error.
bool pace_read_time(const char *text, const char *option, gint64 *nanoseconds, GError **error);

// Seconds into a ramp at which it has sent so many packets; at its end the rate stays.
double pace_ramp(const pace_t *pace, guint64 packets);

// Microseconds that so many packets, or bits of PACE_BITS, take.
gint64 pace_span(const pace_t *pace, guint64 amount);

#endif
