// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent makes of a packet that comes in a tunnel.
#include "run/respond/reverse.h"

#include "util/bytes.h"
#include "wire/inner_packet.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	ICMPV4_AT = 20, // behind an IPv4 header without options
	ECHO_REQUEST6 = 128,
	ECHO_HEADER = 8,
	GROUP_AT = 8,       // of an MLD message (RFC 2710 3)
	GROUP2_AT = 12,     // of a report with one record (RFC 3810 5.2)
	QUERY_DELAY = 1000, // milliseconds, RFC 2710 7.8
	IPV4_SHORTEST = 20,
	IPV4_ICMP = 1,
};

// A packet that came in a tunnel, and from whom.
typedef struct {
	const forwarder_t *forwarder;
	const heard_t *heard;
	agent_node_t *node;
	bool is_by_hoa; // in the tunnel from the home address
	forwarded_t inner;
} reversed_t;

static bool fails(const reversed_t *reversed, fault_t fault)
{
	return agent_fails(reversed->forwarder->maker.agent, fault);
}

static void drop(const reversed_t *reversed, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void drop(const reversed_t *reversed, const char *format, ...)
{
	const dsmipv4_outer_t *outer = &reversed->heard->tunnel.layers[0];
	struct in_addr from = {htonl(outer->src)};
	char text[INET_ADDRSTRLEN];
	va_list values;

	va_start(values, format);
	g_autofree char *reason = g_strdup_vprintf(format, values);
	va_end(values);
	g_autofree char *line =
		g_strdup_printf("tunnel from %s: dropped, %s", inet_ntop(AF_INET, &from, text, sizeof(text)), reason);
	reversed->forwarder->log(line, reversed->forwarder->log_data);
}

// Whether the outermost header is that of the node's tunnel.
static bool is_end(const reversed_t *reversed, const agent_node_t *node)
{
	const dsmipv4_outer_t *outer = &reversed->heard->tunnel.layers[0];
	guint16 port = dsmipv4_layer_is_udp(outer) ? outer->udp.sport : 0;

	return agent_forwards(reversed->forwarder->maker.agent, node, reversed->inner.time) &&
	       outer->src == node->binding.reached_at && port == node->binding.port;
}

// Who sent it, by the headers around it. False: nobody that is registered.
static bool find_sender(reversed_t *reversed)
{
	agent_t *agent = reversed->forwarder->maker.agent;
	const dsmipv4_tunnel_t *tunnel = &reversed->heard->tunnel;
	const dsmipv4_outer_t *last = dsmipv4_tunnel_adjacent(tunnel);

	for (unsigned i = 0; i < AGENT_NODES; i++) {
		agent_node_t *node = &agent->nodes[i];

		reversed->is_by_hoa = tunnel->n_layers == 2 && last->src == node->hoa && last->dst == agent->address;
		if (is_end(reversed, node) && (tunnel->n_layers == 1 || reversed->is_by_hoa))
			reversed->node = node;
		if (reversed->node)
			return true;
	}
	return false;
}

// A fault: who has registered the source address inside.
static bool find_owner(reversed_t *reversed)
{
	agent_t *agent = reversed->forwarder->maker.agent;

	for (unsigned i = 0; i < AGENT_NODES && reversed->heard->tunnel.kind == DSMIPV4_INNER_IPV6; i++)
		if (agent_prefix(agent, &agent->nodes[i], reversed->inner.bytes + IPV6_SRC_AT, reversed->inner.time))
			reversed->node = &agent->nodes[i];
	return reversed->node;
}

// What is for the agent itself.

static void begin_answer(const reversed_t *reversed, bool to_hoa, const guint8 *to, unsigned hop_limit)
{
	const tunnel_maker_t *maker = &reversed->forwarder->maker;
	block_t *ipv6;

	tunnel_begin(maker, reversed->node, to_hoa, 0);
	ipv6 = craft_layer(maker->craft, BLOCK_ipv6);
	craft_set_ipv6(maker->craft, ipv6, KEY_ipv6_source, maker->agent->link_local);
	craft_set_ipv6(maker->craft, ipv6, KEY_ipv6_destination, to);
	craft_set(maker->craft, ipv6, KEY_ipv6_hop_limit, "%u", hop_limit);
}

static bool send_answer(const reversed_t *reversed, GError **error)
{
	const forwarder_t *forwarder = reversed->forwarder;

	return forward_put(forwarder, craft_build(forwarder->maker.craft, reversed->inner.time / 1000, error),
			   reversed->inner.now);
}

static bool answer_echo(const reversed_t *reversed, const guint8 *icmp, gsize length, GError **error)
{
	craft_t *craft = reversed->forwarder->maker.craft;

	if (length < ECHO_HEADER)
		return true;
	begin_answer(reversed, !fails(reversed, FAULT_LINK_LOCAL_TO_COA), reversed->inner.bytes + IPV6_SRC_AT, 64);
	block_t *reply = craft_layer(craft, BLOCK_icmpv6_echo_reply);
	craft_set(craft, reply, KEY_icmpv6_echo_reply_identifier, "%u", get16(icmp + 4));
	craft_set(craft, reply, KEY_icmpv6_echo_reply_sequence, "%u", get16(icmp + 6));
	craft_set(craft, reply, KEY_icmpv6_echo_reply_data, "%s", "");
	if (length > ECHO_HEADER)
		craft_set_hex(craft, craft_layer(craft, BLOCK_payload), KEY_payload_hex, icmp + ECHO_HEADER,
			      length - ECHO_HEADER);
	return send_answer(reversed, error);
}

static void join(const reversed_t *reversed, const guint8 *group)
{
	agent_binding_t *binding = &reversed->node->binding;

	for (unsigned i = 0; i < binding->n_groups; i++)
		if (memcmp(binding->groups[i], group, IPV6_ADDR_LEN) == 0)
			return;
	if (binding->n_groups < AGENT_MOST_GROUPS)
		memcpy(binding->groups[binding->n_groups++], group, IPV6_ADDR_LEN);
}

// RFC 2710 4: one that leaves is asked whether anybody stays. The node is the only one behind its tunnel.
static bool leave(const reversed_t *reversed, const guint8 *group, GError **error)
{
	craft_t *craft = reversed->forwarder->maker.craft;
	agent_binding_t *binding = &reversed->node->binding;

	for (unsigned i = 0; i < binding->n_groups; i++)
		if (memcmp(binding->groups[i], group, IPV6_ADDR_LEN) == 0)
			memcpy(binding->groups[i], binding->groups[--binding->n_groups], IPV6_ADDR_LEN);
	begin_answer(reversed, !fails(reversed, FAULT_MLD_TO_COA), group, 1);
	craft_layer(craft, BLOCK_hop_by_hop);
	block_t *query = craft_layer(craft, BLOCK_mld_query);
	craft_set(craft, query, KEY_mld_query_maximum_delay, "%u", QUERY_DELAY);
	craft_set_ipv6(craft, query, KEY_mld_query_group, group);
	return send_answer(reversed, error);
}

// RFC 5454 3.3.3: these messages go by the home address.
static bool take_mld(const reversed_t *reversed, const guint8 *icmp, gsize length, GError **error)
{
	gsize group = icmp[0] == DSMIPV4_MLD_REPORT_V2 ? GROUP2_AT : GROUP_AT;

	if (!reversed->is_by_hoa || length < group + IPV6_ADDR_LEN)
		return true;
	if (icmp[0] == DSMIPV4_MLD_DONE)
		return leave(reversed, icmp + group, error);
	join(reversed, icmp + group);
	return true;
}

static bool take_local(const reversed_t *reversed, GError **error)
{
	const dsmipv4_ipv6_t *ipv6 = &reversed->heard->tunnel.ipv6;
	const guint8 *bytes = reversed->heard->tunnel.bytes;

	if (ipv6->upper != DSMIPV4_UPPER_ICMPV6)
		return true;
	gsize length = reversed->inner.length - (ipv6->upper_offset - reversed->heard->tunnel.inner_offset);
	if (ipv6->icmp_type == ECHO_REQUEST6)
		return answer_echo(reversed, bytes + ipv6->upper_offset, length, error);
	if (dsmipv4_ipv6_is_mld(ipv6))
		return take_mld(reversed, bytes + ipv6->upper_offset, length, error);
	return true;
}

// RFC 5454 4: what the node sends is from its own prefixes, on the link of the tunnel from its link-local address.
static bool has_right_source(const reversed_t *reversed)
{
	const guint8 *source = reversed->inner.bytes + IPV6_SRC_AT;
	char text[INET6_ADDRSTRLEN];

	if (agent_prefix(reversed->forwarder->maker.agent, reversed->node, source, reversed->inner.time) ||
	    fails(reversed, FAULT_NO_INGRESS_CHECK) ||
	    (dsmipv4_ipv6_link_local(source) && dsmipv4_ipv6_is_mld(&reversed->heard->tunnel.ipv6)))
		return true;
	drop(reversed, "the node has not registered the source %s", inet_ntop(AF_INET6, source, text, sizeof(text)));
	return false;
}

static bool take_ipv6(const reversed_t *reversed, GError **error)
{
	const forwarder_t *forwarder = reversed->forwarder;
	const forwarded_t *inner = &reversed->inner;
	const guint8 *to = inner->bytes + IPV6_DST_AT;
	bool is_taken;

	if (!has_right_source(reversed))
		return true;
	if (dsmipv4_ipv6_multicast(to) || memcmp(to, forwarder->maker.agent->link_local, IPV6_ADDR_LEN) == 0)
		return take_local(reversed, error);
	if (dsmipv4_ipv6_link_local(inner->bytes + IPV6_SRC_AT) || inner->bytes[IPV6_HOP_LIMIT_AT] <= 1)
		return true; // stays on its link (RFC 4291 2.5.6)
	if (!forward_to_node(forwarder, inner, &is_taken, error))
		return false;
	if (is_taken || fails(reversed, FAULT_NO_REVERSE))
		return true;
	g_autofree guint8 *packet = g_memdup2(inner->bytes, inner->length);
	if (!fails(reversed, FAULT_HOP_LIMIT))
		packet[IPV6_HOP_LIMIT_AT]--;
	link_send_ipv6(forwarder->link, packet, inner->length, inner->now);
	return true;
}

// RFC 3519 4.9: a ping from the home address to the agent.
static bool take_ipv4(const reversed_t *reversed, GError **error)
{
	const dsmipv4_ipv4_t *ipv4 = &reversed->heard->tunnel.ipv4;
	const tunnel_maker_t *maker = &reversed->forwarder->maker;
	const forwarded_t *inner = &reversed->inner;
	gsize header = 4 * (gsize)(inner->bytes[0] & 0xf);

	if (!ipv4->echo_request || ipv4->src != reversed->node->hoa || ipv4->dst != maker->agent->address ||
	    inner->length < header + ECHO_HEADER || fails(reversed, FAULT_NO_KEEPALIVE))
		return true;
	g_autofree guint8 *packet = g_memdup2(inner->bytes, inner->length);
	guint8 *icmp = packet + header;
	guint32 sum = get16(icmp + 2) + 0x0800u; // the type has changed from 8 to 0 (RFC 1624)
	memcpy(packet + 12, inner->bytes + 16, 4);
	memcpy(packet + 16, inner->bytes + 12, 4);
	sum = (sum & 0xffff) + (sum >> 16);
	icmp[0] = 0;
	icmp[2] = (guint8)(sum >> 8);
	icmp[3] = (guint8)sum;
	return forward_ipv4(reversed->forwarder, reversed->node,
			    &(forwarded_t){packet, inner->length, inner->time, inner->now}, error);
}

bool reverse_hear(const forwarder_t *forwarder, const heard_t *heard, gint64 now, GError **error)
{
	reversed_t reversed = {.forwarder = forwarder, .heard = heard};

	if (heard->tunnel.kind == DSMIPV4_INNER_UNKNOWN)
		return true;
	reversed.inner = (forwarded_t){.time = heard->frame.time, .now = now};
	reversed.inner.bytes = heard_inner(heard, &reversed.inner.length);
	if (!find_sender(&reversed) && !(fails(&reversed, FAULT_ANY_TUNNEL_SOURCE) && find_owner(&reversed))) {
		drop(&reversed, "no node is registered there");
		return true;
	}
	return heard->tunnel.kind == DSMIPV4_INNER_IPV6 ? take_ipv6(&reversed, error) : take_ipv4(&reversed, error);
}
