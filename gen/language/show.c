// SPDX-License-Identifier: GPL-2.0-or-later
// A resolved scenario as YAML that dsmipgen reads again.
#include "language/show.h"

#include <string.h>

// A double-quoted YAML scalar; words that need no quotes are not quoted.
static char *quoted(const char *text)
{
	if (g_regex_match_simple("^[A-Za-z0-9_.]+$", text, 0, 0))
		return g_strdup(text);
	GString *out = g_string_new("\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_printf(out, "\\%c", *text);
		else if (g_ascii_iscntrl(*text))
			g_string_append_printf(out, "\\x%02x", (unsigned char)*text);
		else
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

static void show_key(const char *indent, const char *key, const char *text)
{
	g_autofree char *value = quoted(text);

	g_print("%s%s: %s\n", indent, key, value);
}

static void show_block(const char *lead, const block_t *block)
{
	const block_spec_t *spec = &block_specs[block->id];
	const char *separator = " ";

	g_print("%s%s: {", lead, spec->name);
	for (unsigned key = 0; key < spec->key_count; key++) {
		g_autofree char *value = NULL;

		if (!block->value[key].string)
			continue;
		value = quoted(block->value[key].string);
		g_print("%s%s: %s", separator, spec->keys[key].name, value);
		separator = ", ";
	}
	g_print("%s}\n", strcmp(separator, " ") == 0 ? "" : " ");
}

static void show_blocks(const char *key, const GPtrArray *blocks)
{
	if (!blocks)
		return;
	g_print("    %s:%s\n", key, blocks->len == 0 ? " []" : "");
	for (guint i = 0; i < blocks->len; i++)
		show_block("      - ", blocks->pdata[i]);
}

static void show_texts(const char *indent, const char *key, const GPtrArray *texts)
{
	g_print("%s%s: [", indent, key);
	for (guint i = 0; i < texts->len; i++) {
		g_autofree char *value = quoted(((const text_t *)texts->pdata[i])->string);

		g_print("%s%s", i == 0 ? "" : ", ", value);
	}
	g_print("]\n");
}

// Placement is resolved: the steps stand in their order.
static bool is_placement(unsigned key)
{
	return key == KEY_step_before || key == KEY_step_like || key == KEY_step_drop;
}

// Lines as comments.
static void show_note(const char *indent, const char *note)
{
	g_auto(GStrv) lines = g_strsplit(note ? note : "", "\n", -1);

	for (char **line = lines; *line; line++)
		if (**line != '\0')
			g_print("%s# %s\n", indent, *line);
}

static void show_step(const step_t *step, bool claims)
{
	const block_spec_t *spec = &block_specs[BLOCK_step];

	show_note("  ", step->note);
	show_key("  - ", "step", step_name(step));
	for (unsigned key = 0; key < spec->key_count; key++) {
		const char *text = step->own->value[key].string;

		if (text && key != KEY_step_step && !is_placement(key))
			show_key("    ", spec->keys[key].name, text);
	}
	for (unsigned id = 0; id < BLOCK_COUNT; id++)
		if (step->layer[id])
			show_block("    ", step->layer[id]);
	show_blocks("stack", step->stack);
	show_blocks("extensions", step->extensions);
	if (step->expect && (step->expect->len > 0 || !claims))
		show_texts("    ", "expect", step->expect);
}

#define LINE_WIDTH 100

// Words with single spaces between them as a folded scalar: reading it again joins the lines with spaces.
static void show_paragraph(const char *key, const char *text)
{
	gsize column = LINE_WIDTH;

	if (!g_regex_match_simple("^[^\\s[:cntrl:]]+( [^\\s[:cntrl:]]+)*$", text, 0, 0)) {
		show_key("  ", key, text);
		return;
	}
	char **words = g_strsplit(text, " ", -1);
	g_print("  %s: >-", key);
	for (char **word = words; *word; word++) {
		bool fits = column + 1 + strlen(*word) <= LINE_WIDTH;

		g_print("%s%s", fits ? " " : "\n    ", *word);
		column = (fits ? column + 1 : strlen("    ")) + strlen(*word);
	}
	g_print("\n");
	g_strfreev(words);
}

static void show_about(const char *const about[ABOUT_COUNT])
{
	bool any = false;

	for (unsigned key = 0; key < ABOUT_COUNT; key++) {
		if (!about[key])
			continue;
		if (!any)
			g_print("about:\n");
		any = true;
		show_paragraph(about_names[key], about[key]);
	}
}

static void show_part(const part_t *part)
{
	const struct {
		const char *key;
		const text_t *text;
	} keys[] = {
		{"nodes", &part->nodes},
		{"share", &part->share},
		{"start", &part->start},
		{"spacing", &part->spacing},
	};

	show_key("  - ", "scenario", part->scenario.string);
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (keys[i].text->string)
			show_key("    ", keys[i].key, keys[i].text->string);
	if (part->set)
		show_texts("    ", "set", part->set);
}

static void show_population(const scenario_t *scenario)
{
	if (scenario->nodes.string)
		show_key("", "nodes", scenario->nodes.string);
	g_print("population:\n");
	for (guint i = 0; i < scenario->population->len; i++)
		show_part(scenario->population->pdata[i]);
}

void show_scenario(const scenario_t *scenario)
{
	g_print("# %s\n", scenario->summary);
	show_note("", scenario->note);
	show_key("", "summary", scenario->summary);
	show_about(scenario->about);
	if (scenario->set->len > 0)
		show_texts("", "set", scenario->set);
	if (scenario->claims)
		show_key("", "expect", "none");
	if (scenario->population) {
		show_population(scenario);
		return;
	}
	g_print("steps:\n");
	for (guint i = 0; i < scenario->steps->len; i++)
		show_step(scenario->steps->pdata[i], scenario->claims);
}
