// SPDX-License-Identifier: GPL-2.0-or-later
// A packet that is built once and then patched for each node.
//
// Of a checksum only the part that changes is summed again: the sum of the bytes that stay is known
// (RFC 1624, with the old words subtracted once).
#include "population/template.h"

#include "packet/auth.h"
#include "packet/checksum.h"
#include "packet/encode.h"
#include "packet/mip.h"
#include "packet/finish.h"

#include <string.h>

#define MAC_PREFIX 2 // of a MAC address that ends in four bytes of an IP address

struct range {
	gsize offset;
	gsize length;
};

struct fact_patch {
	struct range range;
	int fact;
	gsize skip; // bytes of the fact that do not belong here
};

struct clock_patch {
	struct range range;
	int width; // of the field, in bits
	struct clock clock;
};

struct signature_patch {
	struct range range;
	struct range covered;
	struct signer *signer;
	int key; // fact, or -1: the signer has it
	bool is_bad;
};

struct sum_patch {
	struct cover cover;
	guint64 base;  // of all that stays
	GArray *parts; // struct sum_part
};

struct sum_part {
	struct range range;
	bool is_odd; // begins in the middle of a word
};

// A template under construction.
struct template_builder {
	struct template *template;
	const struct plan *plan;
	const struct node_facts *nodes; // NULL: of one
	GArray *changed;                // struct range: what is not the same for all nodes
};

static int find_fact(const struct template_builder *draft, const char *fact)
{
	return draft->nodes != NULL ? node_facts_find(draft->nodes, fact) : -1;
}

static void add_changed(struct template_builder *draft, struct range range)
{
	g_array_append_val(draft->changed, range);
}

// Which bytes of a fact go where in the field; false if there is no place that is right for every node.
static bool fit_fact(enum key_kind field, enum key_kind fact, gsize *skip, struct range *range)
{
	if (field == KIND_MAC && (fact == KIND_ADDRESS4 || fact == KIND_ADDRESS6)) {
		range->offset += MAC_PREFIX;
		range->length = 4;
		*skip = fact == KIND_ADDRESS4 ? 0 : 12;
		return true;
	}
	return field == fact;
}

