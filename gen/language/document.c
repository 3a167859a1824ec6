// SPDX-License-Identifier: GPL-2.0-or-later
// One YAML file as it is written: base, edits, steps, each value with its place.
#include "language/document.h"

#include "language/suggest.h"
#include "language/yaml_tree.h"

#include <stddef.h>
#include <string.h>

const char *const section_names[SECTION_COUNT] = {"steps", "violation", "near_miss"};

typedef struct {
	const char *file;
	GStringChunk *strings;
} reader_t;

typedef struct field field_t;

// Reads the value of a key into the target, or sets an error. What was read before belongs to the target.
typedef bool read_t(const reader_t *reader, const item_t *item, const field_t *field, void *target, GError **error);

// A key that a mapping may have. A list of fields ends with a row of zeros.
struct field {
	const char *name;
	read_t *read;
	gsize member;  // offset in the target of what is read
	block_id_t id; // of a block
};

static read_t read_text, read_own_text, read_layer, add_block, read_texts, read_stack, read_extensions, read_section,
	read_about, read_expect, read_population;

// clang-format off
#define STEP_BEGIN
#define STEP_END
#define STEP_KEY(...)
#define BLOCK(block) static const field_t block##_fields[] = {
#define KEY(block, key, ...) {#key, read_text, offsetof(block_t, value[KEY_##block##_##key]), BLOCK_##block},
#define END(block) {0}};
#include "language/keys.def"

static const field_t *const block_fields[BLOCK_COUNT] = {
#define STEP_BEGIN
#define STEP_END
#define BLOCK(block) [BLOCK_##block] = block##_fields,
#include "language/keys.def"
};

static const field_t stack_fields[] = {
#define STEP_BEGIN
#define STEP_END
#define LAYER(block, ...) {#block, add_block, 0, BLOCK_##block},
#include "language/keys.def"
	{0}
};

static const field_t extension_fields[] = {
#define STEP_BEGIN
#define STEP_END
#define EXTENSION(block, ...) {#block, add_block, 0, BLOCK_##block},
#include "language/keys.def"
	{0}
};

static const field_t step_fields[] = {
#define STEP_KEY(key, ...) {#key, read_own_text, offsetof(block_t, value[KEY_step_##key]), BLOCK_step},
#define STEP_LAYER(block, ...) {#block, read_layer, offsetof(step_t, layer[BLOCK_##block]), BLOCK_##block},
#include "language/keys.def"
	{"stack", read_stack, offsetof(step_t, stack), 0},
	{"extensions", read_extensions, offsetof(step_t, extensions), 0},
	{"expect", read_texts, offsetof(step_t, expect), 0},
	{0}
};

static const field_t about_fields[] = {
#define ABOUT_KEY(key) {#key, read_text, offsetof(document_t, about[ABOUT_##key]), 0},
	ABOUT_KEYS(ABOUT_KEY)
	{0}
};

static const field_t document_fields[] = {
	{"summary", read_text, offsetof(document_t, summary), 0},
	{"about", read_about, 0, 0},
	{"base", read_text, offsetof(document_t, base), 0},
	{"set", read_texts, offsetof(document_t, set), 0},
	{"expect", read_expect, offsetof(document_t, expect), 0},
	{"steps", read_section, offsetof(document_t, section[SECTION_STEPS]), 0},
	{"violation", read_section, offsetof(document_t, section[SECTION_VIOLATION]), 0},
	{"near_miss", read_section, offsetof(document_t, section[SECTION_NEAR_MISS]), 0},
	{"population", read_population, offsetof(document_t, population), 0},
	{"nodes", read_text, offsetof(document_t, nodes), 0},
	{0}
};

static const field_t part_fields[] = {
	{"scenario", read_text, offsetof(part_t, scenario), 0},
	{"nodes", read_text, offsetof(part_t, nodes), 0},
	{"share", read_text, offsetof(part_t, share), 0},
	{"start", read_text, offsetof(part_t, start), 0},
	{"spacing", read_text, offsetof(part_t, spacing), 0},
	{"set", read_texts, offsetof(part_t, set), 0},
	{0}
};
// clang-format on

