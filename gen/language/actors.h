// SPDX-License-Identifier: GPL-2.0-or-later
// The actors of a scenario: addresses, prefixes and keys under names such as mn1.coa.
#ifndef DSMIPGEN_ACTORS_H
#define DSMIPGEN_ACTORS_H

#include "language/error.h"

#include <stdbool.h>

typedef struct actors actors_t;

// All actors with their base values; free with actors_free().
actors_t *actors_new(void);
void actors_free(actors_t *actors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(actors_t, actors_free)

// Applies "actor.field=value".
bool actors_set(actors_t *actors, const char *assignment, const place_t *place, GError **error);

// The value of a name as text, or NULL; the actor "mn" stands for the given mobile node.
const char *actors_get(const actors_t *actors, const char *name, const char *node);

// Full name of a fact, which lives as long as the program, or NULL if there is none of that name.
const char *actors_fact(const char *name, const char *node);

// The value that a name has where nobody sets it, or NULL.
const char *actors_standard(const char *name);

// Whether the text has the form of an actor's name, known or not.
bool actors_is_name(const char *text);

// As suggest(), over all names.
char *actors_suggest(const char *name);

// Whether steps may name this actor as their mobile node.
bool actors_is_node(const char *actor);

#endif
