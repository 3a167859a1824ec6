// SPDX-License-Identifier: GPL-2.0-or-later
// Mutations of a plan: the packet is built and signed after them.
#ifndef DSMIPGEN_FUZZ_PLAN_H
#define DSMIPGEN_FUZZ_PLAN_H

#include "fuzz/fuzz_models.h"
#include "fuzz/prng.h"

// Changes a plan and appends a description to the text, if there is one; false if the random choice does not fit the
// plan.
bool fuzz_plan(plan_t *plan, const fuzz_models_t *models, prng_t *prng, GString *text);

#endif
