// SPDX-License-Identifier: GPL-2.0-or-later
// The frames of a test with what is to be said of them, for a capture file and for reports.
#ifndef DSMIPGEN_EVIDENCE_H
#define DSMIPGEN_EVIDENCE_H

#include "run/port.h"

typedef struct evidence evidence_t;

typedef enum {
	SENDER_DSMIPGEN,
	SENDER_DEVICE,
	SENDER_OTHER,
} sender_t;

typedef struct {
	gint64 time; // nanoseconds since 1970
	sender_t sender;
	GBytes *bytes;
	char *summary;    // what it is, in a few words
	GString *comment; // what the test says of it
} evidence_item_t;

evidence_t *evidence_new(void);
void evidence_free(evidence_t *evidence);

// Forgets all frames.
void evidence_clear(evidence_t *evidence);

// Adds a copy of a frame.
void evidence_add(evidence_t *evidence, const frame_t *frame, sender_t sender, const char *summary);

// Adds to the comment of the latest frame, as in printf.
void evidence_comment(evidence_t *evidence, const char *format, ...) G_GNUC_PRINTF(2, 3);

// How many frames there are, so the number of the latest; and one of them, counted from 0.
guint evidence_count(const evidence_t *evidence);
const evidence_item_t *evidence_get(const evidence_t *evidence, guint index);

// Writes the frames as pcapng with their comments.
bool evidence_write(const evidence_t *evidence, const char *path, GError **error);

#endif
