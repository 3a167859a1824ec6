// SPDX-License-Identifier: GPL-2.0-or-later
// How fast packets follow each other: the texts of options, and spans of time.
#include "population/pace.h"

#include <math.h>
#include <string.h>

#define FEMTOSECONDS 1e15
#define PER_MICROSECOND 1e9          // femtoseconds
#define MEGABIT 1e6                  // bits
#define LONGEST_TIME (365 * 86400.0) // seconds
#define LONGEST_GAP 3600.0           // seconds; fits the femtoseconds of 64 bits
#define PPS_MIN 0.001
#define PPS_MAX 1e9
#define MBPS_MIN 0.001
#define MBPS_MAX 1e6

static const struct {
	const char *unit;
	double seconds;
} units[] = {
	{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"m", 60}, {"h", 3600},
};

// A number in a range; end becomes what follows it, which must be nothing if end is NULL.
static bool read_number(const char *text, double minimum, double maximum, double *number, char **end)
{
	char *rest = NULL;

	*number = g_ascii_strtod(text, &rest);
	if (end)
		*end = rest;
	return rest != text && (end || *rest == '\0') && *number >= minimum && *number <= maximum;
}

static bool read_seconds(const char *text, double maximum, double *seconds)
{
	char *unit = NULL;

	if (!read_number(text, 0, HUGE_VAL, seconds, &unit))
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		*seconds *= units[i].seconds;
		return *seconds >= 1e-9 && *seconds <= maximum;
	}
	return false;
}

bool pace_read_time(const char *text, const char *option, gint64 *nanoseconds, GError **error)
{
	double seconds;

	if (read_seconds(text, LONGEST_TIME, &seconds)) {
		*nanoseconds = llround(seconds * (double)NANOSECONDS);
		return true;
	}
	fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected a time such as 500us, 20ms, 10s or 5m, at most 365 days",
	     option, text);
	return false;
}

static bool read_pps(const char *text, pace_t *pace)
{
	const char *dots = strstr(text, "..");
	g_autofree char *first = dots ? g_strndup(text, (gsize)(dots - text)) : g_strdup(text);
	double pps;
	double end;

	if (!read_number(first, PPS_MIN, PPS_MAX, &pps, NULL) ||
	    (dots && !read_number(dots + 2, PPS_MIN, PPS_MAX, &end, NULL)))
		return false;
	if (dots)
		*pace = (pace_t){.kind = PACE_RAMP, .from = pps, .to = end};
	else
		*pace = (pace_t){.kind = PACE_PACKETS, .femtoseconds = (guint64)llround(FEMTOSECONDS / pps)};
	return true;
}

static bool read_mbps(const char *text, pace_t *pace)
{
	double mbps;

	if (!read_number(text, MBPS_MIN, MBPS_MAX, &mbps, NULL))
		return false;
	*pace = (pace_t){.kind = PACE_BITS, .femtoseconds = (guint64)llround(FEMTOSECONDS / (mbps * MEGABIT))};
	return true;
}

static bool read_gap(const char *text, pace_t *pace)
{
	double seconds;

	if (!read_seconds(text, LONGEST_GAP, &seconds))
		return false;
	*pace = (pace_t){.kind = PACE_PACKETS, .femtoseconds = (guint64)llround(seconds * FEMTOSECONDS)};
	return true;
}

bool pace_read(const char *pps, const char *mbps, const char *gap, bool is_topspeed, pace_t *pace, GError **error)
{
	const struct {
		const char *option;
		const char *text;
		bool (*read)(const char *text, pace_t *pace);
		const char *expected;
	} rates[] = {
		{"--pps", pps, read_pps, "packets per second, from 0.001 to 1000000000, or a ramp such as 100..5000"},
		{"--mbps", mbps, read_mbps, "megabits per second, from 0.001 to 1000000"},
		{"--gap", gap, read_gap, "a time such as 500us, 20ms or 2s, from 1ns to 1h"},
		{"--topspeed", is_topspeed ? "" : NULL, NULL, NULL},
	};
	const char *given = NULL;

	*pace = (pace_t){.kind = PACE_SCENARIO};
	for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
		if (!rates[i].text)
			continue;
		if (given) {
			fail(error, GEN_ERROR_SCENARIO, "%s and %s exclude each other; expected one of them", given,
			     rates[i].option);
			return false;
		}
		given = rates[i].option;
		if (!rates[i].read) {
			pace->kind = PACE_TOPSPEED;
		} else if (!rates[i].read(rates[i].text, pace)) {
			fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected %s", given, rates[i].text,
			     rates[i].expected);
			return false;
		}
	}
	return true;
}

bool pace_set_duration(pace_t *pace, gint64 nanoseconds, GError **error)
{
	pace->seconds = (double)nanoseconds / (double)NANOSECONDS;
	if (pace->kind != PACE_RAMP || nanoseconds > 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "--pps: a ramp takes the time of the run; expected --duration");
	return false;
}

// In t seconds a ramp over T has sent n = from t + (to - from) t^2 / 2 T packets.
double pace_ramp(const pace_t *pace, guint64 packets)
{
	double growth = (pace->to - pace->from) / pace->seconds;
	double whole = (pace->from + pace->to) / 2 * pace->seconds;
	double n = (double)packets;

	if (n >= whole)
		return pace->seconds + (n - whole) / pace->to;
	return 2 * n / (pace->from + sqrt(pace->from * pace->from + 2 * growth * n));
}

gint64 pace_span(const pace_t *pace, guint64 amount)
{
	if (pace->kind == PACE_RAMP)
		return (gint64)(pace_ramp(pace, amount) * G_USEC_PER_SEC);
	return (gint64)((double)amount * (double)pace->femtoseconds / PER_MICROSECOND); // 128 bits are not in C11
}
