// SPDX-License-Identifier: GPL-2.0-or-later
// The last touch on a built packet: explicit header values, then checksums.
//
// The checksums are ours, not libnet's: they must cover deviations, and libnet 1.1.6 sends a UDP
// checksum of 0 as it is and loses its way at IPv6 extension headers.
#include "mutate.h"

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

static guint32 add_bytes(guint32 sum, const guint8 *bytes, gsize length)
{
	for (gsize i = 0; i + 1 < length; i += 2)
		sum += read16(bytes + i);
	if (length % 2 != 0)
		sum += (guint32)bytes[length - 1] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static const struct values *layer_at(const struct layout *layout, guint index)
{
	return layout->layers->pdata[index];
}

// The IP layer around a layer, or a minimal encapsulation that stands for one.
static guint enclosing_ip(const struct layout *layout, guint index)
{
	do {
		index--;
	} while (index > 0 && layer_at(layout, index)->id != BLOCK_ipv4 && layer_at(layout, index)->id != BLOCK_ipv6 &&
		 layer_at(layout, index)->id != BLOCK_minimal);
	return index;
}

// Addresses and length and protocol as the receiver will add them (RFC 768, RFC 2460 8.1).
static guint32 pseudo_header_sum(const struct layout *layout, guint index, gsize length)
{
	guint ip = enclosing_ip(layout, index);
	const struct values *values = layer_at(layout, ip);
	const guint8 *bytes = layout->bytes + layout->offsets[ip];
	guint32 sum = (guint32)block_specs[layer_at(layout, index)->id].protocol + (guint32)length;

	if (values->id == BLOCK_ipv6)
		return add_bytes(sum, bytes + 8, 32);
	if (values->id == BLOCK_ipv4)
		return add_bytes(sum, bytes + 12, 8);
	if (value_is_set(values, KEY_minimal_source))
		return add_bytes(sum, bytes + 4, 8);
	sum = add_bytes(sum, bytes + 4, 4);
	return add_bytes(sum, layout->bytes + layout->offsets[enclosing_ip(layout, ip)] + 12, 4);
}

// Where the enclosing IP header says that its packet ends.
static gsize ip_end(const struct layout *layout, guint index)
{
	guint ip = enclosing_ip(layout, index);
	const guint8 *bytes = layout->bytes + layout->offsets[ip];

	switch (layer_at(layout, ip)->id) {
	case BLOCK_ipv6:
		return layout->offsets[ip] + 40 + read16(bytes + 4);
	case BLOCK_ipv4:
		return layout->offsets[ip] + read16(bytes + 2);
	default:
		return layout->length;
	}
}

// Bytes that the receiver sums: to the end that the headers announce, if they announce a sane one.
static gsize covered_length(const struct layout *layout, guint index)
{
	gsize start = layout->offsets[index];
	const struct block_spec *spec = &block_specs[layer_at(layout, index)->id];
	gsize end = layer_at(layout, index)->id == BLOCK_udp ? start + read16(layout->bytes + start + 4)
							     : ip_end(layout, index);

	if (end > layout->length || end < start + spec->length)
		end = layout->length;
	return end - start;
}

static gsize header_length(const struct layout *layout, guint index)
{
	gsize end = index + 1 < layout->layers->len ? layout->offsets[index + 1] : layout->length;

	return end - layout->offsets[index];
}

static guint16 compute_checksum(const struct layout *layout, guint index)
{
	const struct block_spec *spec = &block_specs[layer_at(layout, index)->id];
	const guint8 *bytes = layout->bytes + layout->offsets[index];
	gsize length = spec->sum == SUM_HEADER ? header_length(layout, index) : layout->length - layout->offsets[index];
	guint32 sum = 0;
	guint16 checksum;

	if (spec->sum == SUM_PSEUDO) {
		length = covered_length(layout, index);
		sum = pseudo_header_sum(layout, index, length);
	}
	checksum = (guint16)~add_bytes(sum, bytes, length);
	return layer_at(layout, index)->id == BLOCK_udp && checksum == 0 ? 0xffff : checksum; // RFC 768
}

static void put_checksum(const struct layout *layout, guint index)
{
	const struct values *values = layer_at(layout, index);
	guint8 *bytes = layout->bytes + layout->offsets[index];
	unsigned key;
	const struct key_spec *spec = checksum_key(values->id, &key);
	guint16 checksum = 0;

	if (spec == NULL || value_is_set(values, key))
		return; // none, or written with the other explicit values
	if (block_specs[values->id].sum == SUM_GRE && values->v[key].state == VALUE_NONE)
		return; // the field is absent
	layout_put(bytes, spec->offset, 16, 0);
	if (values->v[key].state != VALUE_NONE)
		checksum = compute_checksum(layout, index);
	if (values->v[key].state == VALUE_BAD)
		checksum = checksum == 0xffff ? 1 : checksum + 1; // 0 would mean "none" in UDP
	layout_put(bytes, spec->offset, 16, checksum);
}

void mutate_packet(const struct layout *layout)
{
	for (guint i = layout->layers->len; i-- > 0;) {
		layout_write(layout->bytes + layout->offsets[i], header_length(layout, i), layer_at(layout, i));
		put_checksum(layout, i);
	}
}