static place_t place_of(const reader_t *reader, const item_t *item)
{
	return item_place(item, reader->file, reader->strings);
}

static bool check_kind(const reader_t *reader, const item_t *item, item_kind_t kind, GError **error)
{
	return item_expect(item, kind, reader->file, reader->strings, error);
}

static bool read_mapping(const reader_t *reader, const item_t *item, const field_t *fields, void *target,
			 GError **error)
{
	if (!check_kind(reader, item, ITEM_MAPPING, error))
		return false;
	for (guint i = 0; i < item->children->len; i++) {
		const item_t *child = item->children->pdata[i];
		const field_t *field =
			item_key_row(child, fields, sizeof(*fields), reader->file, reader->strings, error);

		if (!field || !field->read(reader, child, field, target, error))
			return false;
	}
	return true;
}

static bool read_text(const reader_t *reader, const item_t *item, const field_t *field, void *target, GError **error)
{
	if (!check_kind(reader, item, ITEM_TEXT, error))
		return false;
	G_STRUCT_MEMBER(text_t, target, field->member) = (text_t){item->text, place_of(reader, item)};
	return true;
}

static bool read_own_text(const reader_t *reader, const item_t *item, const field_t *field, void *step, GError **error)
{
	return read_text(reader, item, field, ((step_t *)step)->own, error);
}

// What the steps without an `expect` of their own claim: only that they break no rule can be said of all of them.
static bool read_expect(const reader_t *reader, const item_t *item, const field_t *field, void *document,
			GError **error)
{
	if (!read_text(reader, item, field, document, error))
		return false;
	if (strcmp(item->text, "none") == 0)
		return true;
	place_t place = place_of(reader, item);
	fail_at(error, &place, "wrong value '%s'; expected none, or a list of rules in a step", item->text);
	return false;
}

static bool read_about(const reader_t *reader, const item_t *item, const field_t *field G_GNUC_UNUSED, void *document,
		       GError **error)
{
	return read_mapping(reader, item, about_fields, document, error);
}

static block_t *block_new(const reader_t *reader, const item_t *item, block_id_t id)
{
	block_t *block = g_new0(block_t, 1);

	block->id = id;
	block->place = place_of(reader, item);
	return block;
}

// A layer directly in a step.
static bool read_layer(const reader_t *reader, const item_t *item, const field_t *field, void *step, GError **error)
{
	block_t *block = block_new(reader, item, field->id);

	G_STRUCT_MEMBER(block_t *, step, field->member) = block;
	return read_mapping(reader, item, block_fields[field->id], block, error);
}

// A layer of a stack, or an extension.
static bool add_block(const reader_t *reader, const item_t *item, const field_t *field, void *list, GError **error)
{
	block_t *block = block_new(reader, item, field->id);

	g_ptr_array_add(list, block);
	return read_mapping(reader, item, block_fields[field->id], block, error);
}

// A list of mappings with one block each.
static bool read_blocks(const reader_t *reader, const item_t *item, const field_t *fields, GPtrArray **list,
			GError **error)
{
	*list = block_list_new();
	if (!check_kind(reader, item, ITEM_LIST, error))
		return false;
	for (guint i = 0; i < item->children->len; i++) {
		const item_t *entry = item->children->pdata[i];
		place_t place = place_of(reader, entry);

		if (!read_mapping(reader, entry, fields, *list, error))
			return false;
		if (entry->children->len == 0)
			fail_at(error, &place, "empty entry; expected a mapping such as \"- tunneling_mode: {}\"");
		else if (entry->children->len > 1)
			fail_at(error, &place, "holds %s and %s; expected one of them in an entry",
				((item_t *)entry->children->pdata[0])->key, ((item_t *)entry->children->pdata[1])->key);
		if (entry->children->len != 1)
			return false;
	}
	return true;
}

static bool read_stack(const reader_t *reader, const item_t *item, const field_t *field, void *step, GError **error)
{
	return read_blocks(reader, item, stack_fields, G_STRUCT_MEMBER_P(step, field->member), error);
}

