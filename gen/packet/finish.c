// SPDX-License-Identifier: GPL-2.0-or-later
// The last step on a built packet: the values that libnet does not take, then checksums.
//
// A checksum is libnet's if libnet saw all that it covers as it is sent. It is computed here over deviations, over
// headers that are bytes to libnet and have a checksum themselves, and where libnet would put them in the wrong place
// (header.c). A UDP checksum that comes to 0 libnet sends as it is, which would mean "none" (RFC 768).
#include "packet/finish.h"

#include "packet/checksum.h"
#include "packet/encode.h"
#include "packet/header.h"

#include <string.h>

static guint16 read16(const guint8 *bytes)
{
	return (guint16)(bytes[0] << 8 | bytes[1]);
}

static const values_t *layer_at(const built_packet_t *built, guint index)
{
	return built->layers->pdata[index];
}

static void add_part(cover_t *cover, gsize offset, gsize length)
{
	cover->parts[cover->part_count].offset = offset;
	cover->parts[cover->part_count].length = length;
	cover->part_count++;
}

#define NO_LAYER G_MAXUINT

// The IP layer around a layer, or a minimal encapsulation that stands for one; NO_LAYER if there is none.
static guint enclosing_ip(const built_packet_t *built, guint index)
{
	while (index-- > 0) {
		block_id_t id = layer_at(built, index)->id;

		if (id == BLOCK_ipv4 || id == BLOCK_ipv6 || id == BLOCK_minimal)
			return index;
	}
	return NO_LAYER;
}

// The source that minimal encapsulation leaves out is that of the IPv4 header before it.
static void add_outer_source(const built_packet_t *built, guint minimal, cover_t *cover)
{
	guint ip = enclosing_ip(built, minimal);

	if (ip != NO_LAYER)
		add_part(cover, layer_at(built, ip)->offset + 12, 4);
}

// Addresses and length and protocol as the receiver will add them (RFC 768, RFC 2460 8.1).
static void add_pseudo_header(const built_packet_t *built, guint index, gsize length, cover_t *cover)
{
	guint ip = enclosing_ip(built, index);

	cover->constant = (guint32)block_specs[layer_at(built, index)->id].protocol + (guint32)length;
	if (ip == NO_LAYER)
		return;
	const values_t *values = layer_at(built, ip);
	if (values->id == BLOCK_ipv6) {
		add_part(cover, values->offset + 8, 32);
	} else if (values->id == BLOCK_ipv4) {
		add_part(cover, values->offset + 12, 8);
	} else if (value_is_set(values, KEY_minimal_source)) {
		add_part(cover, values->offset + 4, 8);
	} else {
		add_part(cover, values->offset + 4, 4);
		add_outer_source(built, ip, cover);
	}
}

// Where the enclosing IP header says that its packet ends.
static gsize ip_end(const built_packet_t *built, guint index)
{
	guint enclosing = enclosing_ip(built, index);
	const guint8 *bytes;

	if (enclosing == NO_LAYER)
		return built->length;
	const values_t *ip = layer_at(built, enclosing);
	bytes = built->bytes + ip->offset;
	switch (ip->id) {
	case BLOCK_ipv6:
		return ip->offset + 40 + read16(bytes + 4);
	case BLOCK_ipv4:
		return ip->offset + read16(bytes + 2);
	default:
		return built->length;
	}
}

// Bytes that the receiver sums: up to the end that the headers announce, if that lies inside the packet.
static gsize announced_length(const built_packet_t *built, guint index)
{
	const values_t *layer = layer_at(built, index);
	gsize end = layer->id == BLOCK_udp ? layer->offset + read16(built->bytes + layer->offset + 4)
					   : ip_end(built, index);

	if (end > built->length || end < layer->offset + block_specs[layer->id].length)
		return layer->length;
	return end - layer->offset;
}

static gsize header_length(const built_packet_t *built, guint index)
{
	const values_t *layer = layer_at(built, index);

	return index + 1 < built->layers->len ? layer_at(built, index + 1)->offset - layer->offset : layer->length;
}

// If a layer is cut, its checksum may be gone.
static bool has_field(const values_t *layer, const key_spec_t *spec)
{
	return (spec->offset + (gsize)spec->width) / 8 <= layer->length;
}

