// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of a YAML text: path of a value, such as steps[1].request.lifetime -> line.
#ifndef DSMIPGEN_LINE_INDEX_H
#define DSMIPGEN_LINE_INDEX_H

#include <glib.h>

typedef struct line_index line_index_t;

// Indexes the text, or sets an error with file, line and the complaint of the YAML library.
line_index_t *line_index_new(const char *text, gsize length, const char *file, GError **error);
void line_index_free(line_index_t *index);

// Line (from 1) of the key or list entry at the path, or 0 if the text has no such path.
unsigned line_index_find(const line_index_t *index, const char *path);

#endif
