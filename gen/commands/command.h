// SPDX-License-Identifier: GPL-2.0-or-later
// What every command of dsmipgen is: a row of the help, of the completion and of the dispatch.
#ifndef DSMIPGEN_COMMAND_H
#define DSMIPGEN_COMMAND_H

#include "language/error.h"

#include <stdbool.h>

#define SCENARIO_WORDS "NAME" // as choices: names of scenarios, and files

typedef struct command {
	const char *name;
	const char *arguments; // for the help
	const char *summary;
	const char *choices;         // words that it takes, with | between them, or SCENARIO_WORDS; NULL: none
	const GOptionEntry *options; // an argument "a|b" takes these words, FILE a file, IFACE an interface; NULL: none
	// Runs it with the words that are no options, NULL at the end. What the options point to is filled in.
	bool (*run)(const struct command *command, char **words, GError **error);
} command_t;

extern const command_t list_command;
extern const command_t show_command;
extern const command_t scenario_command;
extern const command_t write_command;
extern const command_t send_command;
extern const command_t fuzz_command;
extern const command_t respond_command;
extern const command_t run_command;
extern const command_t judge_command;

// Fills in the options of a command and takes them out of the words, the first of which names the program.
bool command_parse(const command_t *command, char ***words, GError **error);

// Sets an error with the usage of the command; false.
bool command_fail(const command_t *command, const char *problem, GError **error);

// Whether the words are one name.
bool command_names_one(const command_t *command, char **words, GError **error);

#endif
