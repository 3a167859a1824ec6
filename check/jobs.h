// SPDX-License-Identifier: GPL-2.0-or-later
// Programs that run side by side, so many at a time.
#ifndef DSMIPCHECK_JOBS_H
#define DSMIPCHECK_JOBS_H

#include <glib.h>
#include <stdbool.h>

// One run of a program, and what came of it.
struct job {
	char **command;
	char **environment; // NULL: that of this process
	gint64 weight;      // for the progress: bytes to read
	bool started;
	bool ended;     // by itself, with `status`
	int status;     // of exit
	int signal;     // that ended it; 0: none
	char *failure;  // why it could not be started or read; NULL: it could
	GBytes *output; // standard output
	GBytes *errors; // standard error
};

// Told whenever a job ends, while others run.
typedef void (*job_done)(struct job *job, void *user);

// Runs all jobs, at most `limit` at a time, and returns when the last has ended. `done` may be NULL.
void jobs_run(struct job *jobs, gsize count, guint limit, job_done done, void *user);

// Frees what a job printed.
void job_forget_output(struct job *job);

// Frees what is in a job.
void job_clear(struct job *job);

#endif
