// SPDX-License-Identifier: GPL-2.0-or-later
// A packet that is built once and then patched for each node.
//
// Of a checksum only the words that change are summed again: the sum of those that stay is known (RFC 1624, with the
// old words subtracted once).
#include "population/template.h"

#include "packet/auth.h"
#include "packet/checksum.h"
#include "packet/encode.h"
#include "packet/hmac_md5.h"
#include "packet/mip.h"
#include "packet/finish.h"

#include <string.h>

#define MAC_PREFIX 2 // of a MAC address that ends in four bytes of an IP address
#define WORD 4       // bytes that are summed at a time: 2^16 is 1 in one's complement arithmetic
#define CHECKSUM 2

typedef struct {
	gsize offset;
	gsize length;
} range_t;

typedef struct {
	range_t range;
	int fact;
	gsize skip; // bytes of the fact that do not belong here
} fact_patch_t;

typedef struct {
	range_t range;
	int width; // of the field, in bits
	value_clock_t clock;
} clock_patch_t;

typedef struct {
	range_t range;
	range_t covered;
	signer_t *signer;
	int key;              // fact, or -1: the signer has it
	int bad_byte;         // that is inverted, -1: none
	bool has_lanes;       // many packets can be signed at a time,
	hmac_md5_key_t lanes; // with this key
} signature_patch_t;

typedef struct {
	cover_t cover;
	guint64 base;  // of all that stays, in the byte order of this machine, as the words are
	GArray *words; // gsize: where words begin that change
	GArray *ends;  // range_t: what is left of a part behind its last word, and changes
} sum_patch_t;

// A template under construction.
typedef struct {
	template_t *template;
	const plan_t *plan;
	const node_facts_t *nodes; // NULL: of one
	GByteArray *changed;       // for each byte of the packet, whether it is not the same for all nodes
} template_builder_t;

static int find_fact(const template_builder_t *draft, const char *fact)
{
	return draft->nodes ? node_facts_find(draft->nodes, fact) : -1;
}

static void add_changed(template_builder_t *draft, range_t range)
{
	memset(draft->changed->data + range.offset, true, range.length);
}

// Which bytes of a fact go where in the field; false if there is no place that is right for every node.
static bool fit_fact(key_kind_t field, key_kind_t fact, gsize *skip, range_t *range)
{
	if (field == KIND_MAC && (fact == KIND_ADDRESS4 || fact == KIND_ADDRESS6)) {
		range->offset += MAC_PREFIX;
		range->length = 4;
		*skip = fact == KIND_ADDRESS4 ? 0 : 12;
		return true;
	}
	return field == fact;
}

static bool add_fact(template_builder_t *draft, const values_t *values, unsigned key, GError **error)
{
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	const value_t *value = &values->v[key];
	guint8 bytes[NODE_FACT_MAX];
	fact_patch_t patch = {.fact = find_fact(draft, value->fact)};
	gsize end = values->offset + values->length;

	if (patch.fact < 0)
		return true;
	patch.range.offset = values->offset + (spec->width > 0 ? spec->offset / 8 : value->at);
	patch.range.length = node_facts_get(draft->nodes, patch.fact, 0, bytes);
	if (!fit_fact(spec->kind, node_facts_kind(patch.fact), &patch.skip, &patch.range)) {
		char *problem = g_strdup_printf("%s differs from node to node; expected a value of its own for --nodes",
						value->fact);

		values_fail(values, key, problem, error);
		g_free(problem);
		return false;
	}
	if (spec->kind == KIND_SECRET || patch.range.offset >= end)
		return true; // not in the packet
	patch.range.length = MIN(patch.range.length, end - patch.range.offset);
	g_array_append_val(draft->template->facts, patch);
	add_changed(draft, patch.range);
	return true;
}

static void add_clock(template_builder_t *draft, const values_t *values, unsigned key)
{
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	clock_patch_t patch = {.clock = values->v[key].clock, .width = spec->width};
	gsize end = values->offset + values->length;

	patch.range = (range_t){values->offset + spec->offset / 8, (gsize)spec->width / 8};
	if (patch.range.offset + patch.range.length > end) // cut
		patch.range.length = patch.range.offset < end ? end - patch.range.offset : 0;
	if (patch.range.length == 0)
		return;
	g_array_append_val(draft->template->clocks, patch);
	add_changed(draft, patch.range);
}

static bool add_values(template_builder_t *draft, const GPtrArray *list, GError **error)
{
	for (guint i = 0; i < list->len; i++) {
		const values_t *values = list->pdata[i];

		for (unsigned key = 0; key < block_specs[values->id].key_count; key++) {
			if (values->v[key].fact && !add_fact(draft, values, key, error))
				return false;
			if (values->v[key].clock.runs)
				add_clock(draft, values, key);
		}
	}
	return true;
}

