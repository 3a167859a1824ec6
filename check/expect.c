// SPDX-License-Identifier: GPL-2.0-or-later
// What the packet comments of dsmipgen expect, held against the verdicts.
#include "expect.h"

#include <string.h>

#include "base/error.h"
#include "judge.h"
#include "tshark.h"

#define BETWEEN "\x1e" // occurrences of a field: no comment has it

const char *const expect_arguments[] = {
	"-2",
	"-T",
	"fields",
	"-E",
	"separator=/t",
	"-E",
	"aggregator=" BETWEEN,
	"-E",
	"occurrence=a",
	"-e",
	"frame.number",
	"-e",
	"dsmipv4.rule",
	"-e",
	"dsmipv4.rule_severity",
	"-e",
	"frame.comment",
	NULL,
};

// A frame as tshark printed it.
struct frame {
	gint64 number;
	char **rules;
	char **severities; // in the same order
	char **expected;   // sorted; NULL: no comment says so
};

struct judging {
	struct verdict *verdict;
	struct verdict_capture *capture;
	guint claims; // frames with an expectation
};

static gint compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(char **texts)
{
	qsort(texts, g_strv_length(texts), sizeof(char *), compare_texts);
}

// "dsmipgen prefix_bits step request expect: prefix_bits auth_bad". NULL: the comment makes no claim.
static char **parse_comment(const char *comment)
{
	static const char mark[] = " expect: ";
	const char *claim = g_str_has_prefix(comment, "dsmipgen ") ? strstr(comment, mark) : NULL;
	char **ids;

	if (claim == NULL)
		return NULL;
	claim += strlen(mark);
	if (strcmp(claim, "none") == 0)
		claim = "";
	ids = g_strsplit(claim, " ", -1);
	sort(ids);
	return ids;
}

static char **expectation(const char *comments)
{
	char **all = g_strsplit(comments, BETWEEN, -1), **expected = NULL;

	for (char **comment = all; *comment != NULL && expected == NULL; comment++)
		expected = parse_comment(*comment);
	g_strfreev(all);
	return expected;
}

static char **split_field(const char *field)
{
	return field[0] != '\0' ? g_strsplit(field, BETWEEN, -1) : g_new0(char *, 1);
}

static bool parse_frame(const char *line, struct frame *frame)
{
	char **fields = g_strsplit(line, "\t", 4);
	guint64 number = 0;
	bool ok = g_strv_length(fields) == 4 && g_ascii_string_to_unsigned(fields[0], 10, 1, G_MAXINT64, &number, NULL);

	if (ok) {
		*frame = (struct frame){(gint64)number, split_field(fields[1]), split_field(fields[2]),
					expectation(fields[3])};
		ok = g_strv_length(frame->rules) == g_strv_length(frame->severities);
	}
	g_strfreev(fields);
	return ok;
}

static void clear_frame(struct frame *frame)
{
	g_strfreev(frame->rules);
	g_strfreev(frame->severities);
	g_strfreev(frame->expected);
}

static char *words_of(char **ids)
{
	return ids[0] != NULL ? g_strjoinv(", ", ids) : g_strdup("none");
}

static void hold_against(const struct judging *judging, const struct frame *frame)
{
	char **found = g_strdupv(frame->rules);
	char *expected_words, *found_words;

	sort(found);
	if (!g_strv_equal((const char *const *)found, (const char *const *)frame->expected)) {
		expected_words = words_of(frame->expected);
		found_words = words_of(found);
		verdict_add_failure(judging->verdict, judging->capture->failures, FAILURE_EXPECTATION,
				    "expected broken rules: %s; found: %s", expected_words, found_words)
			->frame = frame->number;
		g_free(expected_words);
		g_free(found_words);
	}
	g_strfreev(found);
}

static void judge_unclaimed(const struct judging *judging, const struct frame *frame)
{
	for (guint i = 0; frame->rules[i] != NULL; i++) {
		struct failure *failure;

		if (shape_word(severity_words, frame->severities[i]) < judging->verdict->policy.fail_on ||
		    judge_is_allowed(judging->verdict, frame->rules[i]))
			continue;
		failure = verdict_add_failure(judging->verdict, judging->capture->failures, FAILURE_RULE,
					      "rule %s is broken (%s), and no comment expects anything of this frame",
					      frame->rules[i], frame->severities[i]);
		failure->frame = frame->number;
		failure->rule = verdict_text(judging->verdict, frame->rules[i]);
	}
}

static bool judge_line(struct judging *judging, const char *line)
{
	struct frame frame = {0};
	bool ok = parse_frame(line, &frame);

	if (ok && frame.expected != NULL) {
		judging->claims++;
		hold_against(judging, &frame);
	} else if (ok) {
		judge_unclaimed(judging, &frame);
	}
	clear_frame(&frame);
	return ok;
}

static void fail_output(const struct judging *judging, const char *problem)
{
	verdict_add_failure(judging->verdict, judging->capture->failures, FAILURE_ERROR, "%s", problem);
	report_free(judging->capture->report);
	judging->capture->report = NULL;
}

static bool judge_lines(struct judging *judging, const char *text, gsize length)
{
	char *copy = g_utf8_make_valid(text, (gssize)length);
	char **lines = g_strsplit(copy, "\n", -1);
	gint64 frames = 0;
	bool ok = true;

	for (char **line = lines; *line != NULL && ok; line++) {
		if ((*line)[0] == '\0')
			continue;
		ok = judge_line(judging, *line);
		frames++;
	}
	g_strfreev(lines);
	g_free(copy);
	return ok && frames == judging->capture->report->capture.frames;
}

void expect_judge(struct verdict *verdict, struct verdict_capture *capture, const struct job *job)
{
	struct judging judging = {verdict, capture, 0};
	GError *error = NULL;
	gsize length = 0;
	const char *text = tshark_output(job, capture->name, &length, &error);

	if (text == NULL) {
		fail_output(&judging, error->message);
		g_error_free(error);
	} else if (!judge_lines(&judging, text, length)) {
		fail_output(&judging, "what tshark printed of the frames is incomplete");
	} else if (judging.claims == 0) {
		verdict_add_failure(verdict, capture->failures, FAILURE_NOTHING,
				    "no packet has a comment with an expectation (\"dsmipgen ... expect: ...\")");
	}
}
