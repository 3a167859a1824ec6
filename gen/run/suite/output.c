// SPDX-License-Identifier: GPL-2.0-or-later
// What a run prints: lines for people, or the Test Anything Protocol, version 13.
#include "run/suite/output.h"

#include <stdio.h>

#define SECONDS(nanoseconds) ((double)(nanoseconds) / 1e9)

static void begin_lines(const output_head_t *head)
{
	const char *version = head->device->version;

	g_print("%s: %s%s%s\n\n", head->suite->title, head->device->name, version[0] ? " " : "", version);
}

static bool is_known_problem(const result_t *result)
{
	return result->is_known && result->kind > RESULT_PASS;
}

static void print_line(const result_t *result, guint number G_GNUC_UNUSED)
{
	const test_t *test = result->test;

	g_print("%-6s  %s  %s [%s, %s] %.3f s", result_word(result->kind), test->id, test->title, test->clause,
		test->strength, SECONDS(result->duration));
	if (result->round > 1)
		g_print(", round %u", result->round);
	g_print(is_known_problem(result) ? ", as in the baseline\n" : "\n");
	if (result->reason)
		g_print("        %s\n", result->reason);
	if (result->reason && result->kind != RESULT_SKIP)
		g_print("        at %s:%u\n", result->place.file, result->place.line);
	if (result->kind > RESULT_PASS && result->evidence)
		g_print("        %s\n", result->evidence);
	fflush(stdout);
}

static void end_lines(const guint counts[RESULT_COUNT])
{
	g_print("\n%u passed, %u with a warning, %u failed, %u inconclusive, %u skipped\n", counts[RESULT_PASS],
		counts[RESULT_WARN], counts[RESULT_FAIL], counts[RESULT_INCONCLUSIVE], counts[RESULT_SKIP]);
}

const output_t output_lines = {begin_lines, print_line, end_lines};

static void begin_tap(const output_head_t *head)
{
	g_print("TAP version 13\n1..%u\n", head->tests);
}

// A description without what ends it or escapes; free with g_free().
static char *tap_text(const char *text)
{
	return g_strdelimit(g_strdup(text), "#\n\r\\", '_');
}

// A text in double quotes of YAML; free with g_free().
static char *yaml_text(const char *text)
{
	g_autofree char *escaped = g_strescape(text, NULL);

	return g_strdup_printf("\"%s\"", escaped);
}

static void print_details(const result_t *result)
{
	g_autofree char *reason = yaml_text(result->reason ? result->reason : "");

	g_print("  ---\n  verdict: %s\n  clause: \"%s\"\n  class: %s\n  message: %s\n", result_word(result->kind),
		result->test->clause, result->test->strength, reason);
	if (result->place.file)
		g_print("  at: \"%s:%u\"\n", result->place.file, result->place.line);
	if (result->evidence) {
		g_autofree char *evidence = yaml_text(result->evidence);

		g_print("  evidence: %s\n", evidence);
	}
	g_print("  ...\n");
}

static void print_point(const result_t *result, guint number)
{
	g_autofree char *title = tap_text(result->test->title);
	g_autofree char *reason = tap_text(result->reason ? result->reason : "");
	bool ok = result->kind <= RESULT_WARN;

	g_print("%s %u - %s %s", ok ? "ok" : "not ok", number, result->test->id, title);
	if (result->round > 1)
		g_print(" (round %u)", result->round);
	if (result->kind == RESULT_SKIP)
		g_print(" # SKIP %s", reason);
	else if (!ok && result->is_known)
		g_print(" # TODO as in the baseline");
	g_print("\n");
	if (result->kind > RESULT_PASS)
		print_details(result);
	fflush(stdout);
}

static void end_tap(const guint counts[RESULT_COUNT] G_GNUC_UNUSED)
{
}

const output_t output_tap = {begin_tap, print_point, end_tap};
