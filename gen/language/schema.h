// SPDX-License-Identifier: GPL-2.0-or-later
// YAML text -> raw structures, checked by libcyaml against the schema made from keys.def.
#ifndef DSMIPGEN_SCHEMA_H
#define DSMIPGEN_SCHEMA_H

#include "language/keys.h"
#include "language/line_index.h"

// The structures that libcyaml fills: every scalar is a string, every key is optional.

typedef struct {
	char *value[KEYS_MAX];
} raw_block_t;

typedef struct { // an entry of stack or extensions: one of these is set
	raw_block_t *member[BLOCK_COUNT];
} raw_member_t;

typedef struct {
	raw_block_t own;
	raw_block_t *layer[BLOCK_COUNT];
	raw_member_t *stack;
	unsigned stack_count;
	raw_member_t *extensions;
	unsigned extensions_count;
	char **expect;
	unsigned expect_count;
} raw_step_t;

typedef struct {
	char *value[ABOUT_COUNT];
} raw_about_t;

typedef struct {
	char *summary;
	char *base;
	raw_about_t *about;
	char **set;
	unsigned set_count;
	raw_step_t *steps;
	unsigned steps_count;
	raw_step_t *violation;
	unsigned violation_count;
	raw_step_t *near_miss;
	unsigned near_miss_count;
} raw_document_t;

// Loads the text, or sets an error with the place that does not fit the schema.
raw_document_t *schema_load(const char *text, gsize length, const line_index_t *index, const char *file,
			    GError **error);
void schema_free(raw_document_t *raw); // NULL is allowed

#endif