static void add_patched(template_builder_t *draft, const GPtrArray *list, unsigned key)
{
	for (guint i = 0; i < list->len; i++) {
		const values_t *values = list->pdata[i];

		if (values->v[key].bytes)
			g_ptr_array_add(draft->template->patched, values_copy(values));
	}
}

static const values_t *message_of(const plan_t *plan)
{
	for (guint i = 0; i < plan->layers->len; i++) {
		const values_t *layer = plan->layers->pdata[i];

		if (mip_has_extensions(layer->id))
			return layer;
	}
	return NULL;
}

static void add_signature(template_builder_t *draft, const values_t *message, const values_t *extension)
{
	const value_t *key = &extension->v[AUTH_KEY];
	value_state_t state = extension->v[AUTH_AUTHENTICATOR].state;
	gsize start = extension->offset + block_specs[extension->id].length;
	gsize end = extension->offset + extension->length;
	signature_patch_t patch = {
		.covered = {message->offset, start - message->offset},
		.key = key->fact ? find_fact(draft, key->fact) : -1,
		.bad_byte = -1,
	};
	guint8 digest[AUTH_MAX_LENGTH];
	gsize length;
	const void *secret = g_bytes_get_data(key->bytes, &length);

	if ((state != VALUE_AUTO && state != VALUE_BAD) || start >= end)
		return;
	patch.signer = signer_new(extension->v[AUTH_ALGORITHM].number, secret, length);
	patch.has_lanes =
		hmac_md5_engines() > 0 && patch.key < 0 && extension->v[AUTH_ALGORITHM].number == ALGORITHM_HMAC_MD5;
	if (patch.has_lanes)
		hmac_md5_set_key(&patch.lanes, 0, secret, length);
	length = signer_sign(patch.signer, draft->template->bytes->data, 0, digest);
	if (state == VALUE_BAD)
		patch.bad_byte = (int)mip_bad_byte(extension, length);
	patch.range = (range_t){start, MIN(length, end - start)};
	g_array_append_val(draft->template->signatures, patch);
	add_changed(draft, patch.range);
}

static void add_signatures(template_builder_t *draft)
{
	const values_t *message = message_of(draft->plan);

	for (guint i = 0; i < draft->plan->extensions->len; i++) {
		const values_t *extension = draft->plan->extensions->pdata[i];

		if (mip_is_authentication(extension->id))
			add_signature(draft, message, extension);
	}
}

static bool has_changed(const template_builder_t *draft, range_t range)
{
	return memchr(draft->changed->data + range.offset, true, range.length);
}

