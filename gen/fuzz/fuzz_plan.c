// SPDX-License-Identifier: GPL-2.0-or-later
// Mutations of a plan: the packet is built and signed after them.
#include "fuzz/fuzz_plan.h"

#include "fuzz/fuzz_values.h"
#include "packet/mip.h"

#include <string.h>

#define EXTRA_MAX 300 // bytes inserted into an extension or after a message
#define REPEAT_MAX 60 // of an extension
#define DEPTH_MAX 12  // tunnel headers inserted at once
#define PAYLOAD_MAX 1400

typedef struct {
	plan_t *plan;
	const fuzz_models_t *models;
	prng_t *prng;
	GString *text;
} fault_t;

typedef bool fault_fn(fault_t *fault);

static const char *name_of(const values_t *values)
{
	return block_specs[values->id].name;
}

static values_t *pick(const GPtrArray *list, prng_t *prng)
{
	return list->len == 0 ? NULL : list->pdata[prng_below(prng, list->len)];
}

static GBytes *random_bytes(prng_t *prng, gsize length)
{
	guint8 *bytes = g_malloc(length + 1); // one more: never NULL

	prng_fill(prng, bytes, length);
	return g_bytes_new_take(bytes, length);
}

static void set_bytes(value_t *value, GBytes *bytes)
{
	g_clear_pointer(&value->bytes, g_bytes_unref);
	value->bytes = bytes;
	value->state = VALUE_SET;
}

// Small numbers more often than large ones.
static guint amount(prng_t *prng, guint limit)
{
	return 1 + prng_below(prng, 1 + prng_below(prng, prng_one_in(prng, 4) ? limit : MIN(limit, 8)));
}

static bool lengthen(fault_t *fault)
{
	values_t *extension = pick(fault->plan->extensions, fault->prng);
	guint extra = amount(fault->prng, EXTRA_MAX);

	if (!extension)
		return false;
	set_bytes(&extension->v[EXT_BODY_EXTRA], random_bytes(fault->prng, extra));
	fuzz_tell(fault->text, "lengthen %s by %u", name_of(extension), extra);
	return true;
}

// The length of the unchanged extension is known, since every plan has been built once.
static bool shorten(fault_t *fault)
{
	values_t *extension = pick(fault->plan->extensions, fault->prng);
	gsize header;

	if (!extension)
		return false;
	header = block_specs[extension->id].header;
	if (extension->length <= header)
		return false;
	guint cut = amount(fault->prng, (guint)MIN(extension->length - header, 255));
	extension->v[EXT_BODY_CUT].number = cut;
	fuzz_tell(fault->text, "shorten %s by %u", name_of(extension), cut);
	return true;
}

static bool claim_length(fault_t *fault)
{
	values_t *extension = pick(fault->plan->extensions, fault->prng);

	if (!extension)
		return false;
	const key_spec_t *field = &block_specs[extension->id].keys[EXT_LENGTH];
	guint64 length = fuzz_number(fault->prng, (unsigned)field->width);
	if (prng_one_in(fault->prng, 3)) // nearly right
		length =
			(extension->length - block_specs[extension->id].header + prng_below(fault->prng, 7) - 3) & 0xff;
	extension->v[EXT_LENGTH].state = VALUE_SET;
	extension->v[EXT_LENGTH].number = length;
	fuzz_tell(fault->text, "length %" G_GUINT64_FORMAT " in %s", length, name_of(extension));
	return true;
}

// A layer or an extension.
static values_t *pick_any(fault_t *fault)
{
	const plan_t *plan = fault->plan;
	guint index = prng_below(fault->prng, plan->layers->len + 2 * plan->extensions->len);

	return index < plan->layers->len ? plan->layers->pdata[index]
					 : plan->extensions->pdata[(index - plan->layers->len) / 2];
}

