// SPDX-License-Identifier: GPL-2.0-or-later
// The headers that the reference home agent puts around what it forwards to a node.
#include "run/respond/tunnel.h"

#include "packet/checksum.h"
#include "util/bytes.h"
#include "wire/inner_packet.h"

#include <string.h>

enum {
	IPV4_TTL_AT = 8,
	IPV4_CHECKSUM_AT = 10,
	UDP = 17,
};

static bool fails(const tunnel_maker_t *maker, fault_t fault)
{
	return agent_fails(maker->agent, fault);
}

static void add_ethernet_and_ipv4(const tunnel_maker_t *maker, const agent_node_t *node, guint8 protocol, guint8 tos)
{
	craft_t *craft = maker->craft;
	const agent_binding_t *binding = &node->binding;
	block_t *ethernet, *ipv4;
	bool is_old = fails(maker, FAULT_OLD_COA) && binding->left;

	craft_begin(craft, node->name);
	ethernet = craft_layer(craft, BLOCK_ethernet);
	craft_set_mac(craft, ethernet, KEY_ethernet_source, maker->mac);
	craft_set_mac(craft, ethernet, KEY_ethernet_destination, is_old ? binding->left_mac : binding->mac);
	ipv4 = craft_layer(craft, BLOCK_ipv4);
	craft_set_ipv4(craft, ipv4, KEY_ipv4_source, maker->agent->address + fails(maker, FAULT_WRONG_TUNNEL_SOURCE));
	craft_set_ipv4(craft, ipv4, KEY_ipv4_destination, is_old ? binding->left : binding->reached_at);
	craft_set(craft, ipv4, KEY_ipv4_protocol, "%u", protocol);
	craft_set(craft, ipv4, KEY_ipv4_tos, "%u", fails(maker, FAULT_NO_TRAFFIC_CLASS) ? 0 : tos);
}

static void add_udp(const tunnel_maker_t *maker, const agent_node_t *node, guint8 inside)
{
	craft_t *craft = maker->craft;
	block_t *udp = craft_layer(craft, BLOCK_udp), *data = craft_layer(craft, BLOCK_tunnel_data);

	craft_set(craft, udp, KEY_udp_source_port, "%u", DSMIPV4_UDP_PORT);
	craft_set(craft, udp, KEY_udp_destination_port, "%u", node->binding.port);
	craft_set(craft, data, KEY_tunnel_data_next_header, "%u",
		  fails(maker, FAULT_NEXT_HEADER) ? DSMIPV4_ENCAP_IPIP : inside);
}

static void add_gre(const tunnel_maker_t *maker, guint8 inside)
{
	block_t *gre = craft_layer(maker->craft, BLOCK_gre);

	craft_set(maker->craft, gre, KEY_gre_protocol, "0x%x",
		  inside == DSMIPV4_ENCAP_IPV6 ? DSMIPV4_GRE_IPV6 : DSMIPV4_GRE_IPV4);
}

// How packets go to the care-of address, by what was asked for.
typedef enum { WRAP_PLAIN, WRAP_UDP, WRAP_GRE, WRAP_MINIMAL } wrap_t;

static wrap_t wrap_of(const tunnel_maker_t *maker, const agent_node_t *node, guint8 inside)
{
	guint8 flags = node->binding.flags;

	if (node->binding.port && !fails(maker, FAULT_UDP_TUNNEL_UNUSED))
		return WRAP_UDP;
	if ((flags & DSMIPV4_FLAG_G && !fails(maker, FAULT_NO_GRE)) || fails(maker, FAULT_GRE_UNASKED))
		return WRAP_GRE;
	bool is_minimal = flags & DSMIPV4_FLAG_M || fails(maker, FAULT_MINIMAL_UNASKED);
	return is_minimal && inside == DSMIPV4_ENCAP_IPIP ? WRAP_MINIMAL : WRAP_PLAIN;
}

