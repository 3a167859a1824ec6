// SPDX-License-Identifier: GPL-2.0-or-later
// Completion of the command line in bash, zsh and fish.
#ifndef DSMIPGEN_COMPLETION_H
#define DSMIPGEN_COMPLETION_H

#include "commands/command.h"

#define COMPLETION_SHELLS "bash|zsh|fish"

// Prints the script of a shell for these commands, NULL at the end; false if there is no shell of that name.
bool completion_print(const char *shell, const command_t *const *commands);

#endif