static bool set_field(fault_t *fault)
{
	values_t *values = pick_any(fault);
	int key = fuzz_pick_key(values, fault->prng);

	if (key < 0)
		return false;
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	value_t *value = &values->v[key];
	value->state = VALUE_SET;
	if (spec->width > 64 || spec->kind == KIND_MAC) {
		fuzz_octets(fault->prng, value->octets, (gsize)spec->width / 8);
		fuzz_tell(fault->text, "another %s.%s", name_of(values), spec->name);
		return true;
	}
	if (spec->kind == KIND_ADDRESS4) {
		guint32 address = GUINT32_TO_BE((guint32)value->number);

		fuzz_octets(fault->prng, (guint8 *)&address, sizeof(address));
		value->number = GUINT32_FROM_BE(address);
	} else if (prng_one_in(fault->prng, 4)) {
		value->number ^= G_GUINT64_CONSTANT(1) << prng_below(fault->prng, (gsize)spec->width);
	} else {
		value->number = fuzz_number(fault->prng, (unsigned)spec->width);
	}
	fuzz_tell(fault->text, "%s.%s 0x%" G_GINT64_MODIFIER "x", name_of(values), spec->name, value->number);
	return true;
}

static bool set_checksum(fault_t *fault)
{
	static const value_state_t states[] = {VALUE_NONE, VALUE_BAD};
	static const char *const words[] = {"none", "bad"};
	values_t *layer = pick(fault->plan->layers, fault->prng);
	guint choice = prng_below(fault->prng, G_N_ELEMENTS(states));

	for (unsigned key = 0; key < block_specs[layer->id].key_count; key++) {
		const key_spec_t *spec = &block_specs[layer->id].keys[key];

		if (spec->width == 0 || (spec->words & WORD_BAD) == 0)
			continue;
		layer->v[key].state = states[choice];
		fuzz_tell(fault->text, "%s.%s %s", name_of(layer), spec->name, words[choice]);
		return true;
	}
	return false;
}

// An authenticator that is missing, wrong, or of another length, or under another key.
static bool spoil_authenticator(fault_t *fault)
{
	values_t *extension = pick(fault->plan->extensions, fault->prng);
	guint length = prng_below(fault->prng, 40);

	if (!extension || !mip_is_authentication(extension->id))
		return false;
	value_t *authenticator = &extension->v[AUTH_AUTHENTICATOR];
	extension->v[AUTH_BAD_BYTE] = (value_t){0}; // that was for another authenticator
	switch (prng_below(fault->prng, 4)) {
	case 0:
		authenticator->state = VALUE_BAD;
		fuzz_tell(fault->text, "bad authenticator in %s", name_of(extension));
		return true;
	case 1:
		set_bytes(authenticator, random_bytes(fault->prng, length));
		fuzz_tell(fault->text, "authenticator of %u bytes in %s", length, name_of(extension));
		return true;
	case 2:
		extension->v[AUTH_ALGORITHM].number = prng_below(fault->prng, 3);
		fuzz_tell(fault->text, "algorithm %" G_GUINT64_FORMAT " in %s", extension->v[AUTH_ALGORITHM].number,
			  name_of(extension));
		return true;
	default:
		set_bytes(&extension->v[AUTH_KEY], random_bytes(fault->prng, length));
		fuzz_tell(fault->text, "another key in %s", name_of(extension));
		return true;
	}
}

static bool swap(fault_t *fault)
{
	GPtrArray *list = fault->plan->extensions;
	guint first, second;

	if (list->len < 2)
		return false;
	first = prng_below(fault->prng, list->len);
	second = (first + 1 + prng_below(fault->prng, list->len - 1)) % list->len;
	fuzz_tell(fault->text, "swap %s and %s", name_of(list->pdata[first]), name_of(list->pdata[second]));
	gpointer held = list->pdata[first];
	list->pdata[first] = list->pdata[second];
	list->pdata[second] = held;
	return true;
}

static bool repeat(fault_t *fault)
{
	GPtrArray *list = fault->plan->extensions;
	guint times = amount(fault->prng, REPEAT_MAX);
	const values_t *extension = pick(list, fault->prng);
	guint at = prng_below(fault->prng, list->len + 1);

	if (!extension)
		return false;
	fuzz_tell(fault->text, "repeat %s %u times", name_of(extension), times);
	for (guint i = 0; i < times; i++)
		g_ptr_array_insert(list, (gint)at, values_copy(extension));
	return true;
}

