// SPDX-License-Identifier: GPL-2.0-or-later
// What a run of a conformance suite came to.
#include "conformance/conformance.h"

#include <string.h>

#include "base/baseline_file.h"
#include "base/json.h"
#include "base/section.h"
#include "base/shape_rows.h"

const char *const run_verdict_words[] = {"SKIP", "PASS", "WARN", "INCONC", "FAIL", NULL};
static const char *const sender_words[] = {"dsmipgen", "device", "other", NULL};

// clang-format off
static const struct shape_member run_check_members[] = {
	MEMBER(run_check, step, SHAPE_TEXT),
	MEMBER(run_check, field, SHAPE_TEXT),
	MEMBER(run_check, expected, SHAPE_TEXT),
	MEMBER(run_check, actual, SHAPE_TEXT),
	MEMBER(run_check, holds, SHAPE_FLAG),
	MEMBER(run_check, at, SHAPE_TEXT_0),
	MEMBER(run_check, frame, SHAPE_NUMBER_0),
	END_OF_SHAPE,
};
SHAPE(run_check);

static const struct shape_member run_packet_members[] = {
	MEMBER(run_packet, frame, SHAPE_NUMBER),
	MEMBER(run_packet, time, SHAPE_TIME_0),
	WORD(run_packet, sender, sender_words),
	MEMBER(run_packet, summary, SHAPE_TEXT),
	MEMBER(run_packet, comment, SHAPE_TEXT),
	MEMBER(run_packet, bytes, SHAPE_TEXT),
	END_OF_SHAPE,
};
SHAPE(run_packet);

static const struct shape_member run_test_members[] = {
	MEMBER(run_test, id, SHAPE_TEXT),
	MEMBER(run_test, round, SHAPE_NUMBER),
	MEMBER(run_test, title, SHAPE_TEXT),
	MEMBER(run_test, clause, SHAPE_TEXT),
	MEMBER(run_test, class, SHAPE_TEXT),
	WORD(run_test, verdict, run_verdict_words),
	MEMBER(run_test, known, SHAPE_FLAG),
	MEMBER(run_test, reason, SHAPE_TEXT_0),
	MEMBER(run_test, at, SHAPE_TEXT_0),
	MEMBER(run_test, evidence, SHAPE_TEXT_0),
	MEMBER(run_test, started, SHAPE_TIME_0),
	MEMBER(run_test, duration, SHAPE_NUMBER),
	LIST(run_test, checks, run_check_shape),
	LIST(run_test, packets, run_packet_shape),
	END_OF_SHAPE,
};
SHAPE(run_test);

static const struct shape_member run_suite_members[] = {
	MEMBER(run_suite, name, SHAPE_TEXT),
	MEMBER(run_suite, title, SHAPE_TEXT),
	MEMBER(run_suite, role, SHAPE_TEXT),
	END_OF_SHAPE,
};
SHAPE(run_suite);

static const struct shape_member run_device_members[] = {
	MEMBER(run_device, name, SHAPE_TEXT),
	MEMBER(run_device, version, SHAPE_TEXT),
	MEMBER(run_device, supports, SHAPE_TEXTS),
	MEMBER(run_device, set, SHAPE_TEXTS),
	END_OF_SHAPE,
};
SHAPE(run_device);

static const struct shape_member run_counts_members[] = {
	MEMBER(run_counts, passed, SHAPE_NUMBER),
	MEMBER(run_counts, warned, SHAPE_NUMBER),
	MEMBER(run_counts, failed, SHAPE_NUMBER),
	MEMBER(run_counts, inconclusive, SHAPE_NUMBER),
	MEMBER(run_counts, skipped, SHAPE_NUMBER),
	END_OF_SHAPE,
};
SHAPE(run_counts);

