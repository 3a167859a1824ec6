// SPDX-License-Identifier: GPL-2.0-or-later
// A mobile node's registration messages over their legs.
#include "html_svg.h"

#define HEAD 30 // height of the names
#define STEP 42 // from one message to the next
#define MOST_MESSAGES 80

enum column { COLUMN_MN, COLUMN_FA, COLUMN_HA, COLUMN_COUNT };

static const struct {
	const char *title;
	int percent;
} columns[COLUMN_COUNT] = {{"mobile node", 8}, {"foreign agent", 50}, {"home agent", 92}};

// Both ends of each leg, the mobile node's first.
static const enum column legs[][2] = {
	[LEG_UNKNOWN] = {COLUMN_MN, COLUMN_HA},
	[LEG_MN_FA] = {COLUMN_MN, COLUMN_FA},
	[LEG_FA_HA] = {COLUMN_FA, COLUMN_HA},
	[LEG_MN_HA] = {COLUMN_MN, COLUMN_HA},
};

static bool has_foreign_agent(const GArray *messages)
{
	for (guint i = 0; i < messages->len; i++) {
		int leg = g_array_index(messages, struct report_message, i).leg;

		if (leg == LEG_MN_FA || leg == LEG_FA_HA)
			return true;
	}
	return false;
}

static void add_column(GString *out, enum column column, int height)
{
	int x = columns[column].percent;
	static const char *const anchors[COLUMN_COUNT] = {"start", "middle", "end"};
	static const int text_at[COLUMN_COUNT] = {0, 50, 100};

	g_string_append_printf(out,
			       "<text x=\"%d%%\" y=\"12\" text-anchor=\"%s\">%s</text>"
			       "<line class=\"life\" x1=\"%d%%\" x2=\"%d%%\" y1=\"18\" y2=\"%d\"/>",
			       text_at[column], anchors[column], columns[column].title, x, x, height);
}

// "12: request, 600 s"
static void add_words(GString *out, const struct report_message *message)
{
	g_string_append_printf(out, "%" G_GINT64_FORMAT ": ", message->frame);
	if (message->copy_of != ABSENT)
		g_string_append(out, message->relayed ? "relayed " : "repeated ");
	switch (message->type) {
	case MESSAGE_REQUEST:
		g_string_append(out, message->lifetime == 0 ? "deregistration" : "request");
		break;
	case MESSAGE_REPLY:
		html_text(out, message->code_text != NULL ? message->code_text : "reply");
		break;
	case MESSAGE_REVOCATION:
		g_string_append(out, "revocation");
		break;
	default:
		g_string_append(out, "revocation acknowledged");
	}
	if (message->lifetime > 0)
		g_string_append_printf(out, ", %" G_GINT64_FORMAT " s", message->lifetime);
}

// "2001:db8:a::/48 to CoA and 2 more"
static void add_prefixes(GString *out, const struct report_message *message, int y)
{
	guint count = list_length(message->prefixes);

	if (count == 0)
		return;
	g_string_append_printf(out, "<text class=\"soft halo\" x=\"50%%\" y=\"%d\" text-anchor=\"middle\">", y);
	html_prefix(out, &g_array_index(message->prefixes, struct report_prefix, 0));
	if (count > 1)
		g_string_append_printf(out, " and %u more", count - 1);
	g_string_append(out, "</text>");
}

static void add_arrow(GString *out, const struct report_message *message, int y)
{
	const enum column *ends = legs[message->leg];
	bool back = message->type == MESSAGE_REPLY || message->type == MESSAGE_REVOCATION;
	int from = columns[ends[back ? 1 : 0]].percent, to = columns[ends[back ? 0 : 1]].percent;
	const char *denied = report_is_denial(message) ? " denied" : "";

	g_string_append_printf(out, "<line class=\"arrow%s%s\" x1=\"%d%%\" x2=\"%d%%\" y1=\"%d\" y2=\"%d\"/>", denied,
			       message->copy_of != ABSENT ? " copy" : "", from, to, y, y);
	g_string_append_printf(out, "<svg x=\"%d%%\" y=\"%d\"><path class=\"head%s\" d=\"M0 0L%d-4L%d 4Z\"/></svg>", to,
			       y, denied, from < to ? -9 : 9, from < to ? -9 : 9);
}

static void add_message(GString *out, const struct report *report, const struct report_message *message, int y)
{
	g_string_append(out, "<g><title>");
	html_relative(out, report, message->time);
	html_printf(out, ", %s to %s ", message->source, message->destination);
	html_prefixes(out, message->prefixes);
	g_string_append(out, "</title>");
	add_arrow(out, message, y);
	g_string_append_printf(out, "<text class=\"halo\" x=\"50%%\" y=\"%d\" text-anchor=\"middle\">", y - 6);
	add_words(out, message);
	g_string_append(out, "</text>");
	add_prefixes(out, message, y + 15);
	g_string_append(out, "</g>");
}

void html_ladder(GString *out, const struct report *report, const struct report_node *node)
{
	guint count = MIN(list_length(node->messages), MOST_MESSAGES);
	int height = HEAD + (int)count * STEP;

	if (count == 0)
		return;
	html_printf(out,
		    "<h3>Registrations</h3><svg class=\"ladder\" role=\"img\" aria-label=\"Registrations of %s\" "
		    "width=\"100%%\" height=\"%d\">",
		    node->home_address, height);
	add_column(out, COLUMN_MN, height);
	if (has_foreign_agent(node->messages))
		add_column(out, COLUMN_FA, height);
	add_column(out, COLUMN_HA, height);
	for (guint i = 0; i < count; i++)
		add_message(out, report, &g_array_index(node->messages, struct report_message, i),
			    HEAD + (int)i * STEP + STEP / 2);
	g_string_append(out, "</svg>");
	if (node->messages->len > count)
		g_string_append_printf(out, "<p class=\"soft\">and %u more messages, in the JSON</p>",
				       node->messages->len - count);
}
