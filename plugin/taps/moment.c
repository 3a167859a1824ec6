// SPDX-License-Identifier: GPL-2.0-or-later
// A time that the user names, and times as text.
#include "taps/moment.h"

#include <string.h>

#include "core/wire/message.h"
#include "taps/report/tally.h"

// A lesser number of seconds counts from the first frame, for no capture is that long, nor from before 1973.
#define LEAST_EPOCH (INT64_C(100000000) * DSMIPV4_SECOND)
#define MOST_SECONDS INT64_C(9000000000)

// Reads digits as a number of at most `most`, and moves on behind them.
static bool read_number(const char **at, int64_t most, int64_t *number)
{
	const char *begin = *at;
	*number = 0;
	for (; g_ascii_isdigit(**at); (*at)++) {
		*number = *number * 10 + (**at - '0');
		if (*number > most)
			return false;
	}
	return *at > begin;
}

// Reads seconds, perhaps with a fraction, as nanoseconds. Digits beyond the ninth are left out.
static bool read_seconds(const char **at, int64_t most, int64_t *time)
{
	if (!read_number(at, most, time))
		return false;
	*time *= DSMIPV4_SECOND;
	if (**at != '.')
		return true;
	(*at)++;
	if (!g_ascii_isdigit(**at))
		return false;
	for (int64_t unit = DSMIPV4_SECOND / 10; g_ascii_isdigit(**at); (*at)++, unit /= 10)
		*time += unit * (**at - '0');
	return true;
}

static bool parse_number(dsmipv4_moment_t *moment, const char *text)
{
	if (!read_seconds(&text, MOST_SECONDS, &moment->value) || *text != '\0')
		return false;
	moment->kind = moment->value < LEAST_EPOCH ? DSMIPV4_MOMENT_RELATIVE : DSMIPV4_MOMENT_ABSOLUTE;
	return true;
}

// HH:MM or HH:MM:SS, perhaps with a fraction.
static bool parse_time_of_day(dsmipv4_moment_t *moment, const char *text)
{
	int64_t hours, minutes, seconds = 0;
	if (!read_number(&text, 23, &hours) || *text++ != ':' || !read_number(&text, 59, &minutes))
		return false;
	if (*text == ':') {
		text++;
		if (!read_seconds(&text, 59, &seconds))
			return false;
	}
	moment->kind = DSMIPV4_MOMENT_OF_DAY;
	moment->value = (hours * 60 + minutes) * 60 * DSMIPV4_SECOND + seconds;
	return *text == '\0';
}

static int64_t nanoseconds(GDateTime *time)
{
	return g_date_time_to_unix(time) * DSMIPV4_SECOND + g_date_time_get_microsecond(time) * INT64_C(1000);
}

static bool parse_date(dsmipv4_moment_t *moment, const char *text)
{
	GTimeZone *zone = g_time_zone_new_local();
	GDateTime *time = g_date_time_new_from_iso8601(text, zone);
	g_time_zone_unref(zone);
	if (!time)
		return false;
	int64_t seconds = g_date_time_to_unix(time);
	moment->kind = DSMIPV4_MOMENT_ABSOLUTE;
	moment->value = nanoseconds(time);
	g_date_time_unref(time);
	return seconds >= 0 && seconds <= MOST_SECONDS;
}

bool dsmipv4_moment_parse(dsmipv4_moment_t *moment, const char *text)
{
	return parse_number(moment, text) || parse_time_of_day(moment, text) || parse_date(moment, text);
}

static int64_t midnight_before(int64_t time)
{
	GDateTime *moment = g_date_time_new_from_unix_local(time / DSMIPV4_SECOND);
	if (!moment)
		return 0;
	GDateTime *midnight = g_date_time_new_local(g_date_time_get_year(moment), g_date_time_get_month(moment),
						    g_date_time_get_day_of_month(moment), 0, 0, 0);
	int64_t found = midnight ? nanoseconds(midnight) : 0;
	g_date_time_unref(moment);
	if (midnight)
		g_date_time_unref(midnight);
	return found;
}

int64_t dsmipv4_moment_time(const dsmipv4_moment_t *moment, int64_t first)
{
	switch (moment->kind) {
	case DSMIPV4_MOMENT_ABSOLUTE:
		return moment->value;
	case DSMIPV4_MOMENT_RELATIVE:
		return first == DSMIPV4_NO_TIME ? INT64_MAX : first + moment->value;
	case DSMIPV4_MOMENT_OF_DAY:
		return first == DSMIPV4_NO_TIME ? INT64_MAX : midnight_before(first) + moment->value;
	default:
		return INT64_MAX;
	}
}

char *dsmipv4_time_text(int64_t time)
{
	if (time == INT64_MAX)
		return g_strdup("never");
	GDateTime *moment = time == DSMIPV4_NO_TIME ? NULL : g_date_time_new_from_unix_local(time / DSMIPV4_SECOND);
	if (!moment)
		return g_strdup("?");
	bool utc = g_date_time_get_utc_offset(moment) == 0;
	char *text = g_date_time_format(moment, utc ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S%:z");
	g_date_time_unref(moment);
	return text ? text : g_strdup("?");
}
