// SPDX-License-Identifier: GPL-2.0-or-later
// Edits of a list of steps: merge, add, copy, move, drop.
#include "language/edits.h"

#include "language/draw.h"
#include "language/parse.h"
#include "language/suggest.h"

#include <string.h>

static const text_t *own_text(const step_t *step, unsigned key)
{
	return &step->own->value[key];
}

static gboolean has_name(gconstpointer step, gconstpointer name)
{
	return strcmp(step_name(step), name) == 0;
}

bool steps_find(const GPtrArray *steps, const char *name, guint *index)
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
	if (steps_find(steps, text->string, index))
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

// Merges an edit; a time of either kind replaces one of the other.
static void merge_edit(step_t *step, const step_t *edit)
{
	step_merge(step, edit);
	if (own_text(edit, KEY_step_at)->string)
		step->own->value[KEY_step_after] = (text_t){0};
	if (own_text(edit, KEY_step_after)->string)
		step->own->value[KEY_step_at] = (text_t){0};
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
	merge_edit(step, edit);
	return step;
}

// Puts a step where the edit says, else at the end. Takes the step.
static bool insert_step(GPtrArray *steps, step_t *step, const step_t *edit, GError **error)
{
	const text_t *before = own_text(edit, KEY_step_before);
	guint index = steps->len;

	if (edit->behind.string && before->string) {
		fail_at(error, &before->place, "given together with `after`; expected one of them");
	} else if (!edit->behind.string && !before->string) {
		g_ptr_array_add(steps, step);
		return true;
	} else if (find_named(steps, before->string ? before : &edit->behind, &index, error)) {
		g_ptr_array_insert(steps, (gint)index + (before->string ? 0 : 1), step);
		return true;
	}
	step_free(step);
	return false;
}

static bool is_seconds(const char *text)
{
	static const place_t nowhere = {NULL, NULL, 0};

	return value_check(KIND_SECONDS, text, &nowhere, NULL);
}

// `after` is seconds, or the name of a step, or both: NAME+SECONDS. The name goes to its own place.
static bool split_after(step_t *edit, GStringChunk *strings, GError **error)
{
	text_t *after = &edit->own->value[KEY_step_after];
	const char *plus = after->string ? strrchr(after->string, '+') : NULL;

	if (after->string && !is_seconds(after->string) && !draw_is_random(after->string)) {
		edit->behind = *after;
		*after = (text_t){0};
		if (plus && is_seconds(plus + 1)) {
			*after = (text_t){plus + 1, edit->behind.place};
			edit->behind.string =
				g_string_chunk_insert_len(strings, edit->behind.string, plus - edit->behind.string);
		}
	}
	if (!after->string || !own_text(edit, KEY_step_at)->string)
		return true;
	fail_at(error, &after->place, "given together with `at`; expected one of them");
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
	merge_edit(step, edit);
	if (!edit->behind.string && !own_text(edit, KEY_step_before)->string)
		return true;
	return insert_step(steps, g_ptr_array_steal_index(steps, index), edit, error);
}

// Within a list, a name used twice is a mistake: the second step would be merged into the first.
static bool check_names(const GPtrArray *edits, GError **error)
{
	for (guint i = 0; i < edits->len; i++) {
		const text_t *name = own_text(edits->pdata[i], KEY_step_step);
		guint first;

		if (!steps_find(edits, name->string, &first) || first == i)
			continue;
		fail_at(error, &name->place, "step '%s' exists already, at line %u; expected each name once in a list",
			name->string, own_text(edits->pdata[first], KEY_step_step)->place.line);
		return false;
	}
	return true;
}

bool edits_apply(GPtrArray *steps, GPtrArray *edits, GStringChunk *strings, GError **error)
{
	if (!edits)
		return true;
	if (!check_names(edits, error))
		return false;
	for (guint i = 0; i < edits->len; i++) {
		step_t *edit = edits->pdata[i];
		guint index;

		if (!split_after(edit, strings, error))
			return false;
		if (steps_find(steps, step_name(edit), &index)) {
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
