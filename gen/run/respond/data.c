// SPDX-License-Identifier: GPL-2.0-or-later
// Packets that the reference home agent hears: for its nodes, or from them.
#include "run/respond/data.h"

#include "run/respond/reverse.h"
#include "util/bytes.h"
#include "wire/inner_packet.h"

#include <net/ethernet.h>
#include <string.h>

enum { IPV4_TTL_AT = 8 };

static bool is_to_our_mac(const forwarder_t *forwarder, const heard_t *heard)
{
	return memcmp(heard->frame.bytes, forwarder->maker.mac, ETH_ALEN) == 0;
}

static forwarded_t packet_of(const heard_t *heard, gint64 now)
{
	return (forwarded_t){heard->frame.bytes + heard->network, heard->length, heard->frame.time, now};
}

static bool hear_ipv6(const forwarder_t *forwarder, const heard_t *heard, gint64 now, GError **error)
{
	const forwarded_t packet = packet_of(heard, now);
	bool is_taken;

	link_hear(forwarder->link, heard, now);
	if (dsmipv4_ipv6_multicast(heard->ipv6.dst))
		return forward_to_group(forwarder, &packet, error);
	return !is_to_our_mac(forwarder, heard) || forward_to_node(forwarder, &packet, &is_taken, error);
}

// RFC 5944 4.2: what comes for a home address.
static bool hear_ipv4(const forwarder_t *forwarder, const heard_t *heard, gint64 now, GError **error)
{
	agent_t *agent = forwarder->maker.agent;
	const agent_node_t *node = agent_node(agent, heard->dst);
	const forwarded_t packet = packet_of(heard, now);

	if (!node || !agent_forwards(agent, node, packet.time) || !is_to_our_mac(forwarder, heard) ||
	    packet.bytes[IPV4_TTL_AT] <= 1)
		return true;
	return forward_ipv4(forwarder, node, &packet, error);
}

bool data_hear(const forwarder_t *forwarder, const heard_t *heard, gint64 now, GError **error)
{
	if (heard->kind == HEARD_IPV6)
		return hear_ipv6(forwarder, heard, now, error);
	if (heard->kind == HEARD_TUNNEL && heard->dst == forwarder->maker.agent->address)
		return reverse_hear(forwarder, heard, now, error);
	if (heard->kind == HEARD_IPV4 || heard->kind == HEARD_MESSAGE || heard->kind == HEARD_TUNNEL)
		return hear_ipv4(forwarder, heard, now, error);
	return true;
}
