// SPDX-License-Identifier: GPL-2.0-or-later
// The headers that the reference home agent puts around what it forwards to a node (RFC 5454 3.3.2, RFC 3519 3.3).
#ifndef DSMIPGEN_TUNNEL_H
#define DSMIPGEN_TUNNEL_H

#include "run/craft.h"
#include "run/respond/agent.h"

// What is needed to make frames.
typedef struct {
	agent_t *agent;
	craft_t *craft;
	const guint8 *mac; // of the agent
} tunnel_maker_t;

// Begins a frame to a registered node with all headers of its tunnel: the caller adds what is in it, an IPv6 packet.
// to_hoa: by the node's home address, else directly to its care-of address.
void tunnel_begin(const tunnel_maker_t *maker, const agent_node_t *node, bool to_hoa, guint8 traffic_class);

// The frame with a packet that came from elsewhere, whose hop limit is one less. `now` is in nanoseconds since 1970.
// NULL with an error if it cannot be built.
const GByteArray *tunnel_ipv6(const tunnel_maker_t *maker, const agent_node_t *node, bool to_hoa, const guint8 *packet,
			      gsize length, gint64 now, GError **error);

// The same for an IPv4 packet, which always goes to the care-of address (RFC 5944 4.2).
const GByteArray *tunnel_ipv4(const tunnel_maker_t *maker, const agent_node_t *node, const guint8 *packet, gsize length,
			      gint64 now, GError **error);

// Takes one from the TTL of an IPv4 packet, and corrects its checksum.
void tunnel_decrement_ttl(guint8 *packet);

#endif
