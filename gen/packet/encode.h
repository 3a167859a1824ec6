// SPDX-License-Identifier: GPL-2.0-or-later
// Values -> bytes, as the offsets and widths of keys.def say.
#ifndef DSMIPGEN_ENCODE_H
#define DSMIPGEN_ENCODE_H

#include "language/value.h"

// Writes a number of width bits at a bit offset, big-endian.
void encode_number(guint8 *bytes, unsigned offset, unsigned width, guint64 number);

// Writes the value of one key, if it is set and has a place within the length.
void encode_key(guint8 *bytes, gsize length, const values_t *values, unsigned key);

// Writes every key that has a value and a place within the length.
void encode_values(guint8 *bytes, gsize length, const values_t *values);

// Writes the bytes of a patch key over those of a block. Fails where they reach beyond the length.
bool encode_patch(guint8 *bytes, gsize length, const values_t *values, unsigned key, GError **error);

// A whole layer or extension that has no builder of its own: fixed part, then the appended keys.
// The random generator fills payloads that are given by their length only. Notes where the appended
// values stand.
GByteArray *encode_block(values_t *values, GRand *random);
// Whether that asks for random numbers.
bool encode_draws(const values_t *values);

// Index of the checksum among the keys of a layer, or -1.
int encode_checksum_key(block_id_t id);

#endif
