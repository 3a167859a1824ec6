// SPDX-License-Identifier: GPL-2.0-or-later
// A verdict as one page of HTML that needs nothing else.
#include <string.h>

#include "html_parts.h"
#include "render.h"
#include "base/section.h"

// Nodes with all their drawings; of the others there is a row in the JSON.
#define MOST_NODES 200
#define OPEN_NODES 5

#define MOST_ROWS 32 // of a cause

struct page {
	const struct verdict *verdict;
	const struct baseline *baseline;
	GString *out;
	guint capture; // number, for the targets of links
};

static const char *verdict_class(int verdict)
{
	static const char *const classes[] = {"conforms", "broken", "not-judged", "not-judged", "incomplete"};

	return classes[verdict];
}

static void add_place(const struct page *page, const struct report *report, const struct report_finding *finding,
		      const struct report_place *place)
{
	GString *out = page->out;

	g_string_append_printf(
		out, "<tr><td class=\"number\" data-label=\"frame\">%" G_GINT64_FORMAT "</td><td class=\"time\">",
		place->frame);
	html_relative(out, report, place->time);
	html_printf(out, "</td><td class=\"mono\">%s</td><td class=\"words\">%s</td><td class=\"mono bytes\">",
		    finding->node != NULL ? finding->node : "-", place->text);
	if (place->offset != ABSENT && place->length > 0)
		html_printf(out, "%s <span class=\"soft\">at %" G_GINT64_FORMAT "</span>", place->bytes, place->offset);
	g_string_append(out, "</td></tr>");
}

struct row {
	const struct report_finding *finding;
	const struct report_place *place;
};

static gint compare_rows(gconstpointer a, gconstpointer b)
{
	gint64 one = ((const struct row *)a)->place->frame, other = ((const struct row *)b)->place->frame;

	return (one > other) - (one < other);
}

static bool is_of_cause(const struct report_finding *finding, const struct cause *cause)
{
	return strcmp(finding->rule, cause->first->rule) == 0 && finding->severity == cause->first->severity &&
	       finding->actor == cause->first->actor && g_strcmp0(finding->home_agent, cause->first->home_agent) == 0;
}

// Places of a cause by frame: the first one of each mobile node, then the second, and so on, as many as there is room.
static GArray *places_of(const struct report *report, const struct cause *cause)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct row));

	for (guint k = 0; k < REPORT_MOST_PLACES; k++) {
		for (guint i = 0; i < report->findings->len && rows->len < MOST_ROWS; i++) {
			const struct report_finding *finding =
				&g_array_index(report->findings, struct report_finding, i);
			struct row row = {.finding = finding};

			if (k >= finding->places->len || !is_of_cause(finding, cause))
				continue;
			row.place = &g_array_index(finding->places, struct report_place, k);
			g_array_append_val(rows, row);
		}
	}
	g_array_sort(rows, compare_rows);
	return rows;
}

static void add_places(const struct page *page, const struct report *report, const struct cause *cause)
{
	GArray *rows = places_of(report, cause);

	g_string_append(
		page->out,
		"<div class=\"scroll\"><table class=\"stack\"><tr><th class=\"number\">Frame<th>Time<th>Mobile node"
		"<th>What is wrong<th>Bytes</tr>");
	for (guint i = 0; i < rows->len; i++) {
		const struct row *row = &g_array_index(rows, struct row, i);

		add_place(page, report, row->finding, row->place);
	}
	g_string_append(page->out, "</table></div>");
	if (cause->frames > rows->len)
		g_string_append_printf(page->out, "<p class=\"soft\">and %" G_GINT64_FORMAT " more frames</p>",
				       cause->frames - rows->len);
	g_array_free(rows, TRUE);
}

static void add_cause(const struct page *page, const struct report *report, const struct cause *cause, bool open)
{
	char *actor = cause_actor(cause);
	const char *severity = severity_words[cause->first->severity];

	html_printf(page->out,
		    "<details%s><summary><span class=\"chip %s\">%s</span> <a href=\"#c%u-%s\"><code>%s</code></a> "
		    "%s <span class=\"soft\">by %s, %" G_GINT64_FORMAT " frame%s%s</span></summary>",
		    open ? " open" : "", severity, severity, page->capture, cause->first->rule, cause->first->rule,
		    cause->rule->text, actor, cause->frames, cause->frames == 1 ? "" : "s",
		    cause->allowed                           ? ", allowed"
		    : cause->known && page->baseline != NULL ? ", in the baseline"
							     : "");
	add_places(page, report, cause);
	g_string_append(page->out, "</details>");
	g_free(actor);
}

