// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference mobile node knows, and its registrations.
#include "run/respond/node.h"

#include "packet/auth.h"
#include "run/neighbors.h"
#include "send/interface.h"
#include "wire/reply_codes.h"

#include <string.h>

#define NAME "mn1"
#define SECOND ((gint64)G_USEC_PER_SEC)

enum {
	CODE_IDENTIFICATION = 133,
	FIRST_INTERVAL = 1000000, // microseconds, RFC 5944 3.6.3
	FAST_INTERVAL = 600000,   // of a fault
	MOST_INTERVAL = 60000000,
	HOUR = 3600,
	AUTH_BEFORE_DIGEST = DSMIPV4_EXT_SHORT_HEADER_LEN + DSMIPV4_SPI_LEN,
};

static guint32 ipv4_fact(const node_t *node, const char *name)
{
	return (guint32)role_fact(node->context->actors, NAME, name, KIND_ADDRESS4).number;
}

node_t *node_new(const role_context_t *context, GError **error)
{
	node_t *node = g_new0(node_t, 1);

	node->context = context;
	node->hoa = ipv4_fact(node, "mn.hoa");
	node->coa = ipv4_fact(node, "mn.coa");
	node->other_coa = ipv4_fact(node, "mn.second_coa");
	node->ha = ipv4_fact(node, "ha.address");
	node->spi = (guint32)role_fact(context->actors, NAME, "mn.spi", KIND_U32).number;
	node->key = role_fact(context->actors, NAME, "mn.key", KIND_SECRET).bytes;
	node->prefix.len = (uint8_t)role_fact(context->actors, NAME, "mn.prefix_length", KIND_U8).number;
	memcpy(node->prefix.bytes, role_fact(context->actors, NAME, "mn.prefix", KIND_ADDRESS6).octets,
	       sizeof(node->prefix.bytes));
	node->retry = node->refresh = -1;
	node->craft = craft_new(context->actors, error);
	if (node->craft)
		return node;
	node_free(node);
	return NULL;
}

void node_free(node_t *node)
{
	g_clear_pointer(&node->craft, craft_free);
	g_bytes_unref(node->key);
	g_free(node);
}

bool node_fails(const node_t *node, fault_t fault)
{
	return node->context->faults.is_on[fault];
}

void node_move(node_t *node)
{
	guint32 left = node->coa;

	node->coa = node->other_coa;
	node->other_coa = left;
}

// The request.

static void add_headers(const node_t *node)
{
	craft_t *craft = node->craft;
	block_t *ethernet = craft_layer(craft, BLOCK_ethernet), *ipv4 = craft_layer(craft, BLOCK_ipv4);
	block_t *udp = craft_layer(craft, BLOCK_udp);

	craft_set_mac(craft, ethernet, KEY_ethernet_source, node->context->interface->mac);
	craft_set_mac(craft, ethernet, KEY_ethernet_destination, node->ha_mac);
	craft_set_ipv4(craft, ipv4, KEY_ipv4_source, node->coa);
	craft_set_ipv4(craft, ipv4, KEY_ipv4_destination, node->ha);
	craft_set(craft, udp, KEY_udp_source_port, "%u", DSMIPV4_UDP_PORT);
	craft_set(craft, udp, KEY_udp_destination_port, "%u", DSMIPV4_UDP_PORT);
	if (node_fails(node, FAULT_NODE_BAD_CHECKSUM))
		craft_set(craft, udp, KEY_udp_checksum, "bad");
}

static void add_message(const node_t *node)
{
	craft_t *craft = node->craft;
	block_t *request = craft_layer(craft, BLOCK_request);

	craft_set(craft, request, KEY_request_flags, node_fails(node, FAULT_NODE_NO_D) ? "T" : "DT");
	craft_set(craft, request, KEY_request_lifetime, "%u", node->context->lifetime);
	craft_set_ipv4(craft, request, KEY_request_home_address,
		       node_fails(node, FAULT_NODE_WRONG_HOME_ADDRESS) ? 0 : node->hoa);
	craft_set_ipv4(craft, request, KEY_request_home_agent,
		       node_fails(node, FAULT_NODE_WRONG_HOME_AGENT) ? 0 : node->ha);
	craft_set_ipv4(craft, request, KEY_request_care_of_address, node->coa);
	craft_set(craft, request, KEY_request_identification, "0x%" G_GINT64_MODIFIER "x", node->id);
}

