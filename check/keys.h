// SPDX-License-Identifier: GPL-2.0-or-later
// Keys for tshark, without a trace of them in the list of processes: in a configuration folder of its own.
#ifndef DSMIPCHECK_KEYS_H
#define DSMIPCHECK_KEYS_H

#include <glib.h>

// Makes a folder that only this user can read, with the user's own configuration of Wireshark but for its
// keys, which are those of `file`. NULL and an error of REPORT_ERROR_USAGE or _NOT_JUDGED.
// To be removed with folder_remove().
char *keys_folder(const char *file, GError **error);

// The number of keys in the file, 0 if it cannot be read.
gint64 keys_rows(const char *file);

#endif
