// SPDX-License-Identifier: GPL-2.0-or-later
// What the addresses and numbers of a captured node are called in a scenario.
#include "capture/names.h"

#include "language/parse.h"

#include <string.h>

typedef struct {
	const char *fact;
	char *spelled; // in a step
	key_kind_t kind;
	value_t value;
} name_t;

struct names {
	GArray *all; // of name_t
};

static void clear_name(gpointer item)
{
	name_t *name = item;

	g_free(name->spelled);
	g_clear_pointer(&name->value.bytes, g_bytes_unref);
}

names_t *names_new(void)
{
	names_t *names = g_new0(names_t, 1);

	names->all = g_array_new(FALSE, FALSE, sizeof(name_t));
	g_array_set_clear_func(names->all, clear_name);
	return names;
}

void names_free(names_t *names)
{
	g_array_unref(names->all);
	g_free(names);
}

static const name_t *name_at(const names_t *names, guint index)
{
	return &g_array_index(names->all, name_t, index);
}

const value_t *names_get(const names_t *names, const char *fact)
{
	for (guint i = 0; i < names->all->len; i++)
		if (strcmp(name_at(names, i)->fact, fact) == 0)
			return &name_at(names, i)->value;
	return NULL;
}

bool names_set(names_t *names, const char *fact, key_kind_t kind, const value_t *value)
{
	const value_t *known = names_get(names, fact);
	name_t name = {.fact = fact, .kind = kind, .value = *value};

	if (known)
		return value_is_same(known, value);
	if (value->bytes)
		g_bytes_ref(value->bytes);
	name.spelled =
		g_str_has_prefix(fact, "mn1.") ? g_strconcat("mn.", fact + strlen("mn1."), NULL) : g_strdup(fact);
	g_array_append_val(names->all, name);
	return true;
}

const char *names_of(const names_t *names, key_kind_t kind, const value_t *value, const char *wanted)
{
	const char *found = NULL;

	for (guint i = 0; i < names->all->len; i++) {
		const name_t *name = name_at(names, i);

		if (name->kind != kind || !value_is_same(&name->value, value))
			continue;
		if (wanted && strcmp(name->spelled, wanted) == 0)
			return name->spelled;
		if (!found)
			found = name->spelled;
	}
	return found;
}

GPtrArray *names_assignments(const names_t *names)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < names->all->len; i++) {
		const name_t *name = name_at(names, i);
		g_autofree char *text = value_text(name->kind, &name->value);

		g_ptr_array_add(list, g_strdup_printf("%s=%s", name->fact, text));
	}
	return list;
}
