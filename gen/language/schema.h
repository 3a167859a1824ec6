// SPDX-License-Identifier: GPL-2.0-or-later
// YAML text -> raw structures, checked by libcyaml against the schema made from keys.def.
#ifndef DSMIPGEN_SCHEMA_H
#define DSMIPGEN_SCHEMA_H

#include "language/keys.h"
#include "language/line_index.h"

// The structures that libcyaml fills: every scalar is a string, every key is optional.

struct raw_block {
	char *value[KEYS_MAX];
};

struct raw_member { // an entry of stack or extensions: one of these is set
	struct raw_block *member[BLOCK_COUNT];
};

struct raw_step {
	struct raw_block own;
	struct raw_block *layer[BLOCK_COUNT];
	struct raw_member *stack;
	unsigned stack_count;
	struct raw_member *extensions;
	unsigned extensions_count;
	char **expect;
	unsigned expect_count;
};

struct raw_about {
	char *value[ABOUT_COUNT];
};

struct raw_document {
	char *summary;
	char *base;
	struct raw_about *about;
	char **set;
	unsigned set_count;
	struct raw_step *steps;
	unsigned steps_count;
	struct raw_step *violation;
	unsigned violation_count;
	struct raw_step *near_miss;
	unsigned near_miss_count;
};

// Loads the text, or sets an error with the place that does not fit the schema.
struct raw_document *schema_load(const char *text, gsize length, const struct line_index *index, const char *file,
				 GError **error);
void schema_free(struct raw_document *raw); // NULL is allowed

#endif
