// SPDX-License-Identifier: GPL-2.0-or-later
// What a scenario expects of a packet, as the packet's comment says it.
#ifndef DSMIPGEN_EXPECTATION_H
#define DSMIPGEN_EXPECTATION_H

#include "packet/fragment.h"

// " expect: IDS" for the packet of a step, the ids in the order of rules.def, or " expect: none"; nothing for a step
// without an expectation. For a fragment also which one it is: the one that completes the packet breaks what the packet
// breaks. The place is that in the order of sending, from 0. Without claims nothing is expected. Free with g_free().
char *expectation_text(const step_t *step, const cutting_t *cutting, guint place, bool claims);

#endif
