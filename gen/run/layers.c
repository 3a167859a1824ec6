// SPDX-License-Identifier: GPL-2.0-or-later
// The headers of a frame that was heard, by the names of the scenario language.
#include "run/layers.h"

#include "util/bytes.h"

#include <netinet/in.h>
#include <string.h>

enum {
	IPV4_SHORTEST = 20,
	UDP_LENGTH = 8,
	HOP_BY_HOP_SHORTEST = 8,
	MLD_LENGTH = 24,
	MLDV2_FIRST_GROUP = 12, // of a report with one record (RFC 3810 5.2)
	ADVERTISEMENT_LENGTH = 28,
	MINIMAL_LENGTH = 8,
};

// Innermost headers that are told apart by protocol and type.
static const struct {
	guint8 protocol;
	guint8 type;
	block_id_t block;
} messages[] = {
	{IPPROTO_ICMP, 8, BLOCK_icmpv4_echo_request},
	{IPPROTO_ICMP, 0, BLOCK_icmpv4_echo_reply},
	{IPPROTO_ICMP, 3, BLOCK_icmpv4_unreachable},
	{IPPROTO_ICMP, 9, BLOCK_agent_advertisement},
	{IPPROTO_ICMP, 10, BLOCK_agent_solicitation},
	{IPPROTO_ICMP, 11, BLOCK_icmpv4_time_exceeded},
	{IPPROTO_ICMPV6, 128, BLOCK_icmpv6_echo_request},
	{IPPROTO_ICMPV6, 129, BLOCK_icmpv6_echo_reply},
	{IPPROTO_ICMPV6, 1, BLOCK_icmpv6_unreachable},
	{IPPROTO_ICMPV6, DSMIPV4_PACKET_TOO_BIG, BLOCK_icmpv6_packet_too_big},
	{IPPROTO_ICMPV6, 3, BLOCK_icmpv6_time_exceeded},
	{IPPROTO_ICMPV6, DSMIPV4_MLD_QUERY, BLOCK_mld_query},
	{IPPROTO_ICMPV6, DSMIPV4_MLD_REPORT, BLOCK_mldv1_report},
	{IPPROTO_ICMPV6, DSMIPV4_MLD_DONE, BLOCK_mldv1_done},
	{IPPROTO_ICMPV6, DSMIPV4_MLD_REPORT_V2, BLOCK_mldv2_report},
	{IPPROTO_ICMPV6, DSMIPV4_ND_ROUTER_SOLICITATION, BLOCK_router_solicitation},
	{IPPROTO_ICMPV6, DSMIPV4_ND_ROUTER_ADVERTISEMENT, BLOCK_router_advertisement},
	{IPPROTO_ICMPV6, DSMIPV4_ND_NEIGHBOR_SOLICITATION, BLOCK_neighbor_solicitation},
	{IPPROTO_ICMPV6, DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT, BLOCK_neighbor_advertisement},
};

static layer_t *push(layers_t *layers, block_id_t block)
{
	static layer_t nowhere; // deeper than anybody asks for

	if (layers->count == LAYERS_MOST)
		return &nowhere;
	layers->layer[layers->count] = (layer_t){.block = block};
	return &layers->layer[layers->count++];
}

// RFC 5944 2.1: router advertisement with one address, and the extension of agents.
static void read_advertisement(layer_t *layer, const guint8 *bytes, gsize length)
{
	if (length < ADVERTISEMENT_LENGTH || bytes[4] != 1)
		return;
	layer->sequence = get16(bytes + 18);
	layer->lifetime = get16(bytes + 20);
	layer->flags = get16(bytes + 22);
	layer->coa = get32(bytes + 24);
}

static void read_icmp(layers_t *layers, guint8 protocol, const guint8 *bytes, gsize length)
{
	for (gsize i = 0; length > 0 && i < G_N_ELEMENTS(messages); i++) {
		if (messages[i].protocol != protocol || messages[i].type != bytes[0])
			continue;
		layer_t *layer = push(layers, messages[i].block);
		gsize group = bytes[0] == DSMIPV4_MLD_REPORT_V2 ? MLDV2_FIRST_GROUP : MLD_LENGTH - sizeof(layer->group);
		if (messages[i].block == BLOCK_agent_advertisement)
			read_advertisement(layer, bytes, length);
		else if (protocol == IPPROTO_ICMPV6 && length >= group + sizeof(layer->group))
			memcpy(layer->group, bytes + group, sizeof(layer->group));
	}
}

