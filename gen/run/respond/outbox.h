// SPDX-License-Identifier: GPL-2.0-or-later
// Frames on their way out: late, or lost, as the user wants them.
#ifndef DSMIPGEN_OUTBOX_H
#define DSMIPGEN_OUTBOX_H

#include "run/port.h"

typedef struct outbox outbox_t;

// delay in microseconds for each frame; loss is how many of a hundred frames are lost, drawn from the seed.
outbox_t *outbox_new(port_t *port, gint64 delay, double loss, guint32 seed);
void outbox_free(outbox_t *outbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(outbox_t, outbox_free)

// Takes a copy of a frame, to be sent when its time has come. `now` is monotonic, in microseconds.
void outbox_put(outbox_t *outbox, const guint8 *bytes, gsize length, gint64 now);

// Sends the frames whose time has come.
bool outbox_send(outbox_t *outbox, gint64 now, GError **error);

// Milliseconds until the next frame is to be sent, -1: there is none. For poll().
int outbox_wait(const outbox_t *outbox, gint64 now);

#endif
