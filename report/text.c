// SPDX-License-Identifier: GPL-2.0-or-later
// A verdict for a terminal or a log.
#include <stdarg.h>
#include <string.h>

#include "causes.h"
#include "render.h"

// Rows of a table or list; what is beyond is in the JSON and the HTML.
#define MOST_ROWS 20

struct page {
	const struct verdict *verdict;
	const struct baseline *baseline;
	GString *out;
	bool color;
};

static void put(const struct page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void put(const struct page *page, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_string_append_vprintf(page->out, format, arguments);
	va_end(arguments);
}

#define BOLD "1"
#define RED "1;31"
#define YELLOW "1;33"
#define CYAN "36"
#define GREEN "1;32"

static void put_colored(const struct page *page, const char *color, const char *text, int width)
{
	if (page->color)
		put(page, "\033[%sm%s\033[0m%*s", color, text, MAX(0, width - (int)strlen(text)), "");
	else
		put(page, "%-*s", width, text);
}

static const char *severity_color(int severity)
{
	static const char *const colors[SEVERITY_COUNT] = {CYAN, CYAN, YELLOW, RED};

	return colors[severity];
}

static const char *verdict_color(int verdict)
{
	return verdict == VERDICT_CONFORMS ? GREEN : verdict == VERDICT_BROKEN ? RED : YELLOW;
}

static const char *plural(gint64 count)
{
	return count == 1 ? "" : "s";
}

static void put_more(const struct page *page, guint count)
{
	if (count > MOST_ROWS)
		put(page, "    and %u more (see --json or --html)\n", count - MOST_ROWS);
}

static void put_frames(const struct page *page, gint64 count, const GArray *first)
{
	put(page, "%" G_GINT64_FORMAT " frame%s: ", count, plural(count));
	for (guint i = 0; i < first->len; i++)
		put(page, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", g_array_index(first, gint64, i));
	put(page, "%s", count > first->len ? ", ..." : "");
}

static void put_nodes(const struct page *page, const struct cause *cause)
{
	guint count = cause->nodes->len;

	if (count == 0 || (count == 1 && cause->first->actor == ACTOR_MN))
		return;
	put(page, "; %s", cause->first->actor == ACTOR_MN ? "" : "with ");
	for (guint i = 0; i < MIN(count, 3); i++)
		put(page, "%s%s", i > 0 ? ", " : "", g_array_index(cause->nodes, const char *, i));
	if (count > 3)
		put(page, " and %u more", count - 3);
}

static const char *excuse(const struct page *page, const struct cause *cause)
{
	if (cause->allowed)
		return " (allowed)";
	if (page->verdict->policy.expect)
		return "";
	if (!cause->fails && cause->known && page->baseline != NULL)
		return " (in the baseline)";
	return "";
}

static void put_cause(const struct page *page, const struct cause *cause)
{
	const struct report_place *place = &g_array_index(cause->first->places, struct report_place, 0);
	char *actor = cause_actor(cause);

	put(page, "  ");
	put_colored(page, severity_color(cause->first->severity), severity_words[cause->first->severity], 5);
	put(page, "  %s%s: %s\n", cause->first->rule, excuse(page, cause),
	    cause->rule != NULL ? cause->rule->text : "");
	put(page, "         by %s in ", actor);
	put_frames(page, cause->frames, cause->first_frames);
	put_nodes(page, cause);
	put(page, "\n         frame %" G_GINT64_FORMAT ": %s\n", place->frame, place->text);
	g_free(actor);
}

static void put_causes(const struct page *page, const struct report *report)
{
	GArray *causes = causes_of(page->verdict, report, page->baseline);

	if (causes->len > 0)
		put(page, "\n");
	for (guint i = 0; i < causes->len; i++)
		put_cause(page, &g_array_index(causes, struct cause, i));
	causes_free(causes);
}

static void put_service(const struct page *page, const struct report *report)
{
	guint lacking = 0, asked = 0;

	for (guint i = 0; i < list_length(report->nodes); i++) {
		const struct report_node *node = &g_array_index(report->nodes, struct report_node, i);

		asked += node->service.asked;
		lacking += report_node_lacks_service(node);
	}
	if (lacking == 0)
		return;
	put(page, "\n  No IPv6 for %u of %u mobile node%s that asked for it:\n", lacking, asked, plural(asked));
	lacking = 0;
	for (guint i = 0; i < report->nodes->len; i++) {
		const struct report_node *node = &g_array_index(report->nodes, struct report_node, i);

		if (!report_node_lacks_service(node) || lacking++ >= MOST_ROWS)
			continue;
		put(page, "    %-15s  at %-15s  %s", node->home_address, node->home_agent, node->service.text);
		if (node->service.frame != ABSENT)
			put(page, " (frame %" G_GINT64_FORMAT ")", node->service.frame);
		put(page, "\n");
	}
	put_more(page, lacking);
}

static void put_agents(const struct page *page, const struct report *report)
{
	GArray *agents = agents_of(report);

	if (agents->len > 0)
		put(page, "\n  Home agent       Nodes  Without IPv6  Rules exercised  Held  Broken\n");
	for (guint i = 0; i < MIN(agents->len, MOST_ROWS); i++) {
		const struct agent *agent = &g_array_index(agents, struct agent, i);

		put(page,
		    "  %-15s  %5" G_GINT64_FORMAT "  %12" G_GINT64_FORMAT "  %15" G_GINT64_FORMAT "  %4" G_GINT64_FORMAT
		    "  %6" G_GINT64_FORMAT "\n",
		    agent->address, agent->nodes, agent->lacking, agent->exercised, agent->held, agent->broken);
	}
	put_more(page, agents->len);
	g_array_free(agents, TRUE);
}

static bool has_trouble(const struct report_node *node, const GPtrArray *findings)
{
	return findings != NULL || node->denied > 0 || node->unanswered > 0;
}

// "prefix_bits 2 (mn), tun_dscp 1 (ha), 4 unanswered"
static void put_node(const struct page *page, const struct report_node *node, const GPtrArray *findings)
{
	const char *separator = "  ";

	put(page, "  %-15s  %-15s", node->home_address, node->home_agent);
	for (guint i = 0; findings != NULL && i < findings->len; i++) {
		const struct report_finding *finding = g_ptr_array_index(findings, i);

		put(page, "%s%s %" G_GINT64_FORMAT " (%s)", separator, finding->rule, finding->frames,
		    actor_words[finding->actor]);
		separator = ", ";
	}
	if (node->denied > 0) {
		put(page, "%s%" G_GINT64_FORMAT " denied", separator, node->denied);
		separator = ", ";
	}
	if (node->unanswered > 0)
		put(page, "%s%" G_GINT64_FORMAT " unanswered", separator, node->unanswered);
	put(page, "\n");
}

static void put_troubled_nodes(const struct page *page, const struct report *report)
{
	GHashTable *table = findings_by_node(report);
	guint rows = 0;

	for (guint i = 0; i < list_length(report->nodes); i++) {
		const struct report_node *node = &g_array_index(report->nodes, struct report_node, i);
		const GPtrArray *findings = findings_at(table, node);

		if (!has_trouble(node, findings))
			continue;
		if (rows == 0)
			put(page, "\n  Mobile node      Home agent       Findings (frames)\n");
		if (rows++ < MOST_ROWS)
			put_node(page, node, findings);
	}
	put_more(page, rows);
	g_hash_table_unref(table);
}

static void put_size(const struct page *page, const struct report *report)
{
	GArray *agents = agents_of(report);
	guint nodes = list_length(report->nodes);

	put(page,
	    "  %" G_GINT64_FORMAT " frame%s: %" G_GINT64_FORMAT " registration message%s, %" G_GINT64_FORMAT
	    " tunneled packet%s; %u mobile node%s at %u home agent%s\n",
	    report->capture.frames, plural(report->capture.frames), report->judged.registrations,
	    plural(report->judged.registrations), report->judged.tunneled, plural(report->judged.tunneled), nodes,
	    plural(nodes), agents->len, plural(agents->len));
	g_array_free(agents, TRUE);
}

// Failures that no finding of the report shows.
static void put_failures(const struct page *page, const GArray *failures, const char *indent)
{
	guint rows = 0;

	for (guint i = 0; i < failures->len; i++) {
		const struct failure *failure = &g_array_index(failures, struct failure, i);

		if ((failure->kind == FAILURE_RULE && !page->verdict->policy.expect) ||
		    failure->kind == FAILURE_SERVICE)
			continue;
		if (rows++ >= MOST_ROWS)
			continue;
		put(page, "%s", indent);
		if (failure->frame != ABSENT)
			put(page, "frame %" G_GINT64_FORMAT ": ", failure->frame);
		put(page, "%s\n", failure->text);
	}
	put_more(page, rows);
}

static void put_capture(const struct page *page, const struct verdict_capture *capture, bool details)
{
	put(page, "%s", capture->name);
	if (capture->files->len > 1)
		put(page, " and %u more parts", capture->files->len - 1);
	put(page, ": ");
	put_colored(page, verdict_color(capture->verdict), verdict_words[capture->verdict], 0);
	put(page, "\n");
	put_failures(page, capture->failures, "  ");
	if (capture->report == NULL)
		return;
	if (page->verdict->policy.expect && capture->verdict == VERDICT_CONFORMS)
		put(page,
		    "  as its comments expect: each frame breaks the rules that its comment names, and no others\n");
	if (!details && capture->verdict == VERDICT_CONFORMS && list_length(capture->report->findings) == 0)
		return;
	put_size(page, capture->report);
	put_causes(page, capture->report);
	put_service(page, capture->report);
	if (details)
		put_agents(page, capture->report);
	put_troubled_nodes(page, capture->report);
	put(page, "\n");
}

static void put_verdict(const struct page *page)
{
	const struct verdict *verdict = page->verdict;
	guint captures = verdict->captures->len, by_verdict[VERDICT_NOTHING + 1] = {0};

	for (guint i = 0; i < captures; i++)
		by_verdict[g_array_index(verdict->captures, struct verdict_capture, i).verdict]++;
	put_failures(page, verdict->failures, "");
	if (verdict->summary.rules > 0)
		put(page,
		    "%" G_GINT64_FORMAT " rules: %" G_GINT64_FORMAT " exercised, %" G_GINT64_FORMAT
		    " held, %" G_GINT64_FORMAT " broken\n",
		    verdict->summary.rules, verdict->summary.exercised, verdict->summary.held, verdict->summary.broken);
	if (captures > 1)
		put(page, "%u captures: %u conforming, %u broken, %u not judged, %u incomplete\n", captures,
		    by_verdict[VERDICT_CONFORMS], by_verdict[VERDICT_BROKEN], by_verdict[VERDICT_NOT_JUDGED],
		    by_verdict[VERDICT_NOTHING]);
	put(page, "Verdict: ");
	put_colored(page, verdict_color(verdict->verdict), verdict_words[verdict->verdict], 0);
	put(page, "\n");
}

void render_text(const struct verdict *verdict, const struct baseline *baseline, bool color, GString *out)
{
	const struct page page = {verdict, baseline, out, color};

	for (guint i = 0; i < verdict->captures->len; i++)
		put_capture(&page, &g_array_index(verdict->captures, struct verdict_capture, i),
			    verdict->captures->len == 1);
	put_verdict(&page);
}
