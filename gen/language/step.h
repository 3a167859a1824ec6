// SPDX-License-Identifier: GPL-2.0-or-later
// A step of a scenario as texts: blocks of keys, each with its place in a file.
#ifndef DSMIPGEN_STEP_H
#define DSMIPGEN_STEP_H

#include "language/error.h"
#include "language/keys.h"

#include <stdbool.h>

typedef struct {
	const char *string; // NULL: not given; lives as long as the scenario
	place_t place;
} text_t;

typedef struct {
	block_id_t id;
	place_t place; // of its last edit
	text_t value[KEYS_MAX];
} block_t;

typedef struct {
	block_t *own;                // BLOCK_step: name, time, placement
	block_t *layer[BLOCK_COUNT]; // layers directly in the step, by block
	GPtrArray *stack;            // of block_t, outermost first; NULL: not given
	GPtrArray *extensions;       // of block_t; NULL: not given
	GPtrArray *expect;           // of text_t; NULL: not given
	text_t behind;               // of an edit: the step that this one comes after
	const char *note;            // lines for people, or NULL; lives as long as the scenario
} step_t;

// A step with no keys; free with step_free().
step_t *step_new(void);
void step_free(step_t *step);
// Its key `step`, which lives as long as the scenario.
const char *step_name(const step_t *step);

// A list of blocks that owns them.
GPtrArray *block_list_new(void);

// Merges an edit into a step: mappings key by key, lists as a whole.
void step_merge(step_t *step, const step_t *edit);

// A copy of all that a step has; free with step_free().
step_t *step_copy(const step_t *step);

// A new step with the packet of another one, but not its name, time, placement and expectation.
step_t *step_like(const step_t *model);

#endif
