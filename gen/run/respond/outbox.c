// SPDX-License-Identifier: GPL-2.0-or-later
// Frames on their way out: late, or lost, as the user wants them.
#include "run/respond/outbox.h"

typedef struct {
	gint64 due;
	GBytes *bytes;
} waiting_t;

struct outbox {
	port_t *port;
	gint64 delay;
	double loss;
	GRand *random;
	GQueue frames; // of waiting_t, all with the same delay, so in the order of their times
};

outbox_t *outbox_new(port_t *port, gint64 delay, double loss, guint32 seed)
{
	outbox_t *outbox = g_new0(outbox_t, 1);

	outbox->port = port;
	outbox->delay = delay;
	outbox->loss = loss;
	outbox->random = g_rand_new_with_seed(seed);
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

void outbox_put(outbox_t *outbox, const guint8 *bytes, gsize length, gint64 now)
{
	if (g_rand_double_range(outbox->random, 0, 100) < outbox->loss)
		return;
	waiting_t *waiting = g_new(waiting_t, 1);
	*waiting = (waiting_t){now + outbox->delay, g_bytes_new(bytes, length)};
	g_queue_push_tail(&outbox->frames, waiting);
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
