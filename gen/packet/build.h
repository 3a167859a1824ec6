// SPDX-License-Identifier: GPL-2.0-or-later
// A stack of layers -> the bytes of a packet.
#ifndef DSMIPGEN_BUILD_H
#define DSMIPGEN_BUILD_H

#include "packet/plan.h"

typedef struct builder builder_t;

// A builder, with the seed of its random payloads; NULL with an error if libnet does not start.
builder_t *builder_new(guint32 seed, GError **error);
void builder_free(builder_t *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(builder_t, builder_free)

// Restarts the random payloads.
void builder_reseed(builder_t *builder, guint32 seed);

// Fills the values left to "auto" in plan->layers, builds the packet in place of what is in bytes, and notes in layers
// and extensions where they stand in it. False with an error that names the place in the scenario.
bool build_packet(builder_t *builder, plan_t *plan, GByteArray *bytes, GError **error);

#endif
