// SPDX-License-Identifier: GPL-2.0-or-later
// Repeated steps -> each repetition as steps of its own.
#include "language/unroll.h"

#include "language/draw.h"
#include "language/edits.h"
#include "language/parse.h"

#include <string.h>

#define STEPS_MAX 100000                  // of a scenario, all repetitions counted
#define DEFAULT_GAP (G_USEC_PER_SEC / 10) // between steps, as the planner has it

// Steps that are repeated together.
typedef struct {
	GPtrArray *models; // step_t, owned
	guint count;
	gint64 duration; // microseconds from the first to the last of them
	gint64 interval;
	gint64 jitter;
	guint32 seed;
	GStringChunk *strings;
} loop_t;

// A key of a step as a number, drawn if it is left to chance; absent: the default.
static bool read_own(const step_t *step, unsigned key, const loop_t *loop, gint64 standard, gint64 *number,
		     GError **error)
{
	const key_spec_t *spec = &block_specs[BLOCK_step].keys[key];
	const text_t *text = &step->own->value[key];
	value_t value;

	*number = standard;
	if (!text->string)
		return true;
	g_autofree char *path = g_strdup_printf("%s.%s", step_name(step), spec->name);
	const char *drawn = draw_text(text, spec, loop->seed, path, loop->strings, error);
	if (!drawn || !value_read(spec->kind, drawn, &text->place, &value, error))
		return false;
	*number = (gint64)value.number;
	return true;
}

// How long after the step before it a step is.
static bool read_gap(const loop_t *loop, const step_t *before, const step_t *step, gint64 *gap, GError **error)
{
	const text_t *at = &step->own->value[KEY_step_at];
	gint64 earlier;
	gint64 time;

	if (!at->string)
		return read_own(step, KEY_step_after, loop, DEFAULT_GAP, gap, error);
	if (!before->own->value[KEY_step_at].string) {
		fail_at(error, &at->place, "is inside a repetition; expected `after`, the time since the step before");
		return false;
	}
	if (!read_own(before, KEY_step_at, loop, 0, &earlier, error) ||
	    !read_own(step, KEY_step_at, loop, 0, &time, error))
		return false;
	*gap = time - earlier;
	return true;
}

static bool measure(loop_t *loop, GError **error)
{
	for (guint i = 1; i < loop->models->len; i++) {
		gint64 gap;

		if (!read_gap(loop, loop->models->pdata[i - 1], loop->models->pdata[i], &gap, error))
			return false;
		loop->duration += gap;
	}
	return true;
}

static bool check_times(const loop_t *loop, const step_t *first, GError **error)
{
	const text_t *interval = &first->own->value[KEY_step_interval];
	const text_t *jitter = &first->own->value[KEY_step_jitter];
	gint64 spare = loop->interval - loop->duration;

	if (spare < 0)
		fail_at(error, &interval->place,
			"shorter than the %.6f seconds that the repeated steps take; expected more",
			(double)loop->duration / G_USEC_PER_SEC);
	else if (2 * loop->jitter > spare)
		fail_at(error, &jitter->place,
			"one repetition may overtake the next; expected at most %.6f, half of what `interval` leaves",
			(double)spare / 2 / G_USEC_PER_SEC);
	return spare >= 0 && 2 * loop->jitter <= spare;
}

static bool read_loop(loop_t *loop, const step_t *first, GError **error)
{
	gint64 count;

	if (!read_own(first, KEY_step_repeat, loop, 1, &count, error) || !measure(loop, error) ||
	    !read_own(first, KEY_step_interval, loop, loop->duration + DEFAULT_GAP, &loop->interval, error) ||
	    !read_own(first, KEY_step_jitter, loop, 0, &loop->jitter, error))
		return false;
	loop->count = (guint)count;
	if (count == 0) {
		fail_at(error, &first->own->value[KEY_step_repeat].place, "wrong value '0'; expected 1 to 65535");
		return false;
	}
	return check_times(loop, first, error);
}

// "NAME" -> "NAME#2", where that is a step of the loop; else NULL. The length is that of the name.
static const char *copy_name(const loop_t *loop, const char *name, gsize length, guint number)
{
	for (guint i = 0; i < loop->models->len; i++) {
		const char *model = step_name(loop->models->pdata[i]);

		if (strlen(model) != length || strncmp(model, name, length) != 0)
			continue;
		g_autofree char *copy = g_strdup_printf("%s#%u", model, number);
		return g_string_chunk_insert_const(loop->strings, copy);
	}
	return NULL;
}

static void rename_own(const loop_t *loop, step_t *step, unsigned key, guint number)
{
	text_t *text = &step->own->value[key];
	const char *copy = text->string ? copy_name(loop, text->string, strlen(text->string), number) : NULL;

	if (copy)
		text->string = copy;
}

// "step:NAME+1" and "NAME.KEY"
static void rename_references(const loop_t *loop, block_t *block, guint number)
{
	for (unsigned key = 0; key < block_specs[block->id].key_count; key++) {
		text_t *text = &block->value[key];
		bool is_step = text->string && g_str_has_prefix(text->string, "step:");
		gsize start = is_step ? strlen("step:") : 0;
		const char *copy;

		if (!text->string || (!is_step && !strchr(text->string, '.')))
			continue;
		gsize length = strcspn(text->string + start, is_step ? "+-" : ".");
		copy = copy_name(loop, text->string + start, length, number);
		if (!copy)
			continue;
		g_autofree char *whole = g_strconcat(is_step ? "step:" : "", copy, text->string + start + length, NULL);
		text->string = g_string_chunk_insert_const(loop->strings, whole);
	}
}