static bool read_extensions(const reader_t *reader, const item_t *item, const field_t *field, void *step,
			    GError **error)
{
	return read_blocks(reader, item, extension_fields, G_STRUCT_MEMBER_P(step, field->member), error);
}

static bool read_texts(const reader_t *reader, const item_t *item, const field_t *field, void *target, GError **error)
{
	static const field_t whole = {0};
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

	G_STRUCT_MEMBER(GPtrArray *, target, field->member) = list;
	if (!check_kind(reader, item, ITEM_LIST, error))
		return false;
	for (guint i = 0; i < item->children->len; i++) {
		text_t *text = g_new0(text_t, 1);

		g_ptr_array_add(list, text);
		if (!read_text(reader, item->children->pdata[i], &whole, text, error))
			return false;
	}
	return true;
}

static bool read_step(const reader_t *reader, const item_t *item, step_t *step, GError **error)
{
	step->own->place = place_of(reader, item);
	if (!read_mapping(reader, item, step_fields, step, error))
		return false;
	if (!step_name(step))
		fail_at(error, &step->own->place, "has no name; expected a key `step`");
	return step_name(step);
}

static bool read_section(const reader_t *reader, const item_t *item, const field_t *field, void *document,
			 GError **error)
{
	GPtrArray *steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);

	G_STRUCT_MEMBER(GPtrArray *, document, field->member) = steps;
	if (!check_kind(reader, item, ITEM_LIST, error))
		return false;
	for (guint i = 0; i < item->children->len; i++) {
		g_ptr_array_add(steps, step_new());
		if (!read_step(reader, item->children->pdata[i], steps->pdata[i], error))
			return false;
	}
	return true;
}

static bool read_part(const reader_t *reader, const item_t *item, part_t *part, GError **error)
{
	part->place = place_of(reader, item);
	if (!read_mapping(reader, item, part_fields, part, error))
		return false;
	if (!part->scenario.string)
		fail_at(error, &part->place, "has no scenario; expected a key `scenario`");
	else if (part->nodes.string && part->share.string)
		fail_at(error, &part->share.place, "given together with `nodes`; expected one of them");
	else
		return true;
	return false;
}

static bool read_population(const reader_t *reader, const item_t *item, const field_t *field, void *document,
			    GError **error)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)part_free);

	G_STRUCT_MEMBER(GPtrArray *, document, field->member) = parts;
	if (!check_kind(reader, item, ITEM_LIST, error))
		return false;
	for (guint i = 0; i < item->children->len; i++) {
		g_ptr_array_add(parts, part_new());
		if (!read_part(reader, item->children->pdata[i], parts->pdata[i], error))
			return false;
	}
	if (parts->len > 0)
		return true;
	place_t place = place_of(reader, item);
	fail_at(error, &place, "empty; expected at least one part, such as \"- { scenario: coa_mode, nodes: 10 }\"");
	return false;
}

step_t *document_read_step(const item_t *item, const char *file, GStringChunk *strings, GError **error)
{
	const reader_t reader = {file, strings};
	step_t *step = step_new();

	if (read_step(&reader, item, step, error))
		return step;
	step_free(step);
	return NULL;
}

document_t *document_parse(const char *text, gsize length, const char *file, GStringChunk *strings, GError **error)
{
	reader_t reader = {g_string_chunk_insert_const(strings, file), strings};
	item_t *top = yaml_tree_read(text, length, reader.file, strings, error);

	if (!top)
		return NULL;
	document_t *document = g_new0(document_t, 1);
	if (!read_mapping(&reader, top, document_fields, document, error))
		g_clear_pointer(&document, document_free);
	item_free(top);
	return document;
}

void document_free(document_t *document)
{
	g_clear_pointer(&document->set, g_ptr_array_unref);
	g_clear_pointer(&document->population, g_ptr_array_unref);
	for (unsigned i = 0; i < SECTION_COUNT; i++)
		g_clear_pointer(&document->section[i], g_ptr_array_unref);
	g_free(document);
}
