// SPDX-License-Identifier: GPL-2.0-or-later
// Values that a scenario leaves to chance: ranges, choices and distributions, drawn from the seed.
#ifndef DSMIPGEN_DRAW_H
#define DSMIPGEN_DRAW_H

#include "language/step.h"

// Whether a text leaves a value to chance: "60..600", "a | b", "exp(60)" or "normal(600, 50)".
bool draw_is_random(const char *text);

// A number of microseconds from 0 to the limit, each as likely as the others, for a step and what it is for.
gint64 draw_time(guint32 seed, const char *step, const char *purpose, gint64 limit);

// Draws one value of a key: the text itself if nothing is left to chance. The result depends on the seed, the path and
// the text alone, so that other steps do not change it. NULL with an error if a limit is wrong.
const char *draw_text(const text_t *text, const key_spec_t *spec, guint32 seed, const char *path, GStringChunk *strings,
		      GError **error);

// Draws all values of the steps.
bool draw_values(const GPtrArray *steps, guint32 seed, GStringChunk *strings, GError **error);

#endif
