// SPDX-License-Identifier: GPL-2.0-or-later
// How a struct is written as a JSON object: one table serves the strict reader and the writer.
//
// A reader takes an object only if it has every member of its shape, no other, and each of its kind.
#ifndef DSMIPV4_REPORT_SHAPE_H
#define DSMIPV4_REPORT_SHAPE_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

// null where a number may be absent.
#define ABSENT G_GINT64_CONSTANT(-1)

// null where a time may be unknown.
#define TIME_UNKNOWN G_MININT64

enum shape_kind {
	SHAPE_TEXT,      // const char *, never NULL
	SHAPE_TEXT_0,    // const char *, NULL is null
	SHAPE_NUMBER,    // gint64, 0 or more
	SHAPE_NUMBER_0,  // gint64, ABSENT is null
	SHAPE_FLAG,      // bool
	SHAPE_TIME_0,    // gint64, nanoseconds since 1970 as text "SECONDS.NANOSECONDS"; TIME_UNKNOWN is null
	SHAPE_WORD,      // int: index in `words`
	SHAPE_OBJECT,    // a struct of `shape`
	SHAPE_POINTER_0, // pointer to one of its own, NULL is null
	SHAPE_LIST,      // GArray * of structs of `shape`
	SHAPE_NUMBERS,   // GArray * of gint64
	SHAPE_TEXTS,     // GArray * of const char *
};

struct shape;

struct shape_member {
	const char *name;
	enum shape_kind kind;
	gsize offset;
	const struct shape *shape;
	const char *const *words; // ends with NULL
};

struct shape {
	gsize size;                         // of the struct
	const struct shape_member *members; // ends with a name of NULL
};

// Reads `node` into `value`, zero before. Strings go into `strings`. False and an error that says where
// ("nodes[3].service.frame: expected a number") if it has another shape. Clear `value` in either case.
bool shape_read(const struct shape *shape, JsonNode *node, void *value, GStringChunk *strings, GError **error);

// Reads a whole text of JSON, otherwise the same.
bool shape_parse(const struct shape *shape, const char *text, gsize length, void *value, GStringChunk *strings,
		 GError **error);

// Appends a value to a builder, as one object.
void shape_build(const struct shape *shape, const void *value, JsonBuilder *builder);

// Frees the lists of a value; strings are those of the GStringChunk.
void shape_clear(const struct shape *shape, void *value);

// Index of a word, -1 if it is none of them.
int shape_word(const char *const *words, const char *word);

// "SECONDS.NANOSECONDS"; the caller frees it.
char *shape_time_text(gint64 time);

#endif
