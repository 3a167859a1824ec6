// SPDX-License-Identifier: GPL-2.0-or-later
// A run of a conformance suite as one page: its tests by RFC section, then each with what was expected and what came.
#include <string.h>

#include "conformance/conformance.h"
#include "base/html_text.h"

#define SECONDS(nanoseconds) ((double)(nanoseconds) / 1e9)

// The ladder.
#define HEAD 30
#define STEP 36
#define MOST_PACKETS 60
#define LEFT 8 // percent of the width, as below
#define RIGHT 92

static const char *const verdict_classes[] = {"chat", "conforms", "warn", "warn", "broken"};

static void add_chip(GString *out, int verdict)
{
	g_string_append_printf(out, "<span class=\"chip %s\">%s</span>", verdict_classes[verdict],
			       run_verdict_words[verdict]);
}

static guint index_of(const struct run *run, const struct run_test *test)
{
	return (guint)(test - (const struct run_test *)(const void *)run->tests->data);
}

static void add_round(GString *out, const struct run_test *test)
{
	if (test->round > 1)
		g_string_append_printf(out, " <span class=\"soft\">round %" G_GINT64_FORMAT "</span>", test->round);
	if (test->known)
		g_string_append(out, " <span class=\"soft\">as in the baseline</span>");
}

static void add_evidence(GString *out, const struct run_test *test)
{
	if (test->evidence != NULL)
		html_printf(out, "<a href=\"%s\">%s</a>", test->evidence, test->evidence);
}

// The index.

static void add_row(GString *out, const struct run *run, const struct run_test *test)
{
	g_string_append(out, "<tr><td>");
	add_chip(out, test->verdict);
	html_printf(out, "</td><td class=\"id\"><a href=\"#t%u\"><code>%s</code></a></td><td class=\"words\">%s",
		    index_of(run, test), test->id, test->title);
	add_round(out, test);
	html_printf(out, "</td><td>%s</td><td class=\"number\">%.3f s</td><td>", test->class, SECONDS(test->duration));
	add_evidence(out, test);
	g_string_append(out, "</td></tr>");
}

static bool has_trouble(const struct run_test *test)
{
	return test->verdict != RUN_PASS && test->verdict != RUN_SKIP;
}

// What a reader looks for first.
static void add_troubles(GString *out, const struct run *run)
{
	guint count = 0;

	for (guint i = 0; i < run->tests->len; i++) {
		const struct run_test *test = &g_array_index(run->tests, struct run_test, i);

		if (!has_trouble(test))
			continue;
		if (count++ == 0)
			g_string_append(out,
					"<h2>What did not pass</h2><div class=\"scroll\"><table class=\"troubles\">");
		g_string_append(out, "<tr><td>");
		add_chip(out, test->verdict);
		html_printf(out,
			    "</td><td class=\"id\"><a href=\"#t%u\"><code>%s</code></a></td><td class=\"words\">%s", i,
			    test->id, test->title);
		add_round(out, test);
		html_printf(out, "<br><span class=\"soft\">%s</span></td><td>%s</td></tr>",
			    test->reason ? test->reason : "", test->clause);
	}
	if (count > 0)
		g_string_append(out, "</table></div>");
}

static void add_index(GString *out, const struct run *run)
{
	GPtrArray *tests = run_by_section(run);
	const char *clause = "";

	g_string_append(out, "<h2>Tests by RFC and section</h2><div class=\"scroll\"><table class=\"index\">"
			     "<tr><th>Verdict<th>Test<th>What is tested<th>Class<th class=\"number\">Time"
			     "<th>Evidence</tr>");
	for (guint i = 0; i < tests->len; i++) {
		const struct run_test *test = g_ptr_array_index(tests, i);

		if (strcmp(test->clause, clause) != 0)
			html_printf(out, "<tr class=\"clause\"><th colspan=\"6\">%s</th></tr>", test->clause);
		clause = test->clause;
		add_row(out, run, test);
	}
	g_string_append(out, "</table></div>");
	g_ptr_array_unref(tests);
}

// A test.

