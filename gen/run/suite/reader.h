// SPDX-License-Identifier: GPL-2.0-or-later
// Keys of YAML mappings for suite and device files, each error with its place.
#ifndef DSMIPGEN_READER_H
#define DSMIPGEN_READER_H

#include "language/step.h"
#include "language/yaml_tree.h"

#include <stdbool.h>

typedef struct {
	const char *file;
	GStringChunk *strings;
} reader_t;

// A key that a mapping may have, and of what kind its value is.
typedef struct {
	const char *name;
	item_kind_t kind;
} reader_key_t;

place_t reader_place(const reader_t *reader, const item_t *item);

// Whether the item is a mapping that has no other keys than these (no name at the end), each once.
bool reader_check(const reader_t *reader, const item_t *item, const reader_key_t *keys, GError **error);

// The entry of a mapping; NULL: there is none.
const item_t *reader_get(const item_t *item, const char *key);

// The text of an entry; NULL: there is none.
const char *reader_text(const item_t *item, const char *key);

// The same with its place.
text_t reader_placed(const reader_t *reader, const item_t *item, const char *key);

// The texts of a list (text_t) under a key, NULL with no error if there is none. False with an error where an entry is
// no text.
bool reader_texts(const reader_t *reader, const item_t *item, const char *key, GPtrArray **texts, GError **error);

// The time under a key in nanoseconds; unchanged if there is none.
bool reader_time(const reader_t *reader, const item_t *item, const char *key, gint64 *time, GError **error);

#endif
