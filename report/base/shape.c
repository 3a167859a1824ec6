// SPDX-License-Identifier: GPL-2.0-or-later
// How a struct is written as a JSON object: one table serves the strict reader and the writer.
#include "base/shape.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)

// Where in the document the reader is, and what its strings go into.
struct reading {
	GString *path;
	GStringChunk *strings;
	GError **error;
};

static bool read_object(const struct shape *shape, JsonNode *node, void *value, struct reading *reading);

static bool refuse(struct reading *reading, const char *problem)
{
	report_not_judged(reading->error, "%s%s%s", reading->path->str, reading->path->len > 0 ? ": " : "", problem);
	return false;
}

static const char *read_string(JsonNode *node)
{
	return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
		       ? json_node_get_string(node)
		       : NULL;
}

static bool read_text(JsonNode *node, void *to, struct reading *reading)
{
	const char *text = read_string(node);

	if (text == NULL)
		return refuse(reading, "expected a string");
	*(const char **)to = g_string_chunk_insert_const(reading->strings, text);
	return true;
}

static bool read_number(JsonNode *node, void *to, struct reading *reading)
{
	if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64 ||
	    json_node_get_int(node) < 0)
		return refuse(reading, "expected a whole number, 0 or more");
	*(gint64 *)to = json_node_get_int(node);
	return true;
}

static bool read_flag(JsonNode *node, void *to, struct reading *reading)
{
	if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
		return refuse(reading, "expected true or false");
	*(bool *)to = json_node_get_boolean(node);
	return true;
}

// "-12.000000034" is 12 s before 1970 and 34 ns before that.
static bool parse_time(const char *text, gint64 *time)
{
	bool negative = text[0] == '-';
	char *end;
	guint64 seconds;
	gint64 fraction = 0;

	text += negative;
	if (!g_ascii_isdigit(text[0]))
		return false;
	errno = 0;
	seconds = g_ascii_strtoull(text, &end, 10);
	if (errno != 0 || seconds >= G_MAXINT64 / NANOSECONDS || end[0] != '.' || strlen(end) != 10)
		return false;
	for (const char *digit = end + 1; *digit != '\0'; digit++) {
		if (!g_ascii_isdigit(*digit))
			return false;
		fraction = fraction * 10 + (*digit - '0');
	}
	*time = (gint64)seconds * NANOSECONDS + fraction;
	if (negative)
		*time = -*time;
	return true;
}

static bool read_time(JsonNode *node, void *to, struct reading *reading)
{
	const char *text = read_string(node);

	return (text != NULL && parse_time(text, to)) || refuse(reading, "expected a time as \"SECONDS.NANOSECONDS\"");
}

static bool read_word(JsonNode *node, const char *const *words, void *to, struct reading *reading)
{
	const char *text = read_string(node);
	int word = text != NULL ? shape_word(words, text) : -1;

	if (word < 0) {
		char *all = g_strjoinv(", ", (char **)words);
		char *problem = g_strdup_printf("expected one of %s", all);

		refuse(reading, problem);
		g_free(problem);
		g_free(all);
		return false;
	}
	*(int *)to = word;
	return true;
}

static gsize element_size(const struct shape_member *member)
{
	switch (member->kind) {
	case SHAPE_LIST:
		return member->shape->size;
	case SHAPE_NUMBERS:
		return sizeof(gint64);
	default:
		return sizeof(const char *);
	}
}

static bool read_element(const struct shape_member *member, JsonNode *node, void *to, struct reading *reading)
{
	switch (member->kind) {
	case SHAPE_LIST:
		return read_object(member->shape, node, to, reading);
	case SHAPE_NUMBERS:
		return read_number(node, to, reading);
	default:
		return read_text(node, to, reading);
	}
}

static bool read_list(const struct shape_member *member, JsonNode *node, void *to, struct reading *reading)
{
	JsonArray *elements;
	gsize depth = reading->path->len;
	guint count;
	GArray *list;

	if (!JSON_NODE_HOLDS_ARRAY(node))
		return refuse(reading, "expected an array");
	elements = json_node_get_array(node);
	count = json_array_get_length(elements);
	list = g_array_sized_new(FALSE, TRUE, (guint)element_size(member), count);
	*(GArray **)to = list;
	for (guint i = 0; i < count; i++) {
		g_array_set_size(list, i + 1);
		g_string_append_printf(reading->path, "[%u]", i);
		if (!read_element(member, json_array_get_element(elements, i), list->data + i * element_size(member),
				  reading))
			return false;
		g_string_truncate(reading->path, depth);
	}
	return true;
}

