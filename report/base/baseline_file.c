// SPDX-License-Identifier: GPL-2.0-or-later
// The file with an earlier result.
#include "base/baseline_file.h"

#include <string.h>

#include "base/error.h"

bool baseline_file_read(const char *path, const char *writer, baseline_parse_t parse, void *user, GError **error)
{
	GError *cause = NULL;
	char *text;
	gsize length;
	bool ok;

	if (!g_file_get_contents(path, &text, &length, &cause)) {
		report_not_judged(error, "baseline: %s", cause->message);
		g_error_free(cause);
		return false;
	}
	ok = parse(user, text, length, &cause);
	if (!ok) {
		g_set_error(error, REPORT_ERROR, REPORT_ERROR_USAGE, "baseline %s is not what %s: %s", path, writer,
			    cause->message);
		g_error_free(cause);
	}
	g_free(text);
	return ok;
}

bool baseline_file_is(const char *kind, gint64 version, const char *expected_kind, gint64 expected_version,
		      GError **error)
{
	if (strcmp(kind, expected_kind) == 0 && version == expected_version)
		return true;
	g_set_error(error, REPORT_ERROR, REPORT_ERROR_USAGE,
		    "kind \"%s\" version %" G_GINT64_FORMAT "; expected \"%s\" version %" G_GINT64_FORMAT, kind,
		    version, expected_kind, expected_version);
	return false;
}