static void add_checks(GString *out, const struct run_test *test)
{
	if (test->checks->len == 0)
		return;
	g_string_append(out, "<div class=\"scroll\"><table class=\"checks\"><tr><th>Step<th>Field<th>Expected<th>Actual"
			     "<th class=\"number\">Frame</tr>");
	for (guint i = 0; i < test->checks->len; i++) {
		const struct run_check *check = &g_array_index(test->checks, struct run_check, i);

		g_string_append(out, check->holds ? "<tr>" : "<tr class=\"broken\">");
		html_printf(out,
			    "<td>%s</td><td><code>%s</code></td><td class=\"mono\">%s</td>"
			    "<td class=\"mono\">%s</td><td class=\"number\">",
			    check->step, check->field, check->expected, check->actual);
		html_frame(out, check->frame);
		g_string_append(out, "</td></tr>");
	}
	g_string_append(out, "</table></div>");
}

static bool is_wrong(const struct run_test *test, gint64 frame)
{
	for (guint i = 0; i < test->checks->len; i++) {
		const struct run_check *check = &g_array_index(test->checks, struct run_check, i);

		if (!check->holds && check->frame == frame)
			return true;
	}
	return false;
}

static void add_life(GString *out, int x, const char *anchor, int text_at, const char *title, int height)
{
	g_string_append_printf(out, "<text x=\"%d%%\" y=\"12\" text-anchor=\"%s\">", text_at, anchor);
	html_text(out, title);
	g_string_append_printf(out, "</text><line class=\"life\" x1=\"%d%%\" x2=\"%d%%\" y1=\"18\" y2=\"%d\"/>", x, x,
			       height);
}

static void add_arrow(GString *out, const struct run_test *test, const struct run_packet *packet, int y)
{
	bool back = packet->sender != RUN_SENDER_DSMIPGEN;
	int from = back ? RIGHT : LEFT, to = back ? LEFT : RIGHT, tip = back ? 9 : -9;
	const char *wrong = is_wrong(test, packet->frame) ? " denied" : "";
	const char *copy = packet->sender == RUN_SENDER_OTHER ? " copy" : "";

	g_string_append_printf(out,
			       "<g><line class=\"arrow%s%s\" x1=\"%d%%\" x2=\"%d%%\" y1=\"%d\" y2=\"%d\"/>"
			       "<svg x=\"%d%%\" y=\"%d\"><path class=\"head%s\" d=\"M0 0L%d-4L%d 4Z\"/></svg>",
			       wrong, copy, from, to, y, y, to, y, wrong, tip, tip);
	g_string_append_printf(out, "<text class=\"halo\" x=\"50%%\" y=\"%d\" text-anchor=\"middle\">", y - 6);
	html_printf(out, "%" G_GINT64_FORMAT ": %s</text></g>", packet->frame, packet->summary);
}

static void add_ladder(GString *out, const struct run *run, const struct run_test *test)
{
	guint count = MIN(test->packets->len, MOST_PACKETS);
	int height = HEAD + (int)count * STEP;

	if (count == 0)
		return;
	html_printf(out,
		    "<svg class=\"ladder\" role=\"img\" aria-label=\"Packets of %s\" width=\"100%%\" height=\"%d\">",
		    test->id, height);
	add_life(out, LEFT, "start", 0, "dsmipgen", height);
	add_life(out, RIGHT, "end", 100, run->device.name, height);
	for (guint i = 0; i < count; i++)
		add_arrow(out, test, &g_array_index(test->packets, struct run_packet, i),
			  HEAD + (int)i * STEP + STEP / 2);
	g_string_append(out, "</svg>");
	if (test->packets->len > count)
		g_string_append_printf(out, "<p class=\"soft\">and %u more packets, in the evidence</p>",
				       test->packets->len - count);
}

static void add_bytes(GString *out, const struct run_test *test)
{
	if (test->packets->len == 0)
		return;
	g_string_append(out, "<details><summary>Packets</summary><div class=\"scroll\"><table class=\"stack\">"
			     "<tr><th class=\"number\">Frame<th>Time<th>Comment<th>Bytes</tr>");
	for (guint i = 0; i < MIN(test->packets->len, MOST_PACKETS); i++) {
		const struct run_packet *packet = &g_array_index(test->packets, struct run_packet, i);

		html_printf(out,
			    "<tr><td class=\"number\" data-label=\"frame\">%" G_GINT64_FORMAT
			    "</td><td class=\"time\">%+.6f s</td>"
			    "<td class=\"words\">%s</td><td class=\"mono bytes\">%s</td></tr>",
			    packet->frame, SECONDS(packet->time - test->started), packet->comment, packet->bytes);
	}
	g_string_append(out, "</table></div></details>");
}

