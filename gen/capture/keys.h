// SPDX-License-Identifier: GPL-2.0-or-later
// Which keys and algorithms the authenticators of a capture were made with.
#ifndef DSMIPGEN_CAPTURE_KEYS_H
#define DSMIPGEN_CAPTURE_KEYS_H

#include "capture/settle.h"

// Tries the keys that the scenario has on the authenticators of all packets. Where one of an association is right, the
// key is known, and those that are not right are written as wrong ones. The names of the facts with keys that nothing
// confirms, such as "mn1.key", are added to a list, each once.
void keys_settle(const describer_t *describer, const GArray *trials, GPtrArray *unconfirmed);

#endif
