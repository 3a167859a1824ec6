// SPDX-License-Identifier: GPL-2.0-or-later
// A frame -> a step of a scenario, by the places that keys.def gives to the fields.
#include "capture/describe.h"

#include "capture/value.h"
#include "language/actors.h"
#include "language/parse.h"
#include "packet/encode.h"
#include "packet/mip.h"

#include <string.h>

#define TEXT_MAX 200 // characters of a text; longer ones are bytes

// A block of a frame under description.
typedef struct {
	const describer_t *describer;
	const frame_t *frame;
	const piece_t *piece;
	const piece_t *next; // layer inside, or NULL
	block_t *block;
} draft_t;

void describe_key(const describer_t *describer, block_t *block, unsigned key, const char *text)
{
	block->value[key].string = g_string_chunk_insert_const(describer->strings, text);
}

void describe_bytes(const describer_t *describer, block_t *block, unsigned key, const guint8 *bytes, gsize length)
{
	g_autoptr(GBytes) data = g_bytes_new(bytes, length);
	const value_t value = {.state = VALUE_SET, .bytes = data};
	g_autofree char *text = value_text(KIND_HEX, &value);

	describe_key(describer, block, key, text);
}

static bool is_address(key_kind_t kind)
{
	return kind == KIND_ADDRESS4 || kind == KIND_ADDRESS6;
}

// Groups and the address that is none are the same everywhere.
static bool is_common(key_kind_t kind, const value_t *value)
{
	static const guint8 none[16] = {0};

	if (kind == KIND_ADDRESS4)
		return value->number == 0 || value->number >> 28 >= 0xe;
	return value->octets[0] == 0xff || memcmp(value->octets, none, sizeof(none)) == 0;
}

static void note_unnamed(const describer_t *describer, key_kind_t kind, const value_t *value, const char *text)
{
	if (is_address(kind) && !is_common(kind, value) &&
	    !g_ptr_array_find_with_equal_func(describer->unnamed, text, g_str_equal, NULL))
		g_ptr_array_add(describer->unnamed, g_string_chunk_insert_const(describer->strings, text));
}

// A name for a value: of an address any, else the one that the default of the key says.
static const char *name_of(const describer_t *describer, const key_spec_t *spec, const value_t *value)
{
	const char *standard = spec->standard && actors_is_name(spec->standard) ? spec->standard : NULL;

	if (standard && !is_address(spec->kind))
		names_set(describer->names, actors_fact(standard, "mn1"), spec->kind, value);
	if (spec == &block_specs[BLOCK_udp].keys[KEY_udp_source_port] ||
	    spec == &block_specs[BLOCK_udp].keys[KEY_udp_destination_port])
		standard = "nat.port";
	if (!standard && !is_address(spec->kind))
		return NULL;
	return names_of(describer->names, spec->kind, value, standard);
}

static char *value_words(const describer_t *describer, const key_spec_t *spec, const value_t *value)
{
	const char *name = name_of(describer, spec, value);
	char *text = name ? g_strdup(name) : value_text(spec->kind, value);

	if (!name)
		note_unnamed(describer, spec->kind, value, text);
	return text;
}

char *describe_field(const describer_t *describer, const frame_t *frame, gsize start, const key_spec_t *spec)
{
	const value_t value = capture_value(frame, start, spec);

	return value_words(describer, spec, &value);
}

// Whether a text is another way to write the default.
static bool is_standard(const key_spec_t *spec, const char *text)
{
	static const place_t nowhere = {NULL, NULL, 0};
	value_t one = {0};
	value_t other = {0};

	if (!spec->standard || spec->standard == key_required)
		return false;
	if (strcmp(spec->standard, text) == 0)
		return true;
	if (actors_is_name(spec->standard) || actors_is_name(text))
		return false;
	bool is_same = value_parse(spec->kind, spec->words, spec->standard, &nowhere, &one, NULL) &&
		       value_parse(spec->kind, spec->words, text, &nowhere, &other, NULL) &&
		       value_is_same(&one, &other);
	g_clear_pointer(&one.bytes, g_bytes_unref);
	g_clear_pointer(&other.bytes, g_bytes_unref);
	return is_same;
}

