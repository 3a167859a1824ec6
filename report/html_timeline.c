// SPDX-License-Identifier: GPL-2.0-or-later
// What happened to a mobile node, over time.
#include <math.h>
#include <string.h>

#include "html_svg.h"

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)
#define LABEL 16 // height of a line of text
#define LANE 18
#define GAP 8
#define TRAFFIC 26

struct timeline {
	GString *out;
	const struct report *report;
	gint64 from, to;
	int y; // where the next lane begins
};

// Position of a time in percent, within the drawing.
static double at(const struct timeline *timeline, gint64 time)
{
	double share = (double)(time - timeline->from) / (double)(timeline->to - timeline->from);

	return 100 * CLAMP(share, 0, 1);
}

static void add_title(const struct timeline *timeline, const char *text, gint64 frame, gint64 time)
{
	GString *out = timeline->out;

	g_string_append(out, "<title>");
	html_text(out, text);
	if (frame != ABSENT)
		g_string_append_printf(out, ", frame %" G_GINT64_FORMAT, frame);
	g_string_append(out, ", ");
	html_relative(out, timeline->report, time);
	g_string_append(out, "</title>");
}

static void add_label(struct timeline *timeline, const char *class, const char *text)
{
	html_printf(timeline->out, "<text class=\"%s\" x=\"0\" y=\"%d\">%s</text>", class, timeline->y + 12, text);
	timeline->y += LABEL;
}

static void add_axis(struct timeline *timeline)
{
	GString *out = timeline->out;

	html_printf(out, "<text class=\"soft\" x=\"0\" y=\"12\">");
	html_relative(out, timeline->report, timeline->from);
	g_string_append(out, "</text><text class=\"soft\" x=\"100%\" y=\"12\" text-anchor=\"end\">");
	html_relative(out, timeline->report, timeline->to);
	g_string_append(out, "</text><line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"17\" y2=\"17\"/>");
	timeline->y = 22;
}

static const char *binding_class(const struct report_binding *binding)
{
	if (list_length(binding->prefixes) > 0)
		return g_array_index(binding->prefixes, struct report_prefix, 0).code == 1 ? "coa" : "hoa";
	return strcmp(binding->mode, "IPv4 only") == 0 ? "ipv4" : "hoa";
}

static char *binding_label(const struct report_binding *binding)
{
	GString *label = g_string_new(binding->care_of != NULL ? binding->care_of : "care-of address not seen");

	if (binding->reached_at != NULL && g_strcmp0(binding->reached_at, binding->care_of) != 0)
		g_string_append_printf(label, " behind %s", binding->reached_at);
	g_string_append_printf(label, ", %s, %s", binding->mode, binding->encapsulation);
	if (binding->end != END_LIVE)
		g_string_append_printf(label, ", %s", binding_end_words[binding->end]);
	return g_string_free(label, FALSE);
}

static void add_refreshes(const struct timeline *timeline, const struct report_binding *binding)
{
	for (guint i = 0; i < list_length(binding->refreshes); i++) {
		const struct report_refresh *refresh = &g_array_index(binding->refreshes, struct report_refresh, i);
		double x;

		if (refresh->time == TIME_UNKNOWN)
			continue;
		x = at(timeline, refresh->time);
		g_string_append_printf(timeline->out,
				       "<line class=\"tick\" x1=\"%.3f%%\" x2=\"%.3f%%\" y1=\"%d\" y2=\"%d\">", x, x,
				       timeline->y, timeline->y + LANE);
		add_title(timeline, i == 0 ? "registered" : "refreshed", refresh->frame, refresh->time);
		g_string_append(timeline->out, "</line>");
	}
}

static void add_binding(struct timeline *timeline, const struct report_binding *binding)
{
	gint64 from = binding->from_time != TIME_UNKNOWN ? binding->from_time : timeline->from;
	gint64 until = binding->until_time != TIME_UNKNOWN ? binding->until_time : timeline->to;
	double x = at(timeline, from), end = at(timeline, until);
	char *label = binding_label(binding);

	add_label(timeline, "", label);
	g_string_append_printf(
		timeline->out,
		"<rect class=\"binding %s\" x=\"%.3f%%\" width=\"%.3f%%\" y=\"%d\" height=\"%d\" rx=\"3\">",
		binding_class(binding), x, MAX(end - x, 0.3), timeline->y, LANE);
	add_title(timeline, label, binding->from_frame, from);
	g_string_append(timeline->out, "</rect>");
	add_refreshes(timeline, binding);
	timeline->y += LANE + GAP;
	g_free(label);
}

static void add_message(const struct timeline *timeline, const struct report_message *message)
{
	double x = at(timeline, message->time);
	int y = timeline->y + LANE / 2;

	g_string_append_printf(timeline->out, "<svg x=\"%.3f%%\" y=\"%d\">", x, y);
	if (message->type == MESSAGE_REQUEST)
		g_string_append(timeline->out, "<circle class=\"request\" r=\"4\">");
	else if (report_is_denial(message))
		g_string_append(timeline->out, "<path class=\"denied\" d=\"M-5-5L5 5M5-5L-5 5\">");
	else
		g_string_append(timeline->out, "<rect class=\"granted\" x=\"-3\" y=\"-7\" width=\"6\" height=\"14\">");
	add_title(timeline, message->code_text != NULL ? message->code_text : "request", message->frame, message->time);
	g_string_append(timeline->out, message->type == MESSAGE_REQUEST ? "</circle></svg>"
				       : report_is_denial(message)      ? "</path></svg>"
									: "</rect></svg>");
}

