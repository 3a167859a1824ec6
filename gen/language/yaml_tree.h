// SPDX-License-Identifier: GPL-2.0-or-later
// A YAML text as a tree: each text, list and mapping with its line.
#ifndef DSMIPGEN_YAML_TREE_H
#define DSMIPGEN_YAML_TREE_H

#include "language/error.h"

#include <stdbool.h>

typedef enum { ITEM_TEXT, ITEM_LIST, ITEM_MAPPING } item_kind_t;

typedef struct item {
	item_kind_t kind;
	struct item *parent; // NULL: the top
	const char *key;     // in a mapping; NULL: in a list, or the top
	guint index;         // among the parent's children
	unsigned line;       // from 1, of the key or of the list entry
	const char *text;    // of ITEM_TEXT, else NULL
	GPtrArray *children; // of item_t, as written; NULL in ITEM_TEXT
} item_t;

// Reads a text of one YAML document without anchors and aliases; file is the name shown in errors. Keys and texts go
// into the chunk. NULL with an error that has the line of what is wrong; free the tree with item_free().
item_t *yaml_tree_read(const char *text, gsize length, const char *file, GStringChunk *strings, GError **error);
void item_free(item_t *item);

// The place of an item, with its path from the top such as steps[1].request.lifetime, which goes into the chunk.
place_t item_place(const item_t *item, const char *file, GStringChunk *strings);

// Whether the item is of this kind; if not, an error says what was found.
bool item_expect(const item_t *item, item_kind_t kind, const char *file, GStringChunk *strings, GError **error);

// The row for a mapping's entry in a table whose rows begin with the name of a key (const char *), the last with NULL.
// NULL with an error if the table has no such key, or an entry before has the same.
const void *item_key_row(const item_t *entry, const void *table, gsize row_size, const char *file,
			 GStringChunk *strings, GError **error);

#endif
