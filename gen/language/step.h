// SPDX-License-Identifier: GPL-2.0-or-later
// A step of a scenario as texts: blocks of keys, each with its place in a file.
#ifndef DSMIPGEN_STEP_H
#define DSMIPGEN_STEP_H

#include "language/error.h"
#include "language/keys.h"

#include <stdbool.h>

struct text {
	const char *string; // NULL: not given; lives as long as the scenario
	struct place place;
};

struct block {
	enum block_id id;
	struct place place; // of its last edit
	struct text value[KEYS_MAX];
};

struct step {
	struct block *own;                // BLOCK_step: name, time, placement
	struct block *layer[BLOCK_COUNT]; // layers directly in the step, by block
	GPtrArray *stack;                 // of struct block, outermost first; NULL: not given
	GPtrArray *extensions;            // of struct block; NULL: not given
	GPtrArray *expect;                // of struct text; NULL: not given
};

struct step *step_new(void);
void step_free(struct step *step);
const char *step_name(const struct step *step);

// A list of blocks that owns them.
GPtrArray *block_list_new(void);

// Merges an edit into a step: mappings key by key, lists as a whole.
void step_merge(struct step *step, const struct step *edit);

// A new step with the packet of another one, but not its name, time, placement and expectation.
struct step *step_like(const struct step *model);

#endif
