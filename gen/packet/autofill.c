// SPDX-License-Identifier: GPL-2.0-or-later
// Values left to "auto" that follow from the other layers of the packet.
#include "packet/autofill.h"

#include "wire/dsmipv4.h"
#include "packet/encode.h"

#include <string.h>

enum {
	GRE_CHECKSUM = 0x8000, // RFC 2784 2.1
	GRE_KEY = 0x2000,      // RFC 2890 2
	GRE_SEQUENCE = 0x1000,
	MINIMAL_SOURCE = 0x80,   // RFC 2004 3.1
	IPV4_WORDS = 5,          // RFC 791 3.1
	IPV4_OPTIONS_MAX = 40,   // of TCP as well
	TCP_WORDS = 5,           // RFC 9293 3.1
	ETHERTYPE_VLAN = 0x8100, // IEEE 802.1Q
	DHCPV6_CLIENT_PORT = 546,
	DHCPV6_SERVER_PORT = 547,
};

// A layer, the layer inside it, and the first layer inside that is not a VLAN tag (NULL at the end of the packet).
typedef struct {
	const values_t *layer;
	const values_t *next;
	const values_t *beyond_tags;
} context_t;

typedef bool autofill_fn(const context_t *context, value_t *value);

static bool next_protocol(const context_t *context, value_t *value)
{
	if (!context->next || block_specs[context->next->id].protocol == NO_PROTOCOL)
		return false;
	value->number = (guint64)block_specs[context->next->id].protocol;
	return true;
}

static gsize options_length(const values_t *ipv4)
{
	GBytes *options = ipv4->v[KEY_ipv4_options].bytes;

	return options ? g_bytes_get_size(options) : 0;
}

// Options lengthen the header; check_options has seen that they fill whole words.
static bool header_words(const context_t *context, value_t *value)
{
	value->number = IPV4_WORDS + options_length(context->layer) / 4;
	return true;
}

// As those of IPv4; a step that gives options of other lengths gives the offset too.
static bool tcp_words(const context_t *context, value_t *value)
{
	GBytes *options = context->layer->v[KEY_tcp_options].bytes;
	gsize length = options ? g_bytes_get_size(options) : 0;

	value->number = TCP_WORDS + length / 4;
	return length % 4 == 0 && length <= IPV4_OPTIONS_MAX;
}

static bool next_ethertype(const context_t *context, value_t *value)
{
	if (context->next && context->next->id == BLOCK_vlan) {
		value->number = ETHERTYPE_VLAN;
		return true;
	}
	if (!context->next || (context->next->id != BLOCK_ipv4 && context->next->id != BLOCK_ipv6))
		return false;
	value->number = context->next->id == BLOCK_ipv4 ? DSMIPV4_GRE_IPV4 : DSMIPV4_GRE_IPV6;
	return true;
}

static bool is_client_dhcpv6(const values_t *layer)
{
	return dhcpv6_from_client(layer->v[KEY_dhcpv6_message].number);
}

static bool port(const context_t *context, value_t *value, bool is_source)
{
	const values_t *next = context->next;

	if (!next)
		return false;
	if (next->id == BLOCK_dhcpv6)
		value->number = is_client_dhcpv6(next) == is_source ? DHCPV6_CLIENT_PORT : DHCPV6_SERVER_PORT;
	else if (block_specs[next->id].is_message)
		value->number = DSMIPV4_UDP_PORT;
	else
		return false;
	return true;
}

static bool source_port(const context_t *context, value_t *value)
{
	return port(context, value, true);
}

static bool destination_port(const context_t *context, value_t *value)
{
	return port(context, value, false);
}

// An address on the synthetic link: 02:00 and the IPv4 address, or the groups of RFC 1112 and 2464.
static void mac_of_address4(guint32 address, guint8 mac[6])
{
	bool is_multicast = address >> 28 == 0xe;

	if (address == G_MAXUINT32) {
		memset(mac, 0xff, 6);
		return;
	}
	memcpy(mac, is_multicast ? "\x01\x00" : "\x02\x00", 2);
	encode_number(mac, 16, 32, is_multicast ? 0x5e000000 | (address & 0x7fffff) : address);
}

static void mac_of_address6(const guint8 address[16], guint8 mac[6])
{
	memcpy(mac, address[0] == 0xff ? "\x33\x33" : "\x02\x06", 2);
	memcpy(mac + 2, address + 12, 4);
}

static bool mac(const context_t *context, unsigned key4, unsigned key6, value_t *value)
{
	const values_t *next = context->beyond_tags;

	if (next && next->id == BLOCK_ipv4) {
		mac_of_address4((guint32)next->v[key4].number, value->octets);
		value->fact = next->v[key4].fact;
	} else if (next && next->id == BLOCK_ipv6) {
		mac_of_address6(next->v[key6].octets, value->octets);
		value->fact = next->v[key6].fact;
	} else {
		return false;
	}
	return true;
}

