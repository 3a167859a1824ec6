// SPDX-License-Identifier: GPL-2.0-or-later
// One line on a terminal that tells how far the work is; nothing in a pipe.
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define CLEAR_LINE "\r\033[K"

struct progress {
	const char *what;
	const struct job *jobs;
	gsize count;
	gint64 began; // monotonic, microseconds
	bool terminal;
};

struct progress *progress_new(const char *what, const struct job *jobs, gsize count)
{
	struct progress *progress = g_new(struct progress, 1);

	*progress = (struct progress){what, jobs, count, g_get_monotonic_time(), isatty(STDERR_FILENO)};
	if (progress->terminal)
		fprintf(stderr, CLEAR_LINE "reading %s ...", what);
	return progress;
}

static bool has_ended(const struct job *job)
{
	return job->ended || job->signal != 0 || job->failure != NULL;
}

void progress_show(struct job *job G_GNUC_UNUSED, void *user)
{
	const struct progress *progress = user;
	gint64 done = 0, all = 0, left;
	gsize ended = 0;

	if (!progress->terminal)
		return;
	for (const struct job *other = progress->jobs; other < progress->jobs + progress->count; other++) {
		ended += has_ended(other);
		done += has_ended(other) ? other->weight : 0;
		all += other->weight;
	}
	fprintf(stderr, CLEAR_LINE "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " %s", ended, progress->count,
		progress->what);
	if (done > 0) {
		left = (gint64)((double)(g_get_monotonic_time() - progress->began) * (double)(all - done) /
				(double)done);
		fprintf(stderr, ", %" G_GINT64_FORMAT " MB of %" G_GINT64_FORMAT " MB, %" G_GINT64_FORMAT " s left",
			done / 1000000, all / 1000000, left / G_USEC_PER_SEC);
	}
}

void progress_hide(const struct progress *progress)
{
	if (progress->terminal)
		fputs(CLEAR_LINE, stderr);
}

void progress_free(struct progress *progress)
{
	progress_hide(progress);
	g_free(progress);
}
