// SPDX-License-Identifier: GPL-2.0-or-later
// Mutations of a packet's bytes: authenticators do not follow them, checksums in some cases.
#include "fuzz_parts.h"

#include "layout.h"
#include "mutate.h"

#include <string.h>

#define FLIPS_MAX 8
#define RUN_MAX 64 // bytes put in, taken out or written over at once

struct wound {
	GByteArray *bytes;
	const struct plan *plan;
	struct dice *dice;
	GString *text;
};

typedef bool wound_fn(struct wound *wound);

// Lengths are as they were: the checksums can be made right again.
static void mend(struct wound *wound)
{
	if (dice_one_in(wound->dice, 2))
		return;
	mutate_checksums(&(struct layout){wound->plan->layers, wound->bytes->data, wound->bytes->len});
	g_string_append(wound->text, " with right checksums");
}

static bool flip(struct wound *wound)
{
	guint count = 1 + dice_below(wound->dice, FLIPS_MAX);

	g_string_append(wound->text, "flip bits");
	for (guint i = 0; i < count; i++) {
		guint bit = dice_below(wound->dice, 8 * (gsize)wound->bytes->len);

		wound->bytes->data[bit / 8] ^= (guint8)(0x80 >> bit % 8);
		g_string_append_printf(wound->text, "%s %u", i == 0 ? "" : ",", bit);
	}
	mend(wound);
	return true;
}

static const struct values *pick_any(const struct plan *plan, struct dice *dice)
{
	guint index = dice_below(dice, plan->layers->len + plan->extensions->len);

	return index < plan->layers->len ? plan->layers->pdata[index]
					 : plan->extensions->pdata[index - plan->layers->len];
}

static bool set_field(struct wound *wound)
{
	const struct values *values = pick_any(wound->plan, wound->dice);
	int key = fuzz_pick_key(values, wound->dice);
	const struct key_spec *spec;
	guint8 *bytes = wound->bytes->data + values->offset;

	if (key < 0)
		return false;
	spec = &block_specs[values->id].keys[key];
	if (values->offset + (spec->offset + (gsize)spec->width + 7) / 8 > wound->bytes->len)
		return false;
	if (spec->width > 64 || spec->kind == KIND_ADDRESS4 || spec->kind == KIND_MAC)
		fuzz_octets(wound->dice, bytes + spec->offset / 8, (gsize)spec->width / 8);
	else
		layout_put(bytes, spec->offset, (unsigned)spec->width, fuzz_number(wound->dice, (unsigned)spec->width));
	g_string_append_printf(wound->text, "another %s.%s", block_specs[values->id].name, spec->name);
	mend(wound);
	return true;
}

// A place and a number of bytes that lie in the packet.
static guint pick_run(struct wound *wound, guint *at)
{
	*at = dice_below(wound->dice, wound->bytes->len);
	return 1 + dice_below(wound->dice, MIN(RUN_MAX, wound->bytes->len - *at));
}

static bool overwrite(struct wound *wound)
{
	guint at;
	guint length = pick_run(wound, &at);
	guint8 fill = (guint8)(dice_one_in(wound->dice, 2) ? 0 : 0xff);

	memset(wound->bytes->data + at, fill, length);
	g_string_append_printf(wound->text, "%u bytes %02x from byte %u on", length, fill, at);
	mend(wound);
	return true;
}

static bool truncate_packet(struct wound *wound)
{
	guint length = dice_below(wound->dice, wound->bytes->len);

	g_byte_array_set_size(wound->bytes, MAX(length, 1));
	g_string_append_printf(wound->text, "end after %u bytes", wound->bytes->len);
	return true;
}

static bool take_out(struct wound *wound)
{
	guint at;
	guint length = pick_run(wound, &at);

	if (length == wound->bytes->len)
		return false;
	g_byte_array_remove_range(wound->bytes, at, length);
	g_string_append_printf(wound->text, "take out %u bytes at byte %u", length, at);
	return true;
}

static void insert(struct wound *wound, guint at, const guint8 *bytes, guint length)
{
	guint old = wound->bytes->len;

	g_byte_array_set_size(wound->bytes, old + length);
	memmove(wound->bytes->data + at + length, wound->bytes->data + at, old - at);
	memcpy(wound->bytes->data + at, bytes, length);
}

static bool put_in(struct wound *wound)
{
	guint8 bytes[RUN_MAX];
	guint at;
	guint length = pick_run(wound, &at);

	dice_fill(wound->dice, bytes, length);
	insert(wound, at, bytes, length);
	g_string_append_printf(wound->text, "put in %u bytes at byte %u", length, at);
	return true;
}

static bool repeat(struct wound *wound)
{
	guint8 bytes[RUN_MAX];
	guint at;
	guint length = pick_run(wound, &at);

	memcpy(bytes, wound->bytes->data + at, length);
	insert(wound, at, bytes, length);
	g_string_append_printf(wound->text, "repeat %u bytes at byte %u", length, at);
	return true;
}

// As often as they stand here.
static wound_fn *const wounds[] = {
	flip, flip, flip, set_field, set_field, set_field, overwrite, truncate_packet, take_out, put_in, repeat,
};

bool fuzz_bytes(GByteArray *bytes, const struct plan *plan, struct dice *dice, GString *text)
{
	struct wound wound = {bytes, plan, dice, text};

	return wounds[dice_below(dice, G_N_ELEMENTS(wounds))](&wound);
}
