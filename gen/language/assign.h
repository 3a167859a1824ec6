// SPDX-License-Identifier: GPL-2.0-or-later
// Keys of named steps by path: STEP.KEY, STEP.BLOCK.KEY, STEP.BLOCK[N].KEY.
#ifndef DSMIPGEN_ASSIGN_H
#define DSMIPGEN_ASSIGN_H

#include "language/step.h"

// Whether a path, or an assignment to it, begins with the name of a step. Actors go first: mn1.coa is no step's.
bool assign_names_step(const GPtrArray *steps, const char *path);

// Carries out "STEP.KEY=VALUE". A key that stands in several blocks of the step is that of the message, or needs the
// block's name. False with an error that says which keys there are.
bool assign_field(const GPtrArray *steps, const text_t *assignment, GStringChunk *strings, GError **error);

// Replaces values that are paths of other steps' keys by what stands there, or its default.
bool assign_references(const GPtrArray *steps, GError **error);

#endif
