// SPDX-License-Identifier: GPL-2.0-or-later
// Keys of named steps by path: STEP.KEY, STEP.BLOCK.KEY, STEP.BLOCK[N].KEY.
#include "language/assign.h"

#include "language/actors.h"
#include "language/suggest.h"

#include <string.h>

#define REFERENCES_MAX 16 // in a row

// A key of a block.
typedef struct {
	block_t *block;
	unsigned key;
} spot_t;

// The step whose name, the longest that fits, is in front of a point, and what comes after that.
static step_t *find_step(const GPtrArray *steps, const char *path, const char **rest)
{
	step_t *found = NULL;
	gsize longest = 0;

	for (guint i = 0; i < steps->len; i++) {
		gsize length = strlen(step_name(steps->pdata[i]));

		if (length <= longest || strncmp(path, step_name(steps->pdata[i]), length) != 0 || path[length] != '.')
			continue;
		found = steps->pdata[i];
		longest = length;
		*rest = path + length + 1;
	}
	return found;
}

bool assign_names_step(const GPtrArray *steps, const char *path)
{
	g_autofree char *name = g_strndup(path, strcspn(path, "="));
	const char *rest;

	return !actors_fact(name, "mn1") && find_step(steps, name, &rest);
}

static bool is_own_key(unsigned key)
{
	return key != KEY_step_step && key != KEY_step_before && key != KEY_step_like && key != KEY_step_drop;
}

static void add_spots(GArray *spots, block_t *block, const char *key)
{
	const block_spec_t *spec = &block_specs[block->id];

	for (unsigned i = 0; i < spec->key_count; i++) {
		spot_t spot = {block, i};

		if (strcmp(spec->keys[i].name, key) == 0 && (block->id != BLOCK_step || is_own_key(i)))
			g_array_append_val(spots, spot);
	}
}

// All blocks of a step, in the order of the file: its own keys, layers, stack, extensions.
static GPtrArray *blocks_of(const step_t *step)
{
	GPtrArray *blocks = g_ptr_array_new();

	g_ptr_array_add(blocks, step->own);
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		if (step->layer[id])
			g_ptr_array_add(blocks, step->layer[id]);
	for (guint i = 0; step->stack && i < step->stack->len; i++)
		g_ptr_array_add(blocks, step->stack->pdata[i]);
	for (guint i = 0; step->extensions && i < step->extensions->len; i++)
		g_ptr_array_add(blocks, step->extensions->pdata[i]);
	return blocks;
}

// Whether a word is "BLOCK" or "BLOCK[N]" for a block that is the Nth of its kind, counted from 1.
static bool is_called(const block_t *block, guint number, const char *word)
{
	g_autofree char *numbered = g_strdup_printf("%s[%u]", block_specs[block->id].name, number);

	return strcmp(word, numbered) == 0 || (number == 1 && strcmp(word, block_specs[block->id].name) == 0);
}

// The keys of a step that "KEY" or "BLOCK.KEY" may mean.
static GArray *find_spots(const step_t *step, const char *path)
{
	GArray *spots = g_array_new(FALSE, FALSE, sizeof(spot_t));
	g_autoptr(GPtrArray) blocks = blocks_of(step);
	const char *point = strchr(path, '.');
	g_autofree char *word = point ? g_strndup(path, (gsize)(point - path)) : NULL;

	for (guint i = 0; i < blocks->len; i++) {
		const block_t *block = blocks->pdata[i];
		guint number = 1;

		for (guint j = 0; j < i; j++)
			number += ((const block_t *)blocks->pdata[j])->id == block->id ? 1 : 0;
		if (!word || is_called(block, number, word))
			add_spots(spots, blocks->pdata[i], point ? point + 1 : path);
	}
	return spots;
}

// A message goes before all else: request.identification is not that of the IP header.
static bool select_spot(const GArray *spots, spot_t *spot)
{
	for (guint i = 0; i < spots->len; i++) {
		*spot = g_array_index(spots, spot_t, i);
		if (spots->len == 1 || block_specs[spot->block->id].is_message)
			return true;
	}
	return false;
}

// "; expected one of request.ipv4.ttl, request.ipv6.hop_limit"
static void report_several(const step_t *step, const GArray *spots, const char *path, const place_t *place,
			   GError **error)
{
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < spots->len; i++) {
		const spot_t *spot = &g_array_index(spots, spot_t, i);

		g_string_append_printf(names, "%s%s.%s.%s", i == 0 ? "" : ", ", step_name(step),
				       block_specs[spot->block->id].name, path);
	}
	fail_at(error, place, "several blocks of step '%s' have a key '%s'; expected one of %s", step_name(step), path,
		names->str);
	g_string_free(names, TRUE);
}

