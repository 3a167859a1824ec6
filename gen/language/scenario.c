// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario by name: base flow, edits and copies resolved to a plain list of steps.
#include "language/scenario.h"

#include "language/document.h"
#include "language/library.h"
#include "language/rule_ids.h"
#include "language/suggest.h"

#include <string.h>

// State of one load: the scenario under construction and the chain of bases, against cycles.
typedef struct {
	scenario_t *scenario;
	GPtrArray *chain; // of the identities of files
} loader_t;

static const text_t *own_text(const step_t *step, unsigned key)
{
	return &step->own->value[key];
}

static gboolean has_name(gconstpointer step, gconstpointer name)
{
	return strcmp(step_name(step), name) == 0;
}

static bool find_step(const GPtrArray *steps, const char *name, guint *index)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)steps, name, has_name, index);
}

static char *suggest_step(const GPtrArray *steps, const char *name)
{
	const char **names = g_new(const char *, steps->len + 1);

	for (guint i = 0; i < steps->len; i++)
		names[i] = step_name(steps->pdata[i]);
	char *hint = suggest(name, names, steps->len);
	g_free(names);
	return hint;
}

// Finds the step that a text names, or reports it.
static bool find_named(const GPtrArray *steps, const text_t *text, guint *index, GError **error)
{
	if (find_step(steps, text->string, index))
		return true;
	g_autofree char *hint = suggest_step(steps, text->string);
	fail_at(error, &text->place, "unknown step '%s'%s the name of a step of this scenario", text->string, hint);
	return false;
}

static bool is_true(const text_t *text)
{
	return text->string && strcmp(text->string, "true") == 0;
}

// A step that the base does not have must describe a packet of its own; otherwise its name is a typo.
static bool is_complete(const step_t *edit)
{
	bool has_message = false;

	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		has_message |= edit->layer[id] && block_specs[id].is_message;
	return edit->stack || (edit->layer[BLOCK_ipv4] && has_message);
}

static step_t *new_step(const GPtrArray *steps, const step_t *edit, GError **error)
{
	const text_t *like = own_text(edit, KEY_step_like);
	step_t *step;
	guint model;

	if (is_true(own_text(edit, KEY_step_drop))) {
		find_named(steps, own_text(edit, KEY_step_step), &model, error); // reports it
		return NULL;
	}
	if (like->string) {
		if (!find_named(steps, like, &model, error))
			return NULL;
		step = step_like(steps->pdata[model]);
	} else if (is_complete(edit)) {
		step = step_new();
	} else {
		g_autofree char *hint = suggest_step(steps, step_name(edit));

		fail_at(error, &own_text(edit, KEY_step_step)->place,
			"unknown step '%s'%s a step of the base, or `like`, `stack`, or `ipv4` with a message",
			step_name(edit), hint);
		return NULL;
	}
	step_merge(step, edit);
	return step;
}

// Puts a step where the edit's `after` or `before` says, else at the end. Takes the step.
static bool insert_step(GPtrArray *steps, step_t *step, const step_t *edit, GError **error)
{
	const text_t *after = own_text(edit, KEY_step_after);
	const text_t *before = own_text(edit, KEY_step_before);
	guint index = steps->len;

	if (after->string && before->string) {
		fail_at(error, &before->place, "given together with `after`; expected one of them");
	} else if (!after->string && !before->string) {
		g_ptr_array_add(steps, step);
		return true;
	} else if (find_named(steps, after->string ? after : before, &index, error)) {
		g_ptr_array_insert(steps, (gint)index + (after->string ? 1 : 0), step);
		return true;
	}
	step_free(step);
	return false;
}

// An edit of a step that is there: merge, move or drop.
static bool edit_step(GPtrArray *steps, guint index, const step_t *edit, GError **error)
{
	step_t *step = steps->pdata[index];

	if (own_text(edit, KEY_step_like)->string) {
		fail_at(error, &own_text(edit, KEY_step_like)->place,
			"step '%s' exists already; expected `like` in a new step only", step_name(edit));
		return false;
	}
	if (is_true(own_text(edit, KEY_step_drop))) {
		g_ptr_array_remove_index(steps, index);
		return true;
	}
	step_merge(step, edit);
	if (!own_text(edit, KEY_step_after)->string && !own_text(edit, KEY_step_before)->string)
		return true;
	return insert_step(steps, g_ptr_array_steal_index(steps, index), edit, error);
}

