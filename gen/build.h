// SPDX-License-Identifier: GPL-2.0-or-later
// A stack of layers -> the bytes of a packet.
#ifndef DSMIPGEN_BUILD_H
#define DSMIPGEN_BUILD_H

#include "value.h"

// What a packet is made of. All values are struct values.
struct plan {
	const struct values *step; // trailer and cut
	GPtrArray *layers;         // outermost first
	GPtrArray *extensions;     // of the control message among the layers
};

struct builder;

struct builder *builder_new(guint32 seed, GError **error);
void builder_free(struct builder *builder);

// Fills the values left to "auto" in plan->layers and builds the packet. Free with g_bytes_unref.
GBytes *build_packet(struct builder *builder, const struct plan *plan, GError **error);

#endif