static void read_upper(layers_t *layers, guint8 protocol, const guint8 *bytes, gsize length)
{
	if (protocol == IPPROTO_HOPOPTS && length >= HOP_BY_HOP_SHORTEST) {
		gsize header = 8 * (1 + (gsize)bytes[1]);

		push(layers, BLOCK_hop_by_hop);
		if (header <= length && bytes[0] != IPPROTO_HOPOPTS)
			read_upper(layers, bytes[0], bytes + header, length - header);
	} else if (protocol == IPPROTO_UDP && length >= UDP_LENGTH) {
		layer_t *udp = push(layers, BLOCK_udp);

		udp->sport = get16(bytes);
		udp->dport = get16(bytes + 2);
	} else if (protocol == IPPROTO_TCP) {
		push(layers, BLOCK_tcp);
	} else {
		read_icmp(layers, protocol, bytes, length);
	}
}

static void push_ipv4(layers_t *layers, guint32 src, guint32 dst, guint8 ttl, guint8 tos)
{
	layer_t *layer = push(layers, BLOCK_ipv4);

	layer->src = src;
	layer->dst = dst;
	layer->ttl = ttl;
	layer->tos = tos;
}

// The innermost IP packet and what is in it.
static void read_packet(layers_t *layers, const guint8 *bytes, gsize length)
{
	if (length >= IPV6_HEADER_LEN && bytes[0] >> 4 == 6) {
		layer_t *layer = push(layers, BLOCK_ipv6);

		memcpy(layer->src6, bytes + IPV6_SRC_AT, sizeof(layer->src6));
		memcpy(layer->dst6, bytes + IPV6_DST_AT, sizeof(layer->dst6));
		layer->ttl = bytes[IPV6_HOP_LIMIT_AT];
		layer->tos = (guint8)(get16(bytes) >> 4);
		read_upper(layers, bytes[6], bytes + IPV6_HEADER_LEN, length - IPV6_HEADER_LEN);
	} else if (length >= IPV4_SHORTEST && bytes[0] >> 4 == 4) {
		gsize header = 4 * (gsize)(bytes[0] & 0xf);

		push_ipv4(layers, get32(bytes + 12), get32(bytes + 16), bytes[8], bytes[1]);
		if (header >= IPV4_SHORTEST && header <= length && (get16(bytes + 6) & 0x1fff) == 0)
			read_upper(layers, bytes[9], bytes + header, length - header);
	}
}

// An outer header and what is between it and the next one. One that is compressed was pushed with the header before it.
static void push_outer(layers_t *layers, const dsmipv4_outer_t *outer, const dsmipv4_outer_t *next)
{
	layer_t *layer;

	if (!outer->compressed)
		push_ipv4(layers, outer->src, outer->dst, outer->ttl, outer->tos);
	if (outer->protocol == DSMIPV4_ENCAP_GRE) {
		layer = push(layers, BLOCK_gre);
		layer->ethertype = outer->gre.protocol;
		layer->key = outer->gre.key;
	} else if (outer->protocol == DSMIPV4_ENCAP_MINIMAL && next) {
		layer = push(layers, BLOCK_minimal);
		layer->src = next->src;
		layer->dst = next->dst;
		layer->protocol = next->protocol;
	} else if (dsmipv4_layer_is_udp(outer)) {
		layer = push(layers, BLOCK_udp);
		layer->sport = outer->udp.sport;
		layer->dport = outer->udp.dport;
		push(layers, BLOCK_tunnel_data)->protocol = outer->udp.next_header;
	}
}

// The length of a minimal forwarding header, with or without the original source address.
static gsize minimal_length(const guint8 *bytes, gsize length)
{
	return length > 1 && bytes[1] & 0x80 ? MINIMAL_LENGTH + 4 : MINIMAL_LENGTH;
}

