// SPDX-License-Identifier: GPL-2.0-or-later
// A resolved scenario as YAML that dsmipgen reads again.
#ifndef DSMIPGEN_SHOW_H
#define DSMIPGEN_SHOW_H

#include "language/scenario.h"

// Prints to standard output.
void show_scenario(const scenario_t *scenario);

#endif
