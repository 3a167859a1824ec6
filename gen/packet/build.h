// SPDX-License-Identifier: GPL-2.0-or-later
// A stack of layers -> the bytes of a packet.
#ifndef DSMIPGEN_BUILD_H
#define DSMIPGEN_BUILD_H

#include "packet/plan.h"

struct builder;

struct builder *builder_new(guint32 seed, GError **error);
void builder_free(struct builder *builder);

// Restarts the random payloads.
void builder_reseed(struct builder *builder, guint32 seed);

// Fills the values left to "auto" in plan->layers, builds the packet, and notes in layers and
// extensions where they stand in it. Free with g_bytes_unref.
GBytes *build_packet(struct builder *builder, struct plan *plan, GError **error);

#endif