static bool leave_out(fault_t *fault)
{
	GPtrArray *list = fault->plan->extensions;

	if (list->len == 0)
		return false;
	guint index = prng_below(fault->prng, list->len);
	fuzz_tell(fault->text, "leave out %s", name_of(list->pdata[index]));
	g_ptr_array_remove_index(list, index);
	return true;
}

static bool can_extend(const plan_t *plan)
{
	for (guint i = 0; i < plan->layers->len; i++)
		if (mip_has_extensions(((const values_t *)plan->layers->pdata[i])->id))
			return true;
	return false;
}

// An extension of another step, or one of the language with its defaults.
static bool put_in(fault_t *fault)
{
	const GPtrArray *plans = fault->models->plans;
	const plan_t *other = plans->pdata[prng_below(fault->prng, plans->len)];
	const GPtrArray *from = prng_one_in(fault->prng, 2) && other->extensions->len > 0 ? other->extensions
											  : fault->models->extensions;
	guint at = prng_below(fault->prng, fault->plan->extensions->len + 1);

	if (!can_extend(fault->plan))
		return false;
	values_t *extension = values_copy(pick(from, fault->prng));
	if (extension->id == BLOCK_raw || extension->id == BLOCK_raw_long || extension->id == BLOCK_dsmipv4) {
		guint length = amount(fault->prng, 200);
		unsigned body = block_specs[extension->id].key_count - 1; // the last key

		extension->v[KEY_raw_type].number = fuzz_number(fault->prng, 8);
		set_bytes(&extension->v[body], random_bytes(fault->prng, length));
	}
	fuzz_tell(fault->text, "put in %s as extension %u", name_of(extension), at + 1);
	g_ptr_array_insert(fault->plan->extensions, (gint)at, extension);
	return true;
}

static bool append(fault_t *fault)
{
	guint length = amount(fault->prng, EXTRA_MAX);

	if (!can_extend(fault->plan))
		return false;
	set_bytes(&fault->plan->step->v[KEY_step_trailer], random_bytes(fault->prng, length));
	fuzz_tell(fault->text, "append %u bytes to the message", length);
	return true;
}

// Padding that counts in the lengths of the layers around it.
static bool append_to_layer(fault_t *fault)
{
	values_t *layer = pick(fault->plan->layers, fault->prng);
	guint length = amount(fault->prng, EXTRA_MAX);

	set_bytes(&layer->v[LAYER_APPEND], random_bytes(fault->prng, length));
	fuzz_tell(fault->text, "append %u bytes to %s", length, name_of(layer));
	return true;
}

static bool cut(fault_t *fault)
{
	const GPtrArray *layers = fault->plan->layers;
	const values_t *innermost = layers->pdata[layers->len - 1];
	guint length;

	if (innermost->length == 0)
		return false;
	length = amount(fault->prng, (guint)MIN(innermost->length, 200));
	fault->plan->step->v[KEY_step_cut].number = length;
	fuzz_tell(fault->text, "cut %u bytes off %s", length, name_of(innermost));
	return true;
}

