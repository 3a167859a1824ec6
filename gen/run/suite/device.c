// SPDX-License-Identifier: GPL-2.0-or-later
// The device file: what is claimed of the device under test.
#include "run/suite/device.h"

#include "language/library.h"
#include "language/actors.h"
#include "run/suite/reader.h"

#include <string.h>

#define MILLISECOND 1000000

enum { DEFAULT_REPLY_MS = 1000, DEFAULT_SILENCE_MS = 3000 };

static const reader_key_t top_keys[] = {
	{"dut", ITEM_MAPPING},    {"set", ITEM_LIST},      {"supports", ITEM_LIST},
	{"timing", ITEM_MAPPING}, {"hooks", ITEM_MAPPING}, {0},
};
static const reader_key_t dut_keys[] = {{"name", ITEM_TEXT}, {"version", ITEM_TEXT}, {"role", ITEM_TEXT}, {0}};
static const struct {
	const char *role;
	const char *address;
} roles[] = {{"ha", "ha.address"}, {"mn", "mn1.coa"}, {"fa", "fa.address"}};
static const reader_key_t timing_keys[] = {{"reply", ITEM_TEXT}, {"silence", ITEM_TEXT}, {0}};

static bool read_dut(device_t *device, const reader_t *reader, const item_t *top, GError **error)
{
	const item_t *dut = reader_get(top, "dut");

	if (!dut) {
		fail_at(error, &(place_t){reader->file, "dut", 1}, "missing; expected `dut: { name: ..., role: ha }`");
		return false;
	}
	if (!reader_check(reader, dut, dut_keys, error))
		return false;
	device->name = reader_text(dut, "name");
	device->version = reader_text(dut, "version") ? reader_text(dut, "version") : "";
	device->role = reader_text(dut, "role");
	place_t place = reader_place(reader, dut);
	if (device->name && device->role) {
		if (device_address_fact(device))
			return true;
		fail_at(error, &place, "the role is '%s'; expected ha, mn or fa", device->role);
		return false;
	}
	fail_at(error, &place, "no %s; expected name and role", device->name ? "role" : "name");
	return false;
}

// The assignments are checked here, where their places are known.
static bool read_set(device_t *device, const reader_t *reader, const item_t *top, GError **error)
{
	g_autoptr(actors_t) actors = actors_new();
	g_autoptr(GPtrArray) texts = NULL;

	if (!reader_texts(reader, top, "set", &texts, error))
		return false;
	device->set = g_new0(char *, (texts ? texts->len : 0) + 1);
	for (guint i = 0; texts && i < texts->len; i++) {
		const text_t *text = texts->pdata[i];

		if (!actors_set(actors, text->string, &text->place, error))
			return false;
		device->set[i] = g_strdup(text->string);
	}
	return true;
}

static bool read_timing(device_t *device, const reader_t *reader, const item_t *top, GError **error)
{
	const item_t *timing = reader_get(top, "timing");

	device->reply = (gint64)DEFAULT_REPLY_MS * MILLISECOND;
	device->silence = (gint64)DEFAULT_SILENCE_MS * MILLISECOND;
	return !timing || (reader_check(reader, timing, timing_keys, error) &&
			   reader_time(reader, timing, "reply", &device->reply, error) &&
			   reader_time(reader, timing, "silence", &device->silence, error));
}

static bool read_hooks(device_t *device, const reader_t *reader, const item_t *top, GError **error)
{
	const item_t *hooks = reader_get(top, "hooks");

	device->hooks = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; hooks && i < hooks->children->len; i++) {
		const item_t *hook = hooks->children->pdata[i];

		if (!item_expect(hook, ITEM_TEXT, reader->file, reader->strings, error))
			return false;
		g_hash_table_insert(device->hooks, (gpointer)hook->key, (gpointer)hook->text);
	}
	return true;
}

const char *device_hook(const device_t *device, const char *name)
{
	return g_hash_table_lookup(device->hooks, name);
}

const char *device_address_fact(const device_t *device)
{
	for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
		if (strcmp(roles[i].role, device->role) == 0)
			return roles[i].address;
	return NULL;
}

static bool read_device(device_t *device, const scenario_file_t *file, GError **error)
{
	gsize length;
	const char *text = g_bytes_get_data(file->text, &length);
	const reader_t reader = {g_string_chunk_insert(device->strings, file->name), device->strings};
	item_t *top = yaml_tree_read(text, length, reader.file, device->strings, error);

	if (!top)
		return false;
	bool ok = reader_check(&reader, top, top_keys, error) && read_dut(device, &reader, top, error) &&
		  read_set(device, &reader, top, error) && read_timing(device, &reader, top, error) &&
		  read_hooks(device, &reader, top, error) &&
		  reader_texts(&reader, top, "supports", &device->supports, error);
	item_free(top);
	return ok;
}

device_t *device_load(const char *path, GError **error)
{
	g_autoptr(device_t) device = g_new0(device_t, 1);
	scenario_file_t file;

	device->strings = g_string_chunk_new(1024);
	if (!library_find_file(path, &file, error))
		return NULL;
	bool ok = read_device(device, &file, error);
	scenario_file_clear(&file);
	return ok ? g_steal_pointer(&device) : NULL;
}

void device_free(device_t *device)
{
	g_strfreev(device->set);
	g_clear_pointer(&device->supports, g_ptr_array_unref);
	g_clear_pointer(&device->hooks, g_hash_table_unref);
	g_string_chunk_free(device->strings);
	g_free(device);
}

static bool supports(const device_t *device, const char *what)
{
	for (guint i = 0; device->supports && i < device->supports->len; i++)
		if (strcmp(((const text_t *)device->supports->pdata[i])->string, what) == 0)
			return true;
	return false;
}

const char *device_lacks(const device_t *device, const GPtrArray *needs)
{
	for (guint i = 0; needs && i < needs->len; i++) {
		const char *what = ((const text_t *)needs->pdata[i])->string;

		if (!supports(device, what))
			return what;
	}
	return NULL;
}
