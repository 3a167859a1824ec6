// SPDX-License-Identifier: GPL-2.0-or-later
// respond --role fa: a foreign agent, which relays registrations of its visitors and forwards their packets.
#include "run/respond/foreign_agent.h"

#include "run/craft.h"
#include "run/neighbors.h"
#include "run/respond/tunnel.h"
#include "util/bytes.h"
#include "wire/extension_types.h"

#include <netinet/in.h>
#include <string.h>

enum {
	CODE_LIFETIME_TOO_LONG = 69, // RFC 5944 3.4
	CODE_POORLY_FORMED = 70,
	CODE_INVALID_COA = 77,
	MOST_VISITORS = 64,
	IPV4_SHORTEST = 20,
	IPV4_TTL_AT = 8,
	REPLY_LIFETIME_AT = 2,
	SOLICITATION = 10,              // ICMP type, RFC 5944 2.2
	INTERVAL = 10 * G_USEC_PER_SEC, // of advertisements
};

// A node that has sent a request.
typedef struct {
	guint32 hoa, ha; // host byte order, as all IPv4 addresses here
	guint8 mac[MAC_LENGTH];
	guint32 from; // address and port of its request
	guint16 port;
	guint64 id;     // of that
	bool is_asking; // the reply to it has not come
	guint8 flags;
	gint64 expires; // of the registration, monotonic, in microseconds; 0: there is none
} visitor_t;

typedef struct {
	const role_context_t *context;
	craft_t *craft;
	guint32 address, ha;
	guint8 ha_mac[MAC_LENGTH];
	bool knows_ha_mac;
	GByteArray *waiting; // a frame for the home agent; empty: none
	GArray *visitors;    // of visitor_t
	gint64 advertise;    // when the next advertisement is due
	guint16 sequence;
} foreign_agent_t;

static bool fails(const foreign_agent_t *agent, fault_t fault)
{
	return agent->context->faults.is_on[fault];
}

static visitor_t *visitor_of(const foreign_agent_t *agent, guint32 hoa)
{
	for (guint i = 0; i < agent->visitors->len; i++) {
		visitor_t *visitor = &g_array_index(agent->visitors, visitor_t, i);

		if (visitor->hoa == hoa)
			return visitor;
	}
	return NULL;
}

static visitor_t *make_visitor(const foreign_agent_t *agent, guint32 hoa)
{
	const visitor_t none = {.hoa = hoa};
	visitor_t *visitor = visitor_of(agent, hoa);

	if (visitor)
		return visitor;
	if (agent->visitors->len == MOST_VISITORS)
		g_array_remove_index(agent->visitors, 0);
	g_array_append_val(agent->visitors, none);
	return &g_array_index(agent->visitors, visitor_t, agent->visitors->len - 1);
}

// Frames.

static block_t *begin_frame(const foreign_agent_t *agent, const guint8 mac[6])
{
	block_t *ethernet;

	craft_begin(agent->craft, "mn1");
	ethernet = craft_layer(agent->craft, BLOCK_ethernet);
	craft_set_mac(agent->craft, ethernet, KEY_ethernet_source, agent->context->interface->mac);
	craft_set_mac(agent->craft, ethernet, KEY_ethernet_destination, mac);
	return ethernet;
}

static block_t *begin_ipv4(const foreign_agent_t *agent, const guint8 mac[6], guint32 to)
{
	block_t *ipv4;

	begin_frame(agent, mac);
	ipv4 = craft_layer(agent->craft, BLOCK_ipv4);
	craft_set_ipv4(agent->craft, ipv4, KEY_ipv4_source, agent->address);
	craft_set_ipv4(agent->craft, ipv4, KEY_ipv4_destination, to);
	return ipv4;
}

static void add_udp(const foreign_agent_t *agent, guint16 port)
{
	block_t *udp = craft_layer(agent->craft, BLOCK_udp);

	craft_set(agent->craft, udp, KEY_udp_source_port, "%u", DSMIPV4_UDP_PORT);
	craft_set(agent->craft, udp, KEY_udp_destination_port, "%u", port);
}

