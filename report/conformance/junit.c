// SPDX-License-Identifier: GPL-2.0-or-later
// A run of a conformance suite as JUnit XML: a test suite a clause, with the device as properties.
#include <string.h>

#include "conformance/conformance.h"
#include "base/xml.h"

#define SECONDS(nanoseconds) ((double)(nanoseconds) / 1e9)

struct counts {
	guint tests, failures, errors, skipped;
};

static void add_property(GString *out, const char *name, const char *value)
{
	g_string_append(out, "      <property");
	xml_attribute(out, "name", name);
	xml_attribute(out, "value", value);
	g_string_append(out, "/>\n");
}

static void add_properties(GString *out, const struct run *run)
{
	g_string_append(out, "    <properties>\n");
	add_property(out, "suite", run->suite.name);
	add_property(out, "device", run->device.name);
	add_property(out, "version", run->device.version);
	add_property(out, "program", run->program);
	g_string_append(out, "    </properties>\n");
}

// The values that differ, then what else there is to know.
static char *details_of(const struct run_test *test)
{
	GString *text = g_string_new("\n");

	for (guint i = 0; i < test->checks->len; i++) {
		const struct run_check *check = &g_array_index(test->checks, struct run_check, i);

		if (!check->holds)
			g_string_append_printf(text, "%s: %s is %s, expected %s\n", check->step, check->field,
					       check->actual, check->expected);
	}
	if (test->at != NULL)
		g_string_append_printf(text, "at %s\n", test->at);
	if (test->evidence != NULL)
		g_string_append_printf(text, "evidence %s\n", test->evidence);
	return g_string_free(text, FALSE);
}

static void add_outcome(GString *out, const char *element, const char *type, const struct run_test *test)
{
	char *details = details_of(test);

	g_string_append_printf(out, "      <%s", element);
	if (type != NULL)
		xml_attribute(out, "type", type);
	xml_attribute(out, "message", test->reason != NULL ? test->reason : "");
	g_string_append_c(out, '>');
	xml_text(out, details);
	g_string_append_printf(out, "</%s>\n", element);
	g_free(details);
}

static void add_known(GString *out, const struct run_test *test)
{
	char *message = g_strdup_printf("%s as in the baseline: %s", run_verdict_words[test->verdict], test->reason);

	g_string_append(out, "      <skipped");
	xml_attribute(out, "message", message);
	g_string_append(out, "/>\n");
	g_free(message);
}

static void add_verdict(GString *out, const struct run_test *test, struct counts *counts)
{
	if (test->known && test->verdict >= RUN_INCONC) {
		add_known(out, test);
		counts->skipped++;
	} else if (test->verdict == RUN_FAIL) {
		add_outcome(out, "failure", test->clause, test);
		counts->failures++;
	} else if (test->verdict == RUN_INCONC) {
		add_outcome(out, "error", "inconclusive", test);
		counts->errors++;
	} else if (test->verdict == RUN_SKIP) {
		add_outcome(out, "skipped", NULL, test);
		counts->skipped++;
	} else if (test->verdict == RUN_WARN) {
		g_string_append(out, "      <system-out>");
		xml_text(out, test->reason);
		g_string_append(out, "</system-out>\n");
	}
}

static void add_case(GString *out, const struct run_test *test, struct counts *counts)
{
	char *name = test->round > 1
			     ? g_strdup_printf("%s %s (round %" G_GINT64_FORMAT ")", test->id, test->title, test->round)
			     : g_strdup_printf("%s %s", test->id, test->title);

	g_string_append(out, "    <testcase");
	xml_attribute(out, "classname", test->clause);
	xml_attribute(out, "name", name);
	g_string_append_printf(out, " time=\"%.3f\">\n", SECONDS(test->duration));
	add_verdict(out, test, counts);
	g_string_append(out, "    </testcase>\n");
	counts->tests++;
	g_free(name);
}

static void add_head(GString *out, const char *element, const char *name, const struct counts *counts, bool skipped)
{
	g_string_append_printf(out, "<%s", element);
	xml_attribute(out, "name", name);
	g_string_append_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\"", counts->tests, counts->failures,
			       counts->errors);
	if (skipped)
		g_string_append_printf(out, " skipped=\"%u\"", counts->skipped);
	g_string_append(out, ">\n");
}

// The tests of one clause, from `first` on; the number of the first of the next.
static guint add_clause(GString *out, const struct run *run, const GPtrArray *tests, guint first, struct counts *all)
{
	const char *clause = ((const struct run_test *)g_ptr_array_index(tests, first))->clause;
	struct counts counts = {0};
	GString *cases = g_string_new(NULL);
	guint end = first;

	for (; end < tests->len; end++) {
		const struct run_test *test = g_ptr_array_index(tests, end);

		if (strcmp(test->clause, clause) != 0)
			break;
		add_case(cases, test, &counts);
	}
	g_string_append(out, "  ");
	add_head(out, "testsuite", clause, &counts, true);
	add_properties(out, run);
	g_string_append_printf(out, "%s  </testsuite>\n", cases->str);
	g_string_free(cases, TRUE);
	all->tests += counts.tests;
	all->failures += counts.failures;
	all->errors += counts.errors;
	return end;
}

void run_render_junit(const struct run *run, GString *out)
{
	GPtrArray *tests = run_by_section(run);
	GString *suites = g_string_new(NULL);
	struct counts all = {0};
	guint next = 0;

	while (next < tests->len)
		next = add_clause(suites, run, tests, next, &all);
	g_string_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	add_head(out, "testsuites", run->suite.name, &all, false);
	g_string_append_printf(out, "%s</testsuites>\n", suites->str);
	g_string_free(suites, TRUE);
	g_ptr_array_unref(tests);
}
