// SPDX-License-Identifier: GPL-2.0-or-later
// The headers that libnet builds, from the values of a plan.
#include "packet/header.h"

#include "packet/autofill.h"
#include "packet/encode.h"

#include <string.h>

typedef libnet_ptag_t push_fn(libnet_t *libnet, const header_t *header, const value_t *v);

static guint16 number16(const value_t *value)
{
	return (guint16)value->number;
}

static struct libnet_in6_addr address6(const value_t *value)
{
	struct libnet_in6_addr address;

	memcpy(&address, value->octets, sizeof(address));
	return address;
}

// The eight bits of DSCP and ECN (RFC 2474, RFC 3168), of which a scenario may give either part by itself.
static guint8 traffic_class(const value_t *both, const value_t *dscp, const value_t *ecn)
{
	guint64 bits = both->number;

	if (dscp->state == VALUE_SET)
		bits = dscp->number << 2 | (bits & 3);
	if (ecn->state == VALUE_SET)
		bits = (bits & 0xfc) | ecn->number;
	return (guint8)bits;
}

static libnet_ptag_t push_ethernet(libnet_t *libnet, const header_t *header G_GNUC_UNUSED, const value_t *v)
{
	return libnet_build_ethernet(v[KEY_ethernet_destination].octets, v[KEY_ethernet_source].octets,
				     number16(&v[KEY_ethernet_type]), NULL, 0, libnet, 0);
}

// libnet counts options that it knows to be options in the header length, which must hold them.
static bool push_options(libnet_t *libnet, const value_t *v, gsize *length)
{
	GBytes *bytes = v[KEY_ipv4_options].bytes;
	const guint8 *options = bytes ? g_bytes_get_data(bytes, length) : NULL;

	if (!options)
		return true;
	if (v[KEY_ipv4_ihl].state == VALUE_AUTO)
		return libnet_build_ipv4_options(options, (guint32)*length, libnet, 0) != -1;
	return libnet_build_data(options, (guint32)*length, libnet, 0) != -1;
}

static libnet_ptag_t push_ipv4(libnet_t *libnet, const header_t *header, const value_t *v)
{
	guint16 fragment = (guint16)(v[KEY_ipv4_flags].number << 13 | v[KEY_ipv4_fragment_offset].number);
	gsize options = 0;

	if (!push_options(libnet, v, &options))
		return -1;
	return libnet_build_ipv4((guint16)(LIBNET_IPV4_H + options + header->inside),
				 traffic_class(&v[KEY_ipv4_tos], &v[KEY_ipv4_dscp], &v[KEY_ipv4_ecn]),
				 number16(&v[KEY_ipv4_identification]), fragment, (guint8)v[KEY_ipv4_ttl].number,
				 (guint8)v[KEY_ipv4_protocol].number, 0, g_htonl((guint32)v[KEY_ipv4_source].number),
				 g_htonl((guint32)v[KEY_ipv4_destination].number), NULL, 0, libnet, 0);
}

static libnet_ptag_t push_ipv6(libnet_t *libnet, const header_t *header, const value_t *v)
{
	return libnet_build_ipv6(traffic_class(&v[KEY_ipv6_traffic_class], &v[KEY_ipv6_dscp], &v[KEY_ipv6_ecn]),
				 (guint32)v[KEY_ipv6_flow_label].number, (guint16)header->inside,
				 (guint8)v[KEY_ipv6_next_header].number, (guint8)v[KEY_ipv6_hop_limit].number,
				 address6(&v[KEY_ipv6_source]), address6(&v[KEY_ipv6_destination]), NULL, 0, libnet, 0);
}

static libnet_ptag_t push_udp(libnet_t *libnet, const header_t *header, const value_t *v)
{
	return libnet_build_udp(number16(&v[KEY_udp_source_port]), number16(&v[KEY_udp_destination_port]),
				(guint16)(LIBNET_UDP_H + header->inside), 0, NULL, 0, libnet, 0);
}

static libnet_ptag_t push_gre(libnet_t *libnet, const header_t *header, const value_t *v)
{
	guint16 flags = autofill_gre_flags(header->layers->pdata[header->index]);
	guint32 length = libnet_getgre_length(flags) + (guint32)header->inside;

	return libnet_build_gre(flags, number16(&v[KEY_gre_protocol]), 0, number16(&v[KEY_gre_reserved1]),
				(guint32)v[KEY_gre_key].number, (guint32)v[KEY_gre_sequence].number, (guint16)length,
				NULL, 0, libnet, 0);
}

// What follows the fixed part of a block.
static const guint8 *body(const header_t *header, gsize fixed, guint32 *length)
{
	*length = header->block->len - (guint32)fixed;
	return *length > 0 ? header->block->data + fixed : NULL;
}

static libnet_ptag_t push_echo4(libnet_t *libnet, const header_t *header, const value_t *v)
{
	guint32 length;
	const guint8 *data = body(header, LIBNET_ICMPV4_ECHO_H, &length);

	return libnet_build_icmpv4_echo((guint8)v[KEY_icmpv4_echo_request_type].number,
					(guint8)v[KEY_icmpv4_echo_request_code].number, 0,
					number16(&v[KEY_icmpv4_echo_request_identifier]),
					number16(&v[KEY_icmpv4_echo_request_sequence]), data, length, libnet, 0);
}

