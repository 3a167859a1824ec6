// SPDX-License-Identifier: GPL-2.0-or-later
// The options of a command: parsed, and what is wrong with them in words.
#include "commands/command.h"

#include "language/suggest.h"

#include <string.h>

bool command_fail(const command_t *command, const char *problem, GError **error)
{
	fail(error, GEN_ERROR_SCENARIO, "%s; expected dsmipgen %s %s", problem, command->name, command->arguments);
	return false;
}

bool command_names_one(const command_t *command, char **words, GError **error)
{
	if (words[0] && !words[1])
		return true;
	return command_fail(command, words[0] ? "more than one scenario named" : "no scenario named", error);
}

// The name of an option in a word such as --nodes or --nodes=2, or NULL; free with g_free().
static char *option_name(const char *word)
{
	return g_str_has_prefix(word, "--") && word[2] != '\0' ? g_strndup(word + 2, strcspn(word + 2, "=")) : NULL;
}

static const GOptionEntry *find_option(const GOptionEntry *entries, const char *name)
{
	for (; entries && name && entries->long_name; entries++)
		if (strcmp(entries->long_name, name) == 0)
			return entries;
	return NULL;
}

// GLib reads 017 as fifteen; nothing else here does.
static bool check_numbers(const command_t *command, char **words, GError **error)
{
	for (; *words; words++) {
		g_autofree char *name = option_name(*words);
		const GOptionEntry *entry = find_option(command->options, name);
		const char *equals = strchr(*words, '=');
		const char *value = equals ? equals + 1 : words[1];

		if (!entry || entry->arg != G_OPTION_ARG_INT64 || !value || value[0] != '0' ||
		    !g_ascii_isdigit(value[1]))
			continue;
		g_autofree char *problem = g_strdup_printf("--%s '%s': a zero in front of the number", name, value);
		return command_fail(command, problem, error);
	}
	return true;
}

// An option that there is not, with the one that it may have been meant for; other problems in GLib's words.
static void report_option(const command_t *command, char **words, const GError *cause, GError **error)
{
	g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);

	for (const GOptionEntry *entry = command->options; entry && entry->long_name; entry++)
		g_ptr_array_add(options, g_strconcat("--", entry->long_name, NULL));
	g_ptr_array_add(options, g_strdup("--help"));
	for (; *words && g_error_matches(cause, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION); words++) {
		g_autofree char *name = option_name(*words);

		if (!name || find_option(command->options, name) || strcmp(name, "help") == 0)
			continue;
		g_autofree char *option = g_strconcat("--", name, NULL);
		g_autofree char *hint = suggest(option, (const char *const *)options->pdata, options->len);
		fail(error, GEN_ERROR_SCENARIO, "unknown option %s%s dsmipgen %s %s (dsmipgen %s --help)", option, hint,
		     command->name, command->arguments, command->name);
		return;
	}
	command_fail(command, cause->message, error);
}

bool command_parse(const command_t *command, char ***words, GError **error)
{
	GOptionContext *context = g_option_context_new(command->arguments);
	GError *cause = NULL;

	g_option_context_set_summary(context, command->summary);
	if (command->options)
		g_option_context_add_main_entries(context, command->options, NULL);
	bool ok = check_numbers(command, *words, error);
	if (ok && !g_option_context_parse_strv(context, words, &cause)) {
		report_option(command, *words, cause, error);
		g_error_free(cause);
		ok = false;
	}
	g_option_context_free(context);
	return ok;
}
