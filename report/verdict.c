// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict on one or more captures: their reports, held against what the user wants.
#include "verdict.h"

#include "base/shape_rows.h"

const char *const verdict_words[] = {"conforms", "broken", "usage error", "not judged", "incomplete", NULL};
static const char *const failure_words[] = {"rule", "service", "expectation", "coverage", "nothing", "error", NULL};

// clang-format off
static const struct shape_member failure_members[] = {
	WORD(failure, kind, failure_words),
	MEMBER(failure, rule, SHAPE_TEXT_0),
	MEMBER(failure, frame, SHAPE_NUMBER_0),
	MEMBER(failure, actor, SHAPE_TEXT_0),
	MEMBER(failure, node, SHAPE_TEXT_0),
	MEMBER(failure, home_agent, SHAPE_TEXT_0),
	MEMBER(failure, text, SHAPE_TEXT),
	END_OF_SHAPE,
};
SHAPE(failure);

static const struct shape_member verdict_file_members[] = {
	MEMBER(verdict_file, name, SHAPE_TEXT),
	MEMBER(verdict_file, frames, SHAPE_NUMBER),
	END_OF_SHAPE,
};
SHAPE(verdict_file);

static const struct shape_member verdict_capture_members[] = {
	MEMBER(verdict_capture, name, SHAPE_TEXT),
	LIST(verdict_capture, files, verdict_file_shape),
	WORD(verdict_capture, verdict, verdict_words),
	LIST(verdict_capture, failures, failure_shape),
	POINTER(verdict_capture, report, report_shape),
	END_OF_SHAPE,
};
SHAPE(verdict_capture);

static const struct shape_member verdict_summary_members[] = {
	MEMBER(verdict_summary, rules, SHAPE_NUMBER),
	MEMBER(verdict_summary, exercised, SHAPE_NUMBER),
	MEMBER(verdict_summary, held, SHAPE_NUMBER),
	MEMBER(verdict_summary, broken, SHAPE_NUMBER),
	END_OF_SHAPE,
};
SHAPE(verdict_summary);

static const struct shape_member verdict_policy_members[] = {
	WORD(verdict_policy, fail_on, severity_words),
	MEMBER(verdict_policy, allow, SHAPE_TEXTS),
	MEMBER(verdict_policy, require, SHAPE_TEXTS),
	MEMBER(verdict_policy, require_must, SHAPE_FLAG),
	MEMBER(verdict_policy, require_service, SHAPE_FLAG),
	MEMBER(verdict_policy, baseline, SHAPE_TEXT_0),
	MEMBER(verdict_policy, expect, SHAPE_FLAG),
	END_OF_SHAPE,
};
SHAPE(verdict_policy);

static const struct shape_member verdict_members[] = {
	MEMBER(verdict, kind, SHAPE_TEXT),
	MEMBER(verdict, version, SHAPE_NUMBER),
	MEMBER(verdict, program, SHAPE_TEXT),
	WORD(verdict, verdict, verdict_words),
	MEMBER(verdict, status, SHAPE_NUMBER),
	OBJECT(verdict, policy, verdict_policy_shape),
	OBJECT(verdict, summary, verdict_summary_shape),
	LIST(verdict, failures, failure_shape),
	LIST(verdict, captures, verdict_capture_shape),
	END_OF_SHAPE,
};
// clang-format on

const struct shape verdict_shape = {sizeof(struct verdict), verdict_members};

struct verdict *verdict_new(void)
{
	struct verdict *verdict = g_new0(struct verdict, 1);

	verdict->kind = VERDICT_KIND;
	verdict->version = VERDICT_VERSION;
	verdict->program = "dsmipcheck " DSMIPV4_VERSION;
	verdict->strings = g_string_chunk_new(4096);
	verdict->policy.fail_on = SEVERITY_WARN;
	verdict->policy.allow = g_array_new(FALSE, TRUE, sizeof(const char *));
	verdict->policy.require = g_array_new(FALSE, TRUE, sizeof(const char *));
	verdict->failures = g_array_new(FALSE, TRUE, sizeof(struct failure));
	verdict->captures = g_array_new(FALSE, TRUE, sizeof(struct verdict_capture));
	return verdict;
}

void verdict_free(struct verdict *verdict)
{
	GStringChunk *strings;

	if (verdict == NULL)
		return;
	strings = verdict->strings;
	shape_clear(&verdict_shape, verdict);
	g_string_chunk_free(strings);
	g_free(verdict);
}

const char *verdict_text(struct verdict *verdict, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(verdict->strings, text) : NULL;
}

struct verdict_capture *verdict_add_capture(struct verdict *verdict, const char *name)
{
	struct verdict_capture capture = {
		.name = verdict_text(verdict, name),
		.files = g_array_new(FALSE, TRUE, sizeof(struct verdict_file)),
		.failures = g_array_new(FALSE, TRUE, sizeof(struct failure)),
	};

	g_array_append_val(verdict->captures, capture);
	return &g_array_index(verdict->captures, struct verdict_capture, verdict->captures->len - 1);
}

struct failure *verdict_add_failure(struct verdict *verdict, GArray *failures, enum failure_kind kind,
				    const char *format, ...)
{
	struct failure failure = {.kind = (int)kind, .frame = ABSENT};
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	failure.text = verdict_text(verdict, text);
	g_free(text);
	g_array_append_val(failures, failure);
	return &g_array_index(failures, struct failure, failures->len - 1);
}
