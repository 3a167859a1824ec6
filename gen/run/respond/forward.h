// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent forwards into the tunnels of its nodes (RFC 5454 3.3.2).
#ifndef DSMIPGEN_FORWARD_H
#define DSMIPGEN_FORWARD_H

#include "run/respond/link.h"
#include "run/respond/tunnel.h"

// Takes a line for the log.
typedef void (*forward_log_fn)(const char *line, gpointer data);

typedef struct {
	tunnel_maker_t maker;
	link_t *link; // of correspondent nodes
	outbox_t *outbox;
	forward_log_fn log; // of what is dropped as a security exception (RFC 5454 4)
	gpointer log_data;
} forwarder_t;

// An IP packet to forward.
typedef struct {
	const guint8 *bytes;
	gsize length;
	gint64 time; // nanoseconds since 1970
	gint64 now;  // the same moment, monotonic, in microseconds
} forwarded_t;

// Sends the frame that was built last; false if there is none.
bool forward_put(const forwarder_t *forwarder, const GByteArray *frame, gint64 now);

// Tunnels an IPv6 packet to the node that has registered its destination. is_taken: there is one. False with an error
// if the frame cannot be built.
bool forward_to_node(const forwarder_t *forwarder, const forwarded_t *packet, bool *is_taken, GError **error);

// Tunnels an IPv6 packet to all nodes that have joined its group.
bool forward_to_group(const forwarder_t *forwarder, const forwarded_t *packet, GError **error);

// Tunnels an IPv4 packet to this node.
bool forward_ipv4(const forwarder_t *forwarder, const agent_node_t *node, const forwarded_t *packet, GError **error);

#endif
