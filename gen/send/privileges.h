// SPDX-License-Identifier: GPL-2.0-or-later
// What a program that was started by root, or with file capabilities, may do beyond an ordinary user.
#ifndef DSMIPGEN_PRIVILEGES_H
#define DSMIPGEN_PRIVILEGES_H

#include <stdbool.h>

#include "language/error.h"

// Gives up all capabilities for good, of this thread and of those that it starts later; programs that they start get
// none either. What is open stays so. For when the last socket is open, before threads are started.
bool privileges_drop(GError **error);

#endif
