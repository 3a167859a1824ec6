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

static double milliseconds(gint64 nanoseconds)
{
	return (double)nanoseconds * 1e3 / (double)NANOSECONDS;
}

static void put_codes(json_dumper *dumper, const answer_figures_t *answers)
{
	json_dumper_set_member_name(dumper, "codes");
	json_dumper_begin_object(dumper);
	for (unsigned code = 0; code < ANSWER_CODES; code++) {
		g_autofree char *name = g_strdup_printf("%u", code);

		if (answers->codes[code] > 0)
			put_number(dumper, name, answers->codes[code]);
	}
	json_dumper_end_object(dumper);
}

static void put_answers(json_dumper *dumper, const answer_figures_t *answers)
{
	put_number(dumper, "requests", answers->requests);
	put_number(dumper, "answered", answers->answered);
	put_number(dumper, "not_answered", answers->requests - answers->answered);
	put_codes(dumper, answers);
	if (answers->answered > 0) {
		put_decimal(dumper, "answer_minimum_ms", milliseconds(answers->minimum));
		put_decimal(dumper, "answer_median_ms", milliseconds(answers->median));
		put_decimal(dumper, "answer_99th_ms", milliseconds(answers->late));
	}
	put_number(dumper, "other_replies", answers->others);
	put_number(dumper, "missed", answers->missed);
}

// ending and answers: NULL while the run lasts.
static void print_json(const figures_t *figures, double seconds, double pps, double mbps,
		       const answer_figures_t *answers, const char *ending)
{
	json_dumper dumper = {.output_string = g_string_new(NULL)};

	json_dumper_begin_object(&dumper);
	put_decimal(&dumper, "seconds", seconds);
	put_number(&dumper, "packets", figures->packets);
	put_number(&dumper, "bytes", figures->bytes);
	put_decimal(&dumper, "pps", pps);
	put_decimal(&dumper, "mbps", mbps);
	put_number(&dumper, "late", figures->late);
	put_decimal(&dumper, "latest_ms", milliseconds(figures->latest));
	put_number(&dumper, "errors", figures->errors);
	put_number(&dumper, "retries", figures->retries);
	if (answers) {
		put_answers(&dumper, answers);
	} else if (!ending) {
		put_number(&dumper, "requests", figures->requests);
		put_number(&dumper, "answered", figures->answered);
	}
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
		print_json(now, seconds, pps, mbps, NULL, NULL);
	else if (kind == PROGRESS_LINE)
		fprintf(stderr,
			CLEAR_LINE "%" G_GUINT64_FORMAT " packets, %.0f packets/s, %" G_GUINT64_FORMAT
				   " late, %" G_GUINT64_FORMAT " errors, %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
				   " requests answered",
			now->packets, pps, now->late, now->errors, now->answered, now->requests);
}

// "4 requests, 3 answered (code 0: 2, code 131: 1) after ..."
static void print_answers(const answer_figures_t *answers)
{
	const char *separator = " (";

	g_print("%" G_GUINT64_FORMAT " %s, %" G_GUINT64_FORMAT " answered", answers->requests,
		answers->requests == 1 ? "request" : "requests", answers->answered);
	for (unsigned code = 0; code < ANSWER_CODES; code++) {
		if (answers->codes[code] == 0)
			continue;
		g_print("%scode %u: %" G_GUINT64_FORMAT, separator, code, answers->codes[code]);
		separator = ", ";
	}
	if (answers->answered > 0)
		g_print(") after %.3f ms at least, %.3f ms in the median, %.3f ms in the 99th percentile",
			milliseconds(answers->minimum), milliseconds(answers->median), milliseconds(answers->late));
	g_print("; %" G_GUINT64_FORMAT " not answered", answers->requests - answers->answered);
	if (answers->others > 0)
		g_print("; %" G_GUINT64_FORMAT " other replies", answers->others);
	if (answers->missed > 0)
		g_print("; %" G_GUINT64_FORMAT " replies came too fast to be looked at", answers->missed);
	g_print("\n");
}

void progress_end(progress_kind_t kind, const figures_t *figures, const answer_figures_t *answers, ending_t ending)
{
	double seconds = (double)(figures->last - figures->first) / (double)NANOSECONDS;
	guint64 gaps = figures->packets > 0 ? figures->packets - 1 : 0;
	double pps = seconds > 0 ? (double)gaps / seconds : 0;
	double mbps = figures->packets > 0 ? pps * (double)figures->bytes / (double)figures->packets * 8 / MEGABIT : 0;

	if (kind == PROGRESS_JSON) {
		print_json(figures, seconds, pps, mbps, answers, ending_words[ending]);
		return;
	}
	if (kind == PROGRESS_LINE)
		fputs(CLEAR_LINE, stderr);
	g_print("%" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT
		" bytes in %.3f s: %.1f packets/s, %.3f Mbit/s; %" G_GUINT64_FORMAT
		" late (at most %.3f ms), %" G_GUINT64_FORMAT " errors, %" G_GUINT64_FORMAT " retries\n",
		figures->packets, figures->bytes, seconds, pps, mbps, figures->late, milliseconds(figures->latest),
		figures->errors, figures->retries);
	if (answers && answers->requests > 0)
		print_answers(answers);
}