static void add_test(GString *out, const struct run *run, const struct run_test *test)
{
	bool is_open = test->verdict > RUN_PASS && !test->known;

	html_printf(out, "<details id=\"t%u\"%s><summary>", index_of(run, test), is_open ? " open" : "");
	add_chip(out, test->verdict);
	html_printf(out, " <code>%s</code> %s <span class=\"soft\">%s, %s</span>", test->id, test->title, test->clause,
		    test->class);
	add_round(out, test);
	g_string_append(out, "</summary>");
	if (test->reason != NULL)
		html_printf(out, "<p class=\"%s\">%s</p>", verdict_classes[test->verdict], test->reason);
	if (test->at != NULL)
		html_printf(out, "<p class=\"soft\">at %s</p>", test->at);
	add_checks(out, test);
	add_ladder(out, run, test);
	add_bytes(out, test);
	g_string_append(out, "<p>");
	add_evidence(out, test);
	g_string_append(out, "</p></details>");
}

// The head.

static void add_list(GString *out, const char *title, const GArray *texts)
{
	if (texts->len == 0)
		return;
	html_printf(out, "<tr><th>%s</th><td class=\"mono\">", title);
	for (guint i = 0; i < texts->len; i++)
		html_printf(out, "%s%s", i > 0 ? ", " : "", g_array_index(texts, const char *, i));
	g_string_append(out, "</td></tr>");
}

static void add_facts(GString *out, const struct run *run)
{
	html_printf(out, "<table class=\"facts\"><tr><th>Device</th><td>%s %s</td></tr>", run->device.name,
		    run->device.version);
	html_printf(out, "<tr><th>Suite</th><td>%s (%s)</td></tr>", run->suite.title, run->suite.name);
	add_list(out, "Supports", run->device.supports);
	add_list(out, "Set", run->device.set);
	g_string_append(out, "<tr><th>Started</th><td>");
	html_time(out, run->started);
	html_printf(out, ", took %.1f s</td></tr>", SECONDS(run->duration));
	html_printf(out, "<tr><th>By</th><td>%s on %s%s%s%s</td></tr>", run->program, run->host,
		    run->interface != NULL ? ", interface " : "", run->interface != NULL ? run->interface : "",
		    run->strict ? ", strict" : "");
	if (run->baseline != NULL)
		html_printf(out, "<tr><th>Baseline</th><td>%s</td></tr>", run->baseline);
	g_string_append(out, "</table>");
}

static void add_head(GString *out, const struct run *run)
{
	const struct run_counts *counts = &run->counts;

	g_string_append(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
			     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
	html_printf(out, "<title>%s: %s</title><style>", run->device.name, run_verdict_words[run->verdict]);
	g_string_append(out, html_style);
	g_string_append(out, "tr.clause th{color:var(--ink);padding-top:.8rem}table.facts th{width:6rem}</style></head>"
			     "\n<body><header><h1>");
	html_printf(out, "%s ", run->device.name);
	add_chip(out, run->verdict);
	g_string_append_printf(out,
			       "</h1><p><b>%u tests: %" G_GINT64_FORMAT " passed, %" G_GINT64_FORMAT
			       " with a warning, %" G_GINT64_FORMAT " failed, %" G_GINT64_FORMAT
			       " inconclusive, %" G_GINT64_FORMAT " skipped.</b></p>",
			       run->tests->len, counts->passed, counts->warned, counts->failed, counts->inconclusive,
			       counts->skipped);
	if (!run->complete)
		g_string_append_printf(out,
				       "<p class=\"warn\">The run is not complete: %u of %" G_GINT64_FORMAT
				       " tests were carried out.</p>",
				       run->tests->len, run->planned);
	add_facts(out, run);
	g_string_append(out, "</header>\n");
}

void run_render_html(const struct run *run, GString *out)
{
	add_head(out, run);
	add_troubles(out, run);
	add_index(out, run);
	g_string_append(out, "<h2>Tests</h2>");
	for (guint i = 0; i < run->tests->len; i++)
		add_test(out, run, &g_array_index(run->tests, struct run_test, i));
	g_string_append(out, "</body></html>\n");
}
