// SPDX-License-Identifier: GPL-2.0-or-later
// The threads that send the rounds of a run.
#ifndef DSMIPGEN_WORKERS_H
#define DSMIPGEN_WORKERS_H

#include "send/progress.h"
#include "send/send_loop.h"

// What a run is to do.
struct job {
	struct send_loop **loops; // one for each thread
	guint32 nodes;            // of a round
	guint32 shares;           // of its nodes, which a thread takes at a time; 1 unless at top speed
	const struct interface *interface;
	struct pace pace;
	bool is_raw;         // IPv4 packets, not frames
	guint64 limit;       // packets; G_MAXUINT64: none
	gint64 duration;     // nanoseconds; 0: no end
	bool has_start_time; // else identifications are made of the time of sending
	gint64 start_time;   // microseconds since 1970
	unsigned threads;    // 1 unless at top speed
};

// The part of a round that a thread takes at a time: which nodes it has, and how many of their packets the limit
// leaves. packets is those of a node in a round; shares are counted from 0 on over all rounds.
guint64 job_share(const struct job *job, guint64 packets, guint64 share, guint32 *first, guint32 *nodes);

struct workers;

// Opens a socket for each thread. The job belongs to the caller, and outlives the sender.
struct workers *workers_new(const struct job *job, GError **error);

// Starts the threads. Signals that are blocked now are blocked in them.
void workers_start(struct workers *workers);

// Readable when all threads have ended by themselves.
int workers_descriptor(const struct workers *workers);

// The sum over all threads, at any time.
void workers_figures(struct workers *workers, struct figures *figures);

// Tells the threads to stop and waits for them. False if packets could not be sent.
bool workers_finish(struct workers *workers, enum ending *ending, GError **error);

void workers_free(struct workers *workers);

#endif
