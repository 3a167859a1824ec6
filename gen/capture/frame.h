// SPDX-License-Identifier: GPL-2.0-or-later
// A captured packet, and the blocks of the scenario language that its bytes are.
#ifndef DSMIPGEN_CAPTURE_FRAME_H
#define DSMIPGEN_CAPTURE_FRAME_H

#include "language/keys.h"

// Of the Ethernet header that every frame has, also where the link that was captured has none.
#define FRAME_LINK_LENGTH 14

// A layer or extension among the bytes of a frame.
typedef struct {
	block_id_t id;
	gsize start;    // offset in the frame
	gsize head;     // its own bytes, from there
	gsize end;      // offset at which it ends, with all that it carries
	gsize appended; // bytes behind that end, inside the layer around it
} piece_t;

typedef struct {
	guint number;      // in its file, from 1
	gint64 time;       // microseconds since 1970
	GByteArray *bytes; // as long as the packet was; zeros where the capture has less
	gsize captured;
	GArray *layers;     // of piece_t, outermost first, without the Ethernet header
	GArray *extensions; // of piece_t
	gsize trailer;      // bytes behind the last extension
	gsize missing;      // bytes of a message's fixed part that the packet does not have
	bool is_kept;       // its IP packet is not taken apart
} frame_t;

static inline piece_t *frame_layer(const frame_t *frame, guint index)
{
	return &g_array_index(frame->layers, piece_t, index);
}

static inline piece_t *frame_extension(const frame_t *frame, guint index)
{
	return &g_array_index(frame->extensions, piece_t, index);
}

// The first layer of a kind, or NULL.
static inline const piece_t *frame_find(const frame_t *frame, block_id_t id)
{
	for (guint i = 0; i < frame->layers->len; i++)
		if (frame_layer(frame, i)->id == id)
			return frame_layer(frame, i);
	return NULL;
}

// A number of 16 or 32 bits, big-endian, at an offset in the frame; the caller knows that it is there.
static inline guint16 frame_read16(const frame_t *frame, gsize at)
{
	return (guint16)(frame->bytes->data[at] << 8 | frame->bytes->data[at + 1]);
}

static inline guint32 frame_read32(const frame_t *frame, gsize at)
{
	return (guint32)frame_read16(frame, at) << 16 | frame_read16(frame, at + 2);
}

#endif
