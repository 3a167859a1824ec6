// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario by name: base flow, edits and copies resolved to a plain list of steps.
#include "language/scenario.h"

#include "language/assign.h"
#include "language/document.h"
#include "language/draw.h"
#include "language/edits.h"
#include "language/library.h"
#include "language/rule_ids.h"
#include "language/unroll.h"

#include <string.h>

// State of one load: the scenario under construction and the chain of bases, against cycles.
typedef struct {
	scenario_t *scenario;
	GPtrArray *chain; // of the identities of files
} loader_t;

// Which section of the file the name stands for.
static bool select_section(const scenario_file_t *file, const document_t *document, section_t *section, GError **error)
{
	bool is_rule = document->section[SECTION_VIOLATION] || document->section[SECTION_NEAR_MISS];
	place_t place = {file->name, NULL, 1};

	*section = SECTION_STEPS;
	if (file->near_miss)
		*section = SECTION_NEAR_MISS;
	else if (is_rule)
		*section = SECTION_VIOLATION;
	if (document->section[*section] || document->population ||
	    (document->base.string && !is_rule && *section == SECTION_STEPS))
		return true;
	fail_at(error, &place, "has no `%s`; expected a list of steps under that key", section_names[*section]);
	return false;
}

// The summary of a file; of a built-in rule its text. NULL: as the base.
static const char *summary_of(const scenario_file_t *file, const document_t *document, GStringChunk *strings)
{
	const char *summary = document->summary.string;

	if (!summary && file->rule >= 0)
		summary = rules[file->rule].text;
	if (!summary || !file->near_miss)
		return summary;
	g_autofree char *near_miss = g_strconcat("Near miss: ", summary, NULL);
	summary = g_string_chunk_insert_const(strings, near_miss);
	return summary;
}

static void take_header(scenario_t *scenario, const scenario_file_t *file, const document_t *document)
{
	const char *summary = summary_of(file, document, scenario->strings);

	if (summary)
		scenario->summary = summary;
	scenario->claims = file->is_built_in || document->expect.string; // not the base's: edits may break a rule
	for (unsigned key = 0; key < ABOUT_COUNT; key++)
		if (document->about[key].string)
			scenario->about[key] = document->about[key].string;
	for (guint i = 0; document->set && i < document->set->len; i++)
		g_ptr_array_add(scenario->set, g_memdup2(document->set->pdata[i], sizeof(text_t)));
}

static bool load_file(loader_t *loader, const scenario_file_t *file, GError **error);

static bool load_base(loader_t *loader, const text_t *base, GError **error)
{
	scenario_file_t file;
	GError *cause = NULL;

	if (!library_find(base->string, base->place.file, &file, &cause)) {
		fail_at(error, &base->place, "%s", cause->message);
		g_error_free(cause);
		return false;
	}
	if (g_ptr_array_find_with_equal_func(loader->chain, file.identity, g_str_equal, NULL)) {
		fail_at(error, &base->place, "'%s' is based on itself; expected bases without a cycle", base->string);
		scenario_file_clear(&file);
		return false;
	}
	bool ok = load_file(loader, &file, error);
	scenario_file_clear(&file);
	return ok;
}

// A population has the steps of others only.
static bool take_population(scenario_t *scenario, document_t *document, GError **error)
{
	const place_t *place = &((const part_t *)document->population->pdata[0])->place;

	if (document->base.string || document->section[SECTION_STEPS] || document->section[SECTION_VIOLATION] ||
	    document->section[SECTION_NEAR_MISS]) {
		fail_at(error, place, "a population beside a base or steps; expected either");
		return false;
	}
	scenario->population = g_steal_pointer(&document->population);
	scenario->nodes = document->nodes;
	return true;
}

static bool load_document(loader_t *loader, const scenario_file_t *file, document_t *document, GError **error)
{
	scenario_t *scenario = loader->scenario;
	section_t section;

	if (!select_section(file, document, &section, error))
		return false;
	if (document->base.string && !load_base(loader, &document->base, error))
		return false;
	take_header(scenario, file, document);
	if (document->population)
		return take_population(scenario, document, error);
	return edits_apply(scenario->steps, document->section[SECTION_STEPS], scenario->strings, error) &&
	       (section == SECTION_STEPS ||
		edits_apply(scenario->steps, document->section[section], scenario->strings, error));
}

static bool load_file(loader_t *loader, const scenario_file_t *file, GError **error)
{
	gsize length;
	const char *text = g_bytes_get_data(file->text, &length);
	document_t *document = document_parse(text, length, file->name, loader->scenario->strings, error);

	if (!document)
		return false;
	g_ptr_array_add(loader->chain, file->identity);
	bool ok = load_document(loader, file, document, error);
	g_ptr_array_set_size(loader->chain, (gint)loader->chain->len - 1);
	document_free(document);
	return ok;
}

// Where the scenario claims something of all steps, each says so itself.
static void state_claims(const scenario_t *scenario)
{
	for (guint i = 0; scenario->claims && i < scenario->steps->len; i++) {
		step_t *step = scenario->steps->pdata[i];

		if (!step->expect)
			step->expect = g_ptr_array_new_with_free_func(g_free);
	}
}

