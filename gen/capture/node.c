// SPDX-License-Identifier: GPL-2.0-or-later
// Which packets of a capture are those of one mobile node, and what its addresses are called.
#include "capture/node.h"

#include "capture/value.h"
#include "wire/dsmipv4.h"
#include "language/parse.h"

#include <arpa/inet.h>
#include <string.h>

#define BROADCAST G_MAXUINT32
#define NODES_SHOWN 5 // home addresses in an error

// What a control message says of its node.
typedef struct {
	block_id_t id;
	guint32 source;
	guint32 destination;
	guint16 source_port;
	guint8 flags;
	guint32 home_address;
	guint32 home_agent;
	guint32 care_of_address; // of a request
	guint64 identification;  // of requests and replies
} message_t;

static guint32 ipv4_source(const frame_t *frame, const piece_t *ipv4)
{
	return frame_read32(frame, ipv4->start + 12);
}

static guint32 ipv4_destination(const frame_t *frame, const piece_t *ipv4)
{
	return frame_read32(frame, ipv4->start + 16);
}

static guint64 read64(const frame_t *frame, gsize at)
{
	return (guint64)frame_read32(frame, at) << 32 | frame_read32(frame, at + 4);
}

// The control message of a frame, unless it is cut or inside of something else, such as an ICMP error.
static bool read_message(const frame_t *frame, message_t *message)
{
	const piece_t *ipv4 = frame_find(frame, BLOCK_ipv4);
	const piece_t *last = frame_layer(frame, frame->layers->len - 1);
	bool is_control = last->id == BLOCK_request || last->id == BLOCK_reply || last->id == BLOCK_revocation ||
			  last->id == BLOCK_revocation_ack;

	if (!is_control || last->head < block_specs[last->id].length || last - ipv4 != 2)
		return false;
	*message = (message_t){
		.id = last->id,
		.source = ipv4_source(frame, ipv4),
		.destination = ipv4_destination(frame, ipv4),
		.source_port = frame_read16(frame, ipv4[1].start),
		.flags = frame->bytes->data[last->start + 1],
		.home_address = frame_read32(frame, last->start + 4),
	};
	if (last->id == BLOCK_request || last->id == BLOCK_reply)
		message->home_agent = frame_read32(frame, last->start + 8);
	if (last->id == BLOCK_request)
		message->care_of_address = frame_read32(frame, last->start + 12);
	if (last->id == BLOCK_request || last->id == BLOCK_reply)
		message->identification = read64(frame, last->start + (last->id == BLOCK_request ? 16 : 12));
	return true;
}

// Choosing.

static bool fail_choice(GArray *found, GError **error)
{
	g_autoptr(GString) list = g_string_new(NULL);

	if (found->len == 0) {
		fail(error, GEN_ERROR_SCENARIO,
		     "no registration of a mobile node in the capture; expected at least one on UDP port 434");
		return false;
	}
	for (guint i = 0; i < MIN(found->len, NODES_SHOWN); i++) {
		const value_t value = capture_number(g_array_index(found, guint32, i));
		g_autofree char *text = value_text(KIND_ADDRESS4, &value);

		g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", text);
	}
	fail(error, GEN_ERROR_SCENARIO, "%u mobile nodes in the capture; expected --node with one of %s%s", found->len,
	     list->str, found->len > NODES_SHOWN ? ", ..." : "");
	return false;
}

static bool has(const GArray *addresses, guint32 address)
{
	for (guint i = 0; i < addresses->len; i++)
		if (g_array_index(addresses, guint32, i) == address)
			return true;
	return false;
}

bool node_choose(const GPtrArray *frames, const char *wanted, guint32 *home_address, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct in_addr address;

	if (wanted && inet_pton(AF_INET, wanted, &address) != 1) {
		fail(error, GEN_ERROR_SCENARIO, "--node '%s'; expected a home address", wanted);
		return false;
	}
	*home_address = wanted ? ntohl(address.s_addr) : 0;
	for (guint i = 0; i < frames->len; i++) {
		message_t message;

		if (read_message(frames->pdata[i], &message) && message.home_address != 0 &&
		    !has(found, message.home_address))
			g_array_append_val(found, message.home_address);
	}
	if (wanted && !has(found, *home_address)) {
		fail(error, GEN_ERROR_SCENARIO, "no registration of %s in the capture; expected a home address in it",
		     wanted);
		return false;
	}
	if (!wanted && found->len != 1)
		return fail_choice(found, error);
	*home_address = wanted ? *home_address : g_array_index(found, guint32, 0);
	return true;
}

