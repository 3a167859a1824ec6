// SPDX-License-Identifier: GPL-2.0-or-later
// One test of a suite file that stands for many.
#include "run/suite/expand.h"

#include <string.h>

#define KEY "for"

// The name that a value stands for, in one of the tests.
typedef struct {
	const reader_t *reader;
	const char *name;
	const char *value;
} variable_t;

static bool fail_item(const reader_t *reader, const item_t *item, GError **error, const char *problem)
{
	place_t place = reader_place(reader, item);

	fail_at(error, &place, "%s", problem);
	return false;
}

// Where $NAME stands in a text, NULL: nowhere. $NAMES is another name.
static const char *find(const variable_t *variable, const char *text)
{
	gsize length = strlen(variable->name);

	for (const char *at = strchr(text, '$'); at; at = strchr(at + 1, '$'))
		if (strncmp(at + 1, variable->name, length) == 0 && !g_ascii_isalnum(at[1 + length]) &&
		    at[1 + length] != '_')
			return at;
	return NULL;
}

static const char *replace(const variable_t *variable, const char *text)
{
	g_autoptr(GString) whole = g_string_new(NULL);

	for (const char *at; (at = find(variable, text)); text = at + 1 + strlen(variable->name)) {
		g_string_append_len(whole, text, at - text);
		g_string_append(whole, variable->value);
	}
	g_string_append(whole, text);
	return g_string_chunk_insert(variable->reader->strings, whole->str);
}

static item_t *copy_item(const variable_t *variable, const item_t *item, item_t *parent)
{
	item_t *copy = g_new(item_t, 1);
	bool is_test = item->parent == parent; // deeper, the parent is a copy

	*copy = *item;
	copy->parent = parent;
	if (item->text)
		copy->text = replace(variable, item->text);
	if (!item->children)
		return copy;
	copy->children = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
	for (guint i = 0; i < item->children->len; i++) {
		const item_t *child = item->children->pdata[i];

		if (is_test && strcmp(child->key, KEY) == 0)
			continue; // what takes the copy need not know it
		item_t *copied = copy_item(variable, child, copy);
		copied->index = copy->children->len;
		g_ptr_array_add(copy->children, copied);
	}
	return copy;
}

static bool take_value(const variable_t *variable, const item_t *test, expand_fn take, gpointer data, GError **error)
{
	item_t *copy = copy_item(variable, test, test->parent);

	bool ok = take(data, copy, error);
	item_free(copy);
	return ok;
}

static bool check_id(const variable_t *variable, const item_t *test, GError **error)
{
	const item_t *id = reader_get(test, "id");

	if (!id || !id->text || find(variable, id->text))
		return true; // one that is missing is found later
	g_autofree char *problem =
		g_strdup_printf("has no $%s; expected it, so that each test has an id of its own", variable->name);
	return fail_item(variable->reader, id, error, problem);
}

bool expand_test(const reader_t *reader, const item_t *test, expand_fn take, gpointer data, GError **error)
{
	const item_t *values = test->kind == ITEM_MAPPING ? reader_get(test, KEY) : NULL;

	if (!values)
		return take(data, test, error);
	const item_t *list =
		values->kind == ITEM_MAPPING && values->children->len == 1 ? values->children->pdata[0] : NULL;
	if (!list || list->kind != ITEM_LIST || list->children->len == 0)
		return fail_item(reader, values, error,
				 "has no values; expected one name and a list, such as { code: [8, 9] }");
	for (guint i = 0; i < list->children->len; i++) {
		const item_t *value = list->children->pdata[i];
		const variable_t variable = {reader, list->key, value->text};

		if (value->kind != ITEM_TEXT)
			return fail_item(reader, value, error, "is no plain value; expected one");
		if (!check_id(&variable, test, error) || !take_value(&variable, test, take, data, error))
			return false;
	}
	return true;
}
