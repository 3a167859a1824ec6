// SPDX-License-Identifier: GPL-2.0-or-later
// Mutations of a packet's bytes: authenticators are left as they were, checksums are corrected in some cases.
#include "fuzz/fuzz_bytes.h"

#include "fuzz/fuzz_values.h"
#include "packet/encode.h"
#include "packet/finish.h"

#include <string.h>

#define FLIPS_MAX 8
#define RUN_MAX 64 // bytes inserted, removed or overwritten at once

typedef struct {
	GByteArray *bytes;
	const plan_t *plan;
	prng_t *prng;
	GString *text;
} byte_fault_t;

typedef bool byte_fault_fn(byte_fault_t *fault);

// Lengths have not changed, so the checksums can be corrected.
static void repair_checksums(byte_fault_t *fault)
{
	if (prng_one_in(fault->prng, 2))
		return;
	finish_checksums(&(built_packet_t){fault->plan->layers, fault->bytes->data, fault->bytes->len});
	fuzz_tell(fault->text, " with right checksums");
}

static bool flip(byte_fault_t *fault)
{
	guint count = 1 + prng_below(fault->prng, FLIPS_MAX);

	fuzz_tell(fault->text, "flip bits");
	for (guint i = 0; i < count; i++) {
		guint bit = prng_below(fault->prng, 8 * (gsize)fault->bytes->len);

		fault->bytes->data[bit / 8] ^= (guint8)(0x80 >> bit % 8);
		fuzz_tell(fault->text, "%s %u", i == 0 ? "" : ",", bit);
	}
	repair_checksums(fault);
	return true;
}

static const values_t *pick_any(const plan_t *plan, prng_t *prng)
{
	guint index = prng_below(prng, plan->layers->len + plan->extensions->len);

	return index < plan->layers->len ? plan->layers->pdata[index]
					 : plan->extensions->pdata[index - plan->layers->len];
}

static bool set_field(byte_fault_t *fault)
{
	const values_t *values = pick_any(fault->plan, fault->prng);
	int key = fuzz_pick_key(values, fault->prng);
	guint8 *bytes = fault->bytes->data + values->offset;

	if (key < 0)
		return false;
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	if (values->offset + (spec->offset + (gsize)spec->width + 7) / 8 > fault->bytes->len)
		return false;
	if (spec->width > 64 || spec->kind == KIND_ADDRESS4 || spec->kind == KIND_MAC)
		fuzz_octets(fault->prng, bytes + spec->offset / 8, (gsize)spec->width / 8);
	else
		encode_number(bytes, spec->offset, (unsigned)spec->width,
			      fuzz_number(fault->prng, (unsigned)spec->width));
	fuzz_tell(fault->text, "another %s.%s", block_specs[values->id].name, spec->name);
	repair_checksums(fault);
	return true;
}

// A place and a number of bytes that lie in the packet.
static guint pick_run(byte_fault_t *fault, guint *at)
{
	*at = prng_below(fault->prng, fault->bytes->len);
	return 1 + prng_below(fault->prng, MIN(RUN_MAX, fault->bytes->len - *at));
}

static bool overwrite(byte_fault_t *fault)
{
	guint at;
	guint length = pick_run(fault, &at);
	guint8 fill = (guint8)(prng_one_in(fault->prng, 2) ? 0 : 0xff);

	memset(fault->bytes->data + at, fill, length);
	fuzz_tell(fault->text, "%u bytes %02x from byte %u on", length, fill, at);
	repair_checksums(fault);
	return true;
}

static bool truncate_packet(byte_fault_t *fault)
{
	guint length = prng_below(fault->prng, fault->bytes->len);

	g_byte_array_set_size(fault->bytes, MAX(length, 1));
	fuzz_tell(fault->text, "end after %u bytes", fault->bytes->len);
	return true;
}

static bool take_out(byte_fault_t *fault)
{
	guint at;
	guint length = pick_run(fault, &at);

	if (length == fault->bytes->len)
		return false;
	g_byte_array_remove_range(fault->bytes, at, length);
	fuzz_tell(fault->text, "take out %u bytes at byte %u", length, at);
	return true;
}

static void insert(byte_fault_t *fault, guint at, const guint8 *bytes, guint length)
{
	guint old = fault->bytes->len;

	g_byte_array_set_size(fault->bytes, old + length);
	memmove(fault->bytes->data + at + length, fault->bytes->data + at, old - at);
	memcpy(fault->bytes->data + at, bytes, length);
}

static bool put_in(byte_fault_t *fault)
{
	guint8 bytes[RUN_MAX];
	guint at;
	guint length = pick_run(fault, &at);

	prng_fill(fault->prng, bytes, length);
	insert(fault, at, bytes, length);
	fuzz_tell(fault->text, "put in %u bytes at byte %u", length, at);
	return true;
}

static bool repeat(byte_fault_t *fault)
{
	guint8 bytes[RUN_MAX];
	guint at;
	guint length = pick_run(fault, &at);

	memcpy(bytes, fault->bytes->data + at, length);
	insert(fault, at, bytes, length);
	fuzz_tell(fault->text, "repeat %u bytes at byte %u", length, at);
	return true;
}

// Each is chosen as often as it stands here.
static byte_fault_fn *const byte_faults[] = {
	flip, flip, flip, set_field, set_field, set_field, overwrite, truncate_packet, take_out, put_in, repeat,
};

bool fuzz_bytes(GByteArray *bytes, const plan_t *plan, prng_t *prng, GString *text)
{
	byte_fault_t fault = {bytes, plan, prng, text};

	return byte_faults[prng_below(prng, G_N_ELEMENTS(byte_faults))](&fault);
}
