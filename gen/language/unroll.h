// SPDX-License-Identifier: GPL-2.0-or-later
// Repeated steps -> each repetition as steps of its own.
#ifndef DSMIPGEN_UNROLL_H
#define DSMIPGEN_UNROLL_H

#include "language/step.h"

// Replaces each step with `repeat`, or all steps from there to `through`, by so many copies, `interval` apart and moved
// by up to `jitter` (drawn from the seed). The second copy of a step is called "NAME#2"; what refers to a step of the
// same repetition, refers to its copy.
bool unroll_steps(GPtrArray *steps, guint32 seed, GStringChunk *strings, GError **error);

#endif
