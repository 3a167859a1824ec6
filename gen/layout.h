// SPDX-License-Identifier: GPL-2.0-or-later
// Values -> bytes, as the offsets and widths of keys.def say.
#ifndef DSMIPGEN_LAYOUT_H
#define DSMIPGEN_LAYOUT_H

#include "value.h"

// Writes a number of width bits at a bit offset, big-endian.
void layout_put(guint8 *bytes, unsigned offset, unsigned width, guint64 number);

// Writes every key that has a value and a place within the length.
void layout_write(guint8 *bytes, gsize length, const struct values *values);

// A whole layer or extension that has no builder of its own: fixed part, then the appended keys.
// The random generator fills payloads that are given by their length only. Notes where the appended
// values stand.
GByteArray *layout_bytes(struct values *values, GRand *random);

#endif