static void add_messages(struct timeline *timeline, const GArray *messages)
{
	if (list_length(messages) == 0)
		return;
	add_label(timeline, "soft", "registrations: \xe2\x97\x8b request, \xe2\x96\xae accepted, \xc3\x97 denied");
	for (guint i = 0; i < messages->len; i++) {
		const struct report_message *message = &g_array_index(messages, struct report_message, i);

		if (message->time != TIME_UNKNOWN && message->copy_of == ABSENT)
			add_message(timeline, message);
	}
	timeline->y += LANE + GAP;
}

static gint64 most_packets(const GArray *bins)
{
	gint64 most = 1;

	for (guint i = 0; i < list_length(bins); i++)
		most = MAX(most, g_array_index(bins, gint64, i));
	return most;
}

static void add_bins(const struct timeline *timeline, const struct report_traffic *traffic)
{
	gint64 most = most_packets(traffic->bins), width = traffic->bin_seconds * NANOSECONDS;

	for (guint i = 0; i < list_length(traffic->bins); i++) {
		gint64 packets = g_array_index(traffic->bins, gint64, i);
		gint64 from = (traffic->bin_first + i) * width;
		double x = at(timeline, from), end = at(timeline, from + width);
		int height = (int)ceil((double)packets * TRAFFIC / (double)most);

		if (packets == 0)
			continue;
		g_string_append_printf(timeline->out,
				       "<rect class=\"traffic %s\" x=\"%.3f%%\" width=\"%.3f%%\" y=\"%d\" "
				       "height=\"%d\"><title>%" G_GINT64_FORMAT " packets</title></rect>",
				       form_words[traffic->form], x, MAX(end - x, 0.3), timeline->y + TRAFFIC - height,
				       height, packets);
	}
}

static const char *const traffic_titles[2][FORM_COUNT] = {
	{"to the node, form unknown", "to the home address", "to the care-of address", "to the foreign agent directly"},
	{"from the node, form unknown", "from the home address", "from the care-of address",
	 "from the foreign agent directly"},
};

static void add_traffic(struct timeline *timeline, const GArray *all)
{
	for (guint i = 0; i < list_length(all); i++) {
		const struct report_traffic *traffic = &g_array_index(all, struct report_traffic, i);
		char *label = g_strdup_printf("tunneled %s: %" G_GINT64_FORMAT " packet%s, %" G_GINT64_FORMAT " bytes",
					      traffic_titles[traffic->direction][traffic->form], traffic->packets,
					      traffic->packets == 1 ? "" : "s", traffic->bytes);

		add_label(timeline, "", label);
		add_bins(timeline, traffic);
		timeline->y += TRAFFIC + GAP;
		g_free(label);
	}
}

static void add_places(const struct timeline *timeline, const struct report_finding *finding)
{
	for (guint i = 0; i < list_length(finding->places); i++) {
		const struct report_place *place = &g_array_index(finding->places, struct report_place, i);

		if (place->time == TIME_UNKNOWN)
			continue;
		g_string_append_printf(
			timeline->out, "<svg x=\"%.3f%%\" y=\"%d\"><path class=\"finding %s\" d=\"M0-7L6 6L-6 6Z\">",
			at(timeline, place->time), timeline->y + LANE / 2, severity_words[finding->severity]);
		add_title(timeline, finding->rule, place->frame, place->time);
		g_string_append(timeline->out, "</path></svg>");
	}
}

static void add_findings(struct timeline *timeline, const GPtrArray *findings)
{
	if (findings == NULL)
		return;
	add_label(timeline, "soft", "findings");
	for (guint i = 0; i < findings->len; i++)
		add_places(timeline, g_ptr_array_index(findings, i));
	timeline->y += LANE + GAP;
}

void html_timeline(GString *out, const struct report *report, const struct report_node *node, const GPtrArray *findings)
{
	GString *lanes = g_string_new(NULL);
	struct timeline timeline = {lanes, report, report->capture.first_time, report->capture.last_time, 0};

	if (timeline.from == TIME_UNKNOWN || timeline.to == TIME_UNKNOWN) {
		g_string_append(out, "<p class=\"soft\">The capture has no times: no timeline.</p>");
		g_string_free(lanes, TRUE);
		return;
	}
	timeline.to = MAX(timeline.to, timeline.from + NANOSECONDS / 1000);
	add_axis(&timeline);
	for (guint i = 0; i < list_length(node->bindings); i++)
		add_binding(&timeline, &g_array_index(node->bindings, struct report_binding, i));
	add_messages(&timeline, node->messages);
	add_traffic(&timeline, node->traffic);
	add_findings(&timeline, findings);
	html_printf(out,
		    "<svg class=\"timeline\" role=\"img\" aria-label=\"Timeline of %s\" width=\"100%%\" height=\"%d\">",
		    node->home_address, timeline.y);
	g_string_append_len(out, lanes->str, (gssize)lanes->len);
	g_string_append(out, "</svg>");
	g_string_free(lanes, TRUE);
}
