// SPDX-License-Identifier: GPL-2.0-or-later
// Frames on their way out: late, lost or in fragments, as the user wants them.
#include "run/respond/outbox.h"

#include "packet/encode.h"
#include "packet/fragment.h"
#include "send/next_hop.h"

typedef struct {
	gint64 due;
	GBytes *bytes;
} waiting_t;

struct outbox {
	port_t *port;
	outbox_options_t options;
	guint16 identification; // of the packet that was cut last
	GRand *random;
	GQueue frames; // of waiting_t, all with the same delay, so in the order of their times
};

outbox_t *outbox_new(port_t *port, const outbox_options_t *options)
{
	outbox_t *outbox = g_new0(outbox_t, 1);

	outbox->port = port;
	outbox->options = *options;
	outbox->random = g_rand_new_with_seed(options->seed);
	return outbox;
}

static void free_waiting(gpointer data)
{
	waiting_t *waiting = data;

	g_bytes_unref(waiting->bytes);
	g_free(waiting);
}

void outbox_free(outbox_t *outbox)
{
	g_queue_clear_full(&outbox->frames, free_waiting);
	g_rand_free(outbox->random);
	g_free(outbox);
}

static void put_frame(outbox_t *outbox, const guint8 *bytes, gsize length, gint64 now)
{
	if (g_rand_double_range(outbox->random, 0, 100) < outbox->options.loss)
		return;
	waiting_t *waiting = g_new(waiting_t, 1);
	*waiting = (waiting_t){now + outbox->options.delay, g_bytes_new(bytes, length)};
	g_queue_push_tail(&outbox->frames, waiting);
}

void outbox_put(outbox_t *outbox, const guint8 *bytes, gsize length, gint64 now)
{
	cutting_t cutting;

	if (!fragment_fit(bytes, length, frame_ipv4_offset(bytes, length), outbox->options.mtu, &cutting)) {
		put_frame(outbox, bytes, length, now);
		return;
	}
	GByteArray *packet = g_byte_array_new(), *part = g_byte_array_new();
	g_byte_array_append(packet, bytes, (guint)length);
	encode_number(packet->data + cutting.ip, 8 * FRAGMENT_IDENTIFICATION_AT, 16, ++outbox->identification);
	for (guint i = 0; i < cutting.count; i++) {
		fragment_make(&cutting, packet, i, part);
		put_frame(outbox, part->data, part->len, now);
	}
	g_byte_array_unref(packet);
	g_byte_array_unref(part);
}

bool outbox_send(outbox_t *outbox, gint64 now, GError **error)
{
	bool ok = true;

	for (waiting_t *first; ok && (first = g_queue_peek_head(&outbox->frames)) && first->due <= now;) {
		gsize length;
		const guint8 *bytes = g_bytes_get_data(first->bytes, &length);

		ok = port_send(outbox->port, bytes, length, error);
		free_waiting(g_queue_pop_head(&outbox->frames));
	}
	return ok;
}

int outbox_wait(const outbox_t *outbox, gint64 now)
{
	const waiting_t *first = outbox->frames.head ? outbox->frames.head->data : NULL;

	if (!first)
		return -1;
	return first->due <= now ? 0 : (int)MIN((first->due - now + 999) / 1000, G_MAXINT);
}