static guint32 read_word(const guint8 *bytes)
{
	guint32 word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

// The same for one to three bytes, with zeros behind them.
static guint32 read_end(const guint8 *bytes, gsize length)
{
	const guint8 padded[WORD] = {bytes[0], length > 1 ? bytes[1] : 0, length > 2 ? bytes[2] : 0, 0};

	return read_word(padded);
}

// Sums the words of a part that stay, and notes where the others are.
static void add_part(const template_builder_t *draft, range_t part, sum_patch_t *patch)
{
	const guint8 *bytes = draft->template->bytes->data;

	for (; part.length >= WORD; part = (range_t){part.offset + WORD, part.length - WORD}) {
		if (has_changed(draft, (range_t){part.offset, WORD}))
			g_array_append_val(patch->words, part.offset);
		else
			patch->base += read_word(bytes + part.offset);
	}
	if (part.length > 0 && has_changed(draft, part))
		g_array_append_val(patch->ends, part);
	else if (part.length > 0)
		patch->base += read_end(bytes + part.offset, part.length);
}

// Whether a checksum is not the same for all nodes.
static bool depends(const template_builder_t *draft, const cover_t *cover)
{
	for (unsigned i = 0; i < cover->part_count; i++)
		if (has_changed(draft, (range_t){cover->parts[i].offset, cover->parts[i].length}))
			return true;
	return false;
}

static void add_sum(template_builder_t *draft, const cover_t *cover)
{
	sum_patch_t patch = {
		.cover = *cover,
		.base = GUINT16_TO_BE(checksum_fold(cover->constant)),
		.words = g_array_new(FALSE, FALSE, sizeof(gsize)),
		.ends = g_array_new(FALSE, FALSE, sizeof(range_t)),
	};

	memset(draft->template->bytes->data + cover->field, 0, CHECKSUM);
	for (unsigned i = 0; i < cover->part_count; i++)
		add_part(draft, (range_t){cover->parts[i].offset, cover->parts[i].length}, &patch);
	g_array_append_val(draft->template->sums, patch);
	add_changed(draft, (range_t){cover->field, CHECKSUM});
}

static void add_sums(template_builder_t *draft)
{
	const built_packet_t built = {draft->plan->layers, draft->template->bytes->data, draft->template->bytes->len};

	for (guint i = built.layers->len; i-- > 0;) {
		cover_t cover;

		if (finish_cover(&built, i, &cover) && depends(draft, &cover))
			add_sum(draft, &cover);
	}
}

static void clear_signature(gpointer patch)
{
	signer_free(((signature_patch_t *)patch)->signer);
}

static void clear_sum(gpointer patch)
{
	g_array_unref(((sum_patch_t *)patch)->words);
	g_array_unref(((sum_patch_t *)patch)->ends);
}

static template_t *template_alloc(void)
{
	template_t *template = g_new0(template_t, 1);

	template->facts = g_array_new(FALSE, FALSE, sizeof(fact_patch_t));
	template->clocks = g_array_new(FALSE, FALSE, sizeof(clock_patch_t));
	template->patched = g_ptr_array_new_with_free_func((GDestroyNotify)values_free);
	template->signatures = g_array_new(FALSE, FALSE, sizeof(signature_patch_t));
	template->sums = g_array_new(FALSE, FALSE, sizeof(sum_patch_t));
	g_array_set_clear_func(template->signatures, clear_signature);
	g_array_set_clear_func(template->sums, clear_sum);
	template->bytes = g_byte_array_new();
	return template;
}

static bool note_all(template_builder_t *draft, GError **error)
{
	if (!add_values(draft, draft->plan->layers, error) || !add_values(draft, draft->plan->extensions, error))
		return false;
	add_patched(draft, draft->plan->layers, LAYER_PATCH);
	add_patched(draft, draft->plan->extensions, EXT_PATCH);
	add_signatures(draft);
	add_sums(draft);
	return true;
}

// So that a fact is asked for once, however many places it is in.
static gint compare_facts(gconstpointer one, gconstpointer other)
{
	return ((const fact_patch_t *)one)->fact - ((const fact_patch_t *)other)->fact;
}

template_t *template_new(builder_t *builder, plan_t *plan, const node_facts_t *nodes, GError **error)
{
	template_builder_t draft = {.plan = plan, .nodes = nodes};

	draft.template = template_alloc();
	draft.changed = g_byte_array_new();
	bool ok = build_packet(builder, plan, draft.template->bytes, error);
	g_byte_array_set_size(draft.changed, draft.template->bytes->len);
	memset(draft.changed->data, false, draft.changed->len);
	ok = ok && note_all(&draft, error);
	g_byte_array_unref(draft.changed);
	if (!ok)
		g_clear_pointer(&draft.template, template_free);
	else
		g_array_sort(draft.template->facts, compare_facts);
	return draft.template;
}

void template_free(template_t *template)
{
	g_array_unref(template->facts);
	g_array_unref(template->clocks);
	g_ptr_array_unref(template->patched);
	g_array_unref(template->signatures);
	g_array_unref(template->sums);
	g_byte_array_unref(template->bytes);
	g_free(template->lanes);
	g_free(template);
}

// Most values are addresses and digests, which are copied without a call.
static inline void put_bytes(guint8 *to, const void *from, gsize length)
{
	switch (length) {
	case 4:
		memcpy(to, from, 4);
		break;
	case 16:
		memcpy(to, from, 16);
		break;
	default:
		memcpy(to, from, length);
	}
}

static void put_digest(guint8 *packet, const signature_patch_t *patch, guint8 *digest)
{
	if (patch->bad_byte >= 0)
		digest[patch->bad_byte] ^= 0xff;
	put_bytes(packet + patch->range.offset, digest, patch->range.length);
}

static void fill_signature(guint8 *packet, const signature_patch_t *patch, const node_facts_t *nodes, guint32 node)
{
	guint8 digest[AUTH_MAX_LENGTH];

	if (patch->key >= 0) {
		guint8 key[NODE_FACT_MAX];

		signer_set_key(patch->signer, key, node_facts_get(nodes, patch->key, node, key));
	}
	signer_sign(patch->signer, packet + patch->covered.offset, patch->covered.length, digest);
	put_digest(packet, patch, digest);
}

static void fill_sum(guint8 *packet, const sum_patch_t *patch)
{
	guint64 sum = patch->base;

	memset(packet + patch->cover.field, 0, CHECKSUM);
	for (guint i = 0; i < patch->words->len; i++)
		sum += read_word(packet + g_array_index(patch->words, gsize, i));
	for (guint i = 0; i < patch->ends->len; i++) {
		const range_t *end = &g_array_index(patch->ends, range_t, i);

		sum += read_end(packet + end->offset, end->length);
	}
	guint16 checksum = finish_checksum(&patch->cover, GUINT16_FROM_BE(checksum_fold(sum)));
	checksum = GUINT16_TO_BE(checksum);
	memcpy(packet + patch->cover.field, &checksum, CHECKSUM);
}

static void fill_sums(const template_t *template, guint8 *packet)
{
	for (guint i = 0; i < template->sums->len; i++)
		fill_sum(packet, &g_array_index(template->sums, sum_patch_t, i));
}

static void fill_facts(const GArray *patches, guint8 *packet, const node_facts_t *nodes, guint32 node)
{
	guint8 bytes[NODE_FACT_MAX];
	int known = -1;

	for (guint i = 0; i < patches->len; i++) {
		const fact_patch_t *patch = &g_array_index(patches, fact_patch_t, i);

		if (patch->fact != known)
			node_facts_get(nodes, patch->fact, node, bytes);
		known = patch->fact;
		put_bytes(packet + patch->range.offset, bytes + patch->skip, patch->range.length);
	}
}

// All but what is computed over it.
static void fill_values(const template_t *template, guint8 *packet, const node_facts_t *nodes, guint32 node,
			when_fn *when, gconstpointer data)
{
	fill_facts(template->facts, packet, nodes, node);
	for (guint i = 0; i < template->clocks->len; i++) {
		const clock_patch_t *patch = &g_array_index(template->clocks, clock_patch_t, i);
		gint64 time = when(data, patch->clock.step, node);
		guint64 number = GUINT64_TO_BE(clock_read(&patch->clock, time) << (64 - patch->width));

		if (patch->range.length == sizeof(number))
			memcpy(packet + patch->range.offset, &number, sizeof(number));
		else
			memcpy(packet + patch->range.offset, &number, patch->range.length);
	}
	for (guint i = 0; i < template->patched->len; i++) {
		const values_t *values = template->patched->pdata[i];

		encode_patch(packet + values->offset, values->length, values,
			     values->id < FIRST_EXTENSION ? (unsigned)LAYER_PATCH : (unsigned)EXT_PATCH, NULL);
	}
}

void template_fill(template_t *template, const node_facts_t *nodes, guint32 node, when_fn *when, gconstpointer data)
{
	guint8 *packet = template->bytes->data;

	fill_values(template, packet, nodes, node, when, data);
	for (guint i = 0; i < template->signatures->len; i++)
		fill_signature(packet, &g_array_index(template->signatures, signature_patch_t, i), nodes, node);
	fill_sums(template, packet);
}

bool template_has_lanes(const template_t *template)
{
	for (guint i = 0; i < template->signatures->len; i++)
		if (!g_array_index(template->signatures, signature_patch_t, i).has_lanes)
			return false;
	return template->signatures->len > 0;
}

static guint8 *lane_at(const template_t *template, guint lane)
{
	return template->lanes + lane * template->bytes->len;
}

// What is the same for all nodes is there from the start.
static void make_lanes(template_t *template)
{
	template->lanes = g_malloc(HMAC_MD5_LANES * template->bytes->len);
	for (guint lane = 0; lane < HMAC_MD5_LANES; lane++)
		memcpy(lane_at(template, lane), template->bytes->data, template->bytes->len);
}

guint8 *template_begin(template_t *template, const node_facts_t *nodes, guint32 node, when_fn *when, gconstpointer data)
{
	if (!template->lanes)
		make_lanes(template);
	guint8 *packet = lane_at(template, template->begun++);
	fill_values(template, packet, nodes, node, when, data);
	return packet;
}

bool template_is_full(const template_t *template)
{
	return template->begun == HMAC_MD5_LANES;
}

static void sign_lanes(const template_t *template, const signature_patch_t *patch)
{
	const guint8 *covered[HMAC_MD5_LANES];
	guint8 digests[HMAC_MD5_LANES][HMAC_MD5_LENGTH];

	for (guint lane = 0; lane < template->begun; lane++)
		covered[lane] = lane_at(template, lane) + patch->covered.offset;
	hmac_md5_sign(&patch->lanes, covered, template->begun, patch->covered.length, digests);
	for (guint lane = 0; lane < template->begun; lane++)
		put_digest(lane_at(template, lane), patch, digests[lane]);
}

void template_end(template_t *template)
{
	for (guint i = 0; i<template->signatures->len &&template->begun> 0; i++)
		sign_lanes(template, &g_array_index(template->signatures, signature_patch_t, i));
	for (guint lane = 0; lane < template->begun; lane++)
		fill_sums(template, lane_at(template, lane));
	template->begun = 0;
}