static void add_prefix(const node_t *node)
{
	craft_t *craft = node->craft;
	block_t *ext;
	dsmipv4_prefix_t prefix = node->prefix;

	if (node_fails(node, FAULT_NODE_NO_PREFIX))
		return;
	if (node_fails(node, FAULT_NODE_PREFIX_BITS))
		prefix.bytes[sizeof(prefix.bytes) - 1] |= 1;
	ext = craft_extension(craft, BLOCK_prefix_request);
	craft_set(craft, ext, KEY_prefix_request_length, "%u", prefix.len);
	craft_set_ipv6(craft, ext, KEY_prefix_request_prefix, prefix.bytes);
	for (int i = 0; i <= node_fails(node, FAULT_NODE_TWO_MODES); i++)
		craft_extension(craft, BLOCK_tunneling_mode);
}

static void add_extensions(const node_t *node)
{
	bool is_late = node_fails(node, FAULT_NODE_AFTER_AUTH);

	if (!is_late)
		add_prefix(node);
	if (!node_fails(node, FAULT_NODE_NO_AUTH)) {
		block_t *auth = craft_extension(node->craft, BLOCK_mn_ha_auth);

		if (node_fails(node, FAULT_NODE_BAD_AUTH))
			craft_set(node->craft, auth, KEY_mn_ha_auth_authenticator, "bad");
	}
	if (is_late)
		add_prefix(node);
}

// A new timestamp (RFC 5944 5.7.1), greater than the one before.
static guint64 next_id(const node_t *node)
{
	gint64 time = g_get_real_time() + node->clock_ahead * SECOND;
	guint64 fraction = (guint64)(time % SECOND) * (G_GUINT64_CONSTANT(1) << 32) / SECOND;

	if (node_fails(node, FAULT_NODE_OLD_TIME))
		time -= HOUR * SECOND;
	return (guint64)(time / SECOND + DSMIPV4_NTP_OFFSET) << 32 | fraction;
}

static bool send_request(node_t *node, gint64 now, GError **error)
{
	guint8 question[ARP_FRAME];
	const GByteArray *frame;

	if (!node->knows_ha_mac) {
		neighbors_ask_arp(node->ha, node->coa, node->context->interface->mac, question);
		role_send(node->context, question, sizeof(question), now);
		return true;
	}
	craft_begin(node->craft, NAME);
	add_headers(node);
	add_message(node);
	add_extensions(node);
	frame = craft_build(node->craft, g_get_real_time(), error);
	if (frame)
		role_send(node->context, frame->data, frame->len, now);
	return frame;
}

static void plan_retry(node_t *node, gint64 now)
{
	node->retry = now + (node_fails(node, FAULT_NODE_FAST_RETRY) ? FAST_INTERVAL : node->interval);
	if (node->knows_ha_mac && node_fails(node, FAULT_NODE_NO_RETRY))
		node->retry = -1;
}

bool node_register(node_t *node, gint64 now, GError **error)
{
	node->is_waiting = true;
	node->id = next_id(node);
	node->refresh = -1;
	node->interval = FIRST_INTERVAL;
	plan_retry(node, now);
	return send_request(node, now, error);
}

// RFC 5944 3.6.3: with a new identification, after twice the time.
static bool register_again(node_t *node, gint64 now, GError **error)
{
	if (!node_fails(node, FAULT_NODE_SAME_ID))
		node->id = next_id(node);
	node->interval = MIN(2 * node->interval, MOST_INTERVAL);
	plan_retry(node, now);
	return send_request(node, now, error);
}

bool node_wake(node_t *node, gint64 now, GError **error)
{
	if (node->is_registered && now >= node->expires)
		node->is_registered = false;
	if (node->is_waiting && node->retry >= 0 && now >= node->retry)
		return register_again(node, now, error);
	return node->refresh < 0 || now < node->refresh || node_register(node, now, error);
}

gint64 node_due(const node_t *node)
{
	return node->is_waiting ? node->retry : node->refresh;
}

// The reply.

static bool has_good_auth(const node_t *node, const dsmipv4_message_t *message)
{
	guint8 right[AUTH_MAX_LENGTH];
	const dsmipv4_ext_t *ext;

	if (node_fails(node, FAULT_NODE_ANY_AUTH))
		return true;
	if (message->first_mn_ha == DSMIPV4_NO_EXT)
		return false;
	ext = &message->exts[message->first_mn_ha];
	if (ext->body != DSMIPV4_BODY_AUTH || ext->auth.spi != node->spi ||
	    ext->auth.authenticator_len != DSMIPV4_HMAC_MD5_LEN)
		return false;
	auth_compute(ALGORITHM_HMAC_MD5, node->key, message->bytes, ext->offset + AUTH_BEFORE_DIGEST, right);
	return memcmp(message->bytes + ext->offset + AUTH_BEFORE_DIGEST, right, DSMIPV4_HMAC_MD5_LEN) == 0;
}

