// SPDX-License-Identifier: GPL-2.0-or-later
// Completion of the command line in bash, zsh and fish: a script each, made from the commands and their options.
#include "commands/completion.h"

#include "language/library.h"

#include <string.h>

// How a shell says it.
typedef struct {
	const char *name;
	void (*begin)(const command_t *const *commands, const char *scenarios);
	void (*command)(const command_t *command, const char *scenarios);
	void (*end)(void);
} shell_t;

// What follows an option, or what the words of a command are.
typedef enum {
	FOLLOWS_NOTHING, // it is complete by itself
	FOLLOWS_ANYTHING,
	FOLLOWS_CHOICES,
	FOLLOWS_FILE,
	FOLLOWS_INTERFACE,
	FOLLOWS_SCENARIO,
} follows_t;

static follows_t follows(const char *argument)
{
	if (!argument)
		return FOLLOWS_NOTHING;
	if (strcmp(argument, SCENARIO_WORDS) == 0)
		return FOLLOWS_SCENARIO;
	if (strcmp(argument, "FILE") == 0)
		return FOLLOWS_FILE;
	if (strcmp(argument, "IFACE") == 0)
		return FOLLOWS_INTERFACE;
	return strchr(argument, '|') ? FOLLOWS_CHOICES : FOLLOWS_ANYTHING;
}

// The words of "a|b" with spaces between them, none of NULL; free with g_free().
static char *choices(const char *argument)
{
	return g_strdelimit(g_strdup(argument ? argument : ""), "|", ' ');
}

// A text in single quotes, as the shell wants them; free with g_free().
static char *quoted(const char *text, const char *quote)
{
	g_auto(GStrv) parts = g_strsplit(text, "'", -1);
	g_autofree char *inside = g_strjoinv(quote, parts);

	return g_strdup_printf("'%s'", inside);
}

// Names of all scenarios with spaces between them; free with g_free().
static char *scenario_words(void)
{
	g_auto(GStrv) flows = library_names("flows");
	g_auto(GStrv) rules = library_names("rules");
	GString *words = g_string_new(NULL);

	for (char **name = flows; *name; name++)
		g_string_append_printf(words, " %s", *name);
	for (char **name = rules; *name; name++)
		g_string_append_printf(words, " %s %s.near_miss", *name, *name);
	g_string_erase(words, 0, 1);
	return g_string_free(words, FALSE);
}

static void bash_begin(const command_t *const *commands, const char *scenarios)
{
	g_print("# bash completion of dsmipgen, made by `dsmipgen completion bash`\n\n"
		"_dsmipgen()\n{\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
		"\tlocal scenarios='%s'\n\n"
		"\tif [ \"$word\" = = ]; then\n\t\tword=\n"
		"\telif [ \"$before\" = = ]; then\n\t\tbefore=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
		"\tif [ $COMP_CWORD -eq 1 ]; then\n\t\twords='",
		scenarios);
	for (; *commands; commands++)
		g_print("%s ", (*commands)->name);
	g_print("--help --version'\n\telse\n\t\tcase ${COMP_WORDS[1]}:$before in\n");
}

static void bash_follows(const char *argument)
{
	g_autofree char *words = argument ? choices(argument) : NULL;

	switch (follows(argument)) {
	case FOLLOWS_CHOICES:
		g_print("words='%s' ;;\n", words);
		break;
	case FOLLOWS_INTERFACE:
		g_print("words=$(command ls /sys/class/net 2>/dev/null) ;;\n");
		break;
	case FOLLOWS_FILE:
		g_print("compopt -o default; return ;;\n");
		break;
	default:
		g_print("return ;;\n");
	}
}

static void bash_option(const command_t *command, const GOptionEntry *option)
{
	if (option->arg == G_OPTION_ARG_NONE)
		return;
	g_print("\t\t%s:--%s", command->name, option->long_name);
	if (option->short_name)
		g_print(" | %s:-%c", command->name, option->short_name);
	g_print(") ");
	bash_follows(option->arg_description);
}

static void bash_command(const command_t *command, const char *scenarios G_GNUC_UNUSED)
{
	bool takes_scenarios = follows(command->choices) == FOLLOWS_SCENARIO;
	g_autofree char *words = choices(takes_scenarios ? "$scenarios" : command->choices);

	for (const GOptionEntry *option = command->options; option && option->long_name; option++)
		bash_option(command, option);
	g_print("\t\t%s:*) ", command->name);
	if (takes_scenarios)
		g_print("compopt -o default; ");
	g_print("words=\"%s --help", words);
	for (const GOptionEntry *option = command->options; option && option->long_name; option++)
		g_print(" --%s", option->long_name);
	g_print("\" ;;\n");
}

static void bash_end(void)
{
	g_print("\t\tesac\n\tfi\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
		"complete -F _dsmipgen dsmipgen\n");
}

static void zsh_begin(const command_t *const *commands, const char *scenarios)
{
	g_print("#compdef dsmipgen\n# zsh completion of dsmipgen, made by `dsmipgen completion zsh`\n\n"
		"_dsmipgen_scenarios() {\n\tlocal -a scenarios=(%s)\n"
		"\t_alternative 'scenarios:scenario:compadd -a scenarios' 'files:file:_files -g \"*.yaml\"'\n}\n\n"
		"_dsmipgen() {\n\tlocal -a commands=(",
		scenarios);
	for (; *commands; commands++) {
		g_autofree char *text = g_strdup_printf("%s:%s", (*commands)->name, (*commands)->summary);
		g_autofree char *item = quoted(text, "'\\''");

		g_print("\n\t\t%s", item);
	}
	g_print("\n\t)\n\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
		"\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n");
}

