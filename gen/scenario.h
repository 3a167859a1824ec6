// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario by name: base flow, edits and copies resolved to a plain list of steps.
#ifndef DSMIPGEN_SCENARIO_H
#define DSMIPGEN_SCENARIO_H

#include "step.h"

struct scenario {
	char *name;
	const char *summary;            // "" if the file has none
	const char *about[ABOUT_COUNT]; // NULL: the file has none
	GPtrArray *set;                 // of struct text: world overrides, base first
	GPtrArray *steps;               // of struct step
	GStringChunk *strings;          // every text and place above
};

struct scenario *scenario_load(const char *name, GError **error);
void scenario_free(struct scenario *scenario);

#endif
