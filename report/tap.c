// SPDX-License-Identifier: GPL-2.0-or-later
// A verdict in the Test Anything Protocol: a test point a rule of a capture.
#include <string.h>

#include "causes.h"
#include "render.h"

struct points {
	GString *out;
	guint count;
};

// A description ends at '#' or at the end of the line.
static void add_point(struct points *points, bool ok, const char *capture, const char *what, const char *directive)
{
	char *line = g_strdup_printf("%s: %s", capture, what);

	g_strdelimit(line, "#\n\r\\", '_');
	g_string_append_printf(points->out, "%s %u - %s%s%s\n", ok ? "ok" : "not ok", ++points->count, line,
			       directive != NULL ? " # SKIP " : "", directive != NULL ? directive : "");
	g_free(line);
}

// As a comment: one line.
static void add_comment(struct points *points, const char *text)
{
	char *line = g_strdup(text);

	g_strdelimit(line, "\n\r", ' ');
	g_string_append_printf(points->out, "# %s\n", line);
	g_free(line);
}

static bool rule_fails(GArray *causes, const struct report_rule *rule)
{
	for (guint i = 0; i < causes->len; i++) {
		const struct cause *cause = &g_array_index(causes, struct cause, i);

		if (cause->rule == rule && cause->fails)
			return true;
	}
	return false;
}

static void add_places(struct points *points, GArray *causes, const struct report_rule *rule)
{
	for (guint i = 0; i < causes->len; i++) {
		const struct cause *cause = &g_array_index(causes, struct cause, i);
		const struct report_place *place = &g_array_index(cause->first->places, struct report_place, 0);
		char *line;

		if (cause->rule != rule)
			continue;
		line = g_strdup_printf("%s in %" G_GINT64_FORMAT " frames, first %" G_GINT64_FORMAT ": %s",
				       severity_words[cause->first->severity], cause->frames, place->frame,
				       place->text);
		add_comment(points, line);
		g_free(line);
	}
}

static void add_rule(struct points *points, const struct verdict *verdict, const struct verdict_capture *capture,
		     GArray *causes, const struct report_rule *rule)
{
	enum rule_state state = judge_rule_state(rule);
	char *citation = rule_citation(rule);
	char *what = g_strdup_printf("%s [%s]", rule->id, citation);

	add_point(points, verdict->policy.expect || !rule_fails(causes, rule), capture->name, what,
		  state == RULE_OFF             ? "off"
		  : state == RULE_NOT_EXERCISED ? "never exercised"
						: NULL);
	add_places(points, causes, rule);
	g_free(what);
	g_free(citation);
}

static void add_failures(struct points *points, const struct verdict *verdict, const char *capture,
			 const GArray *failures)
{
	for (guint i = 0; i < failures->len; i++) {
		const struct failure *failure = &g_array_index(failures, struct failure, i);

		if (failure->kind == FAILURE_RULE && !verdict->policy.expect)
			continue;
		add_point(points, false, capture, failure->text, NULL);
	}
}

static void add_capture(struct points *points, const struct verdict *verdict, const struct verdict_capture *capture,
			const struct baseline *baseline)
{
	GArray *causes;

	add_failures(points, verdict, capture->name, capture->failures);
	if (capture->report == NULL)
		return;
	causes = causes_of(verdict, capture->report, baseline);
	for (guint i = 0; i < capture->report->rules->len; i++) {
		const struct report_rule *rule = &g_array_index(capture->report->rules, struct report_rule, i);

		if (rule->kind == KIND_RULE)
			add_rule(points, verdict, capture, causes, rule);
	}
	causes_free(causes);
}

void render_tap(const struct verdict *verdict, const struct baseline *baseline, GString *out)
{
	struct points points = {g_string_new(NULL), 0};

	for (guint i = 0; i < verdict->captures->len; i++)
		add_capture(&points, verdict, &g_array_index(verdict->captures, struct verdict_capture, i), baseline);
	add_failures(&points, verdict, "coverage", verdict->failures);
	g_string_append_printf(out, "TAP version 13\n1..%u\n%s", points.count, points.out->str);
	g_string_free(points.out, TRUE);
}
