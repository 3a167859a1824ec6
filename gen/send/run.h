// SPDX-License-Identifier: GPL-2.0-or-later
// A run of `send`: its threads at work, what is shown meanwhile and at the end, signals, and the answers that come.
#ifndef DSMIPGEN_RUN_H
#define DSMIPGEN_RUN_H

#include "send/receiver.h"
#include "send/workers.h"

typedef struct {
	job_t *job;
	progress_kind_t progress;
	bool is_counted;      // the limit of the job is that of --count
	receiver_t *receiver; // of registration replies, which are counted; NULL: they are not
	gint64 wait;          // nanoseconds after the last packet, for the last answers
} run_t;

// Runs the workers to their end, frees the receiver, and prints progress and summary. After SIGINT or SIGTERM it does
// not return: the program ends by the signal once the summary is out.
bool run_workers(run_t *run, workers_t *workers, GError **error);

#endif
