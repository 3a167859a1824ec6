// SPDX-License-Identifier: GPL-2.0-or-later
// Where in a YAML text a value stands: path such as steps[1].request.lifetime -> line.
#ifndef DSMIPGEN_WHERE_H
#define DSMIPGEN_WHERE_H

#include <glib.h>

struct where;

// Indexes the text, or sets an error naming file, line and what YAML does not like.
struct where *where_new(const char *text, gsize length, const char *file, GError **error);
void where_free(struct where *where);

// Line (from 1) of the key or list entry at the path, or 0 if the text has no such path.
unsigned where_line(const struct where *where, const char *path);

#endif
