// SPDX-License-Identifier: GPL-2.0-or-later
// A step of a scenario as texts: creation, copy and merge.
#include "language/step.h"

// Keys that belong to one step only and are not taken over by "like".
static const unsigned individual_keys[] = {
	KEY_step_step,   KEY_step_at,       KEY_step_after,  KEY_step_before,  KEY_step_like,  KEY_step_drop,
	KEY_step_repeat, KEY_step_interval, KEY_step_jitter, KEY_step_through, KEY_step_order,
};

static block_t *block_copy(const block_t *block)
{
	return g_memdup2(block, sizeof(*block));
}

static gpointer copy_block_item(gconstpointer block, gpointer unused G_GNUC_UNUSED)
{
	return block_copy(block);
}

static gpointer copy_text_item(gconstpointer text, gpointer unused G_GNUC_UNUSED)
{
	return g_memdup2(text, sizeof(text_t));
}

static void replace_list(GPtrArray **list, GPtrArray *other, GCopyFunc copy)
{
	if (!other)
		return;
	if (*list)
		g_ptr_array_unref(*list);
	*list = g_ptr_array_copy(other, copy, NULL);
	g_ptr_array_set_free_func(*list, g_free);
}

static void merge_block(block_t **block, const block_t *edit)
{
	if (!edit)
		return;
	if (!*block) {
		*block = block_copy(edit);
		return;
	}
	for (unsigned key = 0; key < KEYS_MAX; key++)
		if (edit->value[key].string)
			(*block)->value[key] = edit->value[key];
	(*block)->place = edit->place;
}

step_t *step_new(void)
{
	step_t *step = g_new0(step_t, 1);

	step->own = g_new0(block_t, 1);
	step->own->id = BLOCK_step;
	return step;
}

void step_free(step_t *step)
{
	g_free(step->own);
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		g_free(step->layer[id]);
	g_clear_pointer(&step->stack, g_ptr_array_unref);
	g_clear_pointer(&step->extensions, g_ptr_array_unref);
	g_clear_pointer(&step->expect, g_ptr_array_unref);
	g_free(step);
}

const char *step_name(const step_t *step)
{
	return step->own->value[KEY_step_step].string;
}

GPtrArray *block_list_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

void step_merge(step_t *step, const step_t *edit)
{
	merge_block(&step->own, edit->own);
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		merge_block(&step->layer[id], edit->layer[id]);
	replace_list(&step->stack, edit->stack, copy_block_item);
	replace_list(&step->extensions, edit->extensions, copy_block_item);
	replace_list(&step->expect, edit->expect, copy_text_item);
}

step_t *step_copy(const step_t *step)
{
	step_t *copy = step_new();

	step_merge(copy, step);
	return copy;
}

step_t *step_like(const step_t *model)
{
	step_t *step = step_new();

	step_merge(step, model);
	for (gsize i = 0; i < G_N_ELEMENTS(individual_keys); i++)
		step->own->value[individual_keys[i]] = (text_t){0};
	g_clear_pointer(&step->expect, g_ptr_array_unref);
	return step;
}
