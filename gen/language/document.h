// SPDX-License-Identifier: GPL-2.0-or-later
// One YAML file as it is written, checked against the schema: base, edits, steps.
#ifndef DSMIPGEN_DOCUMENT_H
#define DSMIPGEN_DOCUMENT_H

#include "language/part.h"
#include "language/yaml_tree.h"

typedef enum { SECTION_STEPS, SECTION_VIOLATION, SECTION_NEAR_MISS, SECTION_COUNT } section_t;

extern const char *const section_names[SECTION_COUNT];

typedef struct {
	text_t summary;
	text_t about[ABOUT_COUNT];
	text_t base;
	text_t expect;                     // "none": steps that do not say otherwise break no rule
	GPtrArray *set;                    // of text_t
	GPtrArray *section[SECTION_COUNT]; // of step_t; NULL: not given
	GPtrArray *population;             // of part_t; NULL: not given
	text_t nodes;                      // of all parts that have a share
} document_t;

// Reads the text; file is the name shown in errors. All strings go into the chunk.
document_t *document_parse(const char *text, gsize length, const char *file, GStringChunk *strings, GError **error);
void document_free(document_t *document);

// Reads one step of a file that has others beside those of a scenario. file and all strings must live as long as the
// step; free it with step_free(). NULL with an error.
step_t *document_read_step(const item_t *item, const char *file, GStringChunk *strings, GError **error);

#endif
