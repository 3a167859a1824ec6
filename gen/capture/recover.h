// SPDX-License-Identifier: GPL-2.0-or-later
// A capture file -> the scenario of one of its mobile nodes.
#ifndef DSMIPGEN_CAPTURE_RECOVER_H
#define DSMIPGEN_CAPTURE_RECOVER_H

#include "language/scenario.h"

// The scenario of a node: its packets as steps, with their times from the first one. node: its home address, or NULL
// for the only one in the capture. overrides: keys that the capture does not have, actor.field=value, NULL at the end,
// or NULL; they become part of the scenario. What it does not say is in the notes of the steps, and of the scenario.
// NULL with an error; free with scenario_free().
scenario_t *recover_scenario(const char *path, const char *node, const char *const *overrides, GError **error);

#endif
