// SPDX-License-Identifier: GPL-2.0-or-later
// What `send` reports while it runs and at its end.
#ifndef DSMIPGEN_PROGRESS_H
#define DSMIPGEN_PROGRESS_H

#include "language/error.h"
#include "send/answers.h"

#include <stdbool.h>

typedef enum {
	PROGRESS_NONE,
	PROGRESS_LINE, // one line on a terminal, written over each second
	PROGRESS_JSON, // one object a second, and one at the end
} progress_kind_t;

// Figures of a run so far.
typedef struct {
	guint64 packets;
	guint64 bytes;
	guint64 late;    // packets sent more than SCHEDULE_LATE after their deadline
	guint64 errors;  // packets that the kernel refused
	guint64 retries; // attempts that found the queue full
	gint64 latest;   // longest miss of a deadline, nanoseconds
	gint64 first;    // when the first and the last packet were sent, as schedule_now()
	gint64 last;
	guint64 requests; // registration requests,
	guint64 answered; // and those that were answered
} figures_t;

// Why a run ended.
typedef enum {
	END_DONE,     // all rounds
	END_COUNT,    // --count
	END_DURATION, // --duration
	END_SIGNAL,
	END_ERROR, // the interface is gone
} ending_t;

// text: the value of --progress, or NULL for a line if standard error is a terminal.
bool progress_read(const char *text, progress_kind_t *kind, GError **error);

// Shows the figures at a time of the run; before holds those of the last call, an interval ago. Times in nanoseconds.
void progress_show(progress_kind_t kind, const figures_t *now, const figures_t *before, gint64 elapsed,
		   gint64 interval);

// The summary: JSON to standard error, or text to standard output, a line of packets, and one of answers if there were
// requests. answers: NULL if they were not counted.
void progress_end(progress_kind_t kind, const figures_t *figures, const answer_figures_t *answers, ending_t ending);

#endif
