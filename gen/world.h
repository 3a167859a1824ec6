// SPDX-License-Identifier: GPL-2.0-or-later
// The actors of a scenario: addresses, prefixes and keys under names such as mn1.coa.
#ifndef DSMIPGEN_WORLD_H
#define DSMIPGEN_WORLD_H

#include "error.h"

#include <stdbool.h>

struct world;

struct world *world_new(void);
void world_free(struct world *world);

// Applies "actor.field=value".
bool world_set(struct world *world, const char *assignment, const struct place *place, GError **error);

// Text of a name, or NULL; the actor "mn" stands for the given mobile node.
const char *world_get(const struct world *world, const char *name, const char *node);

// Full name of a fact, which lives as long as the program, or NULL if there is none of that name.
const char *world_fact(const char *name, const char *node);

// Whether the text has the form of a world name, known or not.
bool world_is_name(const char *text);

// As suggest(), over all names.
char *world_suggest(const char *name);

// Whether steps may name this actor as their mobile node.
bool world_is_node(const char *actor);

#endif