static bool read_member(const struct shape_member *member, JsonNode *node, void *to, struct reading *reading)
{
	bool null = JSON_NODE_HOLDS_NULL(node);

	switch (member->kind) {
	case SHAPE_TEXT_0:
		return null || read_text(node, to, reading);
	case SHAPE_TEXT:
		return read_text(node, to, reading);
	case SHAPE_NUMBER_0:
		*(gint64 *)to = ABSENT;
		return null || read_number(node, to, reading);
	case SHAPE_NUMBER:
		return read_number(node, to, reading);
	case SHAPE_FLAG:
		return read_flag(node, to, reading);
	case SHAPE_TIME_0:
		*(gint64 *)to = TIME_UNKNOWN;
		return null || read_time(node, to, reading);
	case SHAPE_WORD:
		return read_word(node, member->words, to, reading);
	case SHAPE_OBJECT:
		return read_object(member->shape, node, to, reading);
	case SHAPE_POINTER_0:
		*(void **)to = null ? NULL : g_malloc0(member->shape->size);
		return null || read_object(member->shape, node, *(void **)to, reading);
	case SHAPE_LIST:
	case SHAPE_NUMBERS:
	case SHAPE_TEXTS:
		return read_list(member, node, to, reading);
	}
	return false;
}

static bool has_member(const struct shape *shape, const char *name)
{
	for (const struct shape_member *member = shape->members; member->name != NULL; member++) {
		if (strcmp(member->name, name) == 0)
			return true;
	}
	return false;
}

static bool no_other_members(const struct shape *shape, JsonObject *object, struct reading *reading)
{
	JsonObjectIter iterator;
	const char *name;
	JsonNode *node;

	json_object_iter_init(&iterator, object);
	while (json_object_iter_next(&iterator, &name, &node)) {
		char *problem;

		if (has_member(shape, name))
			continue;
		problem = g_strdup_printf("unexpected member \"%s\"", name);
		refuse(reading, problem);
		g_free(problem);
		return false;
	}
	return true;
}

static bool read_object(const struct shape *shape, JsonNode *node, void *value, struct reading *reading)
{
	gsize depth = reading->path->len;
	JsonObject *object;

	if (!JSON_NODE_HOLDS_OBJECT(node))
		return refuse(reading, "expected an object");
	object = json_node_get_object(node);
	for (const struct shape_member *member = shape->members; member->name != NULL; member++) {
		JsonNode *found = json_object_get_member(object, member->name);

		g_string_append_printf(reading->path, "%s%s", depth > 0 ? "." : "", member->name);
		if (found == NULL)
			return refuse(reading, "missing");
		if (!read_member(member, found, (char *)value + member->offset, reading))
			return false;
		g_string_truncate(reading->path, depth);
	}
	return no_other_members(shape, object, reading);
}

bool shape_read(const struct shape *shape, JsonNode *node, void *value, GStringChunk *strings, GError **error)
{
	struct reading reading = {g_string_new(NULL), strings, error};
	bool ok = read_object(shape, node, value, &reading);

	g_string_free(reading.path, TRUE);
	return ok;
}

// One value and nothing after it. JsonParser would take the first of several.
static bool is_one_value(const char *text, gsize length)
{
	bool quoted = false, ended = false;
	gsize depth = 0;

	for (const char *at = text; at < text + length; at++) {
		if (ended && !g_ascii_isspace(*at))
			return false;
		if (quoted && *at == '\\')
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (!quoted && (*at == '{' || *at == '['))
			depth++;
		else if (!quoted && (*at == '}' || *at == ']'))
			ended = depth <= 1 || --depth == 0;
	}
	return true;
}

bool shape_parse(const struct shape *shape, const char *text, gsize length, void *value, GStringChunk *strings,
		 GError **error)
{
	JsonParser *parser = json_parser_new_immutable();
	GError *cause = NULL;
	bool ok = false;

	if (!json_parser_load_from_data(parser, text, (gssize)length, &cause)) {
		report_not_judged(error, "not JSON: %s", cause->message);
		g_error_free(cause);
	} else if (!is_one_value(text, length)) {
		report_not_judged(error, "something follows the document");
	} else if (json_parser_get_root(parser) == NULL) {
		report_not_judged(error, "empty");
	} else {
		ok = shape_read(shape, json_parser_get_root(parser), value, strings, error);
	}
	g_object_unref(parser);
	return ok;
}

