// SPDX-License-Identifier: GPL-2.0-or-later
// A YAML text as a tree: each text, list and mapping with its line.
//
// libyaml can make such a tree by itself, but it follows aliases, forgets where they stand, and takes minutes for a
// text that is nested a hundred thousand levels deep. So the tree is made from libyaml's events, and reading stops at
// the first one that no scenario has.
#include "language/yaml_tree.h"

#include "language/suggest.h"

#include <string.h>
#include <yaml.h>

#define LEVELS_MAX 100 // of lists and mappings in each other; a scenario has 6
#define STRING(number) #number
#define DECIMAL(number) STRING(number)

typedef struct {
	const char *file;
	GStringChunk *strings;
	item_t *top;
	item_t *open;    // the innermost list or mapping that has not ended
	unsigned level;  // how many have not
	const char *key; // in a mapping: the value of this key comes next; NULL: a key does
	unsigned key_line;
} builder_t;

static unsigned line_of(const yaml_mark_t *mark)
{
	return (unsigned)mark->line + 1;
}

static bool expects_key(const builder_t *builder)
{
	return builder->open && builder->open->kind == ITEM_MAPPING && !builder->key;
}

// A new item after those that the open list or mapping has.
static item_t *add_item(builder_t *builder, item_kind_t kind, const yaml_event_t *event)
{
	item_t *item = g_new0(item_t, 1);

	item->kind = kind;
	item->parent = builder->open;
	item->key = builder->key;
	item->line = builder->key ? builder->key_line : line_of(&event->start_mark);
	if (kind != ITEM_TEXT)
		item->children = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
	if (item->parent) {
		item->index = item->parent->children->len;
		g_ptr_array_add(item->parent->children, item);
	} else {
		builder->top = item;
	}
	builder->key = NULL;
	return item;
}

static void add_scalar(builder_t *builder, const yaml_event_t *event)
{
	const char *text = g_string_chunk_insert_const(builder->strings, (const char *)event->data.scalar.value);

	if (!expects_key(builder)) {
		add_item(builder, ITEM_TEXT, event)->text = text;
		return;
	}
	builder->key = text;
	builder->key_line = line_of(&event->start_mark);
}

static void add_event(builder_t *builder, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		add_scalar(builder, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		builder->open =
			add_item(builder, event->type == YAML_MAPPING_START_EVENT ? ITEM_MAPPING : ITEM_LIST, event);
		builder->level++;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		builder->open = builder->open->parent;
		builder->level--;
		break;
	default: // borders of the document
		break;
	}
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

// What a scenario does not have, or what a reader might mistake for part of it; NULL: nothing is wrong.
static const char *find_problem(const builder_t *builder, const yaml_event_t *event)
{
	bool begins = event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;

	if (event->type == YAML_DOCUMENT_START_EVENT && builder->top)
		return "a second YAML document begins; expected one";
	if (begins && builder->level == LEVELS_MAX)
		return "nested too deeply; expected at most " DECIMAL(LEVELS_MAX) " levels";
	if (begins && expects_key(builder))
		return "found a list or a mapping as a key; expected a plain word";
	if (event->type == YAML_ALIAS_EVENT || anchor_of(event))
		return "found a YAML anchor or alias (& or *); expected the value itself, in quotes if it is a text";
	if (event->type == YAML_SCALAR_EVENT && strlen((char *)event->data.scalar.value) != event->data.scalar.length)
		return "found a NUL character; expected a text without it";
	return NULL;
}

static bool check_event(builder_t *builder, const yaml_event_t *event, GError **error)
{
	const char *problem = find_problem(builder, event);
	place_t place = {.file = builder->file};

	if (!problem)
		return true;
	if (builder->open && builder->level < LEVELS_MAX) // else there is no path, or a very long one
		place = item_place(expects_key(builder) ? builder->open : add_item(builder, ITEM_TEXT, event),
				   builder->file, builder->strings);
	place.line = line_of(&event->start_mark);
	fail_at(error, &place, "%s", problem);
	return false;
}

// For what is wrong in the encoding libyaml tells an offset, for all else a line.
static void report_parser(const builder_t *builder, const yaml_parser_t *parser, const char *text, GError **error)
{
	place_t place = {builder->file, NULL, line_of(&parser->problem_mark)};

	if (parser->error == YAML_READER_ERROR)
		for (gsize i = 0; i < parser->problem_offset; i++)
			place.line += text[i] == '\n';
	fail_at(error, &place, "not valid YAML: %s%s%s; expected a scenario", parser->problem,
		parser->context ? " " : "", parser->context ? parser->context : "");
}

static bool read_events(builder_t *builder, yaml_parser_t *parser, const char *text, GError **error)
{
	yaml_event_type_t type;
	bool ok;

	do {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event)) {
			report_parser(builder, parser, text, error);
			return false;
		}
		type = event.type;
		ok = check_event(builder, &event, error);
		if (ok)
			add_event(builder, &event);
		yaml_event_delete(&event);
	} while (ok && type != YAML_STREAM_END_EVENT);
	return ok;
}