static bool check_scenario(const scenario_t *scenario, GError **error)
{
	if (scenario->steps->len == 0 && !scenario->population) {
		fail(error, GEN_ERROR_SCENARIO, "scenario '%s' has no steps; expected at least one", scenario->name);
		return false;
	}
	for (guint i = 0; i < scenario->steps->len; i++)
		if (!rules_check_named(((const step_t *)scenario->steps->pdata[i])->expect, error))
			return false;
	return true;
}

scenario_t *scenario_new(const char *name)
{
	scenario_t *scenario = g_new0(scenario_t, 1);

	scenario->name = g_strdup(name);
	scenario->summary = "";
	scenario->set = g_ptr_array_new_with_free_func(g_free);
	scenario->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	scenario->strings = g_string_chunk_new(4096);
	return scenario;
}

static scenario_t *load(const char *name, const char *origin, GError **error)
{
	scenario_t *scenario = scenario_new(name);
	loader_t loader = {scenario, g_ptr_array_new()};
	scenario_file_t file;
	bool ok = false;

	if (library_find(name, origin, &file, error)) {
		ok = load_file(&loader, &file, error) && check_scenario(scenario, error);
		scenario_file_clear(&file);
	}
	g_ptr_array_unref(loader.chain);
	state_claims(scenario);
	if (ok)
		return scenario;
	scenario_free(scenario);
	return NULL;
}

scenario_t *scenario_load(const char *name, GError **error)
{
	return load(name, NULL, error);
}

static void add_texts(GPtrArray *list, const GPtrArray *texts)
{
	for (guint i = 0; texts && i < texts->len; i++)
		g_ptr_array_add(list, g_memdup2(texts->pdata[i], sizeof(text_t)));
}

scenario_t *scenario_load_part(const text_t *name, const GPtrArray *set, const GPtrArray *more, GError **error)
{
	GError *cause = NULL;
	scenario_t *scenario = load(name->string, name->place.file, &cause);

	if (!scenario) {
		fail_at(error, &name->place, "%s", cause->message);
		g_error_free(cause);
		return NULL;
	}
	if (scenario->population) {
		fail_at(error, &name->place, "'%s' is a population itself; expected a scenario with steps",
			name->string);
		scenario_free(scenario);
		return NULL;
	}
	add_texts(scenario->set, set);
	add_texts(scenario->set, more);
	return scenario;
}

void scenario_free(scenario_t *scenario)
{
	g_clear_pointer(&scenario->population, g_ptr_array_unref);
	g_ptr_array_unref(scenario->steps);
	g_ptr_array_unref(scenario->set);
	g_string_chunk_free(scenario->strings);
	g_free(scenario->name);
	g_free(scenario);
}

// The place of an override: an error names the option, and what it sets.
static place_t place_of_override(const scenario_t *scenario, const char *assignment)
{
	g_autofree char *path = g_strdup_printf("--set %.*s", (int)strcspn(assignment, "="), assignment);

	return (place_t){NULL, g_string_chunk_insert_const(scenario->strings, path), 0};
}

// Calls a function for each override of the scenario and then of the user, until one fails.
typedef bool override_fn(const scenario_t *scenario, const text_t *assignment, gpointer data, GError **error);

static bool for_overrides(const scenario_t *scenario, const char *const *overrides, override_fn *function,
			  gpointer data, GError **error)
{
	for (guint i = 0; i < scenario->set->len; i++)
		if (!function(scenario, scenario->set->pdata[i], data, error))
			return false;
	for (; overrides && *overrides; overrides++) {
		const text_t assignment = {*overrides, place_of_override(scenario, *overrides)};

		if (!function(scenario, &assignment, data, error))
			return false;
	}
	return true;
}

static bool set_actor(const scenario_t *scenario, const text_t *assignment, gpointer actors, GError **error)
{
	return assign_names_step(scenario->steps, assignment->string) ||
	       actors_set(actors, assignment->string, &assignment->place, error);
}

static bool set_field(const scenario_t *scenario, const text_t *assignment, gpointer unused G_GNUC_UNUSED,
		      GError **error)
{
	return !assign_names_step(scenario->steps, assignment->string) ||
	       assign_field(scenario->steps, assignment, scenario->strings, error);
}

actors_t *scenario_actors(const scenario_t *scenario, const char *const *overrides, GError **error)
{
	actors_t *actors = actors_new();

	if (for_overrides(scenario, overrides, set_actor, actors, error))
		return actors;
	actors_free(actors);
	return NULL;
}

bool scenario_prepare(scenario_t *scenario, const char *const *overrides, guint32 seed, GError **error)
{
	return for_overrides(scenario, overrides, set_field, NULL, error) &&
	       unroll_steps(scenario->steps, seed, scenario->strings, error) &&
	       draw_values(scenario->steps, seed, scenario->strings, error) &&
	       assign_references(scenario->steps, error);
}

scenario_t *scenario_copy(const scenario_t *scenario)
{
	scenario_t *copy = g_memdup2(scenario, sizeof(*scenario));

	copy->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	for (guint i = 0; i < scenario->steps->len; i++)
		g_ptr_array_add(copy->steps, step_copy(scenario->steps->pdata[i]));
	return copy;
}

void scenario_copy_free(scenario_t *copy)
{
	g_ptr_array_unref(copy->steps);
	g_free(copy);
}
