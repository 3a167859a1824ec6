// SPDX-License-Identifier: GPL-2.0-or-later
// What the addresses and numbers of a captured node are called in a scenario.
#ifndef DSMIPGEN_CAPTURE_NAMES_H
#define DSMIPGEN_CAPTURE_NAMES_H

#include "language/value.h"

typedef struct names names_t;

names_t *names_new(void);
void names_free(names_t *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(names_t, names_free)

// Gives a fact of the actors, such as "mn1.coa", its value, unless it has one; whether it has this value now.
bool names_set(names_t *names, const char *fact, key_kind_t kind, const value_t *value);

// The value of a fact, or NULL.
const value_t *names_get(const names_t *names, const char *fact);

// The name of an address, spelled "mn.coa" where the fact is "mn1.coa"; the one wanted if it has this value, too, else
// the first that was set. NULL if there is none.
const char *names_of(const names_t *names, key_kind_t kind, const value_t *value, const char *wanted);

// "mn1.coa=192.0.2.33" for each fact that has a value, in the order in which they were set; a list of strings that it
// owns.
GPtrArray *names_assignments(const names_t *names);

#endif
