// SPDX-License-Identifier: GPL-2.0-or-later
// Fields of received messages and of the headers around them, by the names of the scenario language.
#include "run/suite/fields.h"

#include "run/layers.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#define LOW_HALF G_GUINT64_CONSTANT(0xffffffff)
#define SIZE(type, member) sizeof(((type *)NULL)->member)
#define FIELD(block, name, kind, type, member)                                                                         \
	{                                                                                                              \
		BLOCK_##block, #name, KIND_##kind, offsetof(type, member), SIZE(type, member), 0, 0                    \
	}
#define MESSAGE_FIELD(block, name, kind, member) FIELD(block, name, kind, dsmipv4_message_t, block.member)
#define HALVES(block)                                                                                                  \
	{BLOCK_##block, "identification_high", KIND_U32, offsetof(dsmipv4_message_t, block.id), 8, 32, 0},             \
	{                                                                                                              \
		BLOCK_##block, "identification_low", KIND_U32, offsetof(dsmipv4_message_t, block.id), 8, 0, LOW_HALF   \
	}
#define EXT_FIELD(block, name, kind, member) FIELD(block, name, kind, dsmipv4_ext_t, member)
#define LAYER_FIELD(block, name, kind, member) FIELD(block, name, kind, layer_t, member)

static const field_t fields[] = {
	MESSAGE_FIELD(request, flags, REQUEST_FLAGS, flags),
	MESSAGE_FIELD(request, lifetime, U16, lifetime),
	MESSAGE_FIELD(request, home_address, ADDRESS4, hoa),
	MESSAGE_FIELD(request, home_agent, ADDRESS4, ha),
	MESSAGE_FIELD(request, care_of_address, ADDRESS4, coa),
	MESSAGE_FIELD(request, identification, IDENTIFICATION, id),
	HALVES(request),
	MESSAGE_FIELD(reply, code, U8, code),
	MESSAGE_FIELD(reply, lifetime, U16, lifetime),
	MESSAGE_FIELD(reply, home_address, ADDRESS4, hoa),
	MESSAGE_FIELD(reply, home_agent, ADDRESS4, ha),
	MESSAGE_FIELD(reply, identification, IDENTIFICATION, id),
	HALVES(reply),
	EXT_FIELD(prefix_request, length, U8, prefix.prefix.len),
	EXT_FIELD(prefix_request, prefix, ADDRESS6, prefix.prefix.bytes),
	EXT_FIELD(prefix_reply, code, U8, prefix.code),
	EXT_FIELD(prefix_reply, length, U8, prefix.prefix.len),
	EXT_FIELD(prefix_reply, reserved, U8, prefix.reserved),
	EXT_FIELD(prefix_reply, prefix, ADDRESS6, prefix.prefix.bytes),
	EXT_FIELD(tunneling_mode, reserved, U8, mode.reserved),
	EXT_FIELD(mn_ha_auth, spi, U32, auth.spi),
	EXT_FIELD(mn_fa_auth, spi, U32, auth.spi),
	EXT_FIELD(fa_ha_auth, spi, U32, auth.spi),
	EXT_FIELD(udp_tunnel_request, encapsulation, U8, udp_request.encapsulation),
	EXT_FIELD(udp_tunnel_reply, code, U8, udp_reply.code),
	EXT_FIELD(udp_tunnel_reply, keepalive, U16, udp_reply.keepalive),
	LAYER_FIELD(ipv4, source, ADDRESS4, src),
	LAYER_FIELD(ipv4, destination, ADDRESS4, dst),
	LAYER_FIELD(ipv4, ttl, U8, ttl),
	LAYER_FIELD(ipv4, tos, U8, tos),
	LAYER_FIELD(ipv6, source, ADDRESS6, src6),
	LAYER_FIELD(ipv6, destination, ADDRESS6, dst6),
	LAYER_FIELD(ipv6, hop_limit, U8, ttl),
	LAYER_FIELD(ipv6, traffic_class, U8, tos),
	LAYER_FIELD(gre, protocol, U16, ethertype),
	LAYER_FIELD(gre, key, U32, key),
	LAYER_FIELD(minimal, source, ADDRESS4, src),
	LAYER_FIELD(minimal, destination, ADDRESS4, dst),
	LAYER_FIELD(minimal, protocol, U8, protocol),
	LAYER_FIELD(udp, source_port, U16, sport),
	LAYER_FIELD(udp, destination_port, U16, dport),
	LAYER_FIELD(tunnel_data, next_header, U8, protocol),
	LAYER_FIELD(mld_query, group, ADDRESS6, group),
	LAYER_FIELD(agent_advertisement, sequence, U16, sequence),
	LAYER_FIELD(agent_advertisement, registration_lifetime, U16, lifetime),
	LAYER_FIELD(agent_advertisement, flags, AGENT_FLAGS, flags),
	LAYER_FIELD(agent_advertisement, care_of_address, ADDRESS4, coa),
};

// Headers that have no fields to compare.
static const block_id_t bare_layers[] = {
	BLOCK_hop_by_hop,
	BLOCK_tcp,
	BLOCK_icmpv4_echo_request,
	BLOCK_icmpv4_echo_reply,
	BLOCK_icmpv4_unreachable,
	BLOCK_icmpv4_time_exceeded,
	BLOCK_agent_solicitation,
	BLOCK_icmpv6_echo_request,
	BLOCK_icmpv6_echo_reply,
	BLOCK_icmpv6_unreachable,
	BLOCK_icmpv6_packet_too_big,
	BLOCK_icmpv6_time_exceeded,
	BLOCK_mldv1_report,
	BLOCK_mldv1_done,
	BLOCK_mldv2_report,
	BLOCK_router_solicitation,
	BLOCK_router_advertisement,
	BLOCK_neighbor_solicitation,
	BLOCK_neighbor_advertisement,
};

static const struct {
	block_id_t block;
	guint8 type;
} messages[] = {
	{BLOCK_request, DSMIPV4_REGISTRATION_REQUEST},
	{BLOCK_reply, DSMIPV4_REGISTRATION_REPLY},
};

static const struct {
	block_id_t block;
	guint8 type;         // 0: any
	dsmipv4_body_t body; // with its fields readable
} extensions[] = {
	{BLOCK_prefix_request, DSMIPV4_EXT_DSMIPV4, DSMIPV4_BODY_PREFIX_REQUEST},
	{BLOCK_prefix_reply, DSMIPV4_EXT_DSMIPV4, DSMIPV4_BODY_PREFIX_REPLY},
	{BLOCK_tunneling_mode, DSMIPV4_EXT_DSMIPV4, DSMIPV4_BODY_TUNNELING_MODE},
	{BLOCK_mn_ha_auth, DSMIPV4_EXT_MN_HA_AUTH, DSMIPV4_BODY_AUTH},
	{BLOCK_mn_fa_auth, DSMIPV4_EXT_MN_FA_AUTH, DSMIPV4_BODY_AUTH},
	{BLOCK_fa_ha_auth, DSMIPV4_EXT_FA_HA_AUTH, DSMIPV4_BODY_AUTH},
	{BLOCK_udp_tunnel_request, DSMIPV4_EXT_UDP_TUNNEL_REQUEST, DSMIPV4_BODY_UDP_TUNNEL_REQUEST},
	{BLOCK_udp_tunnel_reply, DSMIPV4_EXT_UDP_TUNNEL_REPLY, DSMIPV4_BODY_UDP_TUNNEL_REPLY},
};

const field_t *field_find(block_id_t block, const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		if (fields[i].block == block && strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

char *field_names(block_id_t block)
{
	GString *names = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		if (fields[i].block == block)
			g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", fields[i].name);
	return g_string_free(names, FALSE);
}

static guint64 read_number(const guint8 *at, gsize size)
{
	guint16 u16;
	guint32 u32;
	guint64 u64;

	switch (size) {
	case sizeof(u16):
		memcpy(&u16, at, size);
		return u16;
	case sizeof(u32):
		memcpy(&u32, at, size);
		return u32;
	case sizeof(u64):
		memcpy(&u64, at, size);
		return u64;
	default:
		return *at;
	}
}

void field_read(const field_t *field, const void *base, value_t *value)
{
	const guint8 *at = (const guint8 *)base + field->offset;

	*value = (value_t){.state = VALUE_SET};
	if (field->size == sizeof(value->octets)) {
		memcpy(value->octets, at, field->size);
		return;
	}
	value->number = read_number(at, field->size) >> field->shift;
	if (field->mask)
		value->number &= field->mask;
}

char *field_text(const field_t *field, const value_t *value)
{
	struct in_addr address = {htonl((guint32)value->number)};
	char text[INET6_ADDRSTRLEN];

	switch (field->kind) {
	case KIND_ADDRESS4:
		return g_strdup(inet_ntop(AF_INET, &address, text, sizeof(text)));
	case KIND_ADDRESS6:
		return g_strdup(inet_ntop(AF_INET6, value->octets, text, sizeof(text)));
	case KIND_IDENTIFICATION:
		return g_strdup_printf("0x%016" G_GINT64_MODIFIER "x", value->number);
	case KIND_U32:
	case KIND_REQUEST_FLAGS:
	case KIND_AGENT_FLAGS:
		return g_strdup_printf("0x%" G_GINT64_MODIFIER "x", value->number);
	default:
		return g_strdup_printf("%" G_GUINT64_FORMAT, value->number);
	}
}

block_id_t field_block(const char *name)
{
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		if (strcmp(block_specs[id].name, name) == 0)
			return id;
	return BLOCK_COUNT;
}

guint8 field_message_type(const char *name, block_id_t *block)
{
	*block = field_block(name);
	for (gsize i = 0; i < G_N_ELEMENTS(messages); i++)
		if (messages[i].block == *block)
			return messages[i].type;
	return 0;
}

bool field_is_extension(block_id_t block)
{
	for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++)
		if (extensions[i].block == block)
			return true;
	return false;
}

bool field_is_layer(block_id_t block)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bare_layers); i++)
		if (bare_layers[i] == block)
			return true;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		if (fields[i].block == block)
			return !field_is_extension(block) && block != BLOCK_request && block != BLOCK_reply;
	return false;
}

bool field_matches_extension(block_id_t block, const dsmipv4_ext_t *ext)
{
	for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++)
		if (extensions[i].block == block)
			return extensions[i].type == ext->type && extensions[i].body == ext->body;
	return false;
}