// A message as it came, from its type on.
static void add_message(const foreign_agent_t *agent, const guint8 *bytes, gsize length)
{
	block_t *message = craft_layer(agent->craft, BLOCK_message);

	craft_set(agent->craft, message, KEY_message_type, "%u", bytes[0]);
	craft_set_hex(agent->craft, message, KEY_message_body, bytes + 1, length - 1);
}

static bool send_frame(const foreign_agent_t *agent, gint64 now, GError **error)
{
	const GByteArray *frame = craft_build(agent->craft, g_get_real_time(), error);

	if (frame)
		role_send(agent->context, frame->data, frame->len, now);
	return frame;
}

// Sends what was built to the home agent, or asks for its Ethernet address first and keeps the frame.
static bool send_to_ha(const foreign_agent_t *agent, gint64 now, GError **error)
{
	guint8 question[ARP_FRAME];
	const GByteArray *frame;

	if (agent->knows_ha_mac)
		return send_frame(agent, now, error);
	frame = craft_build(agent->craft, g_get_real_time(), error);
	if (!frame)
		return false;
	g_byte_array_set_size(agent->waiting, 0);
	g_byte_array_append(agent->waiting, frame->data, frame->len);
	neighbors_ask_arp(agent->ha, agent->address, agent->context->interface->mac, question);
	role_send(agent->context, question, sizeof(question), now);
	return true;
}

// RFC 5944 2.1, 2.3.
static bool advertise(foreign_agent_t *agent, const guint8 mac[6], guint32 to, gint64 now, GError **error)
{
	craft_t *craft = agent->craft;
	block_t *advertisement;

	begin_ipv4(agent, mac, to);
	advertisement = craft_layer(craft, BLOCK_agent_advertisement);
	craft_set_ipv4(craft, advertisement, KEY_agent_advertisement_router, agent->address);
	craft_set_ipv4(craft, advertisement, KEY_agent_advertisement_care_of_address, agent->address);
	craft_set(craft, advertisement, KEY_agent_advertisement_sequence, "%u", agent->sequence);
	craft_set(craft, advertisement, KEY_agent_advertisement_registration_lifetime, "%u", agent->context->lifetime);
	agent->sequence = agent->sequence == G_MAXUINT16 ? 256 : agent->sequence + 1; // less: it has restarted
	return send_frame(agent, now, error);
}

// Requests.

static bool has_unknown(const dsmipv4_message_t *message, bool is_skippable)
{
	for (guint32 i = 0; i < message->n_exts; i++)
		if ((message->exts[i].type >= DSMIPV4_EXT_FIRST_SKIPPABLE) == is_skippable &&
		    !dsmipv4_ext_type_name(message->exts[i].type))
			return true;
	return false;
}

// The code of a denial of its own (RFC 5944 3.7.2.1), 0: none.
static guint8 denial_of(const foreign_agent_t *agent, const dsmipv4_message_t *message)
{
	if (message->request.coa != agent->address && !fails(agent, FAULT_AGENT_ANY_COA))
		return CODE_INVALID_COA;
	if (message->request.lifetime > agent->context->lifetime && !fails(agent, FAULT_AGENT_ANY_LIFETIME))
		return CODE_LIFETIME_TOO_LONG;
	return has_unknown(message, true) && fails(agent, FAULT_AGENT_DENY_SKIPPABLE) ? CODE_POORLY_FORMED : 0;
}

static bool deny(const foreign_agent_t *agent, const heard_t *heard, guint8 code, gint64 now, GError **error)
{
	craft_t *craft = agent->craft;
	block_t *reply;

	begin_ipv4(agent, heard->frame.bytes + MAC_LENGTH, heard->src);
	add_udp(agent, heard->packet.sport);
	reply = craft_layer(craft, BLOCK_reply);
	craft_set(craft, reply, KEY_reply_code, "%u", code);
	craft_set(craft, reply, KEY_reply_lifetime, "%u",
		  code == CODE_LIFETIME_TOO_LONG ? agent->context->lifetime : 0);
	craft_set_ipv4(craft, reply, KEY_reply_home_address, heard->message->request.hoa);
	craft_set_ipv4(craft, reply, KEY_reply_home_agent, heard->message->request.ha);
	craft_set(craft, reply, KEY_reply_identification, "0x%" G_GINT64_MODIFIER "x", heard->message->request.id);
	role_log(agent->context, "request denied with code %u", code);
	return send_frame(agent, now, error);
}

