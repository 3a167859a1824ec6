// SPDX-License-Identifier: GPL-2.0-or-later
// A text -> a typed value, by the kinds of the scenario language.
#ifndef DSMIPGEN_PARSE_H
#define DSMIPGEN_PARSE_H

#include "language/value.h"

// Parses a text as a value of this kind, or as one of the words (enum key_word) that are allowed.
bool value_parse(enum key_kind kind, unsigned allowed, const char *text, const struct place *place, struct value *value,
		 GError **error);

// What a key takes, for error messages; free with g_free.
char *value_expectation(enum key_kind kind, unsigned allowed);

// Reads a text as a value of this kind; bytes, if there are any, belong to the caller.
bool value_read(enum key_kind kind, const char *text, const struct place *place, struct value *value, GError **error);

// Checks a text that is to be used for values of this kind.
bool value_check(enum key_kind kind, const char *text, const struct place *place, GError **error);

#endif
