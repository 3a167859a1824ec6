// SPDX-License-Identifier: GPL-2.0-or-later
// YAML text -> raw structures, checked by libcyaml against the schema made from keys.def.
#include "language/schema.h"

#include "language/error.h"
#include "language/suggest.h"

#include <cyaml/cyaml.h>
#include <string.h>

// The schema, from keys.def.

// clang-format off
#define OPTIONAL (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER)
#define TEXT_FIELD(key, structure, member)                                                                           \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, structure, member, 0, CYAML_UNLIMITED)
#define LIST_FIELD(key, structure, member, entry)                                                                    \
	CYAML_FIELD_SEQUENCE(key, OPTIONAL, structure, member, entry, 0, CYAML_UNLIMITED)

#define STEP_BEGIN
#define STEP_END
#define STEP_KEY(...)
#define BLOCK(block) static const cyaml_schema_field_t block##_fields[] = {
#define KEY(block, key, ...) TEXT_FIELD(#key, raw_block_t, value[KEY_##block##_##key]),
#define END(block) CYAML_FIELD_END };
#include "language/keys.def"

#define MEMBER_FIELD(structure, array, block)                                                                        \
	CYAML_FIELD_MAPPING_PTR(#block, OPTIONAL, structure, array[BLOCK_##block], block##_fields),

static const cyaml_schema_field_t layer_fields[] = {
#define STEP_BEGIN
#define STEP_END
#define LAYER(block, ...) MEMBER_FIELD(raw_member_t, member, block)
#include "language/keys.def"
	CYAML_FIELD_END
};

static const cyaml_schema_field_t extension_fields[] = {
#define STEP_BEGIN
#define STEP_END
#define EXTENSION(block, ...) MEMBER_FIELD(raw_member_t, member, block)
#include "language/keys.def"
	CYAML_FIELD_END
};

static const cyaml_schema_value_t text_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

static const cyaml_schema_value_t layer_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_member_t, layer_fields),
};

static const cyaml_schema_value_t extension_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_member_t, extension_fields),
};

static const cyaml_schema_field_t step_fields[] = {
#define STEP_KEY(key, ...) TEXT_FIELD(#key, raw_step_t, own.value[KEY_step_##key]),
#define STEP_LAYER(block, ...) MEMBER_FIELD(raw_step_t, layer, block)
#include "language/keys.def"
	LIST_FIELD("stack", raw_step_t, stack, &layer_schema),
	LIST_FIELD("extensions", raw_step_t, extensions, &extension_schema),
	LIST_FIELD("expect", raw_step_t, expect, &text_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t step_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_step_t, step_fields),
};

static const cyaml_schema_field_t about_fields[] = {
#define ABOUT_KEY(key) TEXT_FIELD(#key, raw_about_t, value[ABOUT_##key]),
	ABOUT_KEYS(ABOUT_KEY)
	CYAML_FIELD_END
};

static const cyaml_schema_field_t document_fields[] = {
	TEXT_FIELD("summary", raw_document_t, summary),
	CYAML_FIELD_MAPPING_PTR("about", OPTIONAL, raw_document_t, about, about_fields),
	TEXT_FIELD("base", raw_document_t, base),
	LIST_FIELD("set", raw_document_t, set, &text_schema),
	LIST_FIELD("steps", raw_document_t, steps, &step_schema),
	LIST_FIELD("violation", raw_document_t, violation, &step_schema),
	LIST_FIELD("near_miss", raw_document_t, near_miss, &step_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t document_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_document_t, document_fields),
};
// clang-format on

// libcyaml reports an error in its log: a message, then the path back to the root.

static void collect_log(cyaml_log_t level G_GNUC_UNUSED, void *lines, const char *format, va_list arguments)
{
	g_ptr_array_add(lines, g_strchomp(g_strdup_vprintf(format, arguments)));
}

// The quoted word of a log line, such as the field in "in mapping field 'ipv4' (line: 5, ...".
static char *quoted_word(const char *line)
{
	const char *begin = strchr(line, '\'') + 1;

	return g_strndup(begin, (gsize)(strchr(begin, '\'') - begin));
}

// Path of the place in the form of line_index.h, from the innermost-first backtrace.
static char *logged_path(const GPtrArray *lines)
{
	GString *path = g_string_new(NULL);

	for (guint i = lines->len; i-- > 0;) {
		const char *line = lines->pdata[i];
		bool is_field = strstr(line, "in mapping field '");

		if (!is_field && !strstr(line, "in sequence entry '"))
			continue;
		char *word = quoted_word(line);
		if (is_field)
			g_string_append_printf(path, "%s%s", path->len > 0 ? "." : "", word);
		else // counted from 1
			g_string_append_printf(path, "[%" G_GUINT64_FORMAT "]", g_ascii_strtoull(word, NULL, 10) - 1);
		g_free(word);
	}
	return g_string_free(path, FALSE);
}

