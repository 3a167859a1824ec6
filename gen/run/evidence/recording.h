// SPDX-License-Identifier: GPL-2.0-or-later
// The evidence of a run, read from the file that archive.h describes.
#ifndef DSMIPGEN_RECORDING_H
#define DSMIPGEN_RECORDING_H

#include "run/evidence/archive.h"

typedef struct recording recording_t;

// Reads a file. A file that is cut inside of a stage, damaged, or not written by dsmipgen run is an error.
recording_t *recording_read(const char *path, GError **error);
void recording_free(recording_t *recording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(recording_t, recording_free)

// The text of a comment of the first stage, which belongs to the recording; NULL: it has none.
const char *recording_text(const recording_t *recording, const char *key);

// All texts of such comments, NULL at the end; they belong to the recording.
const char *const *recording_texts(const recording_t *recording, const char *key);

// Whether the next stage is of that kind and test.
bool recording_is_next(const recording_t *recording, const char *kind, const char *test);

// The next stage, which has to be of that kind, test (NULL: none) and round; its evidence lives as long as the
// recording. NULL with an error if it is another. NULL without: the file ends here.
evidence_t *recording_next(recording_t *recording, const char *kind, const char *test, guint round, GError **error);

#endif
