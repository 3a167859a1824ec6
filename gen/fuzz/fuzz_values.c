// SPDX-License-Identifier: GPL-2.0-or-later
// Values for mutated fields: those at the edges of the rules, and random ones.
#include "fuzz/fuzz_values.h"

#include <string.h>

// Prefix lengths, codes, lengths of extensions, lifetimes, reserved SPIs, ports, and the numbers next to them.
static const guint64 edges[] = {
	0,      1,      2,          3,          7,           8,          9,           10,      17,         18,
	19,     20,     21,         31,         32,          47,         48,          49,      63,         64,
	65,     126,    127,        128,        129,         254,        255,         256,     433,        434,
	435,    1799,   1800,       0x7fff,     0x8000,      0xfffe,     0xffff,      0x10000, 0x7fffffff, 0x80000000,
	0x0800, 0x86dd, 0xfffffffe, 0xffffffff, 0x100000000, G_MAXINT64, G_MAXUINT64,
};

guint64 fuzz_number(prng_t *prng, unsigned width)
{
	guint64 limit = G_MAXUINT64 >> (64 - width);

	if (prng_one_in(prng, 4))
		return prng_next(prng) & limit;
	for (guint tries = 0; tries < 8; tries++) {
		guint64 edge = edges[prng_below(prng, G_N_ELEMENTS(edges))];

		if (edge <= limit)
			return edge;
	}
	return prng_next(prng) & limit;
}

static const guint8 addresses4[][4] = {
	{0, 0, 0, 0},     {255, 255, 255, 255}, {127, 0, 0, 1},     {224, 0, 0, 1},     {224, 0, 0, 11},
	{10, 0, 0, 33},   {198, 51, 100, 1},    {198, 51, 100, 77}, {198, 51, 100, 78}, {192, 0, 2, 33},
	{203, 0, 113, 9}, {198, 51, 100, 255},  {240, 0, 0, 1},     {169, 254, 0, 1},   {0, 0, 0, 1},
};

static const guint8 addresses6[][16] = {
	{0},
	{[15] = 1},
	{0xff, 2, [15] = 1},
	{0xff, 5, [14] = 0x54, 0x54},
	{0xfe, 0x80},
	{0xfe, 0x80, [12] = 198, 51, 100, 77},
	{0x20, 1, 0x0d, 0xb8, 0, 0x0a},
	{0x20, 1, 0x0d, 0xb8, 0, 0x0a, [15] = 1},
	{0x20, 1, 0x0d, 0xb8, 0, 0x0b},
	{[10] = 0xff, 0xff, 198, 51, 100, 77},
	{0x20, 2, 198, 51, 100, 77},
	{0x20, 1, 0x0d, 0xb8, 0, 0x0a, 0, 0, 0x80},
	{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
};

void fuzz_octets(prng_t *prng, guint8 *octets, gsize length)
{
	guint bit = prng_below(prng, 8 * length);

	if (prng_one_in(prng, 3))
		octets[bit / 8] ^= (guint8)(0x80 >> bit % 8);
	else if (prng_one_in(prng, 8) || (length != 4 && length != 16))
		prng_fill(prng, octets, length);
	else if (length == 4)
		memcpy(octets, addresses4[prng_below(prng, G_N_ELEMENTS(addresses4))], 4);
	else
		memcpy(octets, addresses6[prng_below(prng, G_N_ELEMENTS(addresses6))], 16);
}

void fuzz_tell(GString *text, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	if (text)
		g_string_append_vprintf(text, format, values);
	va_end(values);
}

int fuzz_pick_key(const values_t *values, prng_t *prng)
{
	const block_spec_t *block = &block_specs[values->id];

	for (guint tries = 0; block->key_count > 0 && tries < 8; tries++) {
		guint key = prng_below(prng, block->key_count);

		if (block->keys[key].width > 0)
			return (int)key;
	}
	return -1;
}