static void remember(const foreign_agent_t *agent, const heard_t *heard)
{
	const dsmipv4_message_t *message = heard->message;
	visitor_t *visitor = make_visitor(agent, message->request.hoa);

	visitor->ha = message->request.ha;
	visitor->from = heard->src;
	visitor->port = heard->packet.sport;
	visitor->id = message->request.id;
	visitor->flags = message->request.flags;
	visitor->is_asking = true;
	memcpy(visitor->mac, heard->frame.bytes + MAC_LENGTH, MAC_LENGTH);
}

// A fault: the message without extensions of type 152.
static GByteArray *stripped(const dsmipv4_message_t *message)
{
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, message->bytes, DSMIPV4_REQUEST_LEN);
	for (guint32 i = 0; i < message->n_exts; i++) {
		const dsmipv4_ext_t *ext = &message->exts[i];
		guint32 end = i + 1 < message->n_exts ? message->exts[i + 1].offset : message->captured_len;

		if (ext->type != DSMIPV4_EXT_DSMIPV4)
			g_byte_array_append(bytes, message->bytes + ext->offset, end - ext->offset);
	}
	return bytes;
}

// RFC 5944 3.7.2: what the mobile node sent goes on as it is.
static bool take_request(const foreign_agent_t *agent, const heard_t *heard, gint64 now, GError **error)
{
	const dsmipv4_message_t *message = heard->message;
	guint8 code = denial_of(agent, message);

	if ((heard->packet.udp_checksum == DSMIPV4_CHECKSUM_BAD && !fails(agent, FAULT_AGENT_BAD_CHECKSUM)) ||
	    (has_unknown(message, false) && !fails(agent, FAULT_AGENT_NON_SKIPPABLE))) {
		role_log(agent->context, "request ignored");
		return true;
	}
	if (code != 0)
		return deny(agent, heard, code, now, error);
	remember(agent, heard);
	if (fails(agent, FAULT_AGENT_SILENT))
		return true;
	g_autoptr(GByteArray) other = fails(agent, FAULT_AGENT_STRIPS) ? stripped(message) : NULL;
	begin_ipv4(agent, agent->ha_mac, agent->ha);
	add_udp(agent, DSMIPV4_UDP_PORT);
	add_message(agent, other ? other->data : message->bytes, other ? other->len : message->captured_len);
	role_log(agent->context, "request relayed to the home agent");
	return send_to_ha(agent, now, error);
}

// Replies (RFC 5944 3.7.3).

static void settle(visitor_t *visitor, const dsmipv4_message_t *message, gint64 now)
{
	bool is_accepted = message->reply.code < DSMIPV4_REPLY_FIRST_DENIAL;

	visitor->is_asking = false;
	if (is_accepted)
		visitor->expires =
			message->reply.lifetime == 0 ? 0 : now + message->reply.lifetime * (gint64)G_USEC_PER_SEC;
}