// Selecting.

typedef struct {
	guint32 home_address;
	names_t *names;
	GArray *own;                 // guint32: home address, co-located care-of addresses, addresses of a NAT
	GArray *agents;              // guint32
	GHashTable *identifications; // of requests without a home address that were answered with this one
	frame_t *frame;              // at work
} node_t;

static bool set_address4(const node_t *node, const char *fact, guint32 address)
{
	const value_t value = capture_number(address);

	return address != 0 && address != BROADCAST && names_set(node->names, fact, KIND_ADDRESS4, &value);
}

static bool is_called(const node_t *node, const char *fact, guint32 address)
{
	const value_t *value = names_get(node->names, fact);

	return value && value->number == address;
}

static void add_once(GArray *addresses, guint32 address)
{
	if (address != 0 && address != BROADCAST && !has(addresses, address))
		g_array_append_val(addresses, address);
}

static void learn_agent(const node_t *node, const char *fact, guint32 address)
{
	set_address4(node, fact, address);
	add_once(node->agents, address);
}

static void learn_co_located(const node_t *node, guint32 address)
{
	add_once(node->own, address);
	if (!set_address4(node, "mn1.coa", address))
		set_address4(node, "mn1.second_coa", address);
}

static void learn_nat(const node_t *node, const message_t *request)
{
	const value_t port = capture_number(request->source_port);

	add_once(node->own, request->source);
	set_address4(node, "mn1.private_coa", request->care_of_address);
	if (set_address4(node, "nat.address", request->source))
		names_set(node->names, "nat.port", KIND_U16, &port);
}

// Whom the addresses of a request belong to (RFC 5944 3.3, 3.6; RFC 3519 for a NAT).
static void learn_request(const node_t *node, const message_t *request)
{
	guint32 care_of = request->care_of_address;
	bool is_co_located = (request->flags & DSMIPV4_FLAG_D) != 0;
	bool is_direct = request->destination == request->home_agent;

	learn_agent(node, "ha.address", request->home_agent);
	if (!is_direct)
		learn_agent(node, "fa.address", request->destination);
	if (care_of == 0 || care_of == request->home_address)
		return; // at home
	if (!is_co_located && (!is_direct || care_of == request->source))
		learn_agent(node, "fa.address", care_of);
	else if (care_of == request->source || !is_direct || is_called(node, "fa.address", request->source))
		learn_co_located(node, care_of);
	else if (!has(node->agents, care_of))
		learn_nat(node, request);
}

static void learn_prefix(const node_t *node, const piece_t *extension)
{
	static const char *const facts[] = {"mn1.prefix", "mn1.second_prefix", "mn1.third_prefix"};
	bool is_request = extension->id == BLOCK_prefix_request;
	gsize at = extension->start + (is_request ? 4 : 6);

	if ((!is_request && extension->id != BLOCK_prefix_reply) || extension->head < block_specs[extension->id].length)
		return;
	const value_t prefix = capture_octets(node->frame, at, 16);
	const value_t length = capture_number(node->frame->bytes->data[extension->start + (is_request ? 3 : 4)]);
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		if (!names_set(node->names, facts[i], KIND_ADDRESS6, &prefix))
			continue;
		names_set(node->names, "mn1.prefix_length", KIND_U8, &length);
		return;
	}
}

static bool is_of_node(const node_t *node, const message_t *message)
{
	return message->home_address == node->home_address ||
	       (message->home_address == 0 && g_hash_table_contains(node->identifications, &message->identification));
}

static void learn_message(const node_t *node)
{
	message_t message;

	if (!read_message(node->frame, &message) || !is_of_node(node, &message))
		return;
	if (message.id == BLOCK_request)
		learn_request(node, &message);
	else if (message.id == BLOCK_reply)
		learn_agent(node, "ha.address", message.home_agent);
	for (guint i = 0; i < node->frame->extensions->len; i++)
		learn_prefix(node, frame_extension(node->frame, i));
}

