// SPDX-License-Identifier: GPL-2.0-or-later
// Frames of a part, numbered as in the whole capture.
#include "merge.h"

struct numbering {
	const GArray *numbers; // NULL: by offset
	gint64 offset;
	GStringChunk *strings;
	GRegex *frame;
};

static gint64 number_of(const struct numbering *numbering, gint64 frame)
{
	if (frame <= 0)
		return frame;
	if (numbering->numbers == NULL)
		return frame + numbering->offset;
	return frame <= numbering->numbers->len ? g_array_index(numbering->numbers, gint64, frame - 1) : frame;
}

static void change(const struct numbering *numbering, gint64 *frame)
{
	*frame = number_of(numbering, *frame);
}

static gboolean change_match(const GMatchInfo *match, GString *result, gpointer user)
{
	char *digits = g_match_info_fetch(match, 1);

	g_string_append_printf(result, "frame %" G_GINT64_FORMAT, number_of(user, g_ascii_strtoll(digits, NULL, 10)));
	g_free(digits);
	return FALSE;
}

static void change_text(const struct numbering *numbering, const char **text)
{
	char *changed =
		g_regex_replace_eval(numbering->frame, *text, -1, 0, 0, change_match, (gpointer)numbering, NULL);

	if (changed != NULL)
		*text = g_string_chunk_insert_const(numbering->strings, changed);
	g_free(changed);
}

static void change_rules(const struct numbering *numbering, GArray *rules)
{
	for (guint i = 0; i < rules->len; i++) {
		GArray *actors = g_array_index(rules, struct report_rule, i).actors;

		for (guint k = 0; k < actors->len; k++) {
			GArray *frames = g_array_index(actors, struct report_actor, k).first_frames;

			for (guint n = 0; n < frames->len; n++)
				change(numbering, &g_array_index(frames, gint64, n));
		}
	}
}

static void change_findings(const struct numbering *numbering, GArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		GArray *places = g_array_index(findings, struct report_finding, i).places;

		for (guint k = 0; k < places->len; k++) {
			struct report_place *place = &g_array_index(places, struct report_place, k);

			change(numbering, &place->frame);
			change_text(numbering, &place->text);
		}
	}
}

static void change_messages(const struct numbering *numbering, GArray *messages)
{
	for (guint i = 0; i < messages->len; i++) {
		struct report_message *message = &g_array_index(messages, struct report_message, i);

		change(numbering, &message->frame);
		change(numbering, &message->answers);
		change(numbering, &message->copy_of);
	}
}

static void change_bindings(const struct numbering *numbering, GArray *bindings)
{
	for (guint i = 0; i < bindings->len; i++) {
		struct report_binding *binding = &g_array_index(bindings, struct report_binding, i);

		change(numbering, &binding->from_frame);
		change(numbering, &binding->until_frame);
		for (guint k = 0; k < binding->refreshes->len; k++)
			change(numbering, &g_array_index(binding->refreshes, struct report_refresh, k).frame);
	}
}

static void change_nodes(const struct numbering *numbering, GArray *nodes)
{
	for (guint i = 0; i < nodes->len; i++) {
		struct report_node *node = &g_array_index(nodes, struct report_node, i);

		change(numbering, &node->service.frame);
		change_messages(numbering, node->messages);
		change_bindings(numbering, node->bindings);
		for (guint k = 0; k < node->traffic->len; k++) {
			change(numbering, &g_array_index(node->traffic, struct report_traffic, k).first_frame);
			change(numbering, &g_array_index(node->traffic, struct report_traffic, k).last_frame);
		}
	}
}

void report_renumber(struct report *report, const GArray *numbers, gint64 offset, GStringChunk *strings)
{
	struct numbering numbering = {numbers, offset, strings, g_regex_new("\\bframe (\\d+)", 0, 0, NULL)};

	change_rules(&numbering, report->rules);
	change_findings(&numbering, report->findings);
	change_nodes(&numbering, report->nodes);
	g_regex_unref(numbering.frame);
}
