// SPDX-License-Identifier: GPL-2.0-or-later
// What `send` reports while it runs and at its end.
#include "send/progress.h"

#include "send/schedule.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wsutil/json_dumper.h>

#define MEGABIT 1e6
#define CLEAR_LINE "\r\033[K"

static const char *const ending_words[] = {
	[END_DONE] = "done",     [END_COUNT] = "count", [END_DURATION] = "duration",
	[END_SIGNAL] = "signal", [END_ERROR] = "error",
};

bool progress_read(const char *text, progress_kind_t *kind, GError **error)
{
	static const char *const words[] = {
		[PROGRESS_NONE] = "none",
		[PROGRESS_LINE] = "line",
		[PROGRESS_JSON] = "json",
	};

	*kind = !text && isatty(STDERR_FILENO) ? PROGRESS_LINE : PROGRESS_NONE;
	if (!text)
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*kind = (progress_kind_t)i;
		return true;
	}
	fail(error, GEN_ERROR_SCENARIO, "unknown progress '%s'; expected line, json or none", text);
	return false;
}

// Prints whole numbers as integers, which the dumper would round as doubles.
static void put_number(json_dumper *dumper, const char *name, guint64 number)
{
	json_dumper_set_member_name(dumper, name);
	json_dumper_value_anyf(dumper, "%" G_GUINT64_FORMAT, number);
}

static void put_decimal(json_dumper *dumper, const char *name, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	json_dumper_set_member_name(dumper, name);
	json_dumper_value_anyf(dumper, "%s", g_ascii_formatd(text, sizeof(text), "%.6f", number));
}

// ending: NULL while the run lasts.
static void print_json(const figures_t *figures, double seconds, double pps, double mbps, const char *ending)
{
	json_dumper dumper = {.output_string = g_string_new(NULL)};

	json_dumper_begin_object(&dumper);
	put_decimal(&dumper, "seconds", seconds);
	put_number(&dumper, "packets", figures->packets);
	put_number(&dumper, "bytes", figures->bytes);
	put_decimal(&dumper, "pps", pps);
	put_decimal(&dumper, "mbps", mbps);
	put_number(&dumper, "late", figures->late);
	put_decimal(&dumper, "latest_ms", (double)figures->latest * 1e3 / (double)NANOSECONDS);
	put_number(&dumper, "errors", figures->errors);
	put_number(&dumper, "retries", figures->retries);
	if (ending) {
		json_dumper_set_member_name(&dumper, "end");
		json_dumper_value_string(&dumper, ending);
	}
	json_dumper_end_object(&dumper);
	json_dumper_finish(&dumper);
	fprintf(stderr, "%s\n", g_strchomp(dumper.output_string->str));
	g_string_free(dumper.output_string, TRUE);
}

void progress_show(progress_kind_t kind, const figures_t *now, const figures_t *before, gint64 elapsed, gint64 interval)
{
	double seconds = (double)elapsed / (double)NANOSECONDS;
	double share = (double)interval / (double)NANOSECONDS;
	double pps = (double)(now->packets - before->packets) / share;
	double mbps = (double)(now->bytes - before->bytes) / share * 8 / MEGABIT;

	if (kind == PROGRESS_JSON)
		print_json(now, seconds, pps, mbps, NULL);
	else if (kind == PROGRESS_LINE)
		fprintf(stderr,
			CLEAR_LINE "%" G_GUINT64_FORMAT " packets, %.0f packets/s, %" G_GUINT64_FORMAT
				   " late, %" G_GUINT64_FORMAT " errors",
			now->packets, pps, now->late, now->errors);
}

void progress_end(progress_kind_t kind, const figures_t *figures, ending_t ending)
{
	double seconds = (double)(figures->last - figures->first) / (double)NANOSECONDS;
	guint64 gaps = figures->packets > 0 ? figures->packets - 1 : 0;
	double pps = seconds > 0 ? (double)gaps / seconds : 0;
	double mbps = figures->packets > 0 ? pps * (double)figures->bytes / (double)figures->packets * 8 / MEGABIT : 0;

	if (kind == PROGRESS_JSON) {
		print_json(figures, seconds, pps, mbps, ending_words[ending]);
		return;
	}
	if (kind == PROGRESS_LINE)
		fputs(CLEAR_LINE, stderr);
	g_print("%" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT
		" bytes in %.3f s: %.1f packets/s, %.3f Mbit/s; %" G_GUINT64_FORMAT
		" late (at most %.3f ms), %" G_GUINT64_FORMAT " errors, %" G_GUINT64_FORMAT " retries\n",
		figures->packets, figures->bytes, seconds, pps, mbps, figures->late,
		(double)figures->latest * 1e3 / (double)NANOSECONDS, figures->errors, figures->retries);
}