static const cyaml_schema_field_t *mapping_fields(const cyaml_schema_value_t *value)
{
	if (value->type == CYAML_SEQUENCE)
		value = value->sequence.entry;
	return value->type == CYAML_MAPPING ? value->mapping.fields : NULL;
}

// Fields of the mapping at a path; indexes of list entries do not matter to the schema.
static const cyaml_schema_field_t *fields_at(const char *path)
{
	const cyaml_schema_field_t *fields = document_fields;
	char **words = g_strsplit_set(path, ".[", -1);

	for (char **word = words; *word && fields; word++) {
		if ((*word)[0] == '\0' || g_ascii_isdigit((*word)[0]))
			continue;
		while (fields->key && strcmp(fields->key, *word) != 0)
			fields++;
		fields = fields->key ? mapping_fields(&fields->value) : NULL;
	}
	g_strfreev(words);
	return fields;
}

// "; did you mean 'x'? expected one of x, y, z"
static char *explain_keys(const char *path, const char *key)
{
	GPtrArray *names = g_ptr_array_new();

	for (const cyaml_schema_field_t *field = fields_at(path); field && field->key; field++)
		g_ptr_array_add(names, (gpointer)field->key);
	g_autofree char *hint = suggest(key, (const char *const *)names->pdata, names->len);
	g_ptr_array_add(names, NULL);
	g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
	char *line = g_strdup_printf("%s one of %s", hint, all);
	g_ptr_array_unref(names);
	return line;
}

static void report_unknown_key(const line_index_t *index, const char *file, const char *path, const char *key,
			       GError **error)
{
	g_autofree char *key_path = g_strdup_printf("%s%s%s", path, path[0] != '\0' ? "." : "", key);
	place_t place = {file, key_path, line_index_find(index, key_path)};
	g_autofree char *hint = explain_keys(path, key);

	fail_at(error, &place, "unknown key%s", hint);
}

// Nouns for the YAML events that libcyaml names.
static const char *const event_nouns[][2] = {
	{"SCALAR", "a plain value"},  {"STRING", "a plain value"}, {"MAPPING_START", "a mapping"},
	{"SEQUENCE_START", "a list"}, {"MAPPING", "a mapping"},    {"SEQUENCE", "a list"},
};

static const char *event_noun(const char *event)
{
	for (gsize i = 0; i < G_N_ELEMENTS(event_nouns); i++)
		if (strcmp(event_nouns[i][0], event) == 0)
			return event_nouns[i][1];
	return event;
}

static void report_other(const place_t *place, const char *message, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(message, " ,", -1);

	if (g_str_has_prefix(message, "Expecting ") && g_strv_length(words) > 5)
		fail_at(error, place, "found %s; expected %s", event_noun(words[5]), event_noun(words[1]));
	else if (g_str_has_prefix(message, "Mapping field already seen"))
		fail_at(error, place, "key given twice; expected it once");
	else
		fail_at(error, place, "%s; expected a plain value, a list or a mapping as the key asks", message);
}

// reason: libcyaml's word for the error where it logs no message.
static void report_log(const GPtrArray *lines, const char *reason, const line_index_t *index, const char *file,
		       GError **error)
{
	static const char unknown_key[] = "Unexpected key: ";
	const char *message = lines->len > 0 ? (const char *)lines->pdata[0] + strlen("Load: ") : reason;
	g_autofree char *path = logged_path(lines);

	if (g_str_has_prefix(message, "Backtrace"))
		message = reason;
	if (g_str_has_prefix(message, unknown_key)) {
		report_unknown_key(index, file, path, message + strlen(unknown_key), error);
	} else {
		place_t place = {file, path, MAX(1, line_index_find(index, path))};

		report_other(&place, message, error);
	}
}

static cyaml_config_t cyaml_settings(GPtrArray *log)
{
	return (cyaml_config_t){
		.log_fn = collect_log,
		.log_ctx = log,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		.flags = CYAML_CFG_NO_ALIAS,
	};
}

raw_document_t *schema_load(const char *text, gsize length, const line_index_t *index, const char *file, GError **error)
{
	g_autoptr(GPtrArray) log = g_ptr_array_new_with_free_func(g_free);
	cyaml_config_t config = cyaml_settings(log);
	raw_document_t *raw = NULL;
	place_t top = {file, NULL, 1};

	cyaml_err_t status =
		cyaml_load_data((const uint8_t *)text, length, &config, &document_schema, (cyaml_data_t **)&raw, NULL);
	if (status != CYAML_OK)
		report_log(log, cyaml_strerror(status), index, file, error);
	else if (!raw)
		fail_at(error, &top, "empty file; expected a scenario");
	return raw;
}

void schema_free(raw_document_t *raw)
{
	cyaml_config_t config = cyaml_settings(NULL);

	cyaml_free(&config, &document_schema, raw, 0);
}
