// SPDX-License-Identifier: GPL-2.0-or-later
// One YAML file as it is written: base, edits, steps, each value with its place.
#include "language/document.h"

#include "language/schema.h"
#include "language/line_index.h"

const char *const section_names[SECTION_COUNT] = {"steps", "violation", "near_miss"};

typedef struct {
	const line_index_t *index;
	const char *file;
	GStringChunk *strings;
} reader_t;

static place_t place_of(const reader_t *reader, const char *path)
{
	return (place_t){reader->file, g_string_chunk_insert_const(reader->strings, path),
			 line_index_find(reader->index, path)};
}

static text_t text_of(const reader_t *reader, const char *string, const char *parent, const char *key)
{
	text_t text = {0};

	if (!string)
		return text;
	g_autofree char *path = g_strdup_printf("%s%s%s", parent, parent[0] != '\0' && key[0] != '[' ? "." : "", key);
	text.string = g_string_chunk_insert_const(reader->strings, string);
	text.place = place_of(reader, path);
	return text;
}

static block_t *read_block(const reader_t *reader, block_id_t id, const raw_block_t *raw, const char *path)
{
	const block_spec_t *spec = &block_specs[id];
	block_t *block = g_new0(block_t, 1);

	block->id = id;
	block->place = place_of(reader, path);
	for (unsigned key = 0; key < spec->key_count; key++)
		block->value[key] = text_of(reader, raw->value[key], path, spec->keys[key].name);
	return block;
}

// An entry of stack or extensions: exactly one block.
static block_t *read_member(const reader_t *reader, const raw_member_t *raw, const char *path, GError **error)
{
	block_t *block = NULL;
	place_t place = place_of(reader, path);

	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		if (!raw->member[id])
			continue;
		if (block) {
			fail_at(error, &place, "holds %s and %s; expected one of them in an entry",
				block_specs[block->id].name, block_specs[id].name);
			g_free(block);
			return NULL;
		}
		g_autofree char *member_path = g_strdup_printf("%s.%s", path, block_specs[id].name);
		block = read_block(reader, id, raw->member[id], member_path);
	}
	if (!block)
		fail_at(error, &place, "empty entry; expected a mapping such as \"- tunneling_mode: {}\"");
	return block;
}

// A list of blocks; *list stays NULL where the file has none.
static bool read_members(const reader_t *reader, const raw_member_t *raw, unsigned count, const char *parent,
			 const char *key, GPtrArray **list, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.%s", parent, key);
	bool ok = true;

	if (line_index_find(reader->index, path) != 0)
		*list = block_list_new();
	for (unsigned i = 0; i < count && ok; i++) {
		g_autofree char *entry = g_strdup_printf("%s[%u]", path, i);
		block_t *block = read_member(reader, &raw[i], entry, error);

		ok = block;
		if (ok)
			g_ptr_array_add(*list, block);
	}
	return ok;
}

static GPtrArray *read_texts(const reader_t *reader, char *const *raw, unsigned count, const char *path)
{
	if (line_index_find(reader->index, path) == 0)
		return NULL;
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *entry = g_strdup_printf("[%u]", i);
		text_t text = text_of(reader, raw[i], path, entry);

		g_ptr_array_add(list, g_memdup2(&text, sizeof(text)));
	}
	return list;
}

static step_t *read_step(const reader_t *reader, const raw_step_t *raw, const char *path, GError **error)
{
	step_t *step = step_new();
	g_autofree char *expect_path = g_strdup_printf("%s.expect", path);

	g_free(step->own);
	step->own = read_block(reader, BLOCK_step, &raw->own, path);
	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		g_autofree char *layer_path = g_strdup_printf("%s.%s", path, block_specs[id].name);

		if (raw->layer[id])
			step->layer[id] = read_block(reader, id, raw->layer[id], layer_path);
	}
	step->expect = read_texts(reader, raw->expect, raw->expect_count, expect_path);
	if (!step_name(step))
		fail_at(error, &step->own->place, "has no name; expected a key `step`");
	else if (read_members(reader, raw->stack, raw->stack_count, path, "stack", &step->stack, error) &&
		 read_members(reader, raw->extensions, raw->extensions_count, path, "extensions", &step->extensions,
			      error))
		return step;
	step_free(step);
	return NULL;
}

static bool read_section(const reader_t *reader, const raw_step_t *raw, unsigned count, document_t *document,
			 section_t section, GError **error)
{
	const char *name = section_names[section];

	if (line_index_find(reader->index, name) == 0)
		return true;
	document->section[section] = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *path = g_strdup_printf("%s[%u]", name, i);
		step_t *step = read_step(reader, &raw[i], path, error);

		if (!step)
			return false;
		g_ptr_array_add(document->section[section], step);
	}
	return true;
}

static document_t *read_document(const reader_t *reader, const raw_document_t *raw, GError **error)
{
	document_t *document = g_new0(document_t, 1);

	document->summary = text_of(reader, raw->summary, "", "summary");
	for (unsigned key = 0; raw->about && key < ABOUT_COUNT; key++)
		if (raw->about->value[key])
			document->about[key] = g_string_chunk_insert_const(reader->strings, raw->about->value[key]);
	document->base = text_of(reader, raw->base, "", "base");
	document->set = read_texts(reader, raw->set, raw->set_count, "set");
	if (read_section(reader, raw->steps, raw->steps_count, document, SECTION_STEPS, error) &&
	    read_section(reader, raw->violation, raw->violation_count, document, SECTION_VIOLATION, error) &&
	    read_section(reader, raw->near_miss, raw->near_miss_count, document, SECTION_NEAR_MISS, error))
		return document;
	document_free(document);
	return NULL;
}

document_t *document_parse(const char *text, gsize length, const char *file, GStringChunk *strings, GError **error)
{
	line_index_t *index = line_index_new(text, length, file, error);
	reader_t reader = {index, g_string_chunk_insert_const(strings, file), strings};
	document_t *document = NULL;

	if (!index)
		return NULL;
	raw_document_t *raw = schema_load(text, length, index, file, error);
	if (raw)
		document = read_document(&reader, raw, error);
	schema_free(raw);
	line_index_free(index);
	return document;
}

void document_free(document_t *document)
{
	g_clear_pointer(&document->set, g_ptr_array_unref);
	for (unsigned i = 0; i < SECTION_COUNT; i++)
		g_clear_pointer(&document->section[i], g_ptr_array_unref);
	g_free(document);
}
