// SPDX-License-Identifier: GPL-2.0-or-later
// What a test came to.
#ifndef DSMIPGEN_RESULT_H
#define DSMIPGEN_RESULT_H

#include "run/suite/suite.h"

// Verdicts of a test, from the best to the worst. While it runs it only gets worse.
typedef enum {
	RESULT_SKIP, // not carried out
	RESULT_PASS,
	RESULT_WARN,         // a clause of SHOULD or MAY is not kept
	RESULT_INCONCLUSIVE, // what happened says nothing of the clause
	RESULT_FAIL,
	RESULT_COUNT,
} result_kind_t;

// A value that was compared.
typedef struct {
	char *step;     // "await reply"
	char *field;    // "prefix_reply.code"
	char *expected; // the pattern
	char *actual;
	bool holds;
	place_t place; // of the pattern
	guint frame;   // of the evidence, from 1; 0: none
} check_t;

typedef struct {
	const test_t *test;
	guint round; // from 1: how often the suite was carried out
	result_kind_t kind;
	bool is_known;   // the baseline has no better verdict
	char *reason;    // of a verdict other than PASS: one line
	place_t place;   // of the step that decided
	char *evidence;  // file with its packets; NULL: none was wanted
	gint64 started;  // nanoseconds since 1970
	gint64 duration; // nanoseconds
	GArray *checks;  // of check_t, in the order of the steps
} result_t;

// An empty result of a test, to be freed with result_clear().
void result_begin(result_t *result, const test_t *test);

// Adds a comparison; takes the strings of the check.
void result_add_check(result_t *result, const check_t *check);

// "code is 131, expected 0"; free with g_free().
char *check_text(const check_t *check);

// "PASS" and so on.
const char *result_word(result_kind_t kind);

// Makes a result worse; a verdict that is not worse than it has is ignored. The reason is as in printf.
void result_worsen(result_t *result, result_kind_t kind, const place_t *place, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

// Frees what the result holds, not the result.
void result_clear(result_t *result);

#endif