// Why the reply is none to the request that waits; NULL: it is.
static const char *problem_of(const node_t *node, const heard_t *heard)
{
	const dsmipv4_message_t *message = heard->message;

	if (heard->packet.udp_checksum == DSMIPV4_CHECKSUM_BAD)
		return "wrong UDP checksum";
	if (!has_good_auth(node, message))
		return "wrong authenticator";
	if (!node->is_waiting ||
	    ((guint32)message->reply.id != (guint32)node->id && !node_fails(node, FAULT_NODE_ANY_ID)))
		return "not to the request that waits";
	return message->reply.hoa == node->hoa ? NULL : "another home address";
}

// RFC 5454 3.5: what the reply to the prefix says.
static node_mode_t mode_of(const node_t *node, const dsmipv4_message_t *message)
{
	guint32 n_exts = MIN(message->n_exts, message->first_mn_ha);

	for (guint32 i = 0; i < n_exts; i++) {
		const dsmipv4_ext_t *ext = &message->exts[i];

		if (ext->body != DSMIPV4_BODY_PREFIX_REPLY || !dsmipv4_prefix_equal(&ext->prefix.prefix, &node->prefix))
			continue;
		if (!dsmipv4_code_accepts(ext->prefix.code) && !node_fails(node, FAULT_NODE_REJECTED_PREFIX))
			return NODE_NO_IPV6;
		return ext->prefix.code == DSMIPV4_PREFIX_ACCEPTED_COA ? NODE_IPV6_BY_COA : NODE_IPV6_BY_HOA;
	}
	return node_fails(node, FAULT_NODE_ASSUMES_PREFIX) ? NODE_IPV6_BY_HOA : NODE_NO_IPV6;
}

static void be_registered(node_t *node, const dsmipv4_message_t *message, gint64 now)
{
	static const char *const words[] = {"no IPv6", "IPv6 by the home address", "IPv6 by the care-of address"};
	guint16 lifetime = message->reply.lifetime;
	char coa[INET_ADDRSTRLEN];

	node->is_registered = true;
	node->mode = mode_of(node, message);
	node->expires = lifetime == DSMIPV4_LIFETIME_INFINITE ? G_MAXINT64 : now + lifetime * SECOND;
	node->refresh = lifetime == DSMIPV4_LIFETIME_INFINITE || node_fails(node, FAULT_NODE_NO_REFRESH)
				? -1
				: now + lifetime * SECOND / 2;
	role_log(node->context, "registered at %s for %u s, %s", address4_text(node->coa, coa), lifetime,
		 words[node->mode]);
}

// RFC 5944 5.7.1: the high half of the reply is the home agent's time.
static bool resynchronize(node_t *node, const dsmipv4_message_t *message, gint64 now, GError **error)
{
	gint64 clock = g_get_real_time() / SECOND + DSMIPV4_NTP_OFFSET;

	if (node_fails(node, FAULT_NODE_NO_RESYNC))
		return node_register(node, now, error);
	node->clock_ahead = (gint64)(message->reply.id >> 32) - clock;
	role_log(node->context, "the home agent's clock is %" G_GINT64_FORMAT " s ahead", node->clock_ahead);
	return node_register(node, now, error);
}

bool node_take_reply(node_t *node, const heard_t *heard, gint64 now, GError **error)
{
	const dsmipv4_message_t *message = heard->message;
	const char *problem = problem_of(node, heard);
	guint8 code = message->reply.code;

	if (problem) {
		role_log(node->context, "reply ignored, %s", problem);
		return true;
	}
	node->is_waiting = false;
	if (code < DSMIPV4_REPLY_FIRST_DENIAL || node_fails(node, FAULT_NODE_ANY_CODE)) {
		be_registered(node, message, now);
		return true;
	}
	node->is_registered = false;
	node->refresh = now + MOST_INTERVAL;
	role_log(node->context, "denied with code %u", code);
	return code != CODE_IDENTIFICATION || resynchronize(node, message, now, error);
}
