// SPDX-License-Identifier: GPL-2.0-or-later
// Sources of packets: a list, and several sources one after another.
#include "packet/source.h"

#include "packet/compose.h"

struct list_source {
	struct packet_source base;
	GPtrArray *items; // of struct packet, or of struct packet_source
	guint at;
};

static bool next_packet(struct packet_source *source, struct source_packet *frame)
{
	struct list_source *list = (struct list_source *)source;
	const struct packet *packet;

	if (list->at == list->items->len)
		return false;
	packet = list->items->pdata[list->at++];
	*frame = (struct source_packet){
		.time = packet->time,
		.bytes = g_bytes_get_data(packet->bytes, NULL),
		.length = g_bytes_get_size(packet->bytes),
		.captured = packet->captured,
		.comment = packet->comment,
	};
	return true;
}

static bool next_of_sources(struct packet_source *source, struct source_packet *frame)
{
	struct list_source *list = (struct list_source *)source;

	for (; list->at < list->items->len; list->at++) {
		struct packet_source *part = list->items->pdata[list->at];

		part->makes_comments = source->makes_comments;
		if (part->next(part, frame))
			return true;
	}
	return false;
}

static void free_list_source(struct packet_source *source)
{
	g_ptr_array_unref(((struct list_source *)source)->items);
	g_free(source);
}

static struct packet_source *list_source_new(GPtrArray *items,
					     bool (*next)(struct packet_source *, struct source_packet *))
{
	struct list_source *list = g_new0(struct list_source, 1);

	list->base = (struct packet_source){.next = next, .free = free_list_source};
	list->items = items;
	return &list->base;
}

struct packet_source *source_of_packets(GPtrArray *packets)
{
	return list_source_new(packets, next_packet);
}

static void free_source_item(gpointer source)
{
	source_free(source);
}

struct packet_source *source_of_sources(void)
{
	return list_source_new(g_ptr_array_new_with_free_func(free_source_item), next_of_sources);
}

void source_append(struct packet_source *sources, struct packet_source *part)
{
	g_ptr_array_add(((struct list_source *)sources)->items, part);
}

void source_free(struct packet_source *source)
{
	if (source != NULL)
		source->free(source);
}
