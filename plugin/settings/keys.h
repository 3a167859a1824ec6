// SPDX-License-Identifier: GPL-2.0-or-later
// Security associations from the UAT dsmipv4_keys.
#ifndef DSMIPV4_KEYS_H
#define DSMIPV4_KEYS_H

#include "core/wire/auth.h"

struct pref_module;

// Add the table to the preferences.
void dsmipv4_register_keys(struct pref_module *module);

// The keys of the UAT; never NULL.
const dsmipv4_keys_t *dsmipv4_keys(void);

#endif
