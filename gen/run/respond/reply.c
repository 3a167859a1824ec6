// SPDX-License-Identifier: GPL-2.0-or-later
// The registration reply of the reference home agent, with what its faults do to it.
#include "run/respond/reply.h"

#include <string.h>

enum {
	KEEPALIVE = 110,       // seconds, RFC 3519 4.9
	LIFETIME_SURPLUS = 60, // seconds, of a fault
	RESERVED_BYTE = 0x54,  // of a fault
	CODE_RESYNC = 133,
	CODE_PROHIBITED = 129,
	MAC = 6,
};

typedef struct {
	const agent_t *agent;
	craft_t *craft;
	const heard_t *heard;
	const decision_t *decision;
} answer_t;

static bool fails(const answer_t *answer, fault_t fault)
{
	return agent_fails(answer->agent, fault);
}

static void add_headers(const answer_t *answer, const guint8 *mac)
{
	const agent_t *agent = answer->agent;
	craft_t *craft = answer->craft;
	block_t *ethernet = craft_layer(craft, BLOCK_ethernet);
	block_t *ipv4 = craft_layer(craft, BLOCK_ipv4);
	block_t *udp = craft_layer(craft, BLOCK_udp);
	guint16 port = fails(answer, FAULT_WRONG_PORT) ? DSMIPV4_UDP_PORT : answer->heard->packet.sport;

	craft_set_mac(craft, ethernet, KEY_ethernet_source, mac);
	craft_set_mac(craft, ethernet, KEY_ethernet_destination, answer->heard->frame.bytes + MAC);
	craft_set_ipv4(craft, ipv4, KEY_ipv4_source, agent->address + fails(answer, FAULT_WRONG_SOURCE));
	craft_set_ipv4(craft, ipv4, KEY_ipv4_destination, answer->heard->src);
	craft_set(craft, udp, KEY_udp_source_port, "%u", DSMIPV4_UDP_PORT);
	craft_set(craft, udp, KEY_udp_destination_port, "%u", port);
	if (fails(answer, FAULT_REPLY_BAD_CHECKSUM))
		craft_set(craft, udp, KEY_udp_checksum, "bad");
}

static guint8 code_of(const answer_t *answer)
{
	guint8 code = answer->decision->code;

	if (code == 0 && fails(answer, FAULT_CODE_ONE))
		return 1;
	return code == CODE_RESYNC && fails(answer, FAULT_NO_RESYNC) ? CODE_PROHIBITED : code;
}

static guint16 lifetime_of(const answer_t *answer)
{
	guint16 lifetime = answer->decision->lifetime;

	if (answer->decision->code >= DSMIPV4_REPLY_FIRST_DENIAL)
		return 0;
	if (lifetime == 0)
		return fails(answer, FAULT_DEREGISTRATION_LIFETIME) ? LIFETIME_SURPLUS : 0;
	if (fails(answer, FAULT_LIFETIME_ZERO))
		return 0;
	return fails(answer, FAULT_LIFETIME_MORE) ? lifetime + LIFETIME_SURPLUS : lifetime;
}

static guint64 identification_of(const answer_t *answer)
{
	guint64 id = answer->decision->identification;

	if (fails(answer, FAULT_ID_LOW))
		id ^= 1;
	if (fails(answer, FAULT_ID_HIGH) && answer->decision->code < DSMIPV4_REPLY_FIRST_DENIAL)
		id += G_GUINT64_CONSTANT(1) << 32;
	return id;
}

static void add_message(const answer_t *answer)
{
	craft_t *craft = answer->craft;
	block_t *reply = craft_layer(craft, BLOCK_reply);
	guint32 hoa = answer->heard->message->request.hoa;

	craft_set(craft, reply, KEY_reply_code, "%u", code_of(answer));
	craft_set(craft, reply, KEY_reply_lifetime, "%u", lifetime_of(answer));
	craft_set_ipv4(craft, reply, KEY_reply_home_address, fails(answer, FAULT_WRONG_HOME_ADDRESS) ? 0 : hoa);
	craft_set_ipv4(craft, reply, KEY_reply_home_agent,
		       fails(answer, FAULT_WRONG_HOME_AGENT) ? 0 : answer->agent->address);
	craft_set(craft, reply, KEY_reply_identification, "0x%" G_GINT64_MODIFIER "x", identification_of(answer));
}

static void add_prefix(const answer_t *answer, const granted_t *granted)
{
	craft_t *craft = answer->craft;
	block_t *ext = craft_extension(craft, BLOCK_prefix_reply);
	dsmipv4_prefix_t prefix = granted->prefix;

	if (fails(answer, FAULT_PREFIX_LENGTH) && prefix.len < 128)
		prefix.len++;
	if (fails(answer, FAULT_PREFIX_BITS) && prefix.len < 128)
		prefix.bytes[sizeof(prefix.bytes) - 1] |= 1;
	craft_set(craft, ext, KEY_prefix_reply_code, "%u", granted->code);
	craft_set(craft, ext, KEY_prefix_reply_length, "%u", prefix.len);
	craft_set_ipv6(craft, ext, KEY_prefix_reply_prefix, prefix.bytes);
	if (fails(answer, FAULT_PREFIX_RESERVED))
		craft_set(craft, ext, KEY_prefix_reply_reserved, "%u", RESERVED_BYTE);
}

static void add_prefixes(const answer_t *answer)
{
	for (unsigned i = 0; i < answer->decision->n_prefixes; i++) {
		add_prefix(answer, &answer->decision->prefixes[i]);
		if (fails(answer, FAULT_DUPLICATE_PREFIX))
			add_prefix(answer, &answer->decision->prefixes[i]);
	}
}

static void add_udp_tunnel(const answer_t *answer)
{
	craft_t *craft = answer->craft;
	block_t *ext = craft_extension(craft, BLOCK_udp_tunnel_reply);

	craft_set(craft, ext, KEY_udp_tunnel_reply_code, "%u", answer->decision->udp_tunnel_code);
	craft_set(craft, ext, KEY_udp_tunnel_reply_keepalive, "%u", KEEPALIVE);
	if (answer->decision->is_forced)
		craft_set(craft, ext, KEY_udp_tunnel_reply_flags, "F");
}

static void add_authenticator(const answer_t *answer)
{
	if (!answer->decision->node || fails(answer, FAULT_REPLY_NO_AUTH))
		return;
	block_t *ext = craft_extension(answer->craft, BLOCK_mn_ha_auth);
	if (fails(answer, FAULT_REPLY_BAD_AUTH))
		craft_set(answer->craft, ext, KEY_mn_ha_auth_authenticator, "bad");
}

static void add_extensions(const answer_t *answer)
{
	bool is_late = fails(answer, FAULT_AFTER_AUTH);

	if (!is_late)
		add_prefixes(answer);
	if (answer->decision->answers_udp_tunnel)
		add_udp_tunnel(answer);
	add_authenticator(answer);
	if (is_late)
		add_prefixes(answer);
	if (answer->decision->has_fa_auth)
		craft_extension(answer->craft, BLOCK_fa_ha_auth);
}

const GByteArray *reply_build(const agent_t *agent, craft_t *craft, const guint8 mac[6], const heard_t *heard,
			      const decision_t *decision, GError **error)
{
	const answer_t answer = {agent, craft, heard, decision};

	craft_begin(craft, decision->node ? decision->node->name : "mn1");
	add_headers(&answer, mac);
	add_message(&answer);
	add_extensions(&answer);
	return craft_build(craft, heard->frame.time / 1000, error);
}
