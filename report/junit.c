// SPDX-License-Identifier: GPL-2.0-or-later
// A verdict as JUnit XML, as Jenkins, GitLab and GitHub read it: a test suite a capture, a test case a rule.
#include "causes.h"
#include "render.h"
#include "base/xml.h"

// Test cases of a suite, or of all.
struct counts {
	guint tests, failures, errors, skipped;
};

struct suite {
	const struct verdict *verdict;
	const struct verdict_capture *capture;
	GArray *causes; // struct cause; NULL: not judged
	GString *cases;
	struct counts counts;
};

static void open_case(struct suite *suite, const char *class, const char *name)
{
	g_string_append(suite->cases, "    <testcase");
	xml_attribute(suite->cases, "classname", class);
	xml_attribute(suite->cases, "name", name);
	g_string_append(suite->cases, ">\n");
	suite->counts.tests++;
}

static void close_case(struct suite *suite)
{
	g_string_append(suite->cases, "    </testcase>\n");
}

// An element with a message and a longer text.
static void add_outcome(struct suite *suite, const char *element, const char *type, const char *message,
			const char *text)
{
	g_string_append_printf(suite->cases, "      <%s", element);
	if (type != NULL)
		xml_attribute(suite->cases, "type", type);
	xml_attribute(suite->cases, "message", message);
	g_string_append_c(suite->cases, '>');
	xml_text(suite->cases, text);
	g_string_append_printf(suite->cases, "</%s>\n", element);
}

static void append_cause(GString *text, const struct cause *cause)
{
	char *actor = cause_actor(cause);

	g_string_append_printf(text, "%s, by %s in %" G_GINT64_FORMAT " frame%s",
			       severity_words[cause->first->severity], actor, cause->frames,
			       cause->frames == 1 ? "" : "s");
	for (guint i = 0; i < cause->nodes->len; i++)
		g_string_append_printf(text, "%s%s",
				       i > 0 ? ", " : "; mobile nodes: ", g_array_index(cause->nodes, const char *, i));
	g_string_append_c(text, '\n');
	for (guint i = 0; i < list_length(cause->first->places); i++) {
		const struct report_place *place = &g_array_index(cause->first->places, struct report_place, i);

		g_string_append_printf(text, "frame %" G_GINT64_FORMAT ": %s\n", place->frame, place->text);
	}
	g_free(actor);
}

// All causes of a rule in words; *fails: one of them makes the verdict "broken".
static char *describe(const struct suite *suite, const struct report_rule *rule, bool *fails)
{
	GString *text = g_string_new("\n");

	*fails = false;
	for (guint i = 0; i < suite->causes->len; i++) {
		const struct cause *cause = &g_array_index(suite->causes, struct cause, i);

		if (cause->rule != rule)
			continue;
		append_cause(text, cause);
		*fails |= cause->fails && !suite->verdict->policy.expect;
	}
	return g_string_free(text, FALSE);
}

static void add_broken(struct suite *suite, const struct report_rule *rule)
{
	bool fails;
	char *text = describe(suite, rule, &fails);

	if (fails) {
		add_outcome(suite, "failure", severity_words[rule->severity], rule->text, text);
		suite->counts.failures++;
	} else {
		g_string_append(suite->cases, "      <system-out>");
		xml_text(suite->cases, text);
		g_string_append(suite->cases, "</system-out>\n");
	}
	g_free(text);
}

static void add_rule(struct suite *suite, const struct report_rule *rule)
{
	enum rule_state state = judge_rule_state(rule);
	char *citation = rule_citation(rule);

	open_case(suite, citation, rule->id);
	if (state == RULE_BROKEN) {
		add_broken(suite, rule);
	} else if (state != RULE_HELD) {
		add_outcome(suite, "skipped", NULL, state == RULE_OFF ? "off" : "never exercised", "");
		suite->counts.skipped++;
	}
	close_case(suite);
	g_free(citation);
}

// What is no rule of the report: one test case each, which failed.
static void add_failures(struct suite *suite, const GArray *failures)
{
	for (guint i = 0; i < failures->len; i++) {
		const struct failure *failure = &g_array_index(failures, struct failure, i);
		bool error = failure->kind == FAILURE_ERROR || failure->kind == FAILURE_NOTHING;
		char *name;

		if (failure->kind == FAILURE_RULE && !suite->verdict->policy.expect)
			continue;
		name = failure->frame != ABSENT ? g_strdup_printf("frame %" G_GINT64_FORMAT, failure->frame)
						: g_strdup(failure->rule != NULL ? failure->rule : "capture");
		open_case(suite, failure->kind == FAILURE_SERVICE ? "service" : "dsmipcheck",
			  failure->node != NULL ? failure->node : name);
		add_outcome(suite, error ? "error" : "failure", NULL, failure->text, failure->text);
		suite->counts.failures += !error;
		suite->counts.errors += error;
		close_case(suite);
		g_free(name);
	}
}

static void append_counts(GString *out, const char *name, const struct counts *counts, bool skipped)
{
	xml_attribute(out, "name", name);
	g_string_append_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\"", counts->tests, counts->failures,
			       counts->errors);
	if (skipped)
		g_string_append_printf(out, " skipped=\"%u\"", counts->skipped);
}

static void close_suite(struct suite *suite, const char *name, GString *out, struct counts *all)
{
	g_string_append(out, "  <testsuite");
	append_counts(out, name, &suite->counts, true);
	g_string_append_printf(out, ">\n%s  </testsuite>\n", suite->cases->str);
	g_string_free(suite->cases, TRUE);
	all->tests += suite->counts.tests;
	all->failures += suite->counts.failures;
	all->errors += suite->counts.errors;
}

static void add_capture(const struct verdict *verdict, const struct verdict_capture *capture,
			const struct baseline *baseline, GString *out, struct counts *all)
{
	struct suite suite = {.verdict = verdict, .capture = capture, .cases = g_string_new(NULL)};

	add_failures(&suite, capture->failures);
	if (capture->report != NULL) {
		suite.causes = causes_of(verdict, capture->report, baseline);
		for (guint i = 0; i < capture->report->rules->len; i++) {
			const struct report_rule *rule = &g_array_index(capture->report->rules, struct report_rule, i);

			if (rule->kind == KIND_RULE)
				add_rule(&suite, rule);
		}
		causes_free(suite.causes);
	}
	close_suite(&suite, capture->name, out, all);
}

void render_junit(const struct verdict *verdict, const struct baseline *baseline, GString *out)
{
	GString *suites = g_string_new(NULL);
	struct counts all = {0};

	for (guint i = 0; i < verdict->captures->len; i++)
		add_capture(verdict, &g_array_index(verdict->captures, struct verdict_capture, i), baseline, suites,
			    &all);
	if (verdict->failures->len > 0) {
		struct suite suite = {.verdict = verdict, .cases = g_string_new(NULL)};

		add_failures(&suite, verdict->failures);
		close_suite(&suite, "coverage", suites, &all);
	}
	g_string_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	append_counts(out, "dsmipcheck", &all, false);
	g_string_append_printf(out, ">\n%s</testsuites>\n", suites->str);
	g_string_free(suites, TRUE);
}