// Within a list, a name used twice is a mistake: the second step would be merged into the first.
static bool check_names(const GPtrArray *edits, GError **error)
{
	for (guint i = 0; i < edits->len; i++) {
		const text_t *name = own_text(edits->pdata[i], KEY_step_step);
		guint first;

		if (!find_step(edits, name->string, &first) || first == i)
			continue;
		fail_at(error, &name->place, "step '%s' exists already, at line %u; expected each name once in a list",
			name->string, own_text(edits->pdata[first], KEY_step_step)->place.line);
		return false;
	}
	return true;
}

static bool apply_section(GPtrArray *steps, const GPtrArray *edits, GError **error)
{
	if (!edits)
		return true;
	if (!check_names(edits, error))
		return false;
	for (guint i = 0; i < edits->len; i++) {
		const step_t *edit = edits->pdata[i];
		guint index;

		if (find_step(steps, step_name(edit), &index)) {
			if (!edit_step(steps, index, edit, error))
				return false;
		} else {
			step_t *step = new_step(steps, edit, error);

			if (!step || !insert_step(steps, step, edit, error))
				return false;
		}
	}
	return true;
}

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
	if (document->section[*section] || (document->base.string && !is_rule && *section == SECTION_STEPS))
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

static bool load_document(loader_t *loader, const scenario_file_t *file, const document_t *document, GError **error)
{
	scenario_t *scenario = loader->scenario;
	section_t section;

	if (!select_section(file, document, &section, error))
		return false;
	if (document->base.string && !load_base(loader, &document->base, error))
		return false;
	take_header(scenario, file, document);
	return apply_section(scenario->steps, document->section[SECTION_STEPS], error) &&
	       (section == SECTION_STEPS || apply_section(scenario->steps, document->section[section], error));
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

static bool check_expectations(const step_t *step, GError **error)
{
	for (guint i = 0; step->expect && i < step->expect->len; i++) {
		const text_t *text = step->expect->pdata[i];

		if (rule_index(text->string) >= 0)
			continue;
		g_autofree char *hint = rule_suggest(text->string);
		fail_at(error, &text->place, "unknown rule '%s'%s a rule that `dsmipgen list rules` shows",
			text->string, hint);
		return false;
	}
	return true;
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
	if (scenario->steps->len == 0) {
		fail(error, GEN_ERROR_SCENARIO, "scenario '%s' has no steps; expected at least one", scenario->name);
		return false;
	}
	for (guint i = 0; i < scenario->steps->len; i++)
		if (!check_expectations(scenario->steps->pdata[i], error))
			return false;
	return true;
}

scenario_t *scenario_load(const char *name, GError **error)
{
	scenario_t *scenario = g_new0(scenario_t, 1);
	loader_t loader = {scenario, g_ptr_array_new()};
	scenario_file_t file;
	bool ok = false;

	scenario->name = g_strdup(name);
	scenario->summary = "";
	scenario->set = g_ptr_array_new_with_free_func(g_free);
	scenario->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	scenario->strings = g_string_chunk_new(4096);
	if (library_find(name, NULL, &file, error)) {
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

void scenario_free(scenario_t *scenario)
{
	g_ptr_array_unref(scenario->steps);
	g_ptr_array_unref(scenario->set);
	g_string_chunk_free(scenario->strings);
	g_free(scenario->name);
	g_free(scenario);
}

// An error names the option, and what it sets.
static bool set_override(actors_t *actors, const char *assignment, GError **error)
{
	g_autofree char *path = g_strdup_printf("--set %.*s", (int)strcspn(assignment, "="), assignment);
	const place_t place = {NULL, path, 0};

	return actors_set(actors, assignment, &place, error);
}

static bool set_all(actors_t *actors, const scenario_t *scenario, const char *const *overrides, GError **error)
{
	for (guint i = 0; i < scenario->set->len; i++) {
		const text_t *text = scenario->set->pdata[i];

		if (!actors_set(actors, text->string, &text->place, error))
			return false;
	}
	for (; overrides && *overrides; overrides++)
		if (!set_override(actors, *overrides, error))
			return false;
	return true;
}

actors_t *scenario_actors(const scenario_t *scenario, const char *const *overrides, GError **error)
{
	actors_t *actors = actors_new();

	if (set_all(actors, scenario, overrides, error))
		return actors;
	actors_free(actors);
	return NULL;
}
