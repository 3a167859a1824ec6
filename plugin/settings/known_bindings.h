// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings from the UAT dsmipv4_bindings.
#ifndef DSMIPV4_KNOWN_BINDINGS_H
#define DSMIPV4_KNOWN_BINDINGS_H

#include "core/state/bindings.h"

struct pref_module;

// Add the table to the preferences.
void dsmipv4_register_known_bindings(struct pref_module *module);

// Add the bindings of the UAT to the table of a file that is being opened.
void dsmipv4_add_known_bindings(dsmipv4_bindings_t *bindings);

#endif
