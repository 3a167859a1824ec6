// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes on their way to a file descriptor, written in large pieces.
#ifndef DSMIPGEN_BUFFER_H
#define DSMIPGEN_BUFFER_H

#include "language/error.h"

#include <stdbool.h>

typedef struct {
	int descriptor;
	guint8 *bytes;
	gsize size;
	gsize used;
} buffer_t;

// Takes over the descriptor.
void buffer_open(buffer_t *buffer, int descriptor);

// A place for so many bytes behind those that are there, which the caller fills in; valid until the next call. NULL
// with an error if those that are there could not be written.
guint8 *buffer_room(buffer_t *buffer, gsize length, GError **error);

// Writes all that is there.
bool buffer_flush(buffer_t *buffer, GError **error);

// Writes the rest, closes the descriptor and frees the memory, also on failure.
bool buffer_close(buffer_t *buffer, GError **error);

#endif