static bool take_reply(const foreign_agent_t *agent, const heard_t *heard, gint64 now, GError **error)
{
	const dsmipv4_message_t *message = heard->message;
	visitor_t *visitor = visitor_of(agent, message->reply.hoa);
	bool is_right = visitor && visitor->is_asking && (guint32)visitor->id == (guint32)message->reply.id;

	if (!visitor || (!is_right && !fails(agent, FAULT_AGENT_ANY_REPLY)) ||
	    heard->packet.udp_checksum == DSMIPV4_CHECKSUM_BAD) {
		role_log(agent->context, "reply ignored, not to a request that waits");
		return true;
	}
	settle(visitor, message, now);
	if (message->reply.code >= DSMIPV4_REPLY_FIRST_DENIAL && fails(agent, FAULT_AGENT_NO_DENIALS))
		return true;
	g_autofree guint8 *bytes = g_memdup2(message->bytes, message->captured_len);
	if (fails(agent, FAULT_AGENT_LIFETIME))
		bytes[REPLY_LIFETIME_AT + 1] /= 2;
	begin_ipv4(agent, visitor->mac, visitor->from);
	add_udp(agent, visitor->port);
	add_message(agent, bytes, message->captured_len);
	role_log(agent->context, "reply with code %u relayed to the mobile node", message->reply.code);
	return send_frame(agent, now, error);
}

// Packets.

static bool is_visiting(const foreign_agent_t *agent, const visitor_t *visitor, gint64 now)
{
	return visitor && (now < visitor->expires || fails(agent, FAULT_AGENT_ANY_VISITOR));
}

static bool is_ipv4(const guint8 *packet, gsize length)
{
	gsize header = length >= IPV4_SHORTEST ? 4 * (gsize)(packet[0] & 0xf) : 0;

	return header >= IPV4_SHORTEST && header <= length && packet[0] >> 4 == 4 && packet[IPV4_TTL_AT] > 1;
}

// Adds an IPv4 packet with one hop less inside the headers that there are.
static void add_packet(const foreign_agent_t *agent, const guint8 *packet, gsize length)
{
	g_autofree guint8 *forwarded = g_memdup2(packet, length);

	tunnel_decrement_ttl(forwarded);
	craft_set_hex(agent->craft, craft_layer(agent->craft, BLOCK_payload), KEY_payload_hex, forwarded, length);
}

// RFC 5944 4.2.2: out of the tunnel, to the visitor that it is for.
static bool deliver(const foreign_agent_t *agent, const heard_t *heard, gint64 now, GError **error)
{
	const guint8 *outer = heard->frame.bytes + heard->network;
	gsize header = 4 * (gsize)(outer[0] & 0xf), length = heard->length - header;
	const guint8 *packet = outer + header;
	const visitor_t *visitor;

	if (heard->protocol != DSMIPV4_ENCAP_IPIP || !is_ipv4(packet, length))
		return true;
	visitor = visitor_of(agent, get32(packet + 16));
	if (!is_visiting(agent, visitor, now) || heard->src != visitor->ha || fails(agent, FAULT_AGENT_NO_DELIVERY))
		return true;
	craft_set(agent->craft, begin_frame(agent, visitor->mac), KEY_ethernet_type, "0x0800");
	add_packet(agent, packet, length);
	return send_frame(agent, now, error);
}

// RFC 3024 4.2: from a visitor that asked for reverse tunneling, into the tunnel to its home agent.
static bool forward(const foreign_agent_t *agent, const heard_t *heard, gint64 now, GError **error)
{
	const guint8 *packet = heard->frame.bytes + heard->network;
	const visitor_t *visitor = visitor_of(agent, heard->src);
	craft_t *craft = agent->craft;

	if (!is_visiting(agent, visitor, now) || (visitor->flags & DSMIPV4_FLAG_T) == 0 ||
	    memcmp(heard->frame.bytes, agent->context->interface->mac, MAC_LENGTH) != 0 ||
	    !is_ipv4(packet, heard->length) || fails(agent, FAULT_AGENT_NO_REVERSE))
		return true;
	block_t *outer = begin_ipv4(agent, agent->ha_mac, visitor->ha);
	craft_set(craft, outer, KEY_ipv4_protocol, "%u", DSMIPV4_ENCAP_IPIP);
	add_packet(agent, packet, heard->length);
	return send_to_ha(agent, now, error);
}

// The role.