static bool source_mac(const context_t *context, value_t *value)
{
	return mac(context, KEY_ipv4_source, KEY_ipv6_source, value);
}

static bool destination_mac(const context_t *context, value_t *value)
{
	return mac(context, KEY_ipv4_destination, KEY_ipv6_destination, value);
}

guint16 autofill_gre_flags(const values_t *gre)
{
	return (gre->v[KEY_gre_checksum].state != VALUE_NONE ? GRE_CHECKSUM : 0) |
	       (gre->v[KEY_gre_key].state != VALUE_NONE ? GRE_KEY : 0) |
	       (gre->v[KEY_gre_sequence].state != VALUE_NONE ? GRE_SEQUENCE : 0);
}

static bool gre_flags(const context_t *context, value_t *value)
{
	value->number = autofill_gre_flags(context->layer);
	return true;
}

static bool minimal_flags(const context_t *context, value_t *value)
{
	value->number = value_is_set(context->layer, KEY_minimal_source) ? MINIMAL_SOURCE : 0;
	return true;
}

static const struct {
	block_id_t id;
	unsigned key;
	autofill_fn *fill;
	bool is_libnets; // libnet puts it into the packet by itself: it stays auto
} rows[] = {
	{BLOCK_ethernet, KEY_ethernet_source, source_mac, false},
	{BLOCK_ethernet, KEY_ethernet_destination, destination_mac, false},
	{BLOCK_ethernet, KEY_ethernet_type, next_ethertype, false},
	{BLOCK_vlan, KEY_vlan_type, next_ethertype, false},
	{BLOCK_ipv4, KEY_ipv4_ihl, header_words, true},
	{BLOCK_ipv4, KEY_ipv4_protocol, next_protocol, false},
	{BLOCK_ipv6, KEY_ipv6_next_header, next_protocol, false},
	{BLOCK_hop_by_hop, KEY_hop_by_hop_next_header, next_protocol, false},
	{BLOCK_gre, KEY_gre_protocol, next_ethertype, false},
	{BLOCK_gre, KEY_gre_flags, gre_flags, true},
	{BLOCK_minimal, KEY_minimal_protocol, next_protocol, false},
	{BLOCK_minimal, KEY_minimal_flags, minimal_flags, false},
	{BLOCK_tunnel_data, KEY_tunnel_data_next_header, next_protocol, false},
	{BLOCK_tcp, KEY_tcp_data_offset, tcp_words, false},
	{BLOCK_udp, KEY_udp_source_port, source_port, false},
	{BLOCK_udp, KEY_udp_destination_port, destination_port, false},
};

// Options that do not fit into the header length are allowed only if the scenario gives that length.
static bool check_options(const values_t *ipv4, GError **error)
{
	gsize length = options_length(ipv4);

	if (ipv4->v[KEY_ipv4_ihl].state != VALUE_AUTO || (length % 4 == 0 && length <= IPV4_OPTIONS_MAX))
		return true;
	g_autofree char *problem =
		g_strdup_printf("%" G_GSIZE_FORMAT " bytes; expected a multiple of 4 bytes, at most %d, or an `ihl`",
				length, IPV4_OPTIONS_MAX);
	values_fail(ipv4, KEY_ipv4_options, problem, error);
	return false;
}

static const values_t *layer_after(const GPtrArray *layers, guint index)
{
	return index + 1 < layers->len ? layers->pdata[index + 1] : NULL;
}

static const values_t *beyond_tags(const GPtrArray *layers, guint index)
{
	const values_t *next = layer_after(layers, index);

	return next && next->id == BLOCK_vlan ? beyond_tags(layers, index + 1) : next;
}

static bool autofill_layer(const GPtrArray *layers, guint index, GError **error)
{
	values_t *layer = layers->pdata[index];
	const context_t context = {layer, layer_after(layers, index), beyond_tags(layers, index)};

	if (layer->id == BLOCK_ipv4 && !check_options(layer, error))
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		unsigned key = rows[i].key;

		if (rows[i].id != layer->id || layer->v[key].state != VALUE_AUTO)
			continue;
		if (!rows[i].fill(&context, &layer->v[key])) {
			values_fail(layer, key, "auto does not follow from the rest of the packet; expected a value",
				    error);
			return false;
		}
		if (!rows[i].is_libnets)
			layer->v[key].state = VALUE_SET;
	}
	return true;
}

bool autofill_values(const GPtrArray *layers, GError **error)
{
	for (guint i = 0; i < layers->len; i++)
		if (!autofill_layer(layers, i, error))
			return false;
	return true;
}
