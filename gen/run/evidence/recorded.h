// SPDX-License-Identifier: GPL-2.0-or-later
// Evidence of a test, taken up again piece by piece, in place of a network.
#ifndef DSMIPGEN_RECORDED_H
#define DSMIPGEN_RECORDED_H

#include "language/error.h"
#include "run/evidence/evidence.h"

// How far the evidence was taken up. evidence is NULL: there is none.
typedef struct {
	evidence_t *evidence;
	guint frames;
	guint clock;
	guint calls;
} recorded_t;

// The next frame that is not a step of the test and came at that time (nanoseconds since 1970) or before; false: there
// is none. The frame lives as long as the evidence.
bool recorded_hear(recorded_t *recorded, gint64 until, frame_t *frame, guint *link);

// The step with that comment, which has to be the next one, and has to have sent these bytes.
bool recorded_send(recorded_t *recorded, const char *comment, const guint8 *bytes, gsize length, frame_t *frame,
		   guint *link, GError **error);

// The next time that was read from the clock, microseconds since 1970; 0 with an error: there is none.
gint64 recorded_clock(recorded_t *recorded, GError **error);

// What the next hook came to, NULL with an error: there is none.
const evidence_call_t *recorded_call(recorded_t *recorded, GError **error);

#endif