static void put_text(const draft_t *draft, unsigned key, const char *text)
{
	if (!is_standard(&block_specs[draft->block->id].keys[key], text))
		describe_key(draft->describer, draft->block, key, text);
}

static void put_value(const draft_t *draft, unsigned key, const value_t *value)
{
	const key_spec_t *spec = &block_specs[draft->block->id].keys[key];
	g_autofree char *text = value_words(draft->describer, spec, value);

	put_text(draft, key, text);
}

static const guint8 *bytes_at(const draft_t *draft, gsize offset)
{
	return draft->frame->bytes->data + draft->piece->start + offset;
}

// Fields that follow from the rest of the packet are compared later with what they are by themselves; so are times.
static bool is_plain(const key_spec_t *spec, gsize head)
{
	return spec->width > 0 && spec->offset + (gsize)spec->width <= 8 * head && spec->standard &&
	       (spec->words & WORD_AUTO) == 0 && spec->kind != KIND_IDENTIFICATION &&
	       spec->kind != KIND_IDENTIFICATION32;
}

static void put_fields(const draft_t *draft)
{
	const block_spec_t *spec = &block_specs[draft->block->id];

	for (unsigned key = 0; key < spec->key_count; key++) {
		if (!is_plain(&spec->keys[key], draft->piece->head))
			continue;
		const value_t value = capture_value(draft->frame, draft->piece->start, &spec->keys[key]);
		put_value(draft, key, &value);
	}
}

static bool is_text(const guint8 *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isprint(bytes[i]))
			return false;
	return length <= TEXT_MAX;
}

// What follows the fixed part; false if the block has no key for it.
static bool put_tail(const draft_t *draft, gsize fixed)
{
	const block_spec_t *spec = &block_specs[draft->block->id];
	gsize length = draft->piece->head - fixed;

	for (unsigned key = 0; key < spec->key_count; key++) {
		if (spec->keys[key].width != TAIL)
			continue;
		g_autoptr(GBytes) bytes = g_bytes_new(bytes_at(draft, fixed), length);
		const value_t value = {.state = VALUE_SET, .bytes = bytes};

		if (spec->keys[key].kind == KIND_TEXT && !is_text(bytes_at(draft, fixed), length)) {
			put_text(draft, key, "");
			return false;
		}
		if (length > 0 || spec->keys[key].standard)
			put_value(draft, key, &value);
		return true;
	}
	return length == 0;
}

static void put_payload(const draft_t *draft)
{
	if (draft->piece->head == 0)
		return;
	if (is_text(bytes_at(draft, 0), draft->piece->head)) {
		g_autofree char *text = g_strndup((const char *)bytes_at(draft, 0), draft->piece->head);

		describe_key(draft->describer, draft->block, KEY_payload_text, text);
	} else {
		describe_bytes(draft->describer, draft->block, KEY_payload_hex, bytes_at(draft, 0), draft->piece->head);
	}
}

// Checksum, key and sequence number, each if a flag says so (RFC 2784, RFC 2890).
static void put_gre(const draft_t *draft)
{
	guint16 flags = frame_read16(draft->frame, draft->piece->start);
	gsize at = draft->piece->start + 4;

	if ((flags & 0x8000) != 0) {
		const value_t reserved = capture_number(frame_read16(draft->frame, at + 2));

		describe_key(draft->describer, draft->block, KEY_gre_checksum, "auto");
		put_value(draft, KEY_gre_reserved1, &reserved);
		at += 4;
	}
	if ((flags & 0x2000) != 0) {
		const value_t key = capture_number(frame_read32(draft->frame, at));

		put_value(draft, KEY_gre_key, &key);
		at += 4;
	}
	if ((flags & 0x1000) != 0) {
		const value_t sequence = capture_number(frame_read32(draft->frame, at));

		put_value(draft, KEY_gre_sequence, &sequence);
	}
	if (!draft->next || (draft->next->id != BLOCK_ipv4 && draft->next->id != BLOCK_ipv6)) {
		const value_t protocol = capture_number(frame_read16(draft->frame, draft->piece->start + 2));

		put_value(draft, KEY_gre_protocol, &protocol);
	}
}

