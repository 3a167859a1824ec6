// SPDX-License-Identifier: GPL-2.0-or-later
// Hooks of the device file: commands of the shell, and what a person is asked to do.
#ifndef DSMIPGEN_HOOK_H
#define DSMIPGEN_HOOK_H

#include <glib.h>

// Of what a hook prints, this much is kept.
#define HOOK_OUTPUT 15000

#define HOOK_UNANSWERED (-1) // nobody is there to do it, or it could not be done

// Runs a hook, and waits for it. `manual TEXT` asks at the terminal: an empty line says that it is done, `no` that it
// cannot be. Returns the exit status of the command, or HOOK_UNANSWERED. *output (free with g_free()) is what the
// command printed or the person wrote, without white space at the end; or why it is unanswered.
int hook_run(const char *command, char **output);

#endif
