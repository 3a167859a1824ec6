// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of a frame -> the blocks that they are, from the outside in.
//
// Whatever is damaged, unknown or cut becomes a payload of plain bytes: so each byte has its block.
#include "capture/layers.h"

#include "wire/dsmipv4.h"

#include <net/ethernet.h>
#include <string.h>

#define DEPTH_MAX 12 // layers of a frame; what is deeper stays bytes

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMPV6 = 58 };

// Bytes from `at` to `end` are all that there is of a layer.
typedef struct {
	frame_t *frame;
	gsize at;
	gsize end;
} span_t;

static guint8 byte_at(const span_t *span, gsize offset)
{
	return span->frame->bytes->data[span->at + offset];
}

static guint16 word_at(const span_t *span, gsize offset)
{
	return frame_read16(span->frame, span->at + offset);
}

static gsize length_of(const span_t *span)
{
	return span->end - span->at;
}

static void add_layer(const span_t *span, block_id_t id, gsize head, gsize end)
{
	const piece_t piece = {id, span->at, head, end, span->end - end};

	g_array_append_val(span->frame->layers, piece);
}

// What a layer carries.
static span_t inside(const span_t *span, gsize head, gsize end)
{
	return (span_t){span->frame, span->at + head, end};
}

static void find_payload(span_t span)
{
	add_layer(&span, BLOCK_payload, length_of(&span), span.end);
}

static void find_ip(span_t span);
static void find_protocol(span_t span, unsigned protocol, bool is_ipv6);

// The end by a length field of the layer, or that of what there is if the field says nonsense.
static gsize announced_end(const span_t *span, gsize length, gsize least)
{
	return length >= least && length <= length_of(span) ? span->at + length : span->end;
}

// Extensions.

static block_id_t extension_block(const span_t *span)
{
	static const block_id_t subtypes[] = {BLOCK_dsmipv4, BLOCK_prefix_request, BLOCK_prefix_reply,
					      BLOCK_tunneling_mode};
	guint8 type = byte_at(span, 0);

	if (type == DSMIPV4_EXT_DSMIPV4) {
		guint8 subtype = length_of(span) > 2 && byte_at(span, 1) > 0 ? byte_at(span, 2) : 0;

		return byte_at(span, 1) == 0              ? BLOCK_raw
		       : subtype < G_N_ELEMENTS(subtypes) ? subtypes[subtype]
							  : BLOCK_dsmipv4;
	}
	for (unsigned id = FIRST_EXTENSION; id < BLOCK_COUNT; id++)
		if (block_specs[id].type == type && block_specs[id].type != 0)
			return id;
	return BLOCK_raw;
}

// The length of the first extension of a span, header included; 0 if there is not even a header.
static gsize extension_length(const span_t *span, block_id_t id)
{
	unsigned header = block_specs[id].header;

	if (length_of(span) < header)
		return 0;
	return header + (header == 4 ? word_at(span, 2) : byte_at(span, 1));
}

static void find_extensions(span_t span)
{
	while (length_of(&span) >= 2) {
		block_id_t id = extension_block(&span);
		gsize length = extension_length(&span, id);
		piece_t piece = {.id = id, .start = span.at};

		if (length == 0)
			break;
		piece.head = MIN(length, length_of(&span));
		piece.end = span.at + piece.head;
		g_array_append_val(span.frame->extensions, piece);
		span.at = piece.end;
	}
	span.frame->trailer = length_of(&span);
}

// Messages.

static void find_message(span_t span)
{
	static const block_id_t blocks[] = {
		[DSMIPV4_REGISTRATION_REQUEST] = BLOCK_request,  [DSMIPV4_REGISTRATION_REPLY] = BLOCK_reply,
		[DSMIPV4_TUNNEL_DATA] = BLOCK_tunnel_data,       [DSMIPV4_REVOCATION] = BLOCK_revocation,
		[DSMIPV4_REVOCATION_ACK] = BLOCK_revocation_ack,
	};
	guint8 type = byte_at(&span, 0);
	block_id_t id = type < G_N_ELEMENTS(blocks) ? blocks[type] : 0;
	gsize length = id == 0 ? length_of(&span) : block_specs[id].length;

	if (id == BLOCK_tunnel_data && length_of(&span) < length) {
		find_payload(span);
		return;
	}
	add_layer(&span, id == 0 ? BLOCK_message : id, MIN(length, length_of(&span)), span.end);
	if (length > length_of(&span)) {
		span.frame->missing = length - length_of(&span);
		return;
	}
	span_t rest = inside(&span, length, span.end);
	if (id == BLOCK_tunnel_data)
		find_protocol(rest, byte_at(&span, 1), false);
	else if (id != 0)
		find_extensions(rest);
}

static bool is_port(const span_t *span, guint16 one, guint16 other)
{
	return word_at(span, 0) == one || word_at(span, 2) == one || word_at(span, 0) == other ||
	       word_at(span, 2) == other;
}

