// SPDX-License-Identifier: GPL-2.0-or-later
// A folder for temporary files.
#ifndef DSMIPCHECK_FOLDER_H
#define DSMIPCHECK_FOLDER_H

#include <glib.h>

// Makes one that only this user can read. NULL and an error of REPORT_ERROR_NOT_JUDGED.
char *folder_make(GError **error);

// Makes a folder inside it; the caller frees its name.
char *folder_inside(const char *folder, const char *name);

// Removes it with all that is in it, following no links, and frees its name; NULL is none.
void folder_remove(char *folder);

#endif