static void add_findings(const struct page *page, const struct report *report)
{
	GArray *causes = causes_of(page->verdict, report, page->baseline);

	g_string_append(page->out, "<h3>Findings</h3>");
	if (causes->len == 0)
		g_string_append(page->out, "<p>No rule is broken.</p>");
	for (guint i = 0; i < causes->len; i++) {
		const struct cause *cause = &g_array_index(causes, struct cause, i);

		add_cause(page, report, cause, cause->fails);
	}
	causes_free(causes);
}

static void add_service(const struct page *page, const struct report *report)
{
	bool first = true;

	for (guint i = 0; i < list_length(report->nodes); i++) {
		const struct report_node *node = &g_array_index(report->nodes, struct report_node, i);

		if (!report_node_lacks_service(node))
			continue;
		if (first)
			g_string_append(page->out, "<h3>Without IPv6</h3><ul class=\"plain\">");
		first = false;
		html_printf(page->out, "<li><b class=\"mono\">%s</b> at <span class=\"mono\">%s</span>: %s",
			    node->home_address, node->home_agent, node->service.text);
		if (node->service.frame != ABSENT)
			html_printf(page->out, " (frame %" G_GINT64_FORMAT ")", node->service.frame);
		g_string_append(page->out, "</li>");
	}
	if (!first)
		g_string_append(page->out, "</ul>");
}

static void add_agents(const struct page *page, const struct report *report)
{
	GArray *agents = agents_of(report);

	if (agents->len > 0)
		g_string_append(page->out, "<h3>Home agents</h3><div class=\"scroll\"><table><tr><th>Home agent"
					   "<th class=\"number\">Nodes<th class=\"number\">Without IPv6"
					   "<th class=\"number\">Rules exercised<th class=\"number\">Held"
					   "<th class=\"number\">Broken</tr>");
	for (guint i = 0; i < agents->len; i++) {
		const struct agent *agent = &g_array_index(agents, struct agent, i);

		html_printf(page->out,
			    "<tr><td class=\"mono\">%s</td><td class=\"number\">%" G_GINT64_FORMAT
			    "</td><td class=\"number\">%" G_GINT64_FORMAT "</td><td class=\"number\">%" G_GINT64_FORMAT
			    "</td><td class=\"number\">%" G_GINT64_FORMAT "</td><td class=\"number\">%" G_GINT64_FORMAT
			    "</td></tr>",
			    agent->address, agent->nodes, agent->lacking, agent->exercised, agent->held, agent->broken);
	}
	if (agents->len > 0)
		g_string_append(page->out, "</table></div>");
	g_array_free(agents, TRUE);
}

// Nodes with findings come first.
static void add_nodes(const struct page *page, const struct report *report)
{
	GHashTable *table = findings_by_node(report);
	guint drawn = 0;

	if (list_length(report->nodes) > 0)
		g_string_append(page->out, "<h3>Mobile nodes</h3>");
	for (int troubled = 1; troubled >= 0; troubled--) {
		for (guint i = 0; i < list_length(report->nodes) && drawn < MOST_NODES; i++) {
			const struct report_node *node = &g_array_index(report->nodes, struct report_node, i);
			const GPtrArray *findings = findings_at(table, node);
			bool has_trouble = findings != NULL || report_node_lacks_service(node);

			if (has_trouble == (troubled == 1))
				html_node(page->out, report, node, findings, drawn++ < OPEN_NODES);
		}
	}
	if (list_length(report->nodes) > drawn)
		g_string_append_printf(page->out, "<p class=\"soft\">and %u more nodes, in the JSON</p>",
				       report->nodes->len - drawn);
	g_hash_table_unref(table);
}

static gint64 section_of(const struct report_rule *rule)
{
	return section_key(rule->source != NULL ? rule->source : "");
}

