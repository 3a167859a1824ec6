// SPDX-License-Identifier: GPL-2.0-or-later
// Keys for tshark, without a trace of them in the list of processes: in a configuration folder of its own.
#include "keys.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "folder.h"

#define TABLE "dsmipv4_keys"

static bool fail_file(GError **error, const char *doing, const char *path)
{
	report_not_judged(error, "cannot %s %s: %s", doing, path, g_strerror(errno));
	return false;
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r");
	return *line == '\0' || *line == '#';
}

// Texts in quotation marks, separated by commas, as Wireshark writes them.
static bool is_row(const char *line)
{
	return g_regex_match_simple("^\\s*\"[^\"]*\"(\\s*,\\s*\"[^\"]*\")+\\s*$", line, G_REGEX_RAW, 0);
}

// Counts the rows; -1, with an error, where a line is none.
static gint64 count_rows(const char *file, const char *text, GError **error)
{
	char **lines = g_strsplit(text, "\n", -1);
	gint64 rows = 0;

	for (guint i = 0; lines[i] != NULL && rows >= 0; i++) {
		if (is_blank(lines[i]))
			continue;
		if (is_row(lines[i])) {
			rows++;
			continue;
		}
		g_set_error(error, REPORT_ERROR, REPORT_ERROR_USAGE,
			    "%s:%u: not a key; expected \"AGENT\",\"PEER\",\"SPI\",\"ALGORITHM\",\"SECRET\"", file,
			    i + 1);
		rows = -1;
	}
	g_strfreev(lines);
	return rows;
}

gint64 keys_rows(const char *file)
{
	char *text;
	gint64 rows;

	if (!g_file_get_contents(file, &text, NULL, NULL))
		return 0;
	rows = count_rows(file, text, NULL);
	g_free(text);
	return MAX(rows, 0);
}

// The folder that tshark reads its configuration from.
static char *own_configuration(void)
{
	const char *chosen = g_getenv("WIRESHARK_CONFIG_DIR");
	char *folder;

	if (chosen != NULL && chosen[0] != '\0')
		return g_strdup(chosen);
	folder = g_build_filename(g_get_user_config_dir(), "wireshark", NULL);
	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return folder;
	g_free(folder);
	return g_build_filename(g_get_home_dir(), ".wireshark", NULL);
}

static bool link_file(const char *from, const char *to, const char *name, GError **error)
{
	char *target = g_canonicalize_filename(name, from), *path = g_build_filename(to, name, NULL);
	bool ok = symlink(target, path) == 0 || fail_file(error, "make", path);

	g_free(target);
	g_free(path);
	return ok;
}

static bool link_configuration(const char *folder, GError **error)
{
	char *own = own_configuration();
	GDir *files = g_dir_open(own, 0, NULL);
	const char *name;
	bool ok = true;

	while (files != NULL && ok && (name = g_dir_read_name(files)) != NULL) {
		if (strcmp(name, TABLE) != 0)
			ok = link_file(own, folder, name, error);
	}
	if (files != NULL)
		g_dir_close(files);
	g_free(own);
	return ok;
}

static bool write_keys(const char *folder, const char *text, GError **error)
{
	char *path = g_build_filename(folder, TABLE, NULL);
	bool ok = g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL) ||
		  fail_file(error, "write", path);

	g_free(path);
	return ok;
}

static char *make_folder(const char *text, GError **error)
{
	char *folder = folder_make(error);

	if (folder == NULL || (link_configuration(folder, error) && write_keys(folder, text, error)))
		return folder;
	folder_remove(folder);
	return NULL;
}

char *keys_folder(const char *file, GError **error)
{
	GError *cause = NULL;
	char *text, *folder = NULL;
	gint64 rows;

	if (!g_file_get_contents(file, &text, NULL, &cause)) {
		report_not_judged(error, "--keys: %s", cause->message);
		g_error_free(cause);
		return NULL;
	}
	rows = count_rows(file, text, error);
	if (rows == 0)
		g_set_error(error, REPORT_ERROR, REPORT_ERROR_USAGE, "%s: no key in it", file);
	else if (rows > 0)
		folder = make_folder(text, error);
	g_free(text);
	return folder;
}
