// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of a YAML text: path of a value, such as steps[1].request.lifetime -> line.
//
// libcyaml fills structures and forgets the lines, so the events of libyaml are walked once more.
#include "language/line_index.h"

#include "language/error.h"

#include <stdbool.h>
#include <string.h>
#include <yaml.h>

#define LEVELS_MAX 100 // far more than a scenario has; libyaml takes a minute for a hundred thousand

// An open list or mapping. The top one of a mapping waits for a key or for that key's value.
typedef struct {
	bool is_list;
	bool has_key;
	unsigned index;      // list: entries seen
	gsize prefix_length; // of the path up to this level
} level_t;

struct line_index {
	GHashTable *lines; // path -> line
};

typedef struct {
	line_index_t *index;
	GArray *levels;
	GString *path;
} walk_t;

static void note_line(const walk_t *walk, const yaml_mark_t *mark)
{
	char *path = g_strdup(walk->path->str);

	if (!g_hash_table_contains(walk->index->lines, path))
		g_hash_table_insert(walk->index->lines, path, GUINT_TO_POINTER((guint)mark->line + 1));
	else
		g_free(path);
}

static level_t *top_level(const walk_t *walk)
{
	return walk->levels->len == 0 ? NULL : &g_array_index(walk->levels, level_t, walk->levels->len - 1);
}

// A value begins: in a list it is a new entry; in a mapping its key has noted the line.
static void enter_value(walk_t *walk, const yaml_mark_t *mark)
{
	level_t *top = top_level(walk);

	if (!top || !top->is_list)
		return;
	g_string_truncate(walk->path, top->prefix_length);
	g_string_append_printf(walk->path, "[%u]", top->index++);
	note_line(walk, mark);
}

static void enter_scalar(walk_t *walk, const yaml_event_t *event)
{
	level_t *top = top_level(walk);

	if (top && !top->is_list && !top->has_key) {
		g_string_truncate(walk->path, top->prefix_length);
		if (walk->path->len > 0)
			g_string_append_c(walk->path, '.');
		g_string_append(walk->path, (const char *)event->data.scalar.value);
		note_line(walk, &event->start_mark);
		top->has_key = true;
		return;
	}
	enter_value(walk, &event->start_mark);
	if (top)
		top->has_key = false;
}

static void enter_collection(walk_t *walk, const yaml_event_t *event)
{
	level_t level = {.is_list = event->type == YAML_SEQUENCE_START_EVENT};

	enter_value(walk, &event->start_mark);
	level.prefix_length = walk->path->len;
	g_array_append_val(walk->levels, level);
}

static void leave_collection(walk_t *walk)
{
	g_array_set_size(walk->levels, walk->levels->len - 1);
	level_t *top = top_level(walk);
	if (top)
		top->has_key = false;
}

static void walk_event(walk_t *walk, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		enter_scalar(walk, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		enter_collection(walk, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		leave_collection(walk);
		break;
	default: // document borders, aliases
		break;
	}
}

// Refuses what is not a scenario, and what a reader might mistake for part of one.
static bool check_event(const walk_t *walk, const yaml_event_t *event, unsigned *documents, const char *file,
			GError **error)
{
	place_t place = {file, NULL, (unsigned)event->start_mark.line + 1};

	if (event->type == YAML_DOCUMENT_START_EVENT && ++*documents > 1)
		fail_at(error, &place, "a second YAML document begins; expected one");
	else if (walk->levels->len > LEVELS_MAX)
		fail_at(error, &place, "nested too deeply; expected at most %d levels", LEVELS_MAX);
	else
		return true;
	return false;
}

static bool walk_all(walk_t *walk, yaml_parser_t *parser, const char *file, GError **error)
{
	unsigned documents = 0;
	yaml_event_type_t type;
	bool ok;

	do {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event)) {
			place_t place = {file, NULL, (unsigned)parser->problem_mark.line + 1};

			fail_at(error, &place, "not valid YAML: %s%s%s; expected a scenario", parser->problem,
				parser->context ? " " : "", parser->context ? parser->context : "");
			return false;
		}
		type = event.type;
		walk_event(walk, &event);
		ok = check_event(walk, &event, &documents, file, error);
		yaml_event_delete(&event);
	} while (ok && type != YAML_STREAM_END_EVENT);
	return ok;
}

line_index_t *line_index_new(const char *text, gsize length, const char *file, GError **error)
{
	line_index_t *index = g_new0(line_index_t, 1);
	walk_t walk = {index, g_array_new(FALSE, FALSE, sizeof(level_t)), g_string_new(NULL)};
	yaml_parser_t parser;

	index->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	bool ok = walk_all(&walk, &parser, file, error);
	yaml_parser_delete(&parser);
	g_array_free(walk.levels, TRUE);
	g_string_free(walk.path, TRUE);
	if (!ok) {
		line_index_free(index);
		return NULL;
	}
	return index;
}

void line_index_free(line_index_t *index)
{
	g_hash_table_destroy(index->lines);
	g_free(index);
}

unsigned line_index_find(const line_index_t *index, const char *path)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(index->lines, path));
}
