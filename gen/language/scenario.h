// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario by name: base flow, edits and copies resolved to a plain list of steps.
#ifndef DSMIPGEN_SCENARIO_H
#define DSMIPGEN_SCENARIO_H

#include "language/actors.h"
#include "language/part.h"

typedef struct {
	char *name;
	const char *summary;            // "" if the file has none
	const char *note;               // lines for people, or NULL
	const char *about[ABOUT_COUNT]; // NULL: the file has none
	bool claims;                    // a step without `expect` breaks no rule
	GPtrArray *set;                 // of text_t: overrides of actors, base first
	GPtrArray *steps;               // of step_t
	GPtrArray *population;          // of part_t: many nodes with scenarios of their own, and no steps; or NULL
	text_t nodes;                   // of the population
	GStringChunk *strings;          // every text and place above
} scenario_t;

// An empty scenario; free with scenario_free().
scenario_t *scenario_new(const char *name);

// Loads a built-in scenario or a file (see library_find()), with its base resolved; free with scenario_free().
scenario_t *scenario_load(const char *name, GError **error);
void scenario_free(scenario_t *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(scenario_t, scenario_free)

// Loads the scenario that a file names, beside that file, with other values for its actors and fields (lists of text_t,
// or NULL); free with scenario_free(). An error has the place of the name.
scenario_t *scenario_load_part(const text_t *name, const GPtrArray *set, const GPtrArray *more, GError **error);

// What is done to the steps before packets are made of them: overrides of their fields (STEP.KEY=VALUE), repeated steps
// each by itself, values drawn from the seed, and references from one step to another. The overrides are those of
// scenario_actors().
bool scenario_prepare(scenario_t *scenario, const char *const *overrides, guint32 seed, GError **error);

// A copy with steps of its own; all else is shared, and the original must live longer. Free with scenario_copy_free().
scenario_t *scenario_copy(const scenario_t *scenario);
void scenario_copy_free(scenario_t *copy);

// The actors with the values that the scenario gives them, and then the overrides of the user (actor.field=value, NULL
// at the end, or NULL); free with actors_free(). NULL with an error that names the wrong one.
actors_t *scenario_actors(const scenario_t *scenario, const char *const *overrides, GError **error);

#endif
