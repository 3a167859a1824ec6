// SPDX-License-Identifier: GPL-2.0-or-later
// Parts of the fuzzer: what can be done to a plan, and to the bytes of a packet.
#ifndef DSMIPGEN_FUZZ_PARTS_H
#define DSMIPGEN_FUZZ_PARTS_H

#include "dice.h"
#include "plan.h"

// Layers and extensions that a mutation may put in.
struct fuzz_models {
	GPtrArray *layers; // struct values
	GPtrArray *extensions;
	const GPtrArray *plans; // the valid ones, whose extensions may be borrowed
};

bool fuzz_models_init(struct fuzz_models *models, const struct world *world, const GPtrArray *plans, GError **error);
void fuzz_models_clear(struct fuzz_models *models);

// Changes a plan and appends to the text what was done; false if what the dice chose does not fit the plan.
bool fuzz_plan(struct plan *plan, const struct fuzz_models *models, struct dice *dice, GString *text);

// The same with the bytes of a packet that was built from the plan.
bool fuzz_bytes(GByteArray *bytes, const struct plan *plan, struct dice *dice, GString *text);

// A number at the edge of what the rules allow for a field of that width in bits, or any.
guint64 fuzz_number(struct dice *dice, unsigned width);

// An address, prefix or MAC address of note, or one with a bit flipped.
void fuzz_octets(struct dice *dice, guint8 *octets, gsize length);

// A random key of a block that has a field of its own, or -1.
int fuzz_pick_key(const struct values *values, struct dice *dice);

#endif