static void put_minimal(const draft_t *draft)
{
	if (draft->piece->head < 12)
		return;
	const value_t source = capture_octets(draft->frame, draft->piece->start + 8, 4);
	put_value(draft, KEY_minimal_source, &source);
}

static void put_hop_by_hop(const draft_t *draft)
{
	draft->block->value[KEY_hop_by_hop_router_alert].string = NULL;
	if (bytes_at(draft, 0)[2] != 5)
		describe_key(draft->describer, draft->block, KEY_hop_by_hop_router_alert, "none");
	else
		put_value(
			draft, KEY_hop_by_hop_router_alert,
			&(value_t){.state = VALUE_SET, .number = frame_read16(draft->frame, draft->piece->start + 4)});
}

static void put_lladdr(const draft_t *draft)
{
	G_STATIC_ASSERT((int)KEY_neighbor_solicitation_lladdr + 1 == (int)KEY_neighbor_advertisement_lladdr);
	unsigned key = draft->block->id == BLOCK_neighbor_solicitation ? (unsigned)KEY_neighbor_solicitation_lladdr
								       : (unsigned)KEY_neighbor_advertisement_lladdr;

	if (draft->piece->head <= block_specs[draft->block->id].length)
		return;
	const value_t mac = capture_octets(draft->frame, draft->piece->start + 26, 6);
	const char *name = names_of(draft->describer->names, KIND_MAC, &mac, NULL);
	g_autofree char *text = name ? g_strdup(name) : value_text(KIND_MAC, &mac);
	put_text(draft, key, text);
}

// Ports of UDP that do not carry Mobile IP.
static void put_ports(const draft_t *draft)
{
	if (draft->next && block_specs[draft->next->id].is_message)
		return;
	for (unsigned key = KEY_udp_source_port; key <= KEY_udp_destination_port; key++) {
		const value_t port =
			capture_value(draft->frame, draft->piece->start, &block_specs[BLOCK_udp].keys[key]);

		put_value(draft, key, &port);
	}
}

static void (*const specials[BLOCK_COUNT])(const draft_t *draft) = {
	[BLOCK_gre] = put_gre,
	[BLOCK_minimal] = put_minimal,
	[BLOCK_hop_by_hop] = put_hop_by_hop,
	[BLOCK_neighbor_solicitation] = put_lladdr,
	[BLOCK_neighbor_advertisement] = put_lladdr,
	[BLOCK_udp] = put_ports,
};

static void put_layer(const draft_t *draft)
{
	const piece_t *piece = draft->piece;

	if (piece->id == BLOCK_payload) {
		put_payload(draft);
	} else {
		put_fields(draft);
		if (piece->head >= block_specs[piece->id].length && !specials[piece->id])
			put_tail(draft, block_specs[piece->id].length);
	}
	if (specials[piece->id])
		specials[piece->id](draft);
	if (piece->appended > 0)
		describe_bytes(draft->describer, draft->block, LAYER_APPEND, draft->frame->bytes->data + piece->end,
			       piece->appended);
}

static void put_authenticator(const draft_t *draft, gsize fixed)
{
	gsize length = draft->piece->head - fixed;

	if (length == 0)
		describe_key(draft->describer, draft->block, AUTH_AUTHENTICATOR, "none");
	else if (length == 20)
		describe_key(draft->describer, draft->block, AUTH_ALGORITHM, "hmac-sha1");
	else if (length != 16)
		describe_bytes(draft->describer, draft->block, AUTH_AUTHENTICATOR, bytes_at(draft, fixed), length);
}

static guint announced_length(const draft_t *draft)
{
	const key_spec_t *field = &block_specs[draft->block->id].keys[EXT_LENGTH];

	return (guint)capture_value(draft->frame, draft->piece->start, field).number;
}