static bool add_fact(struct template_builder *draft, const struct values *values, unsigned key, GError **error)
{
	const struct key_spec *spec = &block_specs[values->id].keys[key];
	const struct value *value = &values->v[key];
	guint8 bytes[NODE_FACT_MAX];
	struct fact_patch patch = {.fact = find_fact(draft, value->fact)};
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

static void add_clock(struct template_builder *draft, const struct values *values, unsigned key)
{
	const struct key_spec *spec = &block_specs[values->id].keys[key];
	struct clock_patch patch = {.clock = values->v[key].clock, .width = spec->width};
	gsize end = values->offset + values->length;

	patch.range = (struct range){values->offset + spec->offset / 8, (gsize)spec->width / 8};
	if (patch.range.offset + patch.range.length > end) // cut
		patch.range.length = patch.range.offset < end ? end - patch.range.offset : 0;
	if (patch.range.length == 0)
		return;
	g_array_append_val(draft->template->clocks, patch);
	add_changed(draft, patch.range);
}

static bool add_values(struct template_builder *draft, const GPtrArray *list, GError **error)
{
	for (guint i = 0; i < list->len; i++) {
		const struct values *values = list->pdata[i];

		for (unsigned key = 0; key < block_specs[values->id].key_count; key++) {
			if (values->v[key].fact != NULL && !add_fact(draft, values, key, error))
				return false;
			if (values->v[key].clock.runs)
				add_clock(draft, values, key);
		}
	}
	return true;
}

// Only mn1 stands for many nodes.
static bool check_alone(const GPtrArray *list, GError **error)
{
	for (guint i = 0; i < list->len; i++) {
		const struct values *values = list->pdata[i];

		for (unsigned key = 0; key < block_specs[values->id].key_count; key++) {
			if (values->v[key].fact == NULL || !g_str_has_prefix(values->v[key].fact, "mn2."))
				continue;
			values_fail(values, key, "is of a second mobile node, mn2; expected only mn1 with --nodes",
				    error);
			return false;
		}
	}
	return true;
}

static void add_patched(struct template_builder *draft, const GPtrArray *list, unsigned key)
{
	for (guint i = 0; i < list->len; i++) {
		const struct values *values = list->pdata[i];

		if (values->v[key].bytes != NULL)
			g_ptr_array_add(draft->template->patched, values_copy(values));
	}
}

static const struct values *message_of(const struct plan *plan)
{
	for (guint i = 0; i < plan->layers->len; i++) {
		const struct values *layer = plan->layers->pdata[i];

		if (mip_has_extensions(layer->id))
			return layer;
	}
	return NULL;
}

static void add_signature(struct template_builder *draft, const struct values *message, const struct values *extension)
{
	const struct value *key = &extension->v[AUTH_KEY];
	enum value_state state = extension->v[AUTH_AUTHENTICATOR].state;
	gsize start = extension->offset + block_specs[extension->id].length;
	gsize end = extension->offset + extension->length;
	struct signature_patch patch = {
		.covered = {message->offset, start - message->offset},
		.key = key->fact != NULL ? find_fact(draft, key->fact) : -1,
		.is_bad = state == VALUE_BAD,
	};
	guint8 digest[AUTH_MAX_LENGTH];
	gsize length;
	const void *secret = g_bytes_get_data(key->bytes, &length);

	if ((state != VALUE_AUTO && state != VALUE_BAD) || start >= end)
		return;
	patch.signer = signer_new(extension->v[AUTH_ALGORITHM].number, secret, length);
	length = signer_sign(patch.signer, draft->template->bytes->data, 0, digest);
	patch.range = (struct range){start, MIN(length, end - start)};
	g_array_append_val(draft->template->signatures, patch);
	add_changed(draft, patch.range);
}

static void add_signatures(struct template_builder *draft)
{
	const struct values *message = message_of(draft->plan);

	for (guint i = 0; i < draft->plan->extensions->len; i++) {
		const struct values *extension = draft->plan->extensions->pdata[i];

		if (mip_is_authentication(extension->id))
			add_signature(draft, message, extension);
	}
}

// The changed bytes that lie in a part of what a checksum covers.
static void add_parts(const struct template_builder *draft, gsize offset, gsize length, GArray *parts)
{
	for (guint i = 0; i < draft->changed->len; i++) {
		const struct range *changed = &g_array_index(draft->changed, struct range, i);
		gsize start = MAX(changed->offset, offset);
		gsize end = MIN(changed->offset + changed->length, offset + length);
		struct sum_part part = {{start, end - start}, (start - offset) % 2 != 0};

		if (start < end)
			g_array_append_val(parts, part);
	}
}

// The sum of the bytes that stay, from the packet with zeros in place of all that changes.
static void add_sum(struct template_builder *draft, const struct cover *cover, guint8 *zeroed)
{
	struct sum_patch patch = {*cover, cover->constant, g_array_new(FALSE, FALSE, sizeof(struct sum_part))};
	struct range field = {cover->field, 2};

	for (unsigned i = 0; i < cover->part_count; i++)
		add_parts(draft, cover->parts[i].offset, cover->parts[i].length, patch.parts);
	if (patch.parts->len == 0) { // the same for all nodes
		g_array_unref(patch.parts);
		return;
	}
	memset(zeroed + cover->field, 0, 2);
	for (unsigned i = 0; i < cover->part_count; i++)
		patch.base = checksum_add(patch.base, zeroed + cover->parts[i].offset, cover->parts[i].length);
	g_array_append_val(draft->template->sums, patch);
	add_changed(draft, field);
}

static void add_sums(struct template_builder *draft)
{
	const struct built_packet built = {draft->plan->layers, draft->template->bytes->data,
					   draft->template->bytes->len};
	guint8 *zeroed = g_memdup2(built.bytes, built.length);

	for (guint i = 0; i < draft->changed->len; i++) {
		const struct range *range = &g_array_index(draft->changed, struct range, i);

		memset(zeroed + range->offset, 0, range->length);
	}
	for (guint i = built.layers->len; i-- > 0;) {
		struct cover cover;

		if (finish_cover(&built, i, &cover))
			add_sum(draft, &cover, zeroed);
	}
	g_free(zeroed);
}

static void free_values_item(gpointer values)
{
	values_free(values);
}

static void clear_signature(gpointer patch)
{
	signer_free(((struct signature_patch *)patch)->signer);
}

static void clear_sum(gpointer patch)
{
	g_array_unref(((struct sum_patch *)patch)->parts);
}

static struct template *template_alloc(void)
{
	struct template *template = g_new0(struct template, 1);

	template->facts = g_array_new(FALSE, FALSE, sizeof(struct fact_patch));
	template->clocks = g_array_new(FALSE, FALSE, sizeof(struct clock_patch));
	template->patched = g_ptr_array_new_with_free_func(free_values_item);
	template->signatures = g_array_new(FALSE, FALSE, sizeof(struct signature_patch));
	template->sums = g_array_new(FALSE, FALSE, sizeof(struct sum_patch));
	g_array_set_clear_func(template->signatures, clear_signature);
	g_array_set_clear_func(template->sums, clear_sum);
	template->bytes = g_byte_array_new();
	return template;
}

static bool note_all(struct template_builder *draft, GError **error)
{
	if (!add_values(draft, draft->plan->layers, error) || !add_values(draft, draft->plan->extensions, error))
		return false;
	add_patched(draft, draft->plan->layers, LAYER_PATCH);
	add_patched(draft, draft->plan->extensions, EXT_PATCH);
	add_signatures(draft);
	add_sums(draft);
	return true;
}

struct template *template_new(struct builder *builder, struct plan *plan, const struct node_facts *nodes,
			      GError **error)
{
	struct template_builder draft = {.plan = plan, .nodes = nodes};
	bool ok;

	if (nodes && (!check_alone(plan->layers, error) || !check_alone(plan->extensions, error)))
		return NULL;
	draft.template = template_alloc();
	draft.changed = g_array_new(FALSE, FALSE, sizeof(struct range));
	ok = build_packet(builder, plan, draft.template->bytes, error) && note_all(&draft, error);
	g_array_unref(draft.changed);
	if (!ok)
		g_clear_pointer(&draft.template, template_free);
	return draft.template;
}

void template_free(struct template *template)
{
	g_array_unref(template->facts);
	g_array_unref(template->clocks);
	g_ptr_array_unref(template->patched);
	g_array_unref(template->signatures);
	g_array_unref(template->sums);
	g_byte_array_unref(template->bytes);
	g_free(template);
}

static void fill_signature(struct template *template, const struct signature_patch *patch,
			   const struct node_facts *nodes, guint32 node)
{
	guint8 digest[AUTH_MAX_LENGTH];
	gsize length;

	if (patch->key >= 0) {
		guint8 key[NODE_FACT_MAX];

		signer_set_key(patch->signer, key, node_facts_get(nodes, patch->key, node, key));
	}
	length = signer_sign(patch->signer, template->bytes->data + patch->covered.offset, patch->covered.length,
			     digest);
	if (patch->is_bad)
		digest[length - 1] ^= 0xff;
	memcpy(template->bytes->data + patch->range.offset, digest, patch->range.length);
}

static void fill_sum(struct template *template, const struct sum_patch *patch)
{
	guint64 sum = patch->base;
	guint16 checksum;

	for (guint i = 0; i < patch->parts->len; i++) {
		const struct sum_part *part = &g_array_index(patch->parts, struct sum_part, i);
		const guint8 *bytes = template->bytes->data + part->range.offset;

		sum = part->is_odd ? checksum_add_odd(sum, bytes, part->range.length)
				   : checksum_add(sum, bytes, part->range.length);
	}
	checksum = GUINT16_TO_BE(finish_checksum(&patch->cover, checksum_fold(sum)));
	memcpy(template->bytes->data + patch->cover.field, &checksum, sizeof(checksum));
}

void template_fill(struct template *template, const struct node_facts *nodes, guint32 node, when_fn *when,
		   gconstpointer data)
{
	for (guint i = 0; i < template->facts->len; i++) {
		const struct fact_patch *patch = &g_array_index(template->facts, struct fact_patch, i);
		guint8 bytes[NODE_FACT_MAX];

		node_facts_get(nodes, patch->fact, node, bytes);
		memcpy(template->bytes->data + patch->range.offset, bytes + patch->skip, patch->range.length);
	}
	for (guint i = 0; i < template->clocks->len; i++) {
		const struct clock_patch *patch = &g_array_index(template->clocks, struct clock_patch, i);
		gint64 time = when(data, patch->clock.step, node);
		guint64 number = GUINT64_TO_BE(clock_read(&patch->clock, time) << (64 - patch->width));

		memcpy(template->bytes->data + patch->range.offset, &number, patch->range.length);
	}
	for (guint i = 0; i < template->patched->len; i++) {
		const struct values *values = template->patched->pdata[i];

		encode_patch(template->bytes->data + values->offset, values->length, values,
			     values->id < FIRST_EXTENSION ? (unsigned)LAYER_PATCH : (unsigned)EXT_PATCH, NULL);
	}
	for (guint i = 0; i < template->signatures->len; i++)
		fill_signature(template, &g_array_index(template->signatures, struct signature_patch, i), nodes, node);
	for (guint i = 0; i < template->sums->len; i++)
		fill_sum(template, &g_array_index(template->sums, struct sum_patch, i));
}
