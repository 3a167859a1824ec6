// SPDX-License-Identifier: GPL-2.0-or-later
// One test of a suite file that stands for many: `for: { code: [8, 9] }`.
#ifndef DSMIPGEN_EXPAND_H
#define DSMIPGEN_EXPAND_H

#include "run/suite/reader.h"

// Called for a test without `for`; false with an error ends the expansion.
typedef bool (*expand_fn)(gpointer data, const item_t *test, GError **error);

// Calls the function for a copy of the test for each value of its `for`, with $NAME replaced by the value in all its
// texts; a test without `for` is passed on as it is. The copy lives as long as the call, its strings as long as the
// reader's.
bool expand_test(const reader_t *reader, const item_t *test, expand_fn take, gpointer data, GError **error);

#endif