// Requests without a home address get one by the reply (RFC 2794), of the same identification.
static void note_assignment(const node_t *node)
{
	message_t message;

	if (read_message(node->frame, &message) && message.id == BLOCK_reply &&
	    message.home_address == node->home_address)
		g_hash_table_add(node->identifications, g_memdup2(&message.identification, sizeof(guint64)));
}

static bool is_in_prefix(const node_t *node, const char *fact, const value_t *address)
{
	const value_t *prefix = names_get(node->names, fact);
	const value_t *length = names_get(node->names, "mn1.prefix_length");

	if (!prefix || !length || length->number > 128)
		return false;
	for (guint64 bit = 0; bit < length->number; bit++)
		if (((prefix->octets[bit / 8] ^ address->octets[bit / 8]) & 0x80 >> bit % 8) != 0)
			return false;
	return true;
}

static const struct {
	const char *prefix;
	const char *address;
} prefixes[] = {
	{"mn1.prefix", "mn1.address6"},
	{"mn1.second_prefix", "mn1.second_address6"},
	{"mn1.third_prefix", "mn1.third_address6"},
};

static bool has_prefix_of(const node_t *node, const value_t *address)
{
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (is_in_prefix(node, prefixes[i].prefix, address))
			return true;
	return false;
}

static bool is_link_local(const value_t *address)
{
	return address->octets[0] == 0xfe && address->octets[1] >> 6 == 2;
}

static bool is_multicast(const value_t *address)
{
	return address->octets[0] == 0xff;
}

// Names for the ends of a tunneled packet.
static void learn_inner6(const node_t *node, const piece_t *ipv6, bool from_node)
{
	for (unsigned end = 0; end < 2; end++) {
		const value_t address = capture_octets(node->frame, ipv6->start + 8 + 16 * end, 16);
		bool is_nodes = from_node == (end == 0);

		if (is_multicast(&address))
			continue;
		if (is_link_local(&address)) {
			names_set(node->names, is_nodes ? "mn1.link_local" : "ha.link_local", KIND_ADDRESS6, &address);
			continue;
		}
		for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
			if (is_in_prefix(node, prefixes[i].prefix, &address))
				names_set(node->names, prefixes[i].address, KIND_ADDRESS6, &address);
		if (!has_prefix_of(node, &address) && !is_nodes)
			names_set(node->names, "cn.address6", KIND_ADDRESS6, &address);
	}
}

static void learn_inner4(const node_t *node, const piece_t *ipv4, bool from_node)
{
	guint32 address = from_node ? ipv4_destination(node->frame, ipv4) : ipv4_source(node->frame, ipv4);

	if (!has(node->own, address) && !has(node->agents, address) && address >> 28 != 0xe)
		set_address4(node, "cn.address", address);
}

// Whether a packet is on its way from the node: to an agent, or from one of its addresses.
static bool is_from_node(const node_t *node, const piece_t *outer)
{
	guint32 source = ipv4_source(node->frame, outer);

	return has(node->own, source) ||
	       (!has(node->agents, source) && has(node->agents, ipv4_destination(node->frame, outer)));
}

static void learn_tunnel(const node_t *node)
{
	const piece_t *outer = frame_find(node->frame, BLOCK_ipv4);
	bool is_outside = true;

	for (guint i = 0; i < node->frame->layers->len; i++) {
		const piece_t *layer = frame_layer(node->frame, i);

		if (layer->id == BLOCK_ipv6)
			learn_inner6(node, layer, is_from_node(node, outer));
		else if (layer->id == BLOCK_ipv4 && !is_outside)
			learn_inner4(node, layer, is_from_node(node, outer));
		is_outside &= layer->id != BLOCK_ipv4;
	}
}

