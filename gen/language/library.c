// SPDX-License-Identifier: GPL-2.0-or-later
// Scenario files: the built-in ones (GResource) and those of the user.
#include "language/library.h"

#include "language/error.h"
#include "language/rule_ids.h"
#include "language/suggest.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESOURCE_ROOT "/dsmipgen/"
#define SUFFIX ".yaml"
#define NEAR_MISS_NAME ".near_miss"
#define NEAR_MISS_FILE "#near_miss"
#define STANDARD_INPUT "-"
#define SUITES "suites"

static const char *const folders[] = {"flows", "rules"};

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **library_names(const char *folder)
{
	g_autofree char *path = g_strconcat(RESOURCE_ROOT, folder, NULL);
	char **names = g_resources_enumerate_children(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	if (!names)
		return g_new0(char *, 1);
	for (char **name = names; *name; name++)
		(*name)[strlen(*name) - strlen(SUFFIX)] = '\0';
	qsort(names, g_strv_length(names), sizeof(*names), compare_names);
	return names;
}

static void report_unknown(const char *name, GError **error)
{
	GPtrArray *known = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		char **names = library_names(folders[i]);

		for (char **item = names; *item; item++)
			g_ptr_array_add(known, *item);
		g_free(names);
	}
	g_autofree char *hint = suggest(name, (const char *const *)known->pdata, known->len);
	fail(error, GEN_ERROR_SCENARIO,
	     "unknown scenario '%s'%s a name that `dsmipgen list` shows, or a file ending in " SUFFIX, name, hint);
	g_ptr_array_unref(known);
}

static bool find_in_folder(const char *folder, const char *name, scenario_file_t *file)
{
	g_autofree char *name_in_folder = g_strdup_printf("%s/%s" SUFFIX, folder, name);
	g_autofree char *path = g_strconcat(RESOURCE_ROOT, name_in_folder, NULL);

	file->text = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	if (!file->text)
		return false;
	file->identity = g_strdup(name_in_folder);
	file->name = g_steal_pointer(&name_in_folder);
	file->rule = rule_index(name);
	file->is_built_in = true;
	return true;
}

static bool find_built_in(const char *name, scenario_file_t *file)
{
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
		if (find_in_folder(folders[i], name, file))
			return true;
	return false;
}

// The path of a file that another one names.
static char *path_beside(const char *origin, const char *name)
{
	if (!origin || g_path_is_absolute(name) || !strchr(origin, '/'))
		return g_strdup(name);
	g_autofree char *folder = g_path_get_dirname(origin);
	char *path = g_build_filename(folder, name, NULL);
	return path;
}

static bool read_user_file(const char *name, scenario_file_t *file, GError **error)
{
	const char *path = strcmp(name, STANDARD_INPUT) == 0 ? "/dev/stdin" : name;
	char *text;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, NULL)) { // which loses errno
		int reason = g_file_test(path, G_FILE_TEST_IS_DIR) ? EISDIR : access(path, R_OK) != 0 ? errno : EIO;

		fail(error, GEN_ERROR_SCENARIO, "cannot read '%s': %s", name, g_strerror(reason));
		return false;
	}
	char *real = realpath(path, NULL); // NULL for a pipe
	file->name = g_strdup(name);
	file->identity = g_strdup(real ? real : name);
	file->text = g_bytes_new_take(text, length);
	free(real);
	return true;
}

static bool names_file(const char *name)
{
	return strchr(name, '/') || g_str_has_suffix(name, SUFFIX) || g_str_has_suffix(name, SUFFIX NEAR_MISS_FILE) ||
	       strcmp(name, STANDARD_INPUT) == 0;
}

bool library_find(const char *name, const char *origin, scenario_file_t *file, GError **error)
{
	bool is_file = names_file(name);
	const char *ending = is_file ? NEAR_MISS_FILE : NEAR_MISS_NAME;
	bool near_miss = g_str_has_suffix(name, ending);
	g_autofree char *stem = g_strndup(name, strlen(name) - (near_miss ? strlen(ending) : 0));
	bool found;

	*file = (scenario_file_t){.near_miss = near_miss, .rule = -1};
	if (is_file) {
		g_autofree char *path = path_beside(origin, stem);

		found = read_user_file(path, file, error);
	} else {
		found = find_built_in(stem, file);
		if (!found)
			report_unknown(stem, error);
	}
	return found;
}

bool library_find_file(const char *path, scenario_file_t *file, GError **error)
{
	*file = (scenario_file_t){.rule = -1};
	return read_user_file(path, file, error);
}

bool library_find_suite(const char *name, scenario_file_t *file, GError **error)
{
	g_auto(GStrv) names = library_names(SUITES);

	if (names_file(name))
		return library_find_file(name, file, error);
	*file = (scenario_file_t){.rule = -1};
	if (find_in_folder(SUITES, name, file))
		return true;
	g_autofree char *hint = suggest(name, (const char *const *)names, g_strv_length(names));
	fail(error, GEN_ERROR_SCENARIO,
	     "unknown suite '%s'%s one that `dsmipgen list suites` shows, or a file ending in " SUFFIX, name, hint);
	return false;
}

void scenario_file_clear(scenario_file_t *file)
{
	g_free(file->name);
	g_free(file->identity);
	g_bytes_unref(file->text);
}
