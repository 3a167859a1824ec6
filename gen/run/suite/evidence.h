// SPDX-License-Identifier: GPL-2.0-or-later
// The frames of a test with what is to be said of them, for a capture file.
#ifndef DSMIPGEN_EVIDENCE_H
#define DSMIPGEN_EVIDENCE_H

#include "run/port.h"

typedef struct evidence evidence_t;

evidence_t *evidence_new(void);
void evidence_free(evidence_t *evidence);

// Forgets all frames.
void evidence_clear(evidence_t *evidence);

// Adds a copy of a frame.
void evidence_add(evidence_t *evidence, const frame_t *frame);

// Adds to the comment of the latest frame, as in printf.
void evidence_comment(evidence_t *evidence, const char *format, ...) G_GNUC_PRINTF(2, 3);

// Writes the frames as pcapng with their comments.
bool evidence_write(const evidence_t *evidence, const char *path, GError **error);

#endif