item_t *yaml_tree_read(const char *text, gsize length, const char *file, GStringChunk *strings, GError **error)
{
	builder_t builder = {.file = file, .strings = strings};
	yaml_parser_t parser;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	bool ok = read_events(&builder, &parser, text, error);
	yaml_parser_delete(&parser);
	if (ok && builder.top)
		return builder.top;
	if (ok)
		fail_at(error, &(place_t){file, NULL, 1}, "empty file; expected a scenario");
	g_clear_pointer(&builder.top, item_free);
	return NULL;
}

void item_free(item_t *item)
{
	g_clear_pointer(&item->children, g_ptr_array_unref);
	g_free(item);
}

static void append_path(GString *path, const item_t *item)
{
	if (!item->parent)
		return;
	append_path(path, item->parent);
	if (item->key)
		g_string_append_printf(path, "%s%s", path->len > 0 ? "." : "", item->key);
	else
		g_string_append_printf(path, "[%u]", item->index);
}

place_t item_place(const item_t *item, const char *file, GStringChunk *strings)
{
	GString *path = g_string_new(NULL);

	append_path(path, item);
	place_t place = {file, g_string_chunk_insert_const(strings, path->str), item->line};
	g_string_free(path, TRUE);
	return place;
}

bool item_expect(const item_t *item, item_kind_t kind, const char *file, GStringChunk *strings, GError **error)
{
	static const char *const nouns[] = {
		[ITEM_TEXT] = "a plain value", [ITEM_LIST] = "a list", [ITEM_MAPPING] = "a mapping"};

	if (item->kind == kind)
		return true;
	place_t place = item_place(item, file, strings);
	fail_at(error, &place, "found %s; expected %s", nouns[item->kind], nouns[kind]);
	return false;
}

static const char *name_of(const void *row)
{
	return *(const char *const *)row;
}

static void report_unknown(const item_t *entry, const void *table, gsize row_size, const place_t *place, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const guint8 *row = table; name_of(row); row += row_size)
		g_ptr_array_add(names, (gpointer)name_of(row));
	g_autofree char *hint = suggest(entry->key, (const char *const *)names->pdata, names->len);
	g_ptr_array_add(names, NULL);
	g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
	fail_at(error, place, "unknown key%s one of %s", hint, all);
}

const void *item_key_row(const item_t *entry, const void *table, gsize row_size, const char *file,
			 GStringChunk *strings, GError **error)
{
	const guint8 *row = table;

	while (name_of(row) && strcmp(name_of(row), entry->key) != 0)
		row += row_size;
	if (!name_of(row)) {
		place_t place = item_place(entry, file, strings);

		report_unknown(entry, table, row_size, &place, error);
		return NULL;
	}
	for (guint i = 0; i < entry->index; i++) {
		const item_t *earlier = entry->parent->children->pdata[i];

		if (strcmp(earlier->key, entry->key) != 0)
			continue;
		place_t place = item_place(entry, file, strings);
		fail_at(error, &place, "key given twice, first in line %u; expected it once", earlier->line);
		return NULL;
	}
	return row;
}
