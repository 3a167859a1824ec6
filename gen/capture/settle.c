// SPDX-License-Identifier: GPL-2.0-or-later
// What a described packet is when it is built, against what was captured.
#include "capture/settle.h"

#include "capture/value.h"
#include "packet/checksum.h"
#include "packet/encode.h"
#include "packet/finish.h"
#include "packet/mip.h"

#include <string.h>

bool settle_fits(const trial_t *trial)
{
	return trial->bytes->len == trial->description->frame->bytes->len;
}

// A value that the packet would have by itself.
static bool follows(block_id_t id, unsigned key)
{
	const key_spec_t *spec = &block_specs[id].keys[key];

	return (spec->words & WORD_AUTO) != 0 && spec->width > 0 && (int)key != encode_checksum_key(id) &&
	       spec->kind != KIND_IDENTIFICATION && spec->kind != KIND_IDENTIFICATION32;
}

static bool is_as_built(const trial_t *trial, const piece_t *piece, const key_spec_t *spec)
{
	frame_t built = *trial->description->frame;

	built.bytes = (GByteArray *)trial->bytes;
	const value_t one = capture_value(trial->description->frame, piece->start, spec);
	const value_t other = capture_value(&built, piece->start, spec);
	return one.number == other.number;
}

static void settle_block(const describer_t *describer, const trial_t *trial, const piece_t *piece, block_t *block)
{
	const block_spec_t *spec = &block_specs[block->id];

	for (unsigned key = 0; key < spec->key_count; key++) {
		if (!follows(block->id, key) ||
		    spec->keys[key].offset + (gsize)spec->keys[key].width > 8 * piece->head ||
		    is_as_built(trial, piece, &spec->keys[key]))
			continue;
		g_autofree char *text =
			describe_field(describer, trial->description->frame, piece->start, &spec->keys[key]);
		describe_key(describer, block, key, text);
	}
}

// Checksums.

static guint16 right_checksum(const frame_t *frame, const cover_t *cover)
{
	guint64 sum = cover->constant;

	for (unsigned i = 0; i < cover->part_count; i++)
		sum = checksum_add(sum, frame->bytes->data + cover->parts[i].offset, cover->parts[i].length);
	guint16 own = frame_read16(frame, cover->field);
	return finish_checksum(cover, checksum_fold(sum + (guint16)~own)); // without the field itself
}

static void settle_checksum(const describer_t *describer, const trial_t *trial, guint index, block_t *block)
{
	const frame_t *frame = trial->description->frame;
	const built_packet_t captured = {trial->plan->layers, frame->bytes->data, frame->bytes->len};
	unsigned key = (unsigned)MAX(encode_checksum_key(block->id), 0);
	cover_t cover;

	if (frame->captured < frame->bytes->len || !finish_cover(&captured, index + 1, &cover))
		return;
	guint16 found = frame_read16(frame, cover.field);
	guint16 right = right_checksum(frame, &cover);
	if (found == right || (!cover.is_udp && (found ^ right) == 0xffff && (found == 0 || right == 0)))
		return;
	if (cover.is_udp && found == 0) {
		describe_key(describer, block, key, "none");
		return;
	}
	describe_key(describer, block, key, "bad");
	g_string_append_printf(trial->description->note,
			       "the %s checksum is 0x%04x, should be 0x%04x: written as a wrong one\n",
			       block_specs[block->id].name, found, right);
}

void settle_values(const describer_t *describer, const trial_t *trial)
{
	description_t *description = trial->description;

	for (guint i = 0; i < description->layers->len; i++) {
		settle_block(describer, trial, frame_layer(description->frame, i), description->layers->pdata[i]);
		settle_checksum(describer, trial, i, description->layers->pdata[i]);
	}
	for (guint i = 0; i < description->extensions->len; i++)
		settle_block(describer, trial, frame_extension(description->frame, i),
			     description->extensions->pdata[i]);
}

// Bytes.

static void spare(guint8 *spared, gsize size, gsize offset, gsize length)
{
	if (offset < size)
		memset(spared + offset, 1, MIN(length, size - offset));
}

static void spare_key(guint8 *spared, gsize size, const piece_t *piece, unsigned key)
{
	const key_spec_t *spec = &block_specs[piece->id].keys[key];

	spare(spared, size, piece->start + spec->offset / 8, (gsize)spec->width / 8);
}

// Bytes that are others when the packet is written again.
static guint8 *spared_bytes(const frame_t *frame)
{
	gsize size = frame->bytes->len;
	guint8 *spared = g_malloc0(size);

	spare(spared, size, 0, FRAME_LINK_LENGTH);
	spare(spared, size, frame->captured, size);
	for (guint i = 0; i < frame->layers->len + frame->extensions->len; i++) {
		const piece_t *piece =
			i < frame->layers->len ? frame_layer(frame, i) : frame_extension(frame, i - frame->layers->len);
		const block_spec_t *spec = &block_specs[piece->id];
		int checksum = encode_checksum_key(piece->id);

		if (checksum >= 0)
			spare_key(spared, size, piece, (unsigned)checksum);
		for (unsigned key = 0; key < spec->key_count; key++)
			if (spec->keys[key].kind == KIND_IDENTIFICATION ||
			    spec->keys[key].kind == KIND_IDENTIFICATION32)
				spare_key(spared, size, piece, key);
		if (mip_is_authentication(piece->id) && piece->head > spec->length)
			spare(spared, size, piece->start + spec->length, piece->head - spec->length);
	}
	return spared;
}

// The block that a byte belongs to, and where the block begins; NULL if there is none.
static block_t *block_of(const description_t *description, gsize offset, gsize *start)
{
	const frame_t *frame = description->frame;

	for (guint i = 0; i < frame->extensions->len; i++) {
		const piece_t *piece = frame_extension(frame, i);

		*start = piece->start;
		if (offset >= piece->start && offset < piece->start + piece->head)
			return description->extensions->pdata[i];
	}
	for (guint i = 0; i < frame->layers->len; i++) {
		const piece_t *piece = frame_layer(frame, i);

		*start = piece->start;
		if (offset >= piece->start && offset < piece->start + piece->head)
			return description->layers->pdata[i];
	}
	return NULL;
}

static void put_patch(const describer_t *describer, const description_t *description, gsize offset)
{
	gsize start = 0;
	block_t *block = block_of(description, offset, &start);
	guint8 byte = description->frame->bytes->data[offset];

	if (!block) {
		g_string_append_printf(description->note,
				       "byte %" G_GSIZE_FORMAT " of the packet, 0x%02x, is another one\n",
				       offset - FRAME_LINK_LENGTH, byte);
		return;
	}
	unsigned key = block->id < FIRST_EXTENSION ? (unsigned)LAYER_PATCH : (unsigned)EXT_PATCH;
	const char *before = block->value[key].string;
	g_autofree char *text = g_strdup_printf("%s%s%" G_GSIZE_FORMAT "=%02x", before ? before : "", before ? " " : "",
						offset - start, byte);
	describe_key(describer, block, key, text);
}

void settle_bytes(const describer_t *describer, const trial_t *trial)
{
	const frame_t *frame = trial->description->frame;
	g_autofree guint8 *spared = spared_bytes(frame);

	for (gsize i = 0; i < frame->bytes->len; i++)
		if (!spared[i] && frame->bytes->data[i] != trial->bytes->data[i])
			put_patch(describer, trial->description, i);
}
