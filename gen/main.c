// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen: writes conformant and deviating DSMIPv4 (RFC 5454) traffic from scenarios.
#include "commands/completion.h"
#include "commands/extcap.h"
#include "language/suggest.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static bool run_completion(const command_t *command, char **words, GError **error);

static const command_t completion_command = {
	.name = "completion",
	.arguments = COMPLETION_SHELLS,
	.summary = "Prints a script that completes the command line.",
	.choices = COMPLETION_SHELLS,
	.run = run_completion,
};

// In the order of the help.
static const command_t *const commands[] = {
	&list_command,    &show_command, &scenario_command, &write_command,      &send_command, &fuzz_command,
	&respond_command, &run_command,  &judge_command,    &completion_command, NULL,
};

enum { COMMAND_COUNT = G_N_ELEMENTS(commands) - 1 };

static bool run_completion(const command_t *command, char **words, GError **error)
{
	if (words[0] && !words[1] && completion_print(words[0], commands))
		return true;
	return command_fail(command,
			    !words[0]  ? "no shell named"
			    : words[1] ? "too many words"
				       : "unknown shell",
			    error);
}

static void print_help(void)
{
	g_print("Usage: dsmipgen COMMAND ...\n\n"
		"Writes or sends DSMIPv4 (RFC 5454) traffic, conformant or with one chosen fault.\n\n");
	for (gsize i = 0; i < COMMAND_COUNT; i++) {
		g_autofree char *usage = g_strdup_printf("%s %s", commands[i]->name, commands[i]->arguments);

		g_print("  %-26s  %s\n", usage, commands[i]->summary);
	}
	g_print("\nNAME is a flow, a rule (its violation), RULE.near_miss, a file ending in .yaml\n"
		"(FILE.yaml#near_miss for its near miss), or - for standard input.\n"
		"`dsmipgen COMMAND --help` lists the options.\n");
}

// "list, show, ... or send"
static char *command_names(void)
{
	GString *names = g_string_new(commands[0]->name);

	for (gsize i = 1; i < COMMAND_COUNT; i++)
		g_string_append_printf(names, "%s%s", i + 1 < COMMAND_COUNT ? ", " : " or ", commands[i]->name);
	return g_string_free(names, FALSE);
}

static void fail_command(const char *problem, GError **error)
{
	g_autofree char *names = command_names();

	fail(error, GEN_ERROR_SCENARIO, "%s %s (dsmipgen --help)", problem, names);
}

static bool carry_out(const command_t *command, char **words, GError **error)
{
	g_auto(GStrv) rest = g_strdupv(words);

	g_free(rest[0]);
	rest[0] = g_strconcat("dsmipgen ", command->name, NULL); // for the usage
	return command_parse(command, &rest, error) && command->run(command, rest + 1, error);
}

static bool find_command(char **words, GError **error)
{
	const char *names[COMMAND_COUNT];
	const char *wanted = words[1];

	if (!wanted) {
		fail_command("no command; expected", error);
		return false;
	}
	for (gsize i = 0; i < COMMAND_COUNT; i++) {
		names[i] = commands[i]->name;
		if (strcmp(wanted, commands[i]->name) == 0)
			return carry_out(commands[i], words + 1, error);
	}
	g_autofree char *hint = suggest(wanted, names, COMMAND_COUNT);
	g_autofree char *problem = g_strdup_printf("unknown command '%s'%s", wanted, hint);
	fail_command(problem, error);
	return false;
}

static bool run(char **words, GError **error)
{
	const char *first = words[1] ? words[1] : "";

	if (extcap_is_meant(words + 1))
		return extcap_run(words, error);
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
		print_help();
	else if (strcmp(first, "--version") == 0)
		g_print("dsmipgen " DSMIPV4_VERSION "\n");
	else
		return find_command(words, error);
	return true;
}

int main(int count G_GNUC_UNUSED, char **words)
{
	GError *error = NULL;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN); // a closed pipe is a write error like any other,
	signal(SIGXFSZ, SIG_IGN); // and so is a file that becomes too large
	if (run(words, &error)) {
		if (!ferror(stdout))
			return 0;
		fail(&error, GEN_ERROR_ENVIRONMENT, "cannot write to standard output: %s", g_strerror(errno));
	}
	g_printerr("dsmipgen: %s\n", error->message);
	int status = error->code;
	g_error_free(error);
	return status;
}