static bool take_arp(foreign_agent_t *agent, const heard_t *heard, gint64 now)
{
	guint8 answer[ARP_FRAME];

	if (neighbors_is_arp_answer(heard, agent->ha)) {
		memcpy(agent->ha_mac, heard->frame.bytes + MAC_LENGTH, MAC_LENGTH);
		agent->knows_ha_mac = true;
		if (agent->waiting->len > 0) {
			memcpy(agent->waiting->data, agent->ha_mac, MAC_LENGTH);
			role_send(agent->context, agent->waiting->data, agent->waiting->len, now);
			g_byte_array_set_size(agent->waiting, 0);
		}
	}
	if (heard->dst == agent->address && neighbors_answer_arp(heard, agent->context->interface->mac, answer))
		role_send(agent->context, answer, sizeof(answer), now);
	return true;
}

static bool take_message(const foreign_agent_t *agent, const heard_t *heard, gint64 now, GError **error)
{
	const dsmipv4_message_t *message = heard->message;

	if (heard->packet.dport != DSMIPV4_UDP_PORT || !message->fixed || heard->dst != agent->address)
		return true;
	if (message->type == DSMIPV4_REGISTRATION_REQUEST)
		return take_request(agent, heard, now, error);
	return message->type != DSMIPV4_REGISTRATION_REPLY || take_reply(agent, heard, now, error);
}

static bool is_solicitation(const heard_t *heard)
{
	const guint8 *packet = heard->frame.bytes + heard->network;
	gsize header = 4 * (gsize)(packet[0] & 0xf);

	return heard->kind == HEARD_IPV4 && heard->protocol == IPPROTO_ICMP && heard->length > header &&
	       packet[header] == SOLICITATION;
}

static bool hear(gpointer role, const heard_t *heard, gint64 now, GError **error)
{
	foreign_agent_t *agent = role;

	if (heard->kind == HEARD_ARP)
		return take_arp(agent, heard, now);
	if (heard->kind == HEARD_MESSAGE && heard->dst == agent->address)
		return take_message(agent, heard, now, error);
	if (is_solicitation(heard))
		return fails(agent, FAULT_AGENT_NO_ADVERTISEMENT) ||
		       advertise(agent, heard->frame.bytes + MAC_LENGTH, heard->src, now, error);
	if (heard->kind == HEARD_TUNNEL && heard->dst == agent->address)
		return deliver(agent, heard, now, error);
	if (heard->kind == HEARD_IPV4 || heard->kind == HEARD_TUNNEL || heard->kind == HEARD_MESSAGE)
		return forward(agent, heard, now, error);
	return true;
}

static bool wake(gpointer role, gint64 now, GError **error)
{
	static const guint8 everybody[MAC_LENGTH] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	foreign_agent_t *agent = role;

	if (now < agent->advertise)
		return true;
	agent->advertise = now + INTERVAL;
	return advertise(agent, everybody, INADDR_BROADCAST, now, error);
}

static gint64 due(gpointer role)
{
	return ((const foreign_agent_t *)role)->advertise;
}

static void end(gpointer role)
{
	foreign_agent_t *agent = role;

	g_clear_pointer(&agent->craft, craft_free);
	g_array_unref(agent->visitors);
	g_byte_array_unref(agent->waiting);
	g_free(agent);
}

static gpointer begin(const role_context_t *context, GError **error)
{
	foreign_agent_t *agent = g_new0(foreign_agent_t, 1);

	agent->context = context;
	agent->address = (guint32)role_fact(context->actors, NULL, "fa.address", KIND_ADDRESS4).number;
	agent->ha = (guint32)role_fact(context->actors, NULL, "ha.address", KIND_ADDRESS4).number;
	agent->visitors = g_array_new(FALSE, FALSE, sizeof(visitor_t));
	agent->waiting = g_byte_array_new();
	agent->craft = craft_new(context->actors, error);
	if (agent->craft)
		return agent;
	end(agent);
	return NULL;
}

const role_t role_foreign_agent = {
	.name = "fa",
	.title = "foreign agent",
	.address = "fa.address",
	.faults = FAULTS_FA,
	.begin = begin,
	.end = end,
	.hear = hear,
	.wake = wake,
	.due = due,
};
