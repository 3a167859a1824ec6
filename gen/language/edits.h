// SPDX-License-Identifier: GPL-2.0-or-later
// Edits of a list of steps: merge, add, copy, move, drop.
#ifndef DSMIPGEN_EDITS_H
#define DSMIPGEN_EDITS_H

#include "language/step.h"

// Finds a step by its name.
bool steps_find(const GPtrArray *steps, const char *name, guint *index);

// Applies the edits of a section (step_t; NULL: none) to the steps. Splits the `after` of each edit into place and
// time. Strings go into the chunk. False with an error at the edit that cannot be applied.
bool edits_apply(GPtrArray *steps, GPtrArray *edits, GStringChunk *strings, GError **error);

#endif
