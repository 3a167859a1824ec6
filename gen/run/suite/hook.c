// SPDX-License-Identifier: GPL-2.0-or-later
// Hooks of the device file: commands of the shell, and what a person is asked to do.
#include "run/suite/hook.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MANUAL "manual"

// What a person has to do, without the quotes around it; NULL: it is a command.
static char *manual_text(const char *command)
{
	gsize length = strlen(MANUAL);

	if (strncmp(command, MANUAL, length) != 0 || (command[length] != '\0' && !g_ascii_isspace(command[length])))
		return NULL;
	char *text = g_strstrip(g_strdup(command + length));
	gsize end = strlen(text);
	if (end >= 2 && text[0] == '"' && text[end - 1] == '"') {
		text[end - 1] = '\0';
		memmove(text, text + 1, end - 1);
	}
	return text;
}

static int ask(const char *text, char **output)
{
	char line[HOOK_OUTPUT];

	if (!isatty(STDIN_FILENO)) {
		*output = g_strdup_printf("'%s' needs a person, and standard input is no terminal", text);
		return HOOK_UNANSWERED;
	}
	fprintf(stderr, "%s [Enter: done, no: not possible] ", text);
	if (!fgets(line, sizeof(line), stdin))
		line[0] = '\0';
	*output = g_strdup(g_strchomp(line));
	if (g_ascii_strcasecmp(line, "no") != 0 && !feof(stdin))
		return 0;
	g_free(*output);
	*output = g_strdup_printf("'%s' was not done", text);
	return HOOK_UNANSWERED;
}

int hook_run(const char *command, char **output)
{
	char *arguments[] = {"/bin/sh", "-c", (char *)command, NULL};
	g_autofree char *text = manual_text(command);
	int status = 0;

	*output = NULL;
	if (text)
		return ask(text, output);
	if (!g_spawn_sync(NULL, arguments, NULL, G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL, output, NULL, &status,
			  NULL))
		status = HOOK_UNANSWERED;
	if (!*output)
		*output = g_strdup("");
	if (strlen(*output) > HOOK_OUTPUT)
		(*output)[HOOK_OUTPUT] = '\0';
	g_strchomp(*output);
	return status;
}
