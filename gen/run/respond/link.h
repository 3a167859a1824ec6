// SPDX-License-Identifier: GPL-2.0-or-later
// The link of the reference agents: its IPv6 neighbors, and packets that wait until one of them is found.
#ifndef DSMIPGEN_LINK_H
#define DSMIPGEN_LINK_H

#include "run/heard.h"
#include "run/respond/outbox.h"

typedef struct link link_t;

// `mac` and `own`, a link-local address, are those of this end; they and the outbox must live longer.
link_t *link_new(outbox_t *outbox, const guint8 mac[6], const guint8 own[16]);
void link_free(link_t *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(link_t, link_free)

// Learns who sent a frame, and answers one that asks for this end. Sends what has waited for its sender. `now` is
// monotonic, in microseconds.
void link_hear(link_t *link, const heard_t *heard, gint64 now);

// Sends an IPv6 packet to its destination, or asks for that neighbor first and keeps the latest packet to it.
void link_send_ipv6(link_t *link, const guint8 *packet, gsize length, gint64 now);

#endif
