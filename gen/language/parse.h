// SPDX-License-Identifier: GPL-2.0-or-later
// A text -> a typed value, by the kinds of the scenario language.
#ifndef DSMIPGEN_PARSE_H
#define DSMIPGEN_PARSE_H

#include "language/value.h"

// Parses a text as a value of this kind, or as one of the words (key_word_t) that are allowed.
bool value_parse(key_kind_t kind, unsigned allowed, const char *text, const place_t *place, value_t *value,
		 GError **error);

// What a key takes, for error messages; free with g_free.
char *value_expectation(key_kind_t kind, unsigned allowed);

// Reads a text as a value of this kind; bytes, if there are any, belong to the caller.
bool value_read(key_kind_t kind, const char *text, const place_t *place, value_t *value, GError **error);

// Whether two values of one kind are equal.
bool value_is_same(const value_t *one, const value_t *other);

// A value as the text that value_read() reads; free with g_free(). Times, patches and orders are not written.
char *value_text(key_kind_t kind, const value_t *value);

// The largest number of a kind that takes numbers; of seconds, in microseconds.
guint64 value_limit(key_kind_t kind);

// Checks a text that is to be used for values of this kind.
bool value_check(key_kind_t kind, const char *text, const place_t *place, GError **error);

#endif