bool finish_cover(const built_packet_t *built, guint index, cover_t *cover)
{
	const values_t *layer = layer_at(built, index);
	const block_spec_t *block = &block_specs[layer->id];
	int key = encode_checksum_key(layer->id);
	const key_spec_t *spec = key < 0 ? NULL : &block->keys[key];

	if (!spec || (layer->v[key].state != VALUE_AUTO && layer->v[key].state != VALUE_BAD) || !has_field(layer, spec))
		return false;
	*cover = (cover_t){.field = layer->offset + spec->offset / 8,
			   .is_udp = layer->id == BLOCK_udp,
			   .is_bad = layer->v[key].state == VALUE_BAD};
	gsize length = block->sum == SUM_HEADER ? header_length(built, index) : announced_length(built, index);
	if (block->sum == SUM_PSEUDO)
		add_pseudo_header(built, index, length, cover);
	add_part(cover, layer->offset, length);
	return true;
}

guint16 finish_checksum(const cover_t *cover, guint16 sum)
{
	guint16 checksum = (guint16)~sum;

	if (cover->is_udp && checksum == 0)
		checksum = 0xffff;
	if (cover->is_bad)
		checksum = checksum == 0xffff ? 1 : checksum + 1; // 0 would mean "none" in UDP
	return checksum;
}

// Zero where there is to be none. In GRE the field itself is absent then.
static void clear_checksum(const built_packet_t *built, const values_t *layer)
{
	int key = encode_checksum_key(layer->id);

	if (key >= 0 && layer->v[key].state == VALUE_NONE && layer->id != BLOCK_gre &&
	    has_field(layer, &block_specs[layer->id].keys[key]))
		encode_number(built->bytes + layer->offset, block_specs[layer->id].keys[key].offset, 16, 0);
}

// Computes the checksum of a layer; false if it has none that follows from the bytes.
static bool put_checksum(const built_packet_t *built, guint index)
{
	cover_t cover;

	clear_checksum(built, layer_at(built, index));
	if (!finish_cover(built, index, &cover))
		return false;
	encode_number(built->bytes + cover.field, 0, 16, 0);
	guint64 sum = cover.constant;
	for (unsigned i = 0; i < cover.part_count; i++)
		sum = checksum_add(sum, built->bytes + cover.parts[i].offset, cover.parts[i].length);
	encode_number(built->bytes + cover.field, 0, 16, finish_checksum(&cover, checksum_fold(sum)));
	return true;
}

void finish_checksums(const built_packet_t *built)
{
	for (guint i = built->layers->len; i-- > 0;)
		put_checksum(built, i);
}

// Writes what the scenario says over what libnet made by itself; false if there is nothing. libnet sums to the end of
// the packet, so that bytes appended behind a layer count as well.
static bool write_deviations(const values_t *layer, guint8 *bytes, gsize length)
{
	bool any = layer->v[LAYER_PATCH].bytes || layer->v[LAYER_APPEND].bytes;

	for (unsigned key = 0; key < block_specs[layer->id].key_count; key++) {
		if (!header_deviates(layer, key))
			continue;
		encode_key(bytes, length, layer, key);
		any = true;
	}
	return any;
}

static void repair_udp_zero(const built_packet_t *built, const values_t *layer)
{
	guint8 *checksum = built->bytes + layer->offset + block_specs[BLOCK_udp].keys[KEY_udp_checksum].offset / 8;

	if (read16(checksum) == 0)
		memset(checksum, 0xff, 2);
}

bool finish_packet(const built_packet_t *built, GError **error)
{
	bool deviates = false; // libnet has summed other bytes than are sent

	for (guint i = 0; i < built->layers->len; i++) {
		const values_t *layer = layer_at(built, i);
		guint8 *bytes = built->bytes + layer->offset;
		gsize length = header_length(built, i);

		deviates |= write_deviations(layer, bytes, length);
		if (!encode_patch(bytes, length, layer, LAYER_PATCH, error))
			return false;
	}
	bool inside_deviates = deviates;
	for (guint i = built->layers->len; i-- > 0;) {
		const values_t *layer = layer_at(built, i);

		if (!layer->sum_by_libnet || (layer->id == BLOCK_ipv4 ? deviates : inside_deviates))
			inside_deviates |= put_checksum(built, i);
		else if (layer->id == BLOCK_udp)
			repair_udp_zero(built, layer);
	}
	return true;
}
