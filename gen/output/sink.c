// SPDX-License-Identifier: GPL-2.0-or-later
// Packets -> file: a temporary beside the target, renamed when it is complete.
#include "output/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 // as in Linux

static bool write_packets(const sink_t *sink, int descriptor, packet_source_t *source, GError **error)
{
	void *state = sink->open(descriptor, error);
	bool ok = state;
	packet_t packet;

	source->makes_comments = sink->has_comments;
	source->descriptor = descriptor;
	ok = ok && (!source->is_live || sink->flush(state, error));
	while (ok && source->next(source, &packet))
		ok = sink->put(state, &packet, error) && (!source->is_live || sink->flush(state, error));
	if (state)
		ok = sink->close(state, ok ? error : NULL) && ok;
	return ok;
}

static bool fail_errno(const char *path, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot write '%s': %s", path, g_strerror(errno));
	return false;
}

// Standard output, pipes and devices: nothing to rename.
static bool write_stream(const sink_t *sink, const char *path, packet_source_t *source, GError **error)
{
	int descriptor = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO) : g_open(path, O_WRONLY | O_CLOEXEC, 0);

	if (descriptor < 0)
		return fail_errno(path, error);
	if (write_packets(sink, descriptor, source, error))
		return true;
	g_prefix_error(error, "cannot write '%s': ", path);
	return false;
}

// The file that a path leads to, which need not exist yet; NULL with errno if links form a cycle.
static char *follow_links(const char *path)
{
	char *target = g_strdup(path);

	for (unsigned i = 0; i < LINKS_MAX; i++) {
		g_autofree char *link = g_file_read_link(target, NULL);

		if (!link)
			return target;
		g_autofree char *folder = g_path_get_dirname(target);
		g_free(target);
		target = g_path_is_absolute(link) ? g_strdup(link) : g_build_filename(folder, link, NULL);
	}
	g_free(target);
	errno = ELOOP;
	return NULL;
}

static const int endings[] = {SIGINT, SIGTERM, SIGHUP};
static const char *volatile unfinished; // file to remove if one of them comes

static void give_up(int number)
{
	unlink(unfinished);
	raise(number); // its action is the default again, and it is delivered when this returns
}

static void clean_up_after_signals(const char *path)
{
	const struct sigaction action = {.sa_handler = give_up, .sa_flags = (int)SA_RESETHAND};

	unfinished = path;
	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
		struct sigaction before;

		if (sigaction(endings[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(endings[i], &action, NULL);
	}
}

static void leave_signals_alone(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
		struct sigaction before;

		if (sigaction(endings[i], NULL, &before) == 0 && before.sa_handler == give_up)
			signal(endings[i], SIG_DFL);
	}
}

// The path is what the user wrote, for errors.
static bool write_target(const sink_t *sink, const char *path, const char *target, packet_source_t *source,
			 GError **error)
{
	g_autofree char *temporary = g_strconcat(target, ".XXXXXX", NULL);
	mode_t mask = umask(0);
	int descriptor = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0666 & ~mask);
	bool ok;

	umask(mask);
	if (descriptor < 0) {
		ok = fail_errno(path, error);
	} else {
		clean_up_after_signals(temporary);
		ok = write_packets(sink, descriptor, source, error);
		if (!ok)
			g_prefix_error(error, "cannot write '%s': ", path);
		else if (g_rename(temporary, target) != 0)
			ok = fail_errno(path, error);
		if (!ok)
			g_unlink(temporary);
		leave_signals_alone();
	}
	return ok;
}

static bool write_file(const sink_t *sink, const char *path, packet_source_t *source, GError **error)
{
	g_autofree char *target = follow_links(path);

	if (!target)
		return fail_errno(path, error);
	return write_target(sink, path, target, source, error);
}

bool sink_write(const sink_t *sink, const char *path, packet_source_t *source, GError **error)
{
	struct stat status;
	bool is_stream = strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISREG(status.st_mode));

	return is_stream ? write_stream(sink, path, source, error) : write_file(sink, path, source, error);
}