// The headers up to what is carried to the care-of address, whose protocol is `inside`. WRAP_MINIMAL: the forwarding
// header is the caller's.
static wrap_t begin_outer(const tunnel_maker_t *maker, const agent_node_t *node, guint8 inside, guint8 tos)
{
	static const guint8 protocols[] = {0, UDP, DSMIPV4_ENCAP_GRE, DSMIPV4_ENCAP_MINIMAL};
	wrap_t wrap = wrap_of(maker, node, inside);

	add_ethernet_and_ipv4(maker, node, wrap == WRAP_PLAIN ? inside : protocols[wrap], tos);
	if (wrap == WRAP_UDP)
		add_udp(maker, node, inside);
	else if (wrap == WRAP_GRE)
		add_gre(maker, inside);
	return wrap;
}

void tunnel_begin(const tunnel_maker_t *maker, const agent_node_t *node, bool to_hoa, guint8 traffic_class)
{
	craft_t *craft = maker->craft;

	if (!to_hoa) {
		begin_outer(maker, node, DSMIPV4_ENCAP_IPV6, traffic_class);
	} else if (begin_outer(maker, node, DSMIPV4_ENCAP_IPIP, traffic_class) == WRAP_MINIMAL) {
		block_t *minimal = craft_layer(craft, BLOCK_minimal);

		craft_set(craft, minimal, KEY_minimal_protocol, "%u", DSMIPV4_ENCAP_IPV6);
		craft_set_ipv4(craft, minimal, KEY_minimal_destination, node->hoa);
	} else {
		block_t *ipv4 = craft_layer(craft, BLOCK_ipv4);

		craft_set_ipv4(craft, ipv4, KEY_ipv4_source, maker->agent->address);
		craft_set_ipv4(craft, ipv4, KEY_ipv4_destination, node->hoa);
		craft_set(craft, ipv4, KEY_ipv4_protocol, "%u", DSMIPV4_ENCAP_IPV6);
		craft_set(craft, ipv4, KEY_ipv4_tos, "%u", traffic_class);
	}
}

static void add_payload(const tunnel_maker_t *maker, const guint8 *bytes, gsize length)
{
	craft_set_hex(maker->craft, craft_layer(maker->craft, BLOCK_payload), KEY_payload_hex, bytes, length);
}

const GByteArray *tunnel_ipv6(const tunnel_maker_t *maker, const agent_node_t *node, bool to_hoa, const guint8 *packet,
			      gsize length, gint64 now, GError **error)
{
	g_autofree guint8 *forwarded = g_memdup2(packet, length);

	if (!fails(maker, FAULT_HOP_LIMIT))
		forwarded[IPV6_HOP_LIMIT_AT]--;
	tunnel_begin(maker, node, to_hoa, (guint8)(get16(packet) >> 4));
	add_payload(maker, forwarded, length);
	return craft_build(maker->craft, now / 1000, error);
}

void tunnel_decrement_ttl(guint8 *packet)
{
	gsize header = 4 * (gsize)(packet[0] & 0xf);

	packet[IPV4_TTL_AT]--;
	memset(packet + IPV4_CHECKSUM_AT, 0, 2);
	guint16 sum = (guint16)~checksum_fold(checksum_add(0, packet, header));
	packet[IPV4_CHECKSUM_AT] = (guint8)(sum >> 8);
	packet[IPV4_CHECKSUM_AT + 1] = (guint8)sum;
}

const GByteArray *tunnel_ipv4(const tunnel_maker_t *maker, const agent_node_t *node, const guint8 *packet, gsize length,
			      gint64 now, GError **error)
{
	craft_t *craft = maker->craft;
	gsize header = 4 * (gsize)(packet[0] & 0xf);

	if (begin_outer(maker, node, DSMIPV4_ENCAP_IPIP, packet[1]) == WRAP_MINIMAL) {
		block_t *minimal = craft_layer(craft, BLOCK_minimal);

		craft_set(craft, minimal, KEY_minimal_protocol, "%u", packet[9]);
		craft_set_ipv4(craft, minimal, KEY_minimal_destination, get32(packet + 16));
		craft_set_ipv4(craft, minimal, KEY_minimal_source, get32(packet + 12));
		add_payload(maker, packet + header, length - header);
		return craft_build(craft, now / 1000, error);
	}
	g_autofree guint8 *forwarded = g_memdup2(packet, length);
	tunnel_decrement_ttl(forwarded);
	add_payload(maker, forwarded, length);
	return craft_build(craft, now / 1000, error);
}
