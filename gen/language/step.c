// SPDX-License-Identifier: GPL-2.0-or-later
// A step of a scenario as texts: creation, copy and merge.
#include "language/step.h"

// Keys that belong to one step only and are not taken over by "like".
static const unsigned individual_keys[] = {
	KEY_step_step, KEY_step_at, KEY_step_after, KEY_step_before, KEY_step_like, KEY_step_drop,
};

static struct block *block_copy(const struct block *block)
{
	return g_memdup2(block, sizeof(*block));
}

static gpointer copy_block_item(gconstpointer block, gpointer unused G_GNUC_UNUSED)
{
	return block_copy(block);
}

static gpointer copy_text_item(gconstpointer text, gpointer unused G_GNUC_UNUSED)
{
	return g_memdup2(text, sizeof(struct text));
}

static void replace_list(GPtrArray **list, GPtrArray *other, GCopyFunc copy)
{
	if (other == NULL)
		return;
	if (*list != NULL)
		g_ptr_array_unref(*list);
	*list = g_ptr_array_copy(other, copy, NULL);
	g_ptr_array_set_free_func(*list, g_free);
}

static void merge_block(struct block **block, const struct block *edit)
{
	if (edit == NULL)
		return;
	if (*block == NULL) {
		*block = block_copy(edit);
		return;
	}
	for (unsigned key = 0; key < KEYS_MAX; key++)
		if (edit->value[key].string != NULL)
			(*block)->value[key] = edit->value[key];
	(*block)->place = edit->place;
}

struct step *step_new(void)
{
	struct step *step = g_new0(struct step, 1);

	step->own = g_new0(struct block, 1);
	step->own->id = BLOCK_step;
	return step;
}

void step_free(struct step *step)
{
	g_free(step->own);
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		g_free(step->layer[id]);
	g_clear_pointer(&step->stack, g_ptr_array_unref);
	g_clear_pointer(&step->extensions, g_ptr_array_unref);
	g_clear_pointer(&step->expect, g_ptr_array_unref);
	g_free(step);
}

const char *step_name(const struct step *step)
{
	return step->own->value[KEY_step_step].string;
}

GPtrArray *block_list_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

void step_merge(struct step *step, const struct step *edit)
{
	merge_block(&step->own, edit->own);
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		merge_block(&step->layer[id], edit->layer[id]);
	replace_list(&step->stack, edit->stack, copy_block_item);
	replace_list(&step->extensions, edit->extensions, copy_block_item);
	replace_list(&step->expect, edit->expect, copy_text_item);
}

struct step *step_like(const struct step *model)
{
	struct step *step = step_new();

	step_merge(step, model);
	for (gsize i = 0; i < G_N_ELEMENTS(individual_keys); i++)
		step->own->value[individual_keys[i]] = (struct text){0};
	g_clear_pointer(&step->expect, g_ptr_array_unref);
	return step;
}
