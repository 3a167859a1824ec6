// SPDX-License-Identifier: GPL-2.0-or-later
// A frame -> a step of a scenario: keys that differ from their defaults, with names for addresses.
#ifndef DSMIPGEN_CAPTURE_DESCRIBE_H
#define DSMIPGEN_CAPTURE_DESCRIBE_H

#include "capture/frame.h"
#include "capture/names.h"
#include "language/step.h"

typedef struct {
	names_t *names;
	GStringChunk *strings; // of all texts
	GPtrArray *unnamed;    // addresses without a name, as texts in `strings`, each once
} describer_t;

// What a frame became.
typedef struct {
	frame_t *frame;
	step_t *step;
	GPtrArray *layers;     // of block_t, as the layers of the frame; they belong to the step
	GPtrArray *extensions; // the same
	GString *note;         // what could not be said, in lines
} description_t;

// Makes the step of a frame, without its name and time. Values that follow from the rest of the packet are left out.
void describe_frame(const describer_t *describer, description_t *description);

// Frees what describe_frame() made.
void description_clear(description_t *description);

// Gives a key of a block a text.
void describe_key(const describer_t *describer, block_t *block, unsigned key, const char *text);
void describe_bytes(const describer_t *describer, block_t *block, unsigned key, const guint8 *bytes, gsize length);

// The text of a field of a block that begins at an offset: a name where there is one. Free with g_free().
char *describe_field(const describer_t *describer, const frame_t *frame, gsize start, const key_spec_t *spec);

#endif
