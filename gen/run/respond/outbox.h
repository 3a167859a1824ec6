// SPDX-License-Identifier: GPL-2.0-or-later
// Frames on their way out: late, lost or in fragments, as the user wants them.
#ifndef DSMIPGEN_OUTBOX_H
#define DSMIPGEN_OUTBOX_H

#include "run/port.h"

typedef struct outbox outbox_t;

typedef struct {
	gint64 delay; // microseconds that each frame waits
	double loss;  // how many of a hundred frames are lost
	guint32 seed; // of what is lost
	gsize mtu;    // longest IPv4 packet that is not cut into fragments, with its header; at least 68
} outbox_options_t;

outbox_t *outbox_new(port_t *port, const outbox_options_t *options);
void outbox_free(outbox_t *outbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(outbox_t, outbox_free)

// Takes a copy of a frame, or of its fragments, to be sent when its time has come. `now` is monotonic, in microseconds.
void outbox_put(outbox_t *outbox, const guint8 *bytes, gsize length, gint64 now);

// Sends the frames whose time has come.
bool outbox_send(outbox_t *outbox, gint64 now, GError **error);

// Milliseconds until the next frame is to be sent, -1: there is none. For poll().
int outbox_wait(const outbox_t *outbox, gint64 now);

#endif