static step_t *copy_step(const loop_t *loop, const step_t *model, guint number)
{
	step_t *step = step_copy(model);

	if (number == 1)
		return step;
	rename_own(loop, step, KEY_step_step, number);
	rename_own(loop, step, KEY_step_answers, number);
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		if (step->layer[id])
			rename_references(loop, step->layer[id], number);
	for (guint i = 0; step->stack && i < step->stack->len; i++)
		rename_references(loop, step->stack->pdata[i], number);
	for (guint i = 0; step->extensions && i < step->extensions->len; i++)
		rename_references(loop, step->extensions->pdata[i], number);
	return step;
}

static void set_gap(const loop_t *loop, step_t *step, gint64 gap)
{
	g_autofree char *text =
		g_strdup_printf("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, gap / G_USEC_PER_SEC, gap % G_USEC_PER_SEC);

	step->own->value[KEY_step_at] = (text_t){0};
	step->own->value[KEY_step_after] = (text_t){g_string_chunk_insert_const(loop->strings, text), step->own->place};
}

// One repetition; *moved is by how much the one before was moved.
static bool add_copy(const loop_t *loop, guint number, gint64 *moved, GPtrArray *list, GError **error)
{
	const step_t *first = loop->models->pdata[0];
	g_autofree char *turn = g_strdup_printf("jitter %u", number);
	gint64 move = number == 1 || loop->jitter == 0
			      ? 0
			      : draw_time(loop->seed, step_name(first), turn, 2 * loop->jitter) - loop->jitter;

	for (guint i = 0; i < loop->models->len; i++) {
		const step_t *model = loop->models->pdata[i];
		step_t *step = copy_step(loop, model, number);
		gint64 gap;

		g_ptr_array_add(list, step);
		if (i == 0 && number > 1)
			set_gap(loop, step, loop->interval - loop->duration + move - *moved);
		if (i > 0 && !read_gap(loop, loop->models->pdata[i - 1], model, &gap, error))
			return false;
		if (i > 0 && number > 1)
			set_gap(loop, step, gap);
	}
	*moved = move;
	return true;
}

// The last step of the repetition that begins at an index.
static bool find_end(const GPtrArray *steps, guint index, guint *end, GError **error)
{
	const text_t *through = &((const step_t *)steps->pdata[index])->own->value[KEY_step_through];

	*end = index;
	if (!through->string || (steps_find(steps, through->string, end) && *end >= index))
		return true;
	fail_at(error, &through->place, "'%s' is no later step; expected the last step of the repetition",
		through->string);
	return false;
}

static bool check_plain(const step_t *step, bool is_first, GError **error)
{
	static const unsigned keys[] = {KEY_step_repeat, KEY_step_interval, KEY_step_jitter, KEY_step_through};

	for (gsize i = is_first ? G_N_ELEMENTS(keys) : 0; i < G_N_ELEMENTS(keys); i++) {
		const text_t *text = &step->own->value[keys[i]];

		if (!text->string)
			continue;
		fail_at(error, &text->place, "%s",
			keys[i] == KEY_step_repeat ? "is inside another repetition; expected one in the first step only"
						   : "given without `repeat`; expected it together with that");
		return false;
	}
	return true;
}

static bool unroll_loop(loop_t *loop, GPtrArray *list, GError **error)
{
	const step_t *first = loop->models->pdata[0];
	gint64 moved = 0;

	for (guint i = 0; i < loop->models->len; i++)
		if (!check_plain(loop->models->pdata[i], i == 0, error))
			return false;
	if (!read_loop(loop, first, error))
		return false;
	if (list->len + (guint64)loop->count * loop->models->len > STEPS_MAX) {
		fail_at(error, &first->own->value[KEY_step_repeat].place, "more than %d steps in all; expected fewer",
			STEPS_MAX);
		return false;
	}
	for (guint number = 1; number <= loop->count; number++)
		if (!add_copy(loop, number, &moved, list, error))
			return false;
	return true;
}

static bool unroll_at(const GPtrArray *steps, guint *index, guint32 seed, GStringChunk *strings, GPtrArray *list,
		      GError **error)
{
	loop_t loop = {.seed = seed, .strings = strings};
	const step_t *first = steps->pdata[*index];
	guint end = *index;

	if (!first->own->value[KEY_step_repeat].string) {
		g_ptr_array_add(list, step_copy(first));
		(*index)++;
		return check_plain(first, false, error);
	}
	if (!find_end(steps, *index, &end, error))
		return false;
	loop.models = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	for (; *index <= end; (*index)++)
		g_ptr_array_add(loop.models, step_copy(steps->pdata[*index]));
	bool ok = unroll_loop(&loop, list, error);
	g_ptr_array_unref(loop.models);
	return ok;
}

static bool has_repetition(const GPtrArray *steps)
{
	for (guint i = 0; i < steps->len; i++) {
		const step_t *step = steps->pdata[i];

		if (step->own->value[KEY_step_repeat].string || step->own->value[KEY_step_interval].string ||
		    step->own->value[KEY_step_jitter].string || step->own->value[KEY_step_through].string)
			return true;
	}
	return false;
}

bool unroll_steps(GPtrArray *steps, guint32 seed, GStringChunk *strings, GError **error)
{
	if (!has_repetition(steps))
		return true;
	GPtrArray *list = g_ptr_array_new();
	bool ok = true;

	for (guint i = 0; ok && i < steps->len;)
		ok = unroll_at(steps, &i, seed, strings, list, error);
	if (!ok)
		g_ptr_array_set_free_func(list, (GDestroyNotify)step_free);
	else
		g_ptr_array_set_size(steps, 0);
	for (guint i = 0; ok && i < list->len; i++)
		g_ptr_array_add(steps, list->pdata[i]);
	g_ptr_array_unref(list);
	return ok;
}
