// SPDX-License-Identifier: GPL-2.0-or-later
// One line on a terminal that tells how far the work is; nothing in a pipe.
#ifndef DSMIPCHECK_PROGRESS_H
#define DSMIPCHECK_PROGRESS_H

#include "jobs.h"

struct progress;

// `what`: what is counted, "captures". It and the jobs live as long as the progress.
struct progress *progress_new(const char *what, const struct job *jobs, gsize count);

// A job has ended. For jobs_run(), with the progress as its user.
void progress_show(struct job *job, void *progress);

// Takes the line away, for something else to be said; progress_show() brings it back.
void progress_hide(const struct progress *progress);

// Takes the line away.
void progress_free(struct progress *progress);

#endif