static void find_udp(span_t span)
{
	if (length_of(&span) < 8) {
		find_payload(span);
		return;
	}
	gsize end = announced_end(&span, word_at(&span, 4), 8);
	span_t rest = inside(&span, 8, end);
	bool is_mip = is_port(&span, DSMIPV4_UDP_PORT, DSMIPV4_UDP_PORT);

	add_layer(&span, BLOCK_udp, 8, end);
	if (is_mip && length_of(&rest) > 0)
		find_message(rest);
	else
		find_payload(rest);
}

static void find_tcp(span_t span)
{
	gsize head = length_of(&span) < 20 ? 0 : (gsize)(byte_at(&span, 12) >> 4) * 4;

	if (head < 20 || head > length_of(&span)) {
		find_payload(span);
		return;
	}
	add_layer(&span, BLOCK_tcp, head, span.end);
	find_payload(inside(&span, head, span.end));
}

// ICMP: the block is that whose default type it is.

static int type_key(block_id_t id)
{
	const block_spec_t *spec = &block_specs[id];

	for (unsigned key = 0; key < spec->key_count; key++)
		if (strcmp(spec->keys[key].name, "type") == 0)
			return (int)key;
	return -1;
}

static block_id_t icmp_block(int protocol, guint8 type)
{
	for (unsigned id = 0; id < FIRST_EXTENSION; id++) {
		int key = block_specs[id].protocol == protocol ? type_key(id) : -1;

		if (key >= 0 && g_ascii_strtoull(block_specs[id].keys[key].standard, NULL, 10) == type)
			return id;
	}
	return BLOCK_payload;
}

static const key_spec_t *tail_key(block_id_t id)
{
	for (unsigned key = 0; key < block_specs[id].key_count; key++)
		if (block_specs[id].keys[key].width == TAIL)
			return &block_specs[id].keys[key];
	return NULL;
}

// A text stays one in YAML if it is printable.
static bool is_printable(const guint8 *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isprint(bytes[i]))
			return false;
	return true;
}

static bool is_error(block_id_t id)
{
	return (id >= BLOCK_icmpv4_unreachable && id <= BLOCK_icmpv4_parameter_problem) ||
	       (id >= BLOCK_icmpv6_unreachable && id <= BLOCK_icmpv6_parameter_problem);
}

// A link-layer address option behind the target (RFC 4861 4.6.1).
static bool has_lladdr(const span_t *span, block_id_t id)
{
	guint8 type = id == BLOCK_neighbor_solicitation ? 1 : 2;

	return (id == BLOCK_neighbor_solicitation || id == BLOCK_neighbor_advertisement) && length_of(span) == 32 &&
	       byte_at(span, 24) == type && byte_at(span, 25) == 1;
}

static gsize icmp_head(const span_t *span, block_id_t id)
{
	const key_spec_t *tail = tail_key(id);
	gsize fixed = block_specs[id].length;
	gsize rest = length_of(span) - fixed;

	if (has_lladdr(span, id))
		return fixed + 8;
	if (!tail || (tail->kind == KIND_TEXT && !is_printable(span->frame->bytes->data + span->at + fixed, rest)))
		return fixed;
	return fixed + rest;
}

static void find_icmp(span_t span, int protocol)
{
	block_id_t id = length_of(&span) > 0 ? icmp_block(protocol, byte_at(&span, 0)) : BLOCK_payload;

	if (id == BLOCK_payload || length_of(&span) < block_specs[id].length) {
		find_payload(span);
		return;
	}
	gsize head = icmp_head(&span, id);
	span_t rest = inside(&span, head, span.end);
	add_layer(&span, id, head, span.end);
	if (is_error(id) && length_of(&rest) > 0)
		find_ip(rest);
	else if (length_of(&rest) > 0)
		find_payload(rest);
}

// Tunnel headers.

static void find_ethertype(span_t span, guint16 type)
{
	if ((type == ETHERTYPE_IP || type == ETHERTYPE_IPV6) && length_of(&span) > 0 &&
	    byte_at(&span, 0) >> 4 == (type == ETHERTYPE_IP ? 4 : 6))
		find_ip(span);
	else
		find_payload(span);
}

static void find_gre(span_t span)
{
	guint16 flags = length_of(&span) >= 4 ? word_at(&span, 0) : 0;
	gsize head = 4 + (flags & 0x8000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);

	if (length_of(&span) < head || (flags & 0x4007) != 0) { // source routing, another version
		find_payload(span);
		return;
	}
	add_layer(&span, BLOCK_gre, head, span.end);
	find_ethertype(inside(&span, head, span.end), word_at(&span, 2));
}

static void find_minimal(span_t span)
{
	gsize head = length_of(&span) >= 8 && (byte_at(&span, 1) & 0x80) != 0 ? 12 : 8;

	if (length_of(&span) < head) {
		find_payload(span);
		return;
	}
	add_layer(&span, BLOCK_minimal, head, span.end);
	find_protocol(inside(&span, head, span.end), byte_at(&span, 0), false);
}