static const struct shape_member run_members[] = {
	MEMBER(run, kind, SHAPE_TEXT),
	MEMBER(run, version, SHAPE_NUMBER),
	MEMBER(run, program, SHAPE_TEXT),
	OBJECT(run, suite, run_suite_shape),
	OBJECT(run, device, run_device_shape),
	MEMBER(run, host, SHAPE_TEXT),
	MEMBER(run, interface, SHAPE_TEXT_0),
	MEMBER(run, baseline, SHAPE_TEXT_0),
	MEMBER(run, strict, SHAPE_FLAG),
	MEMBER(run, started, SHAPE_TIME_0),
	MEMBER(run, duration, SHAPE_NUMBER),
	MEMBER(run, planned, SHAPE_NUMBER),
	MEMBER(run, complete, SHAPE_FLAG),
	WORD(run, verdict, run_verdict_words),
	MEMBER(run, status, SHAPE_NUMBER_0),
	OBJECT(run, counts, run_counts_shape),
	LIST(run, tests, run_test_shape),
	END_OF_SHAPE,
};
// clang-format on
SHAPE(run);

struct run *run_new(gint64 planned)
{
	struct run *run = g_new0(struct run, 1);

	run->kind = RUN_KIND;
	run->version = RUN_VERSION;
	run->program = "dsmipgen " DSMIPV4_VERSION;
	run->planned = planned;
	run->status = ABSENT;
	run->complete = planned == 0;
	run->strings = g_string_chunk_new(4096);
	run->device.supports = g_array_new(FALSE, TRUE, sizeof(const char *));
	run->device.set = g_array_new(FALSE, TRUE, sizeof(const char *));
	run->tests = g_array_new(FALSE, TRUE, sizeof(struct run_test));
	return run;
}

void run_free(struct run *run)
{
	GStringChunk *strings;

	if (run == NULL)
		return;
	strings = run->strings;
	shape_clear(&run_shape, run);
	g_string_chunk_free(strings);
	g_free(run);
}

const char *run_text(struct run *run, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(run->strings, text) : NULL;
}

void run_add_text(struct run *run, GArray *list, const char *text)
{
	const char *copy = run_text(run, text);

	g_array_append_val(list, copy);
}

void run_add_test(struct run *run, const struct run_test *test)
{
	gint64 *const counts[RUN_VERDICT_COUNT] = {
		[RUN_SKIP] = &run->counts.skipped,        [RUN_PASS] = &run->counts.passed,
		[RUN_WARN] = &run->counts.warned,         [RUN_FAIL] = &run->counts.failed,
		[RUN_INCONC] = &run->counts.inconclusive,
	};

	g_array_append_vals(run->tests, test, 1);
	(*counts[test->verdict])++;
	run->verdict = MAX(run->verdict, test->verdict);
	run->complete = run->tests->len == run->planned;
}

static bool parse(void *user, const char *text, gsize length, GError **error)
{
	struct run *run = user;

	return shape_parse(&run_shape, text, length, run, run->strings, error) &&
	       baseline_file_is(run->kind, run->version, RUN_KIND, RUN_VERSION, error);
}

struct run *run_read(const char *path, GError **error)
{
	struct run *run = g_new0(struct run, 1);

	run->strings = g_string_chunk_new(4096);
	if (baseline_file_read(path, "dsmipgen run writes as JSON", parse, run, error))
		return run;
	run_free(run);
	return NULL;
}

int run_verdict_of(const struct run *run, const char *id)
{
	int worst = -1;

	for (guint i = 0; i < run->tests->len; i++) {
		const struct run_test *test = &g_array_index(run->tests, struct run_test, i);

		if (strcmp(test->id, id) == 0)
			worst = MAX(worst, test->verdict);
	}
	return worst < 0 ? RUN_VERDICT_COUNT : worst;
}

static gint64 section_of(const struct run_test *test)
{
	return section_key(g_str_has_prefix(test->clause, "RFC ") ? test->clause + strlen("RFC ") : test->clause);
}

static gint compare_tests(gconstpointer a, gconstpointer b)
{
	const struct run_test *x = *(const struct run_test *const *)a, *y = *(const struct run_test *const *)b;
	gint64 one = section_of(x), other = section_of(y);

	return one != other ? (one > other) - (one < other) : (x > y) - (x < y);
}

GPtrArray *run_by_section(const struct run *run)
{
	GPtrArray *tests = g_ptr_array_new();

	for (guint i = 0; i < run->tests->len; i++)
		g_ptr_array_add(tests, &g_array_index(run->tests, struct run_test, i));
	g_ptr_array_sort(tests, compare_tests);
	return tests;
}

void run_render_json(const struct run *run, GString *out)
{
	json_document(&run_shape, run, out);
}
