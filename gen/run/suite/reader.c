// SPDX-License-Identifier: GPL-2.0-or-later
// Keys of YAML mappings for suite and device files, each error with its place.
#include "run/suite/reader.h"

#include "population/pace.h"

#include <string.h>

place_t reader_place(const reader_t *reader, const item_t *item)
{
	return item_place(item, reader->file, reader->strings);
}

static bool check_kind(const reader_t *reader, const item_t *item, item_kind_t kind, GError **error)
{
	return item_expect(item, kind, reader->file, reader->strings, error);
}

static bool check_entry(const reader_t *reader, const item_t *entry, const reader_key_t *keys, GError **error)
{
	const reader_key_t *key = item_key_row(entry, keys, sizeof(*keys), reader->file, reader->strings, error);

	return key && check_kind(reader, entry, key->kind, error);
}

bool reader_check(const reader_t *reader, const item_t *item, const reader_key_t *keys, GError **error)
{
	if (!check_kind(reader, item, ITEM_MAPPING, error))
		return false;
	for (guint i = 0; i < item->children->len; i++)
		if (!check_entry(reader, item->children->pdata[i], keys, error))
			return false;
	return true;
}

const item_t *reader_get(const item_t *item, const char *key)
{
	for (guint i = 0; i < item->children->len; i++) {
		const item_t *entry = item->children->pdata[i];

		if (strcmp(entry->key, key) == 0)
			return entry;
	}
	return NULL;
}

const char *reader_text(const item_t *item, const char *key)
{
	const item_t *entry = reader_get(item, key);

	return entry ? entry->text : NULL;
}

text_t reader_placed(const reader_t *reader, const item_t *item, const char *key)
{
	const item_t *entry = reader_get(item, key);

	return entry ? (text_t){entry->text, reader_place(reader, entry)} : (text_t){0};
}

bool reader_texts(const reader_t *reader, const item_t *item, const char *key, GPtrArray **texts, GError **error)
{
	const item_t *list = reader_get(item, key);

	*texts = list ? g_ptr_array_new_with_free_func(g_free) : NULL;
	for (guint i = 0; list && i < list->children->len; i++) {
		const item_t *entry = list->children->pdata[i];

		if (!check_kind(reader, entry, ITEM_TEXT, error))
			return false;
		text_t *text = g_new(text_t, 1);
		*text = (text_t){entry->text, reader_place(reader, entry)};
		g_ptr_array_add(*texts, text);
	}
	return true;
}

bool reader_time(const reader_t *reader, const item_t *item, const char *key, gint64 *time, GError **error)
{
	const item_t *entry = reader_get(item, key);

	if (!entry)
		return true;
	place_t place = reader_place(reader, entry);
	g_autofree char *where = g_strdup_printf("%s:%u: %s", place.file, place.line, place.path);
	return pace_read_time(entry->text, where, time, error);
}
