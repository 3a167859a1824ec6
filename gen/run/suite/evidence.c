// SPDX-License-Identifier: GPL-2.0-or-later
// The frames of a test with what is to be said of them, for a capture file and for reports.
#include "run/suite/evidence.h"

#include "output/sink_pcapng.h"

struct evidence {
	GArray *items;
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

evidence_t *evidence_new(void)
{
	evidence_t *evidence = g_new0(evidence_t, 1);

	evidence->items = g_array_new(FALSE, FALSE, sizeof(evidence_item_t));
	g_array_set_clear_func(evidence->items, clear_item);
	return evidence;
}

void evidence_free(evidence_t *evidence)
{
	g_array_unref(evidence->items);
	g_free(evidence);
}

void evidence_clear(evidence_t *evidence)
{
	g_array_set_size(evidence->items, 0);
}

void evidence_add(evidence_t *evidence, const frame_t *frame, sender_t sender, const char *summary)
{
	const evidence_item_t item = {
		.time = frame->time,
		.sender = sender,
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
	};
	return true;
}

bool evidence_write(const evidence_t *evidence, const char *path, GError **error)
{
	items_source_t source = {.base.next = next_item, .evidence = evidence};

	return sink_write(&sink_pcapng, path, &source.base, error);
}