static char *zsh_follows(const char *argument)
{
	g_autofree char *words = argument ? choices(argument) : NULL;

	switch (follows(argument)) {
	case FOLLOWS_NOTHING:
		return g_strdup("");
	case FOLLOWS_CHOICES:
		return g_strdup_printf(":word:(%s)", words);
	case FOLLOWS_FILE:
		return g_strdup(":file:_files");
	case FOLLOWS_INTERFACE:
		return g_strdup(":interface:_net_interfaces");
	case FOLLOWS_SCENARIO:
		return g_strdup(":scenario:_dsmipgen_scenarios");
	default:
		return g_strdup_printf(":%s: ", argument);
	}
}

// The texts in brackets have no brackets of their own.
static void zsh_option(const GOptionEntry *option)
{
	bool takes = option->arg != G_OPTION_ARG_NONE;
	bool is_repeated = option->arg == G_OPTION_ARG_STRING_ARRAY;
	g_autofree char *value = zsh_follows(option->arg_description);
	g_autofree char *spec = g_strdup_printf("%s--%s%s[%s]%s", is_repeated ? "*" : "", option->long_name,
						takes ? "=" : "", option->description, value);
	g_autofree char *item = quoted(spec, "'\\''");

	g_print(" \\\n\t\t\t%s", item);
	if (!option->short_name)
		return;
	g_autofree char *letter =
		g_strdup_printf("-%c%s[%s]%s", option->short_name, takes ? "+" : "", option->description, value);
	g_autofree char *letter_item = quoted(letter, "'\\''");
	g_print(" \\\n\t\t\t%s", letter_item);
}

static void zsh_command(const command_t *command, const char *scenarios G_GNUC_UNUSED)
{
	g_autofree char *value = zsh_follows(command->choices);

	g_print("\t%s)\n\t\t_arguments '--help[Arguments and options]'", command->name);
	for (const GOptionEntry *option = command->options; option && option->long_name; option++)
		zsh_option(option);
	if (command->choices)
		g_print(" \\\n\t\t\t'*%s'", value);
	g_print(" ;;\n");
}

static void zsh_end(void)
{
	g_print("\tesac\n}\n\nif [ \"$funcstack[1]\" = _dsmipgen ]; then\n\t_dsmipgen \"$@\"\n"
		"else\n\tcompdef _dsmipgen dsmipgen\nfi\n");
}

static void fish_begin(const command_t *const *commands, const char *scenarios G_GNUC_UNUSED)
{
	g_print("# fish completion of dsmipgen, made by `dsmipgen completion fish`\n\ncomplete -c dsmipgen -f\n");
	for (; *commands; commands++) {
		g_autofree char *text = quoted((*commands)->summary, "\\'");

		g_print("complete -c dsmipgen -n __fish_use_subcommand -a %s -d %s\n", (*commands)->name, text);
	}
	g_print("complete -c dsmipgen -n __fish_use_subcommand -l help -d 'Lists the commands'\n"
		"complete -c dsmipgen -n __fish_use_subcommand -l version -d 'Prints the version'\n");
}

static void fish_follows(const char *argument, const char *scenarios)
{
	g_autofree char *words = argument ? choices(argument) : NULL;

	switch (follows(argument)) {
	case FOLLOWS_NOTHING:
		break;
	case FOLLOWS_CHOICES:
		g_print(" -x -a '%s'", words);
		break;
	case FOLLOWS_FILE:
		g_print(" -r -F");
		break;
	case FOLLOWS_INTERFACE:
		g_print(" -x -a '(command ls /sys/class/net)'");
		break;
	case FOLLOWS_SCENARIO:
		g_print(" -a '%s (__fish_complete_suffix .yaml)'", scenarios);
		break;
	default:
		g_print(" -x");
	}
}

static void fish_command(const command_t *command, const char *scenarios)
{
	g_autofree char *condition =
		g_strdup_printf("complete -c dsmipgen -n '__fish_seen_subcommand_from %s'", command->name);

	if (command->choices) {
		g_print("\n%s", condition);
		fish_follows(command->choices, scenarios);
	}
	g_print("\n%s -l help -d 'Arguments and options'\n", condition);
	for (const GOptionEntry *option = command->options; option && option->long_name; option++) {
		g_autofree char *text = quoted(option->description, "\\'");

		g_print("%s -l %s", condition, option->long_name);
		if (option->short_name)
			g_print(" -s %c", option->short_name);
		fish_follows(option->arg_description, scenarios);
		g_print(" -d %s\n", text);
	}
}

static void fish_end(void)
{
}

static const shell_t shells[] = {
	{"bash", bash_begin, bash_command, bash_end},
	{"zsh", zsh_begin, zsh_command, zsh_end},
	{"fish", fish_begin, fish_command, fish_end},
};

bool completion_print(const char *shell, const command_t *const *commands)
{
	g_autofree char *scenarios = scenario_words();

	for (gsize i = 0; i < G_N_ELEMENTS(shells); i++) {
		if (strcmp(shell, shells[i].name) != 0)
			continue;
		shells[i].begin(commands, scenarios);
		for (const command_t *const *command = commands; *command; command++)
			shells[i].command(*command, scenarios);
		shells[i].end();
		return true;
	}
	return false;
}
