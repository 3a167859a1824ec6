// SPDX-License-Identifier: GPL-2.0-or-later
// The threads that send the rounds of a run.
#ifndef DSMIPGEN_WORKERS_H
#define DSMIPGEN_WORKERS_H

#include "send/answers.h"
#include "send/progress.h"
#include "send/send_loop.h"

// What a run is to do.
typedef struct {
	send_loop_t **loops; // one for each thread
	guint32 nodes;       // of a round
	guint32 shares;      // of its nodes, which a thread takes at a time; 1 unless at top speed
	const interface_t *interface;
	pace_t pace;
	bool is_raw;         // IPv4 packets, not frames
	answers_t *answers;  // where requests are noted; NULL: nowhere
	guint64 limit;       // packets; G_MAXUINT64: none
	gint64 duration;     // nanoseconds; 0: no end
	bool has_start_time; // else identifications are made of the time of sending
	gint64 start_time;   // microseconds since 1970
	unsigned threads;    // 1 unless at top speed
} job_t;

// The part of a round that a thread takes at a time: which nodes it has, and how many of their packets the limit
// leaves. packets is those of a node in a round; shares are counted from 0 on over all rounds.
guint64 job_share(const job_t *job, guint64 packets, guint64 share, guint32 *first, guint32 *nodes);

typedef struct workers workers_t;

// Opens a socket for each thread. The job belongs to the caller, and outlives the sender.
workers_t *workers_new(const job_t *job, GError **error);

// Starts the threads. Signals that are blocked now are blocked in them.
void workers_start(workers_t *workers);

// Readable when all threads have ended by themselves.
int workers_descriptor(const workers_t *workers);

// The sum over all threads, at any time.
void workers_figures(workers_t *workers, figures_t *figures);

// Tells the threads to stop and waits for them. False if packets could not be sent.
bool workers_finish(workers_t *workers, ending_t *ending, GError **error);

void workers_free(workers_t *workers);

#endif
