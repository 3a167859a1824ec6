// SPDX-License-Identifier: GPL-2.0-or-later
// A folder for temporary files.
#include "folder.h"

#include <glib/gstdio.h>

#include "base/error.h"

char *folder_make(GError **error)
{
	GError *cause = NULL;
	char *folder = g_dir_make_tmp("dsmipcheck-XXXXXX", &cause);

	if (folder == NULL) {
		report_not_judged(error, "%s", cause->message);
		g_error_free(cause);
	}
	return folder;
}

char *folder_inside(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);

	g_mkdir(path, 0700);
	return path;
}

void folder_remove(char *folder)
{
	GDir *files = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
	const char *name;

	while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
		char *path = g_build_filename(folder, name, NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) && g_file_test(path, G_FILE_TEST_IS_DIR)) {
			folder_remove(path);
			continue;
		}
		g_unlink(path);
		g_free(path);
	}
	if (files != NULL)
		g_dir_close(files);
	if (folder != NULL)
		g_rmdir(folder);
	g_free(folder);
}
