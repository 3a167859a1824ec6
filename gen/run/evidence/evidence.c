// SPDX-License-Identifier: GPL-2.0-or-later
// The frames of a test with what is to be said of them, for a capture file and for reports.
#include "run/evidence/evidence.h"

#include "output/sink_pcapng.h"

struct evidence {
	GArray *items;
	evidence_facts_t facts;
};

typedef struct {
	packet_source_t base;
	const evidence_t *evidence;
	guint next;
} items_source_t;

static void clear_item(gpointer data)
{
	evidence_item_t *item = data;

	g_bytes_unref(item->bytes);
	g_free(item->summary);
	g_string_free(item->comment, TRUE);
}

static void clear_call(gpointer data)
{
	g_free(((evidence_call_t *)data)->output);
}

evidence_t *evidence_new(void)
{
	evidence_t *evidence = g_new0(evidence_t, 1);

	evidence->items = g_array_new(FALSE, FALSE, sizeof(evidence_item_t));
	g_array_set_clear_func(evidence->items, clear_item);
	evidence->facts.clock = g_array_new(FALSE, FALSE, sizeof(gint64));
	evidence->facts.calls = g_array_new(FALSE, FALSE, sizeof(evidence_call_t));
	g_array_set_clear_func(evidence->facts.calls, clear_call);
	return evidence;
}

void evidence_free(evidence_t *evidence)
{
	g_array_unref(evidence->items);
	g_array_unref(evidence->facts.clock);
	g_array_unref(evidence->facts.calls);
	g_free(evidence);
}

void evidence_clear(evidence_t *evidence)
{
	g_array_set_size(evidence->items, 0);
	g_array_set_size(evidence->facts.clock, 0);
	g_array_set_size(evidence->facts.calls, 0);
	evidence->facts.late = 0;
}

void evidence_add(evidence_t *evidence, const frame_t *frame, guint link, sender_t sender, const char *summary)
{
	const evidence_item_t item = {
		.time = frame->time,
		.sender = sender,
		.link = link,
		.is_unsummed = frame->is_unsummed,
		.bytes = g_bytes_new(frame->bytes, frame->length),
		.summary = g_strdup(summary),
		.comment = g_string_new(NULL),
	};

	g_array_append_val(evidence->items, item);
}

void evidence_comment(evidence_t *evidence, const char *format, ...)
{
	va_list values;

	if (evidence->items->len == 0)
		return;
	GString *comment = g_array_index(evidence->items, evidence_item_t, evidence->items->len - 1).comment;
	if (comment->len > 0)
		g_string_append(comment, "; ");
	va_start(values, format);
	g_string_append_vprintf(comment, format, values);
	va_end(values);
}

guint evidence_count(const evidence_t *evidence)
{
	return evidence->items->len;
}

const evidence_item_t *evidence_get(const evidence_t *evidence, guint index)
{
	return &g_array_index(evidence->items, evidence_item_t, index);
}

evidence_facts_t *evidence_facts(evidence_t *evidence)
{
	return &evidence->facts;
}

void evidence_add_call(evidence_t *evidence, int status, const char *output)
{
	const evidence_call_t call = {status, g_strdup(output)};

	g_array_append_val(evidence->facts.calls, call);
}

void evidence_set_unsummed(evidence_t *evidence, guint index)
{
	g_array_index(evidence->items, evidence_item_t, index).is_unsummed = true;
}

static bool next_item(packet_source_t *base, packet_t *packet)
{
	items_source_t *source = (items_source_t *)base;

	if (source->next == source->evidence->items->len)
		return false;
	const evidence_item_t *item = &g_array_index(source->evidence->items, evidence_item_t, source->next++);
	gsize length;
	const guint8 *bytes = g_bytes_get_data(item->bytes, &length);
	*packet = (packet_t){
		.time = item->time / 1000,
		.bytes = bytes,
		.length = length,
		.captured = length,
		.comment = item->comment->str,
		.comment_length = item->comment->len,
	};
	return true;
}

bool evidence_write(const evidence_t *evidence, const char *path, GError **error)
{
	items_source_t source = {.base.next = next_item, .evidence = evidence};

	return sink_write(&sink_pcapng, path, &source.base, error);
}
