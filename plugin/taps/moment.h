// SPDX-License-Identifier: GPL-2.0-or-later
// A time that the user names, and times as text.
#ifndef DSMIPV4_TAPS_MOMENT_H
#define DSMIPV4_TAPS_MOMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
	DSMIPV4_MOMENT_END,      // none was named: the end of the capture
	DSMIPV4_MOMENT_ABSOLUTE, // nanoseconds since 1970
	DSMIPV4_MOMENT_RELATIVE, // nanoseconds since the first frame
	DSMIPV4_MOMENT_OF_DAY,   // nanoseconds since midnight, local time, of the day of the first frame
} dsmipv4_moment_kind_t;

typedef struct {
	dsmipv4_moment_kind_t kind;
	int64_t value;
} dsmipv4_moment_t;

// What dsmipv4_moment_parse() reads, for error messages.
#define DSMIPV4_MOMENT_FORMS                                                                                           \
	"a date and time (2026-01-31T10:05:00Z, without a zone local time), a time of the first frame's day "          \
	"(10:05:00), seconds since the first frame (300), or since 1970 (1767225900)"

// Read a time; false if it is none.
bool dsmipv4_moment_parse(dsmipv4_moment_t *moment, const char *text);

// Nanoseconds since 1970 of the moment in a capture whose first frame came at `first`; INT64_MAX for the end.
int64_t dsmipv4_moment_time(const dsmipv4_moment_t *moment, int64_t first);

// "2026-01-31T10:05:00Z", in local time with its offset, from nanoseconds since 1970; "never" for INT64_MAX, "?" for
// DSMIPV4_NO_TIME. The caller frees it.
char *dsmipv4_time_text(int64_t time);

#endif
