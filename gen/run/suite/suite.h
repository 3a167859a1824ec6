// SPDX-License-Identifier: GPL-2.0-or-later
// A conformance suite: tests of steps that are sent, awaited, and judged.
#ifndef DSMIPGEN_SUITE_H
#define DSMIPGEN_SUITE_H

#include "language/scenario.h"
#include "run/suite/fields.h"

typedef enum {
	ACTION_SEND,
	ACTION_AWAIT,
	ACTION_SILENCE,
	ACTION_RULES,
	ACTION_CALL,
} action_kind_t;

// A pattern for a field.
typedef struct {
	const field_t *field;
	text_t pattern;
} wanted_t;

// What an `await` or a `silence` is about.
typedef enum {
	SUBJECT_MESSAGE,   // a message of Mobile IPv4
	SUBJECT_PACKET,    // a packet, in tunnels or not
	SUBJECT_FORWARDED, // the packet that was sent last
} subject_t;

// An extension that a message has, or has not; or a header of a packet.
typedef struct {
	block_id_t block;
	place_t place;
	GPtrArray *fields; // of wanted_t
} wanted_extension_t;

typedef struct {
	action_kind_t kind;
	place_t place;
	const char *name;      // SEND: of the step. AWAIT, SILENCE: of the message, such as reply
	subject_t subject;     // AWAIT, SILENCE
	guint8 message;        // of a SUBJECT_MESSAGE: its type
	GPtrArray *stack;      // of another SUBJECT: of wanted_extension_t, its headers from the outermost in
	guint step;            // SEND: index in the test's scenario
	gint64 time;           // AWAIT: within, SILENCE: during; nanoseconds, 0: as the device file says
	GPtrArray *match;      // AWAIT: of wanted_t
	text_t authenticator;  // AWAIT: good, bad or missing; no string: any
	GPtrArray *extensions; // AWAIT: of wanted_extension_t, which the message has
	GPtrArray *without;    // AWAIT: of wanted_extension_t, which it has not
	bool is_preamble;      // AWAIT: what fails says nothing of the clause
	const char *save;      // AWAIT: name under which later steps know the request; NULL: none
	const char *hook;      // CALL: name of the hook
	text_t expect;         // CALL: regular expression for its output; no string: any output
	bool is_optional;      // CALL: nothing is lost without the hook
	GPtrArray *allow;      // RULES: of text_t, ids of rules that the device may break
	GPtrArray *require;    // RULES: of text_t, ids of rules that it must have been judged by and kept
} action_t;

typedef struct {
	const char *id;
	const char *title;
	const char *clause;   // "RFC 5454 3.3"
	const char *strength; // "must", "should" or "may"
	GPtrArray *needs;     // of text_t: what the device has to support; NULL: nothing
	place_t place;
	GPtrArray *actions;   // of action_t
	scenario_t *scenario; // the steps that it sends, in that order; a copy of the suite's base
} test_t;

typedef struct {
	char *name;
	const char *title;
	const char *role; // of the device: "ha"
	GPtrArray *tests; // of test_t; the first is the initialization, without which the others say nothing
	GPtrArray *allow; // of text_t, ids of rules that the device may break in all tests; NULL: none
	test_t *cleanup;  // done after each test; NULL: nothing
	scenario_t *base;
	GStringChunk *strings;
} suite_t;

// Loads a built-in suite or a file, with the device's assignments "mn1.coa=192.0.2.7" (NULL at the end). Free with
// suite_free().
suite_t *suite_load(const char *name, const char *const *assignments, GError **error);
void suite_free(suite_t *suite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(suite_t, suite_free)

#endif