// The header that the language has: eight bytes, a router alert or padding alone.
static void find_hop_by_hop(span_t span)
{
	static const guint8 padding[] = {1, 4, 0, 0, 0, 0};
	const guint8 *options = span.frame->bytes->data + span.at + 2;
	bool is_known = length_of(&span) >= 8 && byte_at(&span, 1) == 0 &&
			(memcmp(options, padding, sizeof(padding)) == 0 ||
			 (memcmp(options, "\x05\x02", 2) == 0 && memcmp(options + 4, "\x01\x00", 2) == 0));

	if (!is_known) {
		find_payload(span);
		return;
	}
	add_layer(&span, BLOCK_hop_by_hop, 8, span.end);
	find_protocol(inside(&span, 8, span.end), byte_at(&span, 0), true);
}

static void find_protocol(span_t span, unsigned protocol, bool is_ipv6)
{
	unsigned version = length_of(&span) > 0 ? byte_at(&span, 0) >> 4 : 0;

	if (span.frame->layers->len > DEPTH_MAX)
		find_payload(span);
	else if (protocol == PROTO_UDP)
		find_udp(span);
	else if (protocol == PROTO_TCP)
		find_tcp(span);
	else if ((protocol == PROTO_ICMP && !is_ipv6) || (protocol == PROTO_ICMPV6 && is_ipv6))
		find_icmp(span, (int)protocol);
	else if (protocol == 0 && is_ipv6)
		find_hop_by_hop(span);
	else if ((protocol == DSMIPV4_ENCAP_IPIP && version == 4) || (protocol == DSMIPV4_ENCAP_IPV6 && version == 6))
		find_ip(span);
	else if (protocol == DSMIPV4_ENCAP_GRE)
		find_gre(span);
	else if (protocol == DSMIPV4_ENCAP_MINIMAL)
		find_minimal(span);
	else
		find_payload(span);
}

static void find_ipv4(span_t span)
{
	gsize head = (gsize)(byte_at(&span, 0) & 0xf) * 4;

	if (head < 20 || head > length_of(&span)) {
		find_payload(span);
		return;
	}
	gsize end = announced_end(&span, word_at(&span, 2), head);
	bool is_fragment = (word_at(&span, 6) & 0x3fff) != 0;
	add_layer(&span, BLOCK_ipv4, head, end);
	if (is_fragment || span.frame->is_kept)
		find_payload(inside(&span, head, end));
	else
		find_protocol(inside(&span, head, end), byte_at(&span, 9), false);
}

static void find_ipv6(span_t span)
{
	gsize end = announced_end(&span, 40 + (gsize)word_at(&span, 4), 40);

	add_layer(&span, BLOCK_ipv6, 40, end);
	find_protocol(inside(&span, 40, end), byte_at(&span, 6), true);
}

static void find_ip(span_t span)
{
	unsigned version = byte_at(&span, 0) >> 4;

	if (span.frame->layers->len > DEPTH_MAX)
		find_payload(span);
	else if (version == 4 && length_of(&span) >= 20)
		find_ipv4(span);
	else if (version == 6 && length_of(&span) >= 40)
		find_ipv6(span);
	else
		find_payload(span);
}

// Ethernet pads short frames.
static void remove_padding(frame_t *frame)
{
	piece_t *outer = frame->layers->len > 0 ? frame_layer(frame, frame->layers->len - 1) : NULL;

	for (guint i = 0; i < frame->layers->len; i++) {
		piece_t *layer = frame_layer(frame, i);

		if (layer->id == BLOCK_ipv4) {
			outer = layer;
			break;
		}
	}
	if (!outer)
		return;
	g_byte_array_set_size(frame->bytes, (guint)outer->end);
	frame->captured = MIN(frame->captured, outer->end);
	for (guint i = 0; frame_layer(frame, i)->id == BLOCK_vlan; i++)
		frame_layer(frame, i)->end = outer->end;
	outer->appended = 0;
}

bool layers_find(frame_t *frame)
{
	span_t span = {frame, FRAME_LINK_LENGTH, frame->bytes->len};
	guint16 type = frame_read16(frame, 12);

	g_array_set_size(frame->layers, 0);
	g_array_set_size(frame->extensions, 0);
	frame->trailer = frame->missing = 0;
	while (type == ETHERTYPE_VLAN && length_of(&span) >= 4) {
		add_layer(&span, BLOCK_vlan, 4, span.end);
		type = word_at(&span, 2);
		span.at += 4;
	}
	if (type != ETHERTYPE_IP || length_of(&span) < 20 || byte_at(&span, 0) >> 4 != 4)
		return false;
	find_ip(span);
	remove_padding(frame);
	return frame_find(frame, BLOCK_ipv4);
}
