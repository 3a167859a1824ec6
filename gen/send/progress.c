// SPDX-License-Identifier: GPL-2.0-or-later
// What `send` reports while it runs and at its end.
#include "send/progress.h"

#include "output/json.h"
#include "send/schedule.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static double milliseconds(gint64 nanoseconds)
{
	return (double)nanoseconds * 1e3 / (double)NANOSECONDS;
}

static void put_codes(json_t *json, const answer_figures_t *answers)
{
	json_begin(json, "codes", '{');
	for (unsigned code = 0; code < ANSWER_CODES; code++) {
		g_autofree char *name = g_strdup_printf("%u", code);

		if (answers->codes[code] > 0)
			json_number(json, name, answers->codes[code]);
	}
	json_end(json, '}');
}

static void put_answers(json_t *json, const answer_figures_t *answers)
{
	json_number(json, "requests", answers->requests);
	json_number(json, "answered", answers->answered);
	json_number(json, "not_answered", answers->requests - answers->answered);
	put_codes(json, answers);
	if (answers->answered > 0) {
		json_decimal(json, "answer_minimum_ms", milliseconds(answers->minimum));
		json_decimal(json, "answer_median_ms", milliseconds(answers->median));
		json_decimal(json, "answer_99th_ms", milliseconds(answers->late));
	}
	json_number(json, "other_replies", answers->others);
	json_number(json, "missed", answers->missed);
}

// ending and answers: NULL while the run lasts.
static void print_json(const figures_t *figures, double seconds, double pps, double mbps,
		       const answer_figures_t *answers, const char *ending)
{
	json_t json = {.text = g_string_new(NULL)};

	json_begin(&json, NULL, '{');
	json_decimal(&json, "seconds", seconds);
	json_number(&json, "packets", figures->packets);
	json_number(&json, "bytes", figures->bytes);
	json_decimal(&json, "pps", pps);
	json_decimal(&json, "mbps", mbps);
	json_number(&json, "late", figures->late);
	json_decimal(&json, "latest_ms", milliseconds(figures->latest));
	json_number(&json, "errors", figures->errors);
	json_number(&json, "retries", figures->retries);
	if (answers) {
		put_answers(&json, answers);
	} else if (!ending) {
		json_number(&json, "requests", figures->requests);
		json_number(&json, "answered", figures->answered);
	}
	if (ending)
		json_string(&json, "end", ending);
	json_end(&json, '}');
	fprintf(stderr, "%s\n", json.text->str);
	g_string_free(json.text, TRUE);
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