// The key by which a layer announces what it carries.
static value_t *announcement(values_t *layer)
{
	static const struct {
		block_id_t id;
		unsigned key;
	} keys[] = {
		{BLOCK_ethernet, KEY_ethernet_type},
		{BLOCK_vlan, KEY_vlan_type},
		{BLOCK_ipv4, KEY_ipv4_protocol},
		{BLOCK_ipv6, KEY_ipv6_next_header},
		{BLOCK_hop_by_hop, KEY_hop_by_hop_next_header},
		{BLOCK_gre, KEY_gre_protocol},
		{BLOCK_minimal, KEY_minimal_protocol},
		{BLOCK_tunnel_data, KEY_tunnel_data_next_header},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (keys[i].id == layer->id)
			return &layer->v[keys[i].key];
	return NULL;
}

static bool is_ip(const values_t *layer)
{
	return layer->id == BLOCK_ipv4 || layer->id == BLOCK_ipv6;
}

// Whether "auto" of the outer layer's protocol key follows from the inner layer.
static bool can_carry(values_t *outer, const values_t *inner)
{
	if (outer->id == BLOCK_ethernet || outer->id == BLOCK_vlan)
		return is_ip(inner) || inner->id == BLOCK_vlan;
	if (outer->id == BLOCK_gre)
		return is_ip(inner);
	if (outer->id == BLOCK_udp)
		return block_specs[inner->id].is_message;
	return announcement(outer) && block_specs[inner->id].protocol != NO_PROTOCOL;
}

static void put_before(fault_t *fault, guint at, const values_t *model)
{
	value_t *announced = announcement(fault->plan->layers->pdata[at - 1]);

	if (announced)
		announced->state = VALUE_AUTO;
	g_ptr_array_insert(fault->plan->layers, (gint)at, values_copy(model));
	fuzz_tell(fault->text, " %s", name_of(model));
}

static const values_t *udp_model(const fuzz_models_t *models)
{
	for (guint i = 0; i < models->layers->len; i++)
		if (((const values_t *)models->layers->pdata[i])->id == BLOCK_udp)
			return models->layers->pdata[i];
	return NULL;
}

// Nested tunnels: headers in front of a layer, each of which can carry the next. Tunnel data comes with its UDP header.
static bool nest(fault_t *fault)
{
	GPtrArray *layers = fault->plan->layers;
	guint at = 1 + prng_below(fault->prng, layers->len - 1);
	guint depth = amount(fault->prng, DEPTH_MAX);
	guint before = layers->len;

	fuzz_tell(fault->text, "wrap in");
	for (guint tries = 0; layers->len < before + depth && tries < 4 * DEPTH_MAX; tries++) {
		values_t *model = pick(fault->models->layers, fault->prng);
		values_t *outer = layers->pdata[at - 1];
		const values_t *carrier = model->id == BLOCK_tunnel_data ? udp_model(fault->models) : model;

		if (!can_carry(model, layers->pdata[at]) || !can_carry(outer, carrier))
			continue;
		put_before(fault, at, model);
		if (carrier != model)
			put_before(fault, at, carrier);
	}
	return layers->len > before;
}

// The layers around it still announce what was removed.
static bool unwrap(fault_t *fault)
{
	GPtrArray *layers = fault->plan->layers;

	if (layers->len < 3)
		return false;
	guint at = 1 + prng_below(fault->prng, layers->len - 1);
	if (mip_has_extensions(((const values_t *)layers->pdata[at])->id))
		return false;
	fuzz_tell(fault->text, "leave out layer %s", name_of(layers->pdata[at]));
	g_ptr_array_remove_index(layers, at);
	return true;
}

static bool grow_payload(fault_t *fault)
{
	for (guint i = 0; i < fault->plan->layers->len; i++) {
		values_t *values = fault->plan->layers->pdata[i];
		const block_spec_t *block = &block_specs[values->id];

		for (unsigned key = 0; key < block->key_count; key++) {
			guint length = prng_below(fault->prng, PAYLOAD_MAX);

			if (block->keys[key].width != TAIL || values->id == BLOCK_ipv4)
				continue;
			set_bytes(&values->v[key], random_bytes(fault->prng, length));
			fuzz_tell(fault->text, "%u bytes in %s.%s", length, block->name, block->keys[key].name);
			return true;
		}
	}
	return false;
}

static bool snap(fault_t *fault)
{
	value_t *snaplen = &fault->plan->step->v[KEY_step_snaplen];

	snaplen->state = VALUE_SET;
	snaplen->number = prng_below(fault->prng, 150);
	fuzz_tell(fault->text, "capture %" G_GUINT64_FORMAT " bytes", snaplen->number);
	return true;
}

// Each is chosen as often as it stands here.
static fault_fn *const faults[] = {
	set_field,
	set_field,
	set_field,
	set_field,
	set_field,
	lengthen,
	shorten,
	claim_length,
	claim_length,
	swap,
	repeat,
	leave_out,
	put_in,
	put_in,
	append,
	cut,
	nest,
	nest,
	unwrap,
	snap,
	set_checksum,
	append_to_layer,
	spoil_authenticator,
	grow_payload,
};

bool fuzz_plan(plan_t *plan, const fuzz_models_t *models, prng_t *prng, GString *text)
{
	fault_t fault = {plan, models, prng, text};

	return faults[prng_below(prng, G_N_ELEMENTS(faults))](&fault);
}
