// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent forwards into the tunnels of its nodes.
#include "run/respond/forward.h"

#include "wire/inner_packet.h"

#include <string.h>

static bool fails(const forwarder_t *forwarder, fault_t fault)
{
	return agent_fails(forwarder->maker.agent, fault);
}

bool forward_put(const forwarder_t *forwarder, const GByteArray *frame, gint64 now)
{
	if (frame)
		outbox_put(forwarder->outbox, frame->data, frame->len, now);
	return frame;
}

// By the code that the prefix was granted with, or as a fault does.
static bool is_to_hoa(const forwarder_t *forwarder, guint8 code)
{
	if (code == DSMIPV4_PREFIX_ACCEPTED_COA)
		return fails(forwarder, FAULT_HOA_WHEN_COA);
	return !fails(forwarder, FAULT_COA_WHEN_HOA);
}

static bool tunnel(const forwarder_t *forwarder, const agent_node_t *node, guint8 code, const forwarded_t *packet,
		   GError **error)
{
	if (fails(forwarder, FAULT_NO_TUNNEL) || packet->bytes[IPV6_HOP_LIMIT_AT] <= 1)
		return true;
	return forward_put(forwarder,
			   tunnel_ipv6(&forwarder->maker, node, is_to_hoa(forwarder, code), packet->bytes,
				       packet->length, packet->time, error),
			   packet->now);
}

bool forward_to_node(const forwarder_t *forwarder, const forwarded_t *packet, bool *is_taken, GError **error)
{
	agent_t *agent = forwarder->maker.agent;

	*is_taken = false;
	for (unsigned i = 0; i < AGENT_NODES && !*is_taken; i++) {
		const agent_node_t *node = &agent->nodes[i];
		const granted_t *granted = agent_prefix(agent, node, packet->bytes + IPV6_DST_AT, packet->time);

		*is_taken = granted;
		if (granted && !tunnel(forwarder, node, granted->code, packet, error))
			return false;
	}
	return true;
}

static bool has_joined(const agent_node_t *node, const guint8 *group)
{
	for (unsigned i = 0; i < node->binding.n_groups; i++)
		if (memcmp(node->binding.groups[i], group, IPV6_ADDR_LEN) == 0)
			return true;
	return false;
}

// Multicast goes as the node's first prefix does.
bool forward_to_group(const forwarder_t *forwarder, const forwarded_t *packet, GError **error)
{
	agent_t *agent = forwarder->maker.agent;

	for (unsigned i = 0; i < AGENT_NODES; i++) {
		const agent_node_t *node = &agent->nodes[i];

		if (fails(forwarder, FAULT_NO_MULTICAST) || !agent_forwards(agent, node, packet->time) ||
		    !has_joined(node, packet->bytes + IPV6_DST_AT))
			continue;
		if (!tunnel(forwarder, node, node->binding.prefixes[0].code, packet, error))
			return false;
	}
	return true;
}

bool forward_ipv4(const forwarder_t *forwarder, const agent_node_t *node, const forwarded_t *packet, GError **error)
{
	if (fails(forwarder, FAULT_NO_TUNNEL))
		return true;
	return forward_put(forwarder,
			   tunnel_ipv4(&forwarder->maker, node, packet->bytes, packet->length, packet->time, error),
			   packet->now);
}