// Whether an address inside of a packet is the node's.
static bool mentions_node(const node_t *node)
{
	bool is_outside = true;

	for (guint i = 0; i < node->frame->layers->len; i++) {
		const piece_t *layer = frame_layer(node->frame, i);

		if (layer->id == BLOCK_ipv4 && !is_outside &&
		    (has(node->own, ipv4_source(node->frame, layer)) ||
		     has(node->own, ipv4_destination(node->frame, layer))))
			return true;
		for (unsigned end = 0; layer->id == BLOCK_ipv6 && end < 2; end++) {
			const value_t address = capture_octets(node->frame, layer->start + 8 + 16 * end, 16);

			if (has_prefix_of(node, &address))
				return true;
		}
		is_outside &= layer->id != BLOCK_ipv4;
	}
	return false;
}

// Mobile IP, a tunnel, a fragment that may be one, or what ICMP says of agents and lost packets.
static bool is_mobile_ip(const frame_t *frame)
{
	const piece_t *outer = frame_find(frame, BLOCK_ipv4);
	guint8 protocol = frame->bytes->data[outer->start + 9];

	return frame_find(frame, BLOCK_minimal) || frame_find(frame, BLOCK_gre) || frame_find(frame, BLOCK_ipv6) ||
	       outer[1].id == BLOCK_ipv4 || protocol == DSMIPV4_ENCAP_IPIP || protocol == DSMIPV4_ENCAP_IPV6 ||
	       protocol == DSMIPV4_ENCAP_GRE || protocol == DSMIPV4_ENCAP_MINIMAL ||
	       frame_find(frame, BLOCK_agent_advertisement) || frame_find(frame, BLOCK_agent_solicitation) ||
	       (outer[1].id == BLOCK_udp && (frame_read16(frame, outer[1].start) == DSMIPV4_UDP_PORT ||
					     frame_read16(frame, outer[1].start + 2) == DSMIPV4_UDP_PORT)) ||
	       (frame_read16(frame, outer->start + 6) & 0x3fff) != 0;
}

static bool is_nodes(const node_t *node)
{
	const piece_t *outer = frame_find(node->frame, BLOCK_ipv4);
	guint32 source = ipv4_source(node->frame, outer);
	guint32 destination = ipv4_destination(node->frame, outer);
	message_t message;

	if (read_message(node->frame, &message) && (message.home_address != 0 || is_of_node(node, &message)))
		return is_of_node(node, &message);
	if (!is_mobile_ip(node->frame))
		return false;
	return has(node->own, source) || has(node->own, destination) || mentions_node(node) ||
	       (frame_find(node->frame, BLOCK_agent_advertisement) && has(node->agents, source));
}

static void for_frames(node_t *node, const GPtrArray *frames, void (*function)(const node_t *node))
{
	for (guint i = 0; i < frames->len; i++) {
		node->frame = frames->pdata[i];
		function(node);
	}
}

void node_select(GPtrArray *frames, guint32 home_address, names_t *names)
{
	node_t node = {
		.home_address = home_address,
		.names = names,
		.own = g_array_new(FALSE, FALSE, sizeof(guint32)),
		.agents = g_array_new(FALSE, FALSE, sizeof(guint32)),
		.identifications = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
	};

	set_address4(&node, "mn1.hoa", home_address);
	add_once(node.own, home_address);
	for_frames(&node, frames, note_assignment);
	for_frames(&node, frames, learn_message);
	for (guint i = frames->len; i-- > 0;) {
		node.frame = frames->pdata[i];
		if (!is_nodes(&node))
			g_ptr_array_remove_index(frames, i);
	}
	for_frames(&node, frames, learn_tunnel);
	g_array_unref(node.own);
	g_array_unref(node.agents);
	g_hash_table_unref(node.identifications);
}

bool node_is_target(const frame_t *frame, const names_t *names)
{
	const piece_t *outer = frame_find(frame, BLOCK_ipv4);
	const value_t source = capture_number(ipv4_source(frame, outer));
	const char *sender = names_of(names, KIND_ADDRESS4, &source, "ha.address");
	bool is_relayed = sender && strcmp(sender, "fa.address") == 0; // to the home agent, or to the node
	const value_t *home_agent = names_get(names, "ha.address");

	if (is_relayed)
		return !home_agent || home_agent->number != ipv4_destination(frame, outer);
	return sender && strcmp(sender, "ha.address") == 0;
}
