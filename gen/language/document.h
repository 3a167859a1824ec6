// SPDX-License-Identifier: GPL-2.0-or-later
// One YAML file as it is written, checked against the schema: base, edits, steps.
#ifndef DSMIPGEN_DOCUMENT_H
#define DSMIPGEN_DOCUMENT_H

#include "language/step.h"

enum section { SECTION_STEPS, SECTION_VIOLATION, SECTION_NEAR_MISS, SECTION_COUNT };

extern const char *const section_names[SECTION_COUNT];

struct document {
	struct text summary;
	const char *about[ABOUT_COUNT]; // NULL: not given
	struct text base;
	GPtrArray *set;                    // of struct text
	GPtrArray *section[SECTION_COUNT]; // of struct step; NULL: not given
};

// Reads the text; file is the name shown in errors. All strings go into the chunk.
struct document *document_parse(const char *text, gsize length, const char *file, GStringChunk *strings,
				GError **error);
void document_free(struct document *document);

#endif
