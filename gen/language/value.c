// SPDX-License-Identifier: GPL-2.0-or-later
// Texts of a block -> typed values, with actor names and defaults filled in.
#include "language/value.h"

#include "language/actors.h"
#include "language/parse.h"

#include <string.h>

#define MICROSECONDS 1000000
#define NTP_OFFSET G_GINT64_CONSTANT(2208988800) // seconds from 1900 to 1970

// Kinds whose values may look like an actor's name without being one.
static bool is_free_text(key_kind_t kind)
{
	return kind == KIND_TEXT || kind == KIND_SECRET || kind == KIND_NAME;
}

// What the text stands for: the value of an actor's name, else itself; NULL for an unknown name.
static const char *resolve(const key_spec_t *spec, const char *text, const actors_t *actors, const char *node,
			   const place_t *place, value_t *value, GError **error)
{
	if (!actors_is_name(text))
		return text;
	value->fact = actors_fact(text, node);
	if (value->fact)
		return actors_get(actors, value->fact, node);
	if (is_free_text(spec->kind))
		return text;
	g_autofree char *hint = actors_suggest(text);
	fail_at(error, place, "unknown name '%s'%s actor.field, such as mn.coa", text, hint);
	return NULL;
}

static bool read_key(values_t *values, unsigned key, const text_t *text, const actors_t *actors, const char *node,
		     GError **error)
{
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	const char *string = text->string ? text->string : spec->standard;
	const place_t *place = text->string ? &text->place : &values->place;

	values->v[key].place = text->place;
	if (!string)
		return true;
	if (string == key_required) {
		g_autofree char *expected = value_expectation(spec->kind, spec->words);

		fail_at(error, place, "has no key `%s`; expected %s", spec->name, expected);
		return false;
	}
	string = resolve(spec, string, actors, node, place, &values->v[key], error);
	return string && value_parse(spec->kind, spec->words, string, place, &values->v[key], error);
}

values_t *values_read(const block_t *block, const actors_t *actors, const char *node, GError **error)
{
	values_t *values = g_new0(values_t, 1);

	values->id = block->id;
	values->place = block->place;
	for (unsigned key = 0; key < block_specs[block->id].key_count; key++) {
		if (!read_key(values, key, &block->value[key], actors, node, error)) {
			values_free(values);
			return NULL;
		}
	}
	return values;
}

// 32.32 bit seconds since 1900 (RFC 3344 5.7.1, RFC 1305), or its whole seconds in a 32-bit field.
static guint64 ntp_time(gint64 microseconds, int width)
{
	guint64 seconds = (guint64)(microseconds / MICROSECONDS + NTP_OFFSET);
	guint64 fraction = ((guint64)(microseconds % MICROSECONDS) << 32) / MICROSECONDS;
	guint64 time = seconds << 32 | fraction;

	return width == 32 ? time >> 32 : time;
}

guint64 clock_read(const value_clock_t *clock, gint64 time)
{
	return ntp_time(time + clock->offset, clock->width) + clock->addend;
}

// A block has no more keys than its own.
static gsize size_of_values(block_id_t id)
{
	return offsetof(values_t, v) + block_specs[id].key_count * sizeof(value_t);
}

values_t *values_copy(const values_t *values)
{
	values_t *copy = g_memdup2(values, size_of_values(values->id));

	for (unsigned key = 0; key < block_specs[values->id].key_count; key++)
		if (copy->v[key].bytes)
			g_bytes_ref(copy->v[key].bytes);
	return copy;
}

void values_assign(values_t *to, const values_t *values)
{
	unsigned count = block_specs[values->id].key_count;

	for (unsigned key = 0; key < count; key++) {
		if (to->v[key].bytes == values->v[key].bytes)
			continue;
		if (to->v[key].bytes)
			g_bytes_unref(to->v[key].bytes);
		if (values->v[key].bytes)
			g_bytes_ref(values->v[key].bytes);
	}
	memcpy(to, values, size_of_values(values->id));
}

void values_free(values_t *values)
{
	for (unsigned key = 0; key < block_specs[values->id].key_count; key++)
		g_clear_pointer(&values->v[key].bytes, g_bytes_unref);
	g_free(values);
}

void values_fail(const values_t *values, unsigned key, const char *message, GError **error)
{
	const place_t *given = &values->v[key].place;
	g_autofree char *path = NULL;
	place_t place;

	if (given->file) {
		fail_at(error, given, "%s", message);
		return;
	}
	path = g_strdup_printf("%s.%s", values->place.path, block_specs[values->id].keys[key].name);
	place = (place_t){values->place.file, path, values->place.line};
	fail_at(error, &place, "%s", message);
}
