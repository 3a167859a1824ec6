// SPDX-License-Identifier: GPL-2.0-or-later
// Random numbers that depend only on a seed and a case (splitmix64), so that every case can be made by itself.
#ifndef DSMIPGEN_PRNG_H
#define DSMIPGEN_PRNG_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
	guint64 state;
} prng_t;

static inline guint64 prng_next(prng_t *prng)
{
	guint64 z = prng->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return z ^ z >> 31;
}

// A number from 0 to limit - 1. The limit is small, so the bias of the remainder does not matter.
static inline guint prng_below(prng_t *prng, gsize limit)
{
	return (guint)(prng_next(prng) % limit);
}

static inline bool prng_one_in(prng_t *prng, guint chances)
{
	return prng_below(prng, chances) == 0;
}

// The generator of a case.
static inline prng_t prng_of_case(guint32 seed, guint64 number)
{
	prng_t prng = {number * G_GUINT64_CONSTANT(0xd1342543de82ef95) + seed};

	prng.state = prng_next(&prng);
	return prng;
}

static inline void prng_fill(prng_t *prng, guint8 *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++)
		bytes[i] = (guint8)prng_next(prng);
}

#endif