static void build_text(JsonBuilder *builder, const char *text)
{
	if (text != NULL)
		json_builder_add_string_value(builder, text);
	else
		json_builder_add_null_value(builder);
}

char *shape_time_text(gint64 time)
{
	guint64 magnitude = time < 0 ? (guint64)-time : (guint64)time;

	return g_strdup_printf("%s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT, time < 0 ? "-" : "",
			       magnitude / NANOSECONDS, magnitude % NANOSECONDS);
}

static void build_time(JsonBuilder *builder, gint64 time)
{
	char *text = time != TIME_UNKNOWN ? shape_time_text(time) : NULL;

	build_text(builder, text);
	g_free(text);
}

static void build_number(JsonBuilder *builder, gint64 number)
{
	if (number != ABSENT)
		json_builder_add_int_value(builder, number);
	else
		json_builder_add_null_value(builder);
}

static void build_list(const struct shape_member *member, const GArray *list, JsonBuilder *builder)
{
	json_builder_begin_array(builder);
	for (guint i = 0; list != NULL && i < list->len; i++) {
		if (member->kind == SHAPE_LIST)
			shape_build(member->shape, list->data + i * member->shape->size, builder);
		else if (member->kind == SHAPE_NUMBERS)
			build_number(builder, g_array_index(list, gint64, i));
		else
			build_text(builder, g_array_index(list, const char *, i));
	}
	json_builder_end_array(builder);
}

static void build_member(const struct shape_member *member, const void *from, JsonBuilder *builder)
{
	switch (member->kind) {
	case SHAPE_TEXT:
	case SHAPE_TEXT_0:
		build_text(builder, *(const char *const *)from);
		break;
	case SHAPE_NUMBER:
	case SHAPE_NUMBER_0:
		build_number(builder, *(const gint64 *)from);
		break;
	case SHAPE_FLAG:
		json_builder_add_boolean_value(builder, *(const bool *)from);
		break;
	case SHAPE_TIME_0:
		build_time(builder, *(const gint64 *)from);
		break;
	case SHAPE_WORD:
		build_text(builder, member->words[*(const int *)from]);
		break;
	case SHAPE_OBJECT:
		shape_build(member->shape, from, builder);
		break;
	case SHAPE_POINTER_0:
		if (*(void *const *)from != NULL)
			shape_build(member->shape, *(void *const *)from, builder);
		else
			json_builder_add_null_value(builder);
		break;
	case SHAPE_LIST:
	case SHAPE_NUMBERS:
	case SHAPE_TEXTS:
		build_list(member, *(GArray *const *)from, builder);
		break;
	}
}

void shape_build(const struct shape *shape, const void *value, JsonBuilder *builder)
{
	json_builder_begin_object(builder);
	for (const struct shape_member *member = shape->members; member->name != NULL; member++) {
		json_builder_set_member_name(builder, member->name);
		build_member(member, (const char *)value + member->offset, builder);
	}
	json_builder_end_object(builder);
}

static void clear_list(const struct shape_member *member, GArray *list)
{
	if (list == NULL)
		return;
	for (guint i = 0; member->kind == SHAPE_LIST && i < list->len; i++)
		shape_clear(member->shape, list->data + i * member->shape->size);
	g_array_free(list, TRUE);
}

static void clear_pointer(const struct shape_member *member, void *value)
{
	if (value == NULL)
		return;
	shape_clear(member->shape, value);
	g_free(value);
}

void shape_clear(const struct shape *shape, void *value)
{
	for (const struct shape_member *member = shape->members; member->name != NULL; member++) {
		void *at = (char *)value + member->offset;

		if (member->kind == SHAPE_OBJECT)
			shape_clear(member->shape, at);
		else if (member->kind == SHAPE_POINTER_0)
			clear_pointer(member, *(void **)at);
		else if (member->kind >= SHAPE_LIST)
			clear_list(member, *(GArray **)at);
	}
	memset(value, 0, shape->size);
}

int shape_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], word) == 0)
			return i;
	}
	return -1;
}