// Whether the innermost packet is IPv4 whose header is in a minimal forwarding header.
static bool is_compressed(const dsmipv4_tunnel_t *tunnel)
{
	return tunnel->kind == DSMIPV4_INNER_IPV4 &&
	       tunnel->layers[tunnel->n_layers - 1].protocol == DSMIPV4_ENCAP_MINIMAL;
}

// An IPv4 packet whose header is in the minimal forwarding header around it (RFC 2004 3.1).
static void read_compressed(layers_t *layers, const dsmipv4_ipv4_t *ipv4, const guint8 *bytes, gsize length)
{
	layer_t *layer = push(layers, BLOCK_minimal);
	gsize header = minimal_length(bytes, length);

	layer->src = ipv4->src;
	layer->dst = ipv4->dst;
	layer->protocol = ipv4->protocol;
	if (length >= header)
		read_upper(layers, ipv4->protocol, bytes + header, length - header);
}

static void read_tunnel(layers_t *layers, const heard_t *heard)
{
	const dsmipv4_tunnel_t *tunnel = &heard->tunnel;
	gsize length;
	const guint8 *inner = heard_inner(heard, &length);

	for (unsigned i = 0; i < tunnel->n_layers; i++)
		push_outer(layers, &tunnel->layers[i], i + 1 < tunnel->n_layers ? &tunnel->layers[i + 1] : NULL);
	if (is_compressed(tunnel))
		read_compressed(layers, &tunnel->ipv4, inner, length);
	else if (tunnel->kind != DSMIPV4_INNER_UNKNOWN)
		read_packet(layers, inner, length);
}

void layers_read(const heard_t *heard, layers_t *layers)
{
	layers->count = 0;
	if (heard->kind == HEARD_TUNNEL)
		read_tunnel(layers, heard);
	else if (heard->kind == HEARD_IPV4 || heard->kind == HEARD_IPV6 || heard->kind == HEARD_MESSAGE)
		read_packet(layers, heard->frame.bytes + heard->network, heard->length);
}

char *layers_text(const layers_t *layers)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < layers->count; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", block_specs[layers->layer[i].block].name);
	return g_string_free(text, FALSE);
}

static GBytes *identity(guint8 protocol, const guint8 *addresses, gsize addresses_length, const guint8 *payload,
			gsize length)
{
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, &protocol, 1);
	g_byte_array_append(bytes, addresses, (guint)addresses_length);
	g_byte_array_append(bytes, payload, (guint)length);
	return g_byte_array_free_to_bytes(bytes);
}

static GBytes *identity_of_packet(const guint8 *bytes, gsize length)
{
	gsize header = length > 0 ? 4 * (gsize)(bytes[0] & 0xf) : 0;

	if (length >= IPV6_HEADER_LEN && bytes[0] >> 4 == 6)
		return identity(bytes[6], bytes + IPV6_SRC_AT, 2 * IPV6_ADDR_LEN, bytes + IPV6_HEADER_LEN,
				length - IPV6_HEADER_LEN);
	if (length >= IPV4_SHORTEST && bytes[0] >> 4 == 4 && header >= IPV4_SHORTEST && header <= length)
		return identity(bytes[9], bytes + 12, 8, bytes + header, length - header);
	return NULL;
}

static GBytes *identity_of_compressed(const dsmipv4_ipv4_t *ipv4, const guint8 *bytes, gsize length)
{
	const guint32 addresses[] = {GUINT32_TO_BE(ipv4->src), GUINT32_TO_BE(ipv4->dst)};
	gsize header = minimal_length(bytes, length);

	return length < header ? NULL
			       : identity(ipv4->protocol, (const guint8 *)addresses, sizeof(addresses), bytes + header,
					  length - header);
}

GBytes *layers_packet(const heard_t *heard)
{
	gsize length;
	const guint8 *inner;

	if (heard->kind == HEARD_IPV4 || heard->kind == HEARD_IPV6)
		return identity_of_packet(heard->frame.bytes + heard->network, heard->length);
	if (heard->kind != HEARD_TUNNEL || heard->tunnel.kind == DSMIPV4_INNER_UNKNOWN)
		return NULL;
	inner = heard_inner(heard, &length);
	return is_compressed(&heard->tunnel) ? identity_of_compressed(&heard->tunnel.ipv4, inner, length)
					     : identity_of_packet(inner, length);
}
