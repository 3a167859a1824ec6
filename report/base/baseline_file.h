// SPDX-License-Identifier: GPL-2.0-or-later
// The file with an earlier result that a new one is compared with.
#ifndef DSMIPV4_REPORT_BASELINE_FILE_H
#define DSMIPV4_REPORT_BASELINE_FILE_H

#include <glib.h>
#include <stdbool.h>

// Takes what a text of `length` bytes says into `user`; false with `error`, a sentence about the text, if it is not
// what is expected.
typedef bool (*baseline_parse_t)(void *user, const char *text, gsize length, GError **error);

// Reads a file and lets it be parsed. `writer` names the command that writes such files, for the message. A file that
// cannot be read is REPORT_ERROR_NOT_JUDGED, one that is something else REPORT_ERROR_USAGE; then it is false, and
// `user` may hold a part.
bool baseline_file_read(const char *path, const char *writer, baseline_parse_t parse, void *user, GError **error);

// Checks what every such file begins with. The error names both kinds and versions.
bool baseline_file_is(const char *kind, gint64 version, const char *expected_kind, gint64 expected_version,
		      GError **error);

#endif
