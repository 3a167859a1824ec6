// SPDX-License-Identifier: GPL-2.0-or-later
// The last step on a built packet: explicit header values, then checksums.
//
// The checksums are ours, not libnet's: they must cover deviations, and libnet 1.1.6 sends a UDP
// checksum of 0 as it is and loses its way at IPv6 extension headers.
#include "packet/finish.h"

#include "packet/checksum.h"
#include "packet/encode.h"

#include <string.h>

// Offset and index of the checksum key of the layers that have one.
static const struct key_spec *checksum_key(enum block_id id, unsigned *key)
{
	const struct block_spec *spec = &block_specs[id];

	for (*key = 0; *key < spec->key_count; (*key)++)
		if (strcmp(spec->keys[*key].name, "checksum") == 0)
			return &spec->keys[*key];
	return NULL;
}

static guint16 read16(const guint8 *bytes)
{
	return (guint16)(bytes[0] << 8 | bytes[1]);
}

static const struct values *layer_at(const struct built_packet *built, guint index)
{
	return built->layers->pdata[index];
}

static void add_part(struct cover *cover, gsize offset, gsize length)
{
	cover->parts[cover->part_count].offset = offset;
	cover->parts[cover->part_count].length = length;
	cover->part_count++;
}

#define NO_LAYER G_MAXUINT

// The IP layer around a layer, or a minimal encapsulation that stands for one; NO_LAYER if there is none.
static guint enclosing_ip(const struct built_packet *built, guint index)
{
	while (index-- > 0) {
		enum block_id id = layer_at(built, index)->id;

		if (id == BLOCK_ipv4 || id == BLOCK_ipv6 || id == BLOCK_minimal)
			return index;
	}
	return NO_LAYER;
}

// The source that minimal encapsulation leaves out is that of the IPv4 header before it.
static void add_outer_source(const struct built_packet *built, guint minimal, struct cover *cover)
{
	guint ip = enclosing_ip(built, minimal);

	if (ip != NO_LAYER)
		add_part(cover, layer_at(built, ip)->offset + 12, 4);
}

// Addresses and length and protocol as the receiver will add them (RFC 768, RFC 2460 8.1).
static void add_pseudo_header(const struct built_packet *built, guint index, gsize length, struct cover *cover)
{
	guint ip = enclosing_ip(built, index);
	const struct values *values;

	cover->constant = (guint32)block_specs[layer_at(built, index)->id].protocol + (guint32)length;
	if (ip == NO_LAYER)
		return;
	values = layer_at(built, ip);
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
static gsize ip_end(const struct built_packet *built, guint index)
{
	guint enclosing = enclosing_ip(built, index);
	const struct values *ip;
	const guint8 *bytes;

	if (enclosing == NO_LAYER)
		return built->length;
	ip = layer_at(built, enclosing);
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
static gsize announced_length(const struct built_packet *built, guint index)
{
	const struct values *layer = layer_at(built, index);
	gsize end = layer->id == BLOCK_udp ? layer->offset + read16(built->bytes + layer->offset + 4)
					   : ip_end(built, index);

	if (end > built->length || end < layer->offset + block_specs[layer->id].length)
		return layer->length;
	return end - layer->offset;
}

static gsize header_length(const struct built_packet *built, guint index)
{
	const struct values *layer = layer_at(built, index);

	return index + 1 < built->layers->len ? layer_at(built, index + 1)->offset - layer->offset : layer->length;
}

// If a layer is cut, its checksum may be gone.
static bool has_field(const struct values *layer, const struct key_spec *spec)
{
	return (spec->offset + (gsize)spec->width) / 8 <= layer->length;
}

bool finish_cover(const struct built_packet *built, guint index, struct cover *cover)
{
	const struct values *layer = layer_at(built, index);
	const struct block_spec *block = &block_specs[layer->id];
	unsigned key;
	const struct key_spec *spec = checksum_key(layer->id, &key);
	gsize length;

	if (spec == NULL || (layer->v[key].state != VALUE_AUTO && layer->v[key].state != VALUE_BAD) ||
	    !has_field(layer, spec))
		return false;
	*cover = (struct cover){.field = layer->offset + spec->offset / 8,
				.is_udp = layer->id == BLOCK_udp,
				.is_bad = layer->v[key].state == VALUE_BAD};
	length = block->sum == SUM_HEADER ? header_length(built, index) : announced_length(built, index);
	if (block->sum == SUM_PSEUDO)
		add_pseudo_header(built, index, length, cover);
	add_part(cover, layer->offset, length);
	return true;
}

guint16 finish_checksum(const struct cover *cover, guint16 sum)
{
	guint16 checksum = (guint16)~sum;

	if (cover->is_udp && checksum == 0)
		checksum = 0xffff;
	if (cover->is_bad)
		checksum = checksum == 0xffff ? 1 : checksum + 1; // 0 would mean "none" in UDP
	return checksum;
}

static void put_checksum(const struct built_packet *built, guint index)
{
	const struct values *layer = layer_at(built, index);
	struct cover cover;
	guint64 sum;
	unsigned key;
	const struct key_spec *spec = checksum_key(layer->id, &key);

	if (spec != NULL && layer->v[key].state == VALUE_NONE && block_specs[layer->id].sum != SUM_GRE &&
	    has_field(layer, spec))
		encode_number(built->bytes + layer->offset, spec->offset, 16, 0); // in GRE the field is absent
	if (!finish_cover(built, index, &cover))
		return; // none, or written with the other explicit values
	encode_number(built->bytes + cover.field, 0, 16, 0);
	sum = cover.constant;
	for (unsigned i = 0; i < cover.part_count; i++)
		sum = checksum_add(sum, built->bytes + cover.parts[i].offset, cover.parts[i].length);
	encode_number(built->bytes + cover.field, 0, 16, finish_checksum(&cover, checksum_fold(sum)));
}

void finish_checksums(const struct built_packet *built)
{
	for (guint i = built->layers->len; i-- > 0;)
		put_checksum(built, i);
}

bool finish_packet(const struct built_packet *built, GError **error)
{
	for (guint i = 0; i < built->layers->len; i++) {
		const struct values *layer = layer_at(built, i);
		guint8 *bytes = built->bytes + layer->offset;
		gsize length = header_length(built, i);

		encode_values(bytes, length, layer);
		if (!encode_patch(bytes, length, layer, LAYER_PATCH, error))
			return false;
	}
	finish_checksums(built);
	return true;
}
