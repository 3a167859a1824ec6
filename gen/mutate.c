// SPDX-License-Identifier: GPL-2.0-or-later
// The last touch on a built packet: explicit header values, then checksums.
//
// The checksums are ours, not libnet's: they must cover deviations, and libnet 1.1.6 sends a UDP
// checksum of 0 as it is and loses its way at IPv6 extension headers.
#include "mutate.h"

#include "checksum.h"
#include "layout.h"

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

static const struct values *layer_at(const struct layout *layout, guint index)
{
	return layout->layers->pdata[index];
}

static void add_part(struct cover *cover, gsize offset, gsize length)
{
	cover->parts[cover->part_count].offset = offset;
	cover->parts[cover->part_count].length = length;
	cover->part_count++;
}

#define NO_LAYER G_MAXUINT

// The IP layer around a layer, or a minimal encapsulation that stands for one; NO_LAYER if there is none.
static guint enclosing_ip(const struct layout *layout, guint index)
{
	while (index-- > 0) {
		enum block_id id = layer_at(layout, index)->id;

		if (id == BLOCK_ipv4 || id == BLOCK_ipv6 || id == BLOCK_minimal)
			return index;
	}
	return NO_LAYER;
}

// The source that minimal encapsulation leaves out is that of the IPv4 header before it.
static void add_outer_source(const struct layout *layout, guint minimal, struct cover *cover)
{
	guint ip = enclosing_ip(layout, minimal);

	if (ip != NO_LAYER)
		add_part(cover, layer_at(layout, ip)->offset + 12, 4);
}

// Addresses and length and protocol as the receiver will add them (RFC 768, RFC 2460 8.1).
static void add_pseudo_header(const struct layout *layout, guint index, gsize length, struct cover *cover)
{
	guint ip = enclosing_ip(layout, index);
	const struct values *values;

	cover->constant = (guint32)block_specs[layer_at(layout, index)->id].protocol + (guint32)length;
	if (ip == NO_LAYER)
		return;
	values = layer_at(layout, ip);
	if (values->id == BLOCK_ipv6) {
		add_part(cover, values->offset + 8, 32);
	} else if (values->id == BLOCK_ipv4) {
		add_part(cover, values->offset + 12, 8);
	} else if (value_is_set(values, KEY_minimal_source)) {
		add_part(cover, values->offset + 4, 8);
	} else {
		add_part(cover, values->offset + 4, 4);
		add_outer_source(layout, ip, cover);
	}
}

// Where the enclosing IP header says that its packet ends.
static gsize ip_end(const struct layout *layout, guint index)
{
	guint enclosing = enclosing_ip(layout, index);
	const struct values *ip;
	const guint8 *bytes;

	if (enclosing == NO_LAYER)
		return layout->length;
	ip = layer_at(layout, enclosing);
	bytes = layout->bytes + ip->offset;
	switch (ip->id) {
	case BLOCK_ipv6:
		return ip->offset + 40 + read16(bytes + 4);
	case BLOCK_ipv4:
		return ip->offset + read16(bytes + 2);
	default:
		return layout->length;
	}
}

// Bytes that the receiver sums: to the end that the headers announce, if they announce a sane one.
static gsize announced_length(const struct layout *layout, guint index)
{
	const struct values *layer = layer_at(layout, index);
	gsize end = layer->id == BLOCK_udp ? layer->offset + read16(layout->bytes + layer->offset + 4)
					   : ip_end(layout, index);

	if (end > layout->length || end < layer->offset + block_specs[layer->id].length)
		return layer->length;
	return end - layer->offset;
}

static gsize header_length(const struct layout *layout, guint index)
{
	const struct values *layer = layer_at(layout, index);

	return index + 1 < layout->layers->len ? layer_at(layout, index + 1)->offset - layer->offset : layer->length;
}

// Of a layer that is cut, the checksum may be gone.
static bool has_field(const struct values *layer, const struct key_spec *spec)
{
	return (spec->offset + (gsize)spec->width) / 8 <= layer->length;
}

bool mutate_cover(const struct layout *layout, guint index, struct cover *cover)
{
	const struct values *layer = layer_at(layout, index);
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
	length = block->sum == SUM_HEADER ? header_length(layout, index) : announced_length(layout, index);
	if (block->sum == SUM_PSEUDO)
		add_pseudo_header(layout, index, length, cover);
	add_part(cover, layer->offset, length);
	return true;
}

guint16 mutate_checksum(const struct cover *cover, guint16 sum)
{
	guint16 checksum = (guint16)~sum;

	if (cover->is_udp && checksum == 0)
		checksum = 0xffff;
	if (cover->is_bad)
		checksum = checksum == 0xffff ? 1 : checksum + 1; // 0 would mean "none" in UDP
	return checksum;
}

static void put_checksum(const struct layout *layout, guint index)
{
	const struct values *layer = layer_at(layout, index);
	struct cover cover;
	guint64 sum;
	unsigned key;
	const struct key_spec *spec = checksum_key(layer->id, &key);

	if (spec != NULL && layer->v[key].state == VALUE_NONE && block_specs[layer->id].sum != SUM_GRE &&
	    has_field(layer, spec))
		layout_put(layout->bytes + layer->offset, spec->offset, 16, 0); // in GRE the field is absent
	if (!mutate_cover(layout, index, &cover))
		return; // none, or written with the other explicit values
	layout_put(layout->bytes + cover.field, 0, 16, 0);
	sum = cover.constant;
	for (unsigned i = 0; i < cover.part_count; i++)
		sum = checksum_add(sum, layout->bytes + cover.parts[i].offset, cover.parts[i].length);
	layout_put(layout->bytes + cover.field, 0, 16, mutate_checksum(&cover, checksum_fold(sum)));
}

void mutate_checksums(const struct layout *layout)
{
	for (guint i = layout->layers->len; i-- > 0;)
		put_checksum(layout, i);
}

bool mutate_packet(const struct layout *layout, GError **error)
{
	for (guint i = 0; i < layout->layers->len; i++) {
		const struct values *layer = layer_at(layout, i);
		guint8 *bytes = layout->bytes + layer->offset;
		gsize length = header_length(layout, i);

		layout_write(bytes, length, layer);
		if (!layout_patch(bytes, length, layer, LAYER_PATCH, error))
			return false;
	}
	mutate_checksums(layout);
	return true;
}
