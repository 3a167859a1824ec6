// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference mobile node answers in its tunnels.
#include "run/respond/node_data.h"

#include "util/bytes.h"
#include "wire/inner_packet.h"

#include <string.h>

enum {
	ECHO_REQUEST6 = 128,
	ECHO_HEADER = 8,
};

typedef struct {
	const node_t *node;
	const heard_t *heard;
	bool is_by_hoa; // inside IPv4 to the home address
	gint64 now;
} tunneled_t;

// A frame to the home agent.
static void begin_frame(const tunneled_t *tunneled)
{
	const node_t *node = tunneled->node;
	craft_t *craft = node->craft;

	craft_begin(craft, "mn1");
	block_t *ethernet = craft_layer(craft, BLOCK_ethernet);
	craft_set_mac(craft, ethernet, KEY_ethernet_source, node->context->interface->mac);
	craft_set_mac(craft, ethernet, KEY_ethernet_destination, node->ha_mac);
}

// The same with an IPv4 header to it, and one from the home address inside if it goes that way.
static void begin_tunnel(const tunneled_t *tunneled, bool by_hoa)
{
	const node_t *node = tunneled->node;
	craft_t *craft = node->craft;
	const guint32 sources[] = {node->coa, node->hoa};

	begin_frame(tunneled);
	for (int i = 0; i <= by_hoa; i++) {
		block_t *ipv4 = craft_layer(craft, BLOCK_ipv4);

		craft_set_ipv4(craft, ipv4, KEY_ipv4_source, sources[i]);
		craft_set_ipv4(craft, ipv4, KEY_ipv4_destination, node->ha);
	}
}

static bool send_answer(const tunneled_t *tunneled, GError **error)
{
	const node_t *node = tunneled->node;
	const GByteArray *frame = craft_build(node->craft, g_get_real_time(), error);

	if (frame)
		role_send(node->context, frame->data, frame->len, tunneled->now);
	return frame;
}

// How an echo reply is made, in IPv4 and in IPv6.
typedef struct {
	block_id_t block;
	unsigned identifier, sequence, data; // keys
} echo_reply_t;

static const echo_reply_t echo_reply4 = {BLOCK_icmpv4_echo_reply, KEY_icmpv4_echo_reply_identifier,
					 KEY_icmpv4_echo_reply_sequence, KEY_icmpv4_echo_reply_data};
static const echo_reply_t echo_reply6 = {BLOCK_icmpv6_echo_reply, KEY_icmpv6_echo_reply_identifier,
					 KEY_icmpv6_echo_reply_sequence, KEY_icmpv6_echo_reply_data};

// The reply to an echo request, with its data.
static void add_echo_reply(craft_t *craft, const echo_reply_t *as, const guint8 *request, gsize length)
{
	block_t *reply = craft_layer(craft, as->block);

	craft_set(craft, reply, as->identifier, "%u", get16(request + 4));
	craft_set(craft, reply, as->sequence, "%u", get16(request + 6));
	craft_set(craft, reply, as->data, "%s", "");
	if (length > ECHO_HEADER)
		craft_set_hex(craft, craft_layer(craft, BLOCK_payload), KEY_payload_hex, request + ECHO_HEADER,
			      length - ECHO_HEADER);
}

// RFC 5454 3.5: IPv6 comes and goes in the tunnel of the mode that was granted.
static bool is_right_way(const tunneled_t *tunneled)
{
	const node_t *node = tunneled->node;

	return node->mode == (tunneled->is_by_hoa ? NODE_IPV6_BY_HOA : NODE_IPV6_BY_COA);
}

static bool answers_by_hoa(const tunneled_t *tunneled)
{
	if (tunneled->is_by_hoa)
		return !node_fails(tunneled->node, FAULT_NODE_COA_WHEN_HOA);
	return node_fails(tunneled->node, FAULT_NODE_HOA_WHEN_COA);
}

static bool take_ipv6(const tunneled_t *tunneled, const guint8 *packet, gsize length, GError **error)
{
	const node_t *node = tunneled->node;
	const dsmipv4_ipv6_t *ipv6 = &tunneled->heard->tunnel.ipv6;
	gsize at = ipv6->upper_offset - tunneled->heard->tunnel.inner_offset;
	dsmipv4_prefix_t to = {.len = 128};
	craft_t *craft = node->craft;

	memcpy(to.bytes, ipv6->dst, sizeof(to.bytes));
	if (!is_right_way(tunneled) || !dsmipv4_prefix_contains(&node->prefix, &to) ||
	    ipv6->upper != DSMIPV4_UPPER_ICMPV6 || ipv6->icmp_type != ECHO_REQUEST6 || length < at + ECHO_HEADER)
		return true;
	begin_tunnel(tunneled, answers_by_hoa(tunneled));
	block_t *header = craft_layer(craft, BLOCK_ipv6);
	craft_set_ipv6(craft, header, KEY_ipv6_source, ipv6->dst);
	craft_set_ipv6(craft, header, KEY_ipv6_destination, ipv6->src);
	add_echo_reply(craft, &echo_reply6, packet + at, length - at);
	return send_answer(tunneled, error);
}

// RFC 3024 5: IPv4 from the home address goes back in the tunnel.
static bool take_ipv4(const tunneled_t *tunneled, const guint8 *packet, gsize length, GError **error)
{
	const node_t *node = tunneled->node;
	const dsmipv4_ipv4_t *ipv4 = &tunneled->heard->tunnel.ipv4;
	gsize header = 4 * (gsize)(packet[0] & 0xf);
	craft_t *craft = node->craft;

	if (!ipv4->echo_request || ipv4->dst != node->hoa || length < header + ECHO_HEADER)
		return true;
	if (node_fails(node, FAULT_NODE_NO_REVERSE))
		begin_frame(tunneled);
	else
		begin_tunnel(tunneled, false);
	block_t *inner = craft_layer(craft, BLOCK_ipv4);
	craft_set_ipv4(craft, inner, KEY_ipv4_source, node->hoa);
	craft_set_ipv4(craft, inner, KEY_ipv4_destination, ipv4->src);
	add_echo_reply(craft, &echo_reply4, packet + header, length - header);
	return send_answer(tunneled, error);
}

bool node_take_tunnel(const node_t *node, const heard_t *heard, gint64 now, GError **error)
{
	const dsmipv4_tunnel_t *tunnel = &heard->tunnel;
	const dsmipv4_outer_t *last = dsmipv4_tunnel_adjacent(tunnel);
	const tunneled_t tunneled = {node, heard,
				     tunnel->n_layers == 2 && last->src == node->ha && last->dst == node->hoa, now};
	gsize length;
	const guint8 *packet = heard_inner(heard, &length);

	if (!node->is_registered || (tunnel->n_layers != 1 && !tunneled.is_by_hoa) ||
	    (heard->src != node->ha && !node_fails(node, FAULT_NODE_ANY_TUNNEL)))
		return true;
	if (tunnel->kind == DSMIPV4_INNER_IPV6)
		return take_ipv6(&tunneled, packet, length, error);
	return tunnel->kind != DSMIPV4_INNER_IPV4 || take_ipv4(&tunneled, packet, length, error);
}
