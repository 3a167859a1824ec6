// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings/saved_state.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <wsutil/report_message.h>

#include "core/saved/read.h"
#include "settings/preferences.h"

static char *unread; // NULL: nothing is wrong

// The file's bytes; NULL, and why, where there are none. A FIFO or a device could keep Wireshark waiting forever.
static GMappedFile *map_file(const char *path, char **why)
{
	int fd = -1;
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
		*why = g_strdup("this is not a regular file");
	else if ((fd = g_open(path, O_RDONLY, 0)) < 0)
		*why = g_strdup(g_strerror(errno));
	if (fd < 0)
		return NULL;
	GError *error = NULL;
	GMappedFile *file = g_mapped_file_new_from_fd(fd, FALSE, &error);
	g_close(fd, NULL);
	if (error)
		*why = g_strdup(error->message);
	g_clear_error(&error);
	return file;
}

static char *read_file(const char *path, dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories)
{
	char *why = NULL;
	GMappedFile *file = map_file(path, &why);
	if (!file)
		return why;
	const char *fault = dsmipv4_saved_read(bindings, histories, (const uint8_t *)g_mapped_file_get_contents(file),
					       g_mapped_file_get_length(file));
	g_mapped_file_unref(file);
	return g_strdup(fault);
}

bool dsmipv4_add_saved_state(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories)
{
	const char *path = dsmipv4_bindings_file();
	g_clear_pointer(&unread, g_free);
	if (!*path)
		return true;
	char *why = read_file(path, bindings, histories);
	if (!why)
		return true;
	unread = g_strdup_printf("%s: %s", path, why);
	report_failure("dsmipv4.bindings_file: %s; nothing that depends on it is judged", unread);
	g_free(why);
	return false;
}

const char *dsmipv4_unread_state(void)
{
	return unread;
}