static void report_none(const step_t *step, const char *path, const place_t *place, GError **error)
{
	g_autoptr(GPtrArray) blocks = blocks_of(step);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	bool has_block = strchr(path, '.');

	for (guint i = 0; i < blocks->len; i++) {
		const block_spec_t *spec = &block_specs[((const block_t *)blocks->pdata[i])->id];

		for (unsigned key = 0; key < spec->key_count; key++)
			g_ptr_array_add(names, has_block ? g_strconcat(spec->name, ".", spec->keys[key].name, NULL)
							 : g_strdup(spec->keys[key].name));
	}
	g_autofree char *hint = suggest(path, (const char *const *)names->pdata, names->len);
	fail_at(error, place, "step '%s' has no key '%s'%s a key, or BLOCK.KEY, of the step", step_name(step), path,
		hint);
}

static bool find_spot(const step_t *step, const char *path, const place_t *place, spot_t *spot, GError **error)
{
	g_autoptr(GArray) spots = find_spots(step, path);

	if (select_spot(spots, spot))
		return true;
	if (spots->len > 0)
		report_several(step, spots, path, place, error);
	else
		report_none(step, path, place, error);
	return false;
}

// A header that a message step has by default, so that "request.udp.checksum" can be set.
static void add_header(step_t *step, const char *path, const place_t *place)
{
	static const block_id_t headers[] = {BLOCK_ethernet, BLOCK_udp};
	g_autofree char *word = g_strndup(path, strcspn(path, "."));

	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
		block_id_t id = headers[i];

		if (step->stack || step->layer[id] || strcmp(word, block_specs[id].name) != 0)
			continue;
		step->layer[id] = g_new0(block_t, 1);
		*step->layer[id] = (block_t){.id = id, .place = *place};
	}
}

bool assign_field(const GPtrArray *steps, const text_t *assignment, GStringChunk *strings, GError **error)
{
	const char *equals = strchr(assignment->string, '=');
	const char *rest = NULL;
	spot_t spot;

	if (!equals) {
		fail_at(error, &assignment->place, "wrong override '%s'; expected step.key=value", assignment->string);
		return false;
	}
	g_autofree char *path = g_strndup(assignment->string, (gsize)(equals - assignment->string));
	step_t *step = find_step(steps, path, &rest);
	add_header(step, rest, &assignment->place);
	if (!find_spot(step, rest, &assignment->place, &spot, error))
		return false;
	spot.block->value[spot.key] = (text_t){g_string_chunk_insert_const(strings, equals + 1), assignment->place};
	if (spot.block->id == BLOCK_step && spot.key == KEY_step_at)
		spot.block->value[KEY_step_after] = (text_t){0};
	if (spot.block->id == BLOCK_step && spot.key == KEY_step_after)
		spot.block->value[KEY_step_at] = (text_t){0};
	return true;
}

// Whether a value is left to the step of that name.
static bool is_reference(const GPtrArray *steps, const key_spec_t *spec, const char *text)
{
	return text && spec->kind != KIND_TEXT && spec->kind != KIND_SECRET && spec->kind != KIND_NAME &&
	       !strpbrk(text, " :/") && !g_ascii_isdigit(text[0]) && assign_names_step(steps, text);
}

static bool follow_reference(const GPtrArray *steps, const block_t *block, unsigned key, text_t *text, GError **error)
{
	const key_spec_t *spec = &block_specs[block->id].keys[key];

	for (unsigned i = 0; i < REFERENCES_MAX; i++) {
		const char *rest = NULL;
		spot_t spot;

		if (!is_reference(steps, spec, text->string))
			return true;
		step_t *step = find_step(steps, text->string, &rest);
		if (!find_spot(step, rest, &text->place, &spot, error))
			return false;
		text->string = spot.block->value[spot.key].string;
		if (!text->string)
			text->string = block_specs[spot.block->id].keys[spot.key].standard;
		if (!text->string)
			return true; // an optional key
	}
	fail_at(error, &text->place, "refers to itself; expected a value, or a key of another step");
	return false;
}

bool assign_references(const GPtrArray *steps, GError **error)
{
	for (guint i = 0; i < steps->len; i++) {
		g_autoptr(GPtrArray) blocks = blocks_of(steps->pdata[i]);

		for (guint j = 0; j < blocks->len; j++) {
			block_t *block = blocks->pdata[j];

			for (unsigned key = 0; key < block_specs[block->id].key_count; key++)
				if (!follow_reference(steps, block, key, &block->value[key], error))
					return false;
		}
	}
	return true;
}
