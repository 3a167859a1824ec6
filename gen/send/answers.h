// SPDX-License-Identifier: GPL-2.0-or-later
// Which registration requests of a run were answered, with which codes, after how long (RFC 5944 3.3, 3.4).
#ifndef DSMIPGEN_ANSWERS_H
#define DSMIPGEN_ANSWERS_H

#include <glib.h>
#include <stdbool.h>

#define ANSWER_CODES 256

// Used by the thread that sends and by the one that receives at once.
typedef struct answers answers_t;

typedef struct {
	guint64 requests; // each counted once, however often it was sent
	guint64 answered;
	guint64 codes[ANSWER_CODES]; // of the first answer to each
	guint64 others;              // further answers, and replies to nothing that was sent
	guint64 missed;              // packets that the kernel dropped before they were looked at
	gint64 minimum;              // nanoseconds from a request to its first answer,
	gint64 median;
	gint64 late; // and what 99 of 100 did not exceed
} answer_figures_t;

// sees_own: what is sent comes back as if it were received, as on a loopback interface.
answers_t *answers_new(bool sees_own);
void answers_free(answers_t *answers);

// Notes a frame, from its Ethernet header on, that is about to be sent; all but registrations are passed over. Times
// are nanoseconds since 1970.
void answers_expect(answers_t *answers, const guint8 *frame, gsize length, gint64 time);

// Takes that back: the frame was not sent.
void answers_forget(answers_t *answers, const guint8 *frame, gsize length);

// Takes what was received by UDP.
void answers_take(answers_t *answers, const guint8 *message, gsize length, gint64 time);

// Counts packets that were received and lost.
void answers_miss(answers_t *answers, guint64 packets);

void answers_count(answers_t *answers, guint64 *requests, guint64 *answered);

// All of the figures; takes time to sort.
void answers_figures(answers_t *answers, answer_figures_t *figures);

#endif
