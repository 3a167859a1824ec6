// SPDX-License-Identifier: GPL-2.0-or-later
// Random numbers that depend on a seed and a case only (splitmix64): every case can be had alone.
#ifndef DSMIPGEN_DICE_H
#define DSMIPGEN_DICE_H

#include <glib.h>
#include <stdbool.h>

struct dice {
	guint64 state;
};

static inline guint64 dice_roll(struct dice *dice)
{
	guint64 z = dice->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return z ^ z >> 31;
}

// A number from 0 to limit - 1; the limit is small, so that the remainder is fair enough.
static inline guint dice_below(struct dice *dice, gsize limit)
{
	return (guint)(dice_roll(dice) % limit);
}

static inline bool dice_one_in(struct dice *dice, guint chances)
{
	return dice_below(dice, chances) == 0;
}

// The dice of a case.
static inline struct dice dice_of_case(guint32 seed, guint64 number)
{
	struct dice dice = {number * G_GUINT64_CONSTANT(0xd1342543de82ef95) + seed};

	dice.state = dice_roll(&dice);
	return dice;
}

static inline void dice_fill(struct dice *dice, guint8 *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++)
		bytes[i] = (guint8)dice_roll(dice);
}

#endif
