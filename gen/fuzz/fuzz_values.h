// SPDX-License-Identifier: GPL-2.0-or-later
// Values for mutated fields: those at the edges of the rules, and random ones.
#ifndef DSMIPGEN_FUZZ_VALUES_H
#define DSMIPGEN_FUZZ_VALUES_H

#include "fuzz/prng.h"
#include "language/value.h"

// A number at the edge of what the rules allow for a field of this width in bits, or a random one.
guint64 fuzz_number(prng_t *prng, unsigned width);

// Overwrites the octets with a well-known address or prefix or with random ones, or flips one bit of them.
void fuzz_octets(prng_t *prng, guint8 *octets, gsize length);

// Appends words to a text, unless there is none to write.
void fuzz_tell(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

// A random key of a block that has a field of its own, or -1.
int fuzz_pick_key(const values_t *values, prng_t *prng);

#endif