static void put_extension(const draft_t *draft)
{
	const block_spec_t *spec = &block_specs[draft->block->id];
	gsize head = draft->piece->head;
	gsize fixed = MIN(spec->length, head);
	bool is_auth = mip_is_authentication(draft->block->id);
	const value_t announced = capture_number(announced_length(draft));

	put_fields(draft);
	if (announced.number != head - spec->header)
		put_value(draft, EXT_LENGTH, &announced);
	if (fixed < spec->length) {
		const value_t cut = capture_number(spec->length - fixed);

		put_value(draft, EXT_BODY_CUT, &cut);
	}
	if (is_auth)
		put_authenticator(draft, fixed);
	else if (!put_tail(draft, fixed))
		describe_bytes(draft->describer, draft->block, EXT_BODY_EXTRA, bytes_at(draft, fixed), head - fixed);
}

static block_t *new_block(block_id_t id)
{
	block_t *block = g_new0(block_t, 1);

	block->id = id;
	return block;
}

// Whether a frame is a message in nothing but the headers that each message has.
static bool is_message_step(const frame_t *frame)
{
	guint first = frame_layer(frame, 0)->id == BLOCK_vlan ? 1 : 0;
	const piece_t *last = frame_layer(frame, frame->layers->len - 1);

	return frame->layers->len == first + 3 && frame_layer(frame, first)->id == BLOCK_ipv4 &&
	       block_specs[last->id].is_message && last->id != BLOCK_tunnel_data;
}

static void put_step_keys(const describer_t *describer, description_t *description)
{
	const frame_t *frame = description->frame;
	block_t *own = description->step->own;
	g_autofree char *missing = g_strdup_printf("%" G_GSIZE_FORMAT, frame->missing);
	g_autofree char *captured = g_strdup_printf("%" G_GSIZE_FORMAT, frame->captured);
	const piece_t *last = frame_layer(frame, frame->layers->len - 1);

	if (frame->missing > 0)
		describe_key(describer, own, KEY_step_cut, missing);
	if (frame->trailer > 0)
		describe_bytes(describer, own, KEY_step_trailer, frame->bytes->data + last->end - frame->trailer,
			       frame->trailer);
	if (frame->captured == frame->bytes->len)
		return;
	describe_key(describer, own, KEY_step_snaplen, captured);
	g_string_append(description->note, "captured in part: the bytes that are missing are written as zeros\n");
}

static void describe_layers(const describer_t *describer, description_t *description)
{
	frame_t *frame = description->frame;
	bool is_message = is_message_step(frame);

	if (!is_message)
		description->step->stack = block_list_new();
	for (guint i = 0; i < frame->layers->len; i++) {
		const piece_t *piece = frame_layer(frame, i);
		const piece_t *next = i + 1 < frame->layers->len ? frame_layer(frame, i + 1) : NULL;
		block_t *block = new_block(piece->id);

		put_layer(&(draft_t){describer, frame, piece, next, block});
		g_ptr_array_add(description->layers, block);
		if (is_message)
			description->step->layer[piece->id] = block;
		else
			g_ptr_array_add(description->step->stack, block);
	}
}

void describe_frame(const describer_t *describer, description_t *description)
{
	frame_t *frame = description->frame;

	description->step = step_new();
	description->layers = g_ptr_array_new();
	description->extensions = g_ptr_array_new();
	description->note = g_string_new(NULL);
	describe_layers(describer, description);
	if (frame->extensions->len > 0)
		description->step->extensions = block_list_new();
	for (guint i = 0; i < frame->extensions->len; i++) {
		const piece_t *piece = frame_extension(frame, i);
		block_t *block = new_block(piece->id);

		put_extension(&(draft_t){describer, frame, piece, NULL, block});
		g_ptr_array_add(description->extensions, block);
		g_ptr_array_add(description->step->extensions, block);
	}
	put_step_keys(describer, description);
}

void description_clear(description_t *description)
{
	step_free(description->step);
	g_ptr_array_unref(description->layers);
	g_ptr_array_unref(description->extensions);
	g_string_free(description->note, TRUE);
}