static gint compare_rules(gconstpointer a, gconstpointer b)
{
	const struct report_rule *x = *(const struct report_rule *const *)a, *y = *(const struct report_rule *const *)b;
	gint64 one = section_of(x), other = section_of(y);

	return one != other ? (one > other) - (one < other) : (x > y) - (x < y);
}

static GPtrArray *rules_by_section(const struct report *report)
{
	GPtrArray *rules = g_ptr_array_new();

	for (guint i = 0; i < report->rules->len; i++) {
		struct report_rule *rule = &g_array_index(report->rules, struct report_rule, i);

		if (rule->kind == KIND_RULE)
			g_ptr_array_add(rules, rule);
	}
	g_ptr_array_sort(rules, compare_rules);
	return rules;
}

static const char *const state_words[] = {"off", "not exercised", "held", "broken"};
static const char *const state_classes[] = {"off", "not-exercised", "held", "broken"};

// "home agent 12 held; mobile node 3 held, 1 broken"
static void add_actors(GString *out, const struct report_rule *rule)
{
	for (guint i = 0; i < list_length(rule->actors); i++) {
		const struct report_actor *actor = &g_array_index(rule->actors, struct report_actor, i);

		html_printf(out, "%s%s%s%s: %" G_GINT64_FORMAT " held, %" G_GINT64_FORMAT " broken", i > 0 ? "; " : "",
			    actor_title(actor->actor), actor->home_agent != NULL ? " at " : "",
			    actor->home_agent != NULL ? actor->home_agent : "", actor->held, actor->broken);
	}
}

static void add_rule(const struct page *page, const struct report_rule *rule)
{
	enum rule_state state = judge_rule_state(rule);
	char *citation = rule_citation(rule);

	html_printf(page->out,
		    "<tr id=\"c%u-%s\"><td><span class=\"chip %s\">%s</span></td><td><code>%s</code></td>"
		    "<td class=\"words\">%s <span class=\"soft\">[%s; %s, %s]</span></td><td class=\"words soft\">",
		    page->capture, rule->id, state_classes[state], state_words[state], rule->id, rule->text, citation,
		    rule->strength, severity_words[rule->severity]);
	add_actors(page->out, rule);
	g_string_append(page->out, "</td></tr>");
	g_free(citation);
}

static guint rfc_of(const struct report_rule *rule)
{
	return (guint)g_ascii_strtoull(rule->source != NULL ? rule->source : "0", NULL, 10);
}

// ": 1 broken, 35 held, 21 not exercised"
static void add_counts(GString *out, const guint *counts)
{
	const char *separator = ": ";

	for (int state = RULE_BROKEN; state >= 0; state--) {
		if (counts[state] == 0)
			continue;
		g_string_append_printf(out, "%s<span class=\"%s\">%u %s</span>", separator, state_classes[state],
				       counts[state], state_words[state]);
		separator = ", ";
	}
}

// The rules from `first` on of one RFC; the number of the first of the next.
static guint add_rfc(const struct page *page, const GPtrArray *rules, guint first)
{
	guint rfc = rfc_of(g_ptr_array_index(rules, first)), counts[RULE_BROKEN + 1] = {0}, end = first;

	char *title = rfc > 0 ? g_strdup_printf("RFC %u", rfc) : g_strdup("Advice");

	for (; end < rules->len && rfc_of(g_ptr_array_index(rules, end)) == rfc; end++)
		counts[judge_rule_state(g_ptr_array_index(rules, end))]++;
	g_string_append_printf(page->out, "<details class=\"rfc\"%s><summary><b>%s</b> %u rule%s",
			       counts[RULE_BROKEN] ? " open" : "", title, end - first, end - first == 1 ? "" : "s");
	add_counts(page->out, counts);
	g_string_append(page->out, "</summary><div class=\"scroll\"><table class=\"stack\">");
	for (guint i = first; i < end; i++)
		add_rule(page, g_ptr_array_index(rules, i));
	g_string_append(page->out, "</table></div></details>");
	g_free(title);
	return end;
}

static void add_rules(const struct page *page, const struct report *report)
{
	GPtrArray *rules = rules_by_section(report);
	guint next = 0;

	g_string_append(page->out, "<h3>Rules by RFC and section</h3>");
	while (next < rules->len)
		next = add_rfc(page, rules, next);
	g_ptr_array_free(rules, TRUE);
}

