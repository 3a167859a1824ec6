// SPDX-License-Identifier: GPL-2.0-or-later
// Which tests of a suite the user wants.
#ifndef DSMIPGEN_SELECT_H
#define DSMIPGEN_SELECT_H

#include "run/suite/suite.h"

#include <stdbool.h>

typedef struct {
	const char *only;    // pattern of ids; NULL: all
	const char *section; // "5454" or "5944:3.8"; NULL: all
} selection_t;

// Checks what the user has written, and that there is such a test.
bool selection_check(const selection_t *selection, const suite_t *suite, GError **error);

// Whether a test is wanted. The first one of a suite always is.
bool selection_has(const selection_t *selection, const suite_t *suite, guint index);

// How many are wanted.
guint selection_count(const selection_t *selection, const suite_t *suite);

#endif
