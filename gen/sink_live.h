// SPDX-License-Identifier: GPL-2.0-or-later
// Packets -> an interface, through a libnet socket that is bound to it.
#ifndef DSMIPGEN_SINK_LIVE_H
#define DSMIPGEN_SINK_LIVE_H

#include "interface.h"

#include <stdatomic.h>

struct live;

// What became of a packet.
enum live_outcome {
	LIVE_SENT,
	LIVE_REFUSED, // by the kernel, errno says why; another packet may do better
	LIVE_BROKEN,  // errno says why; no further packet can be sent
	LIVE_STOPPED, // told to stop while the queue was full
};

// Whole Ethernet frames, or with is_raw IPv4 packets that the kernel routes, out of this interface alone.
struct live *live_open(const struct interface *interface, bool is_raw, GError **error);
void live_close(struct live *live);

// Sends one frame or IPv4 packet. While the queue is full (EAGAIN, ENOBUFS) it is tried again for a second at most,
// and retries counts the attempts. Returns early when stop becomes true.
enum live_outcome live_send(struct live *live, const guint8 *bytes, gsize length, const atomic_bool *stop,
			    guint64 *retries);

#endif