static void add_failures(const struct page *page, const GArray *failures)
{
	bool first = true;

	for (guint i = 0; i < failures->len; i++) {
		const struct failure *failure = &g_array_index(failures, struct failure, i);

		if ((failure->kind == FAILURE_RULE && !page->verdict->policy.expect) ||
		    failure->kind == FAILURE_SERVICE)
			continue;
		g_string_append(page->out,
				first ? "<ul class=\"plain\"><li class=\"broken\">" : "<li class=\"broken\">");
		first = false;
		if (failure->frame != ABSENT)
			g_string_append_printf(page->out, "frame %" G_GINT64_FORMAT ": ", failure->frame);
		html_text(page->out, failure->text);
		g_string_append(page->out, "</li>");
	}
	if (!first)
		g_string_append(page->out, "</ul>");
}

static void add_size(const struct page *page, const struct report *report)
{
	g_string_append_printf(page->out,
			       "<p class=\"soft\">%" G_GINT64_FORMAT " frames: %" G_GINT64_FORMAT
			       " registration messages, %" G_GINT64_FORMAT " tunneled packets, %u mobile node%s. From ",
			       report->capture.frames, report->judged.registrations, report->judged.tunneled,
			       list_length(report->nodes), list_length(report->nodes) == 1 ? "" : "s");
	html_time(page->out, report->capture.first_time);
	g_string_append(page->out, " to ");
	html_time(page->out, report->capture.last_time);
	g_string_append(page->out, "; judged by ");
	html_text(page->out, report->generator);
	g_string_append(page->out, ".</p>");
}

static void add_capture(const struct page *page, const struct verdict_capture *capture)
{
	html_printf(page->out, "<section id=\"c%u\"><h2>%s <span class=\"chip %s\">%s</span></h2>", page->capture,
		    capture->name, verdict_class(capture->verdict), verdict_words[capture->verdict]);
	add_failures(page, capture->failures);
	if (capture->report != NULL) {
		add_size(page, capture->report);
		add_service(page, capture->report);
		add_findings(page, capture->report);
		add_agents(page, capture->report);
		add_nodes(page, capture->report);
		add_rules(page, capture->report);
	}
	g_string_append(page->out, "</section>");
}

static void add_contents(const struct page *page)
{
	const GArray *captures = page->verdict->captures;

	if (captures->len < 2)
		return;
	g_string_append(page->out, "<nav>");
	for (guint i = 0; i < captures->len; i++) {
		const struct verdict_capture *capture = &g_array_index(captures, struct verdict_capture, i);

		html_printf(page->out, "<a href=\"#c%u\" class=\"%s\">%s</a> ", i, verdict_class(capture->verdict),
			    capture->name);
	}
	g_string_append(page->out, "</nav>");
}

static void add_head(const struct page *page)
{
	const struct verdict *verdict = page->verdict;
	const char *word = verdict_words[verdict->verdict];

	g_string_append(page->out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
				   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
	html_printf(page->out, "<title>DSMIPv4: %s</title><style>", word);
	g_string_append(page->out, html_style);
	html_printf(page->out, "</style></head>\n<body><header><h1>DSMIPv4 <span class=\"chip %s\">%s</span></h1>",
		    verdict_class(verdict->verdict), word);
	html_printf(page->out,
		    "<p><b>%" G_GINT64_FORMAT " rules: %" G_GINT64_FORMAT " exercised, %" G_GINT64_FORMAT
		    " held, %" G_GINT64_FORMAT
		    " broken.</b> <span class=\"soft\">Fails on %s and above; %s.</span></p>",
		    verdict->summary.rules, verdict->summary.exercised, verdict->summary.held, verdict->summary.broken,
		    severity_words[verdict->policy.fail_on], verdict->program);
	add_failures(page, verdict->failures);
	add_contents(page);
	g_string_append(page->out, "</header>\n");
}

void render_html(const struct verdict *verdict, const struct baseline *baseline, GString *out)
{
	struct page page = {verdict, baseline, out, 0};

	add_head(&page);
	for (; page.capture < verdict->captures->len; page.capture++)
		add_capture(&page, &g_array_index(verdict->captures, struct verdict_capture, page.capture));
	g_string_append(out, "</body></html>\n");
}