static libnet_ptag_t push_echo6(libnet_t *libnet, const header_t *header, const value_t *v)
{
	guint32 length;
	const guint8 *data = body(header, LIBNET_ICMPV6_ECHO_H, &length);

	return libnet_build_icmpv6_echo(
		(guint8)v[KEY_icmpv6_echo_request_type].number, (guint8)v[KEY_icmpv6_echo_request_code].number, 0,
		number16(&v[KEY_icmpv6_echo_request_identifier]), number16(&v[KEY_icmpv6_echo_request_sequence]),
		(guint8 *)data, length, libnet, 0);
}

static libnet_ptag_t push_solicitation(libnet_t *libnet, const header_t *header, const value_t *v)
{
	guint32 length;
	const guint8 *option = body(header, LIBNET_ICMPV6_NDP_NSOL_H, &length);

	return libnet_build_icmpv6_ndp_nsol(
		(guint8)v[KEY_neighbor_solicitation_type].number, (guint8)v[KEY_neighbor_solicitation_code].number, 0,
		address6(&v[KEY_neighbor_solicitation_target]), (guint8 *)option, length, libnet, 0);
}

static libnet_ptag_t push_advertisement(libnet_t *libnet, const header_t *header, const value_t *v)
{
	guint32 length;
	const guint8 *option = body(header, LIBNET_ICMPV6_NDP_NADV_H, &length);

	return libnet_build_icmpv6_ndp_nadv(
		(guint8)v[KEY_neighbor_advertisement_type].number, (guint8)v[KEY_neighbor_advertisement_code].number, 0,
		(guint32)v[KEY_neighbor_advertisement_flags].number << 24,
		address6(&v[KEY_neighbor_advertisement_target]), (guint8 *)option, length, libnet, 0);
}

#define BIT(block, key) (1u << KEY_##block##_##key)

// The keys of echo requests and replies, of either version of IP, stand at the same index.
G_STATIC_ASSERT((int)KEY_icmpv4_echo_request_data == (int)KEY_icmpv4_echo_reply_data);
G_STATIC_ASSERT((int)KEY_icmpv6_echo_request_data == (int)KEY_icmpv6_echo_reply_data);

static const struct {
	push_fn *push;
	bool has_body;
	guint32 made; // keys that libnet makes by itself
} headers[BLOCK_COUNT] = {
	[BLOCK_ethernet] = {push_ethernet, false, 0},
	[BLOCK_ipv4] = {push_ipv4, false,
			BIT(ipv4, version) | BIT(ipv4, ihl) | BIT(ipv4, total_length) | BIT(ipv4, checksum)},
	[BLOCK_ipv6] = {push_ipv6, false, BIT(ipv6, version) | BIT(ipv6, payload_length)},
	[BLOCK_udp] = {push_udp, false, BIT(udp, length) | BIT(udp, checksum)},
	[BLOCK_gre] = {push_gre, false, BIT(gre, flags) | BIT(gre, version) | BIT(gre, checksum)},
	[BLOCK_icmpv4_echo_request] = {push_echo4, true, BIT(icmpv4_echo_request, checksum)},
	[BLOCK_icmpv4_echo_reply] = {push_echo4, true, BIT(icmpv4_echo_reply, checksum)},
	[BLOCK_icmpv6_echo_request] = {push_echo6, true, BIT(icmpv6_echo_request, checksum)},
	[BLOCK_icmpv6_echo_reply] = {push_echo6, true, BIT(icmpv6_echo_reply, checksum)},
	[BLOCK_neighbor_solicitation] = {push_solicitation, true, BIT(neighbor_solicitation, checksum)},
	[BLOCK_neighbor_advertisement] = {push_advertisement, true, BIT(neighbor_advertisement, checksum)},
};

bool header_is_libnets(block_id_t id)
{
	return headers[id].push;
}

bool header_has_body(block_id_t id)
{
	return headers[id].has_body;
}

// libnet 1.1.6 puts the low byte of a flow label into the middle one, too.
static bool is_mangled(guint64 flow_label)
{
	return (flow_label >> 8 & 0xff) != (flow_label & 0xff);
}

bool header_deviates(const values_t *layer, unsigned key)
{
	if (!layer->by_libnet || !value_is_set(layer, key))
		return false;
	return headers[layer->id].made & 1u << key ||
	       (layer->id == BLOCK_ipv6 && key == KEY_ipv6_flow_label && is_mangled(layer->v[key].number));
}

static const values_t *layer_at(const GPtrArray *layers, guint index)
{
	return layers->pdata[index];
}

// libnet looks for what it sums right after the nearest IP header, and 1.1.6 writes the checksum there in any case, so
// nothing may be in between. In an ICMP message it does not sum what a further layer adds.
static bool has_sum(const GPtrArray *layers, guint index)
{
	const values_t *layer = layer_at(layers, index);
	int key = encode_checksum_key(layer->id);
	block_id_t outer = index > 0 ? layer_at(layers, index - 1)->id : BLOCK_ethernet;

	if (!headers[layer->id].push || key < 0 || layer->v[key].state != VALUE_AUTO)
		return false;
	if (layer->id == BLOCK_ipv4)
		return true;
	return (outer == BLOCK_ipv4 || outer == BLOCK_ipv6) &&
	       (!headers[layer->id].has_body || index + 1 == layers->len);
}

libnet_ptag_t header_push(libnet_t *libnet, const header_t *header)
{
	values_t *layer = header->layers->pdata[header->index];
	libnet_ptag_t tag = headers[layer->id].push(libnet, header, layer->v);

	layer->by_libnet = true;
	layer->sum_by_libnet = has_sum(header->layers, header->index);
	if (tag != -1 && encode_checksum_key(layer->id) >= 0)
		libnet_toggle_checksum(libnet, tag, layer->sum_by_libnet ? LIBNET_ON : LIBNET_OFF);
	return tag;
}
