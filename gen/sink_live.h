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

#define LIVE_MOST 64 // packets sent together

// A frame or IPv4 packet.
struct live_packet {
	const guint8 *bytes;
	gsize length;
};

// Sends up to LIVE_MOST packets, and returns how many were sent before the first that was not; outcome tells of that
// one. While the queue is full (EAGAIN, ENOBUFS) a packet is tried again for a second at most, and retries counts
// the attempts. Returns early when stop becomes true.
unsigned live_send(struct live *live, const struct live_packet *packets, unsigned count, const atomic_bool *stop,
		   guint64 *retries, enum live_outcome *outcome);

#endif
