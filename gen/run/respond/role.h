// SPDX-License-Identifier: GPL-2.0-or-later
// What `dsmipgen respond` can play: a table of functions for each role.
#ifndef DSMIPGEN_ROLE_H
#define DSMIPGEN_ROLE_H

#include "language/actors.h"
#include "language/value.h"
#include "run/heard.h"
#include "run/respond/faults.h"
#include "run/respond/outbox.h"

#include <stdio.h>

// What a role is given. All of it lives longer than the role.
typedef struct {
	const actors_t *actors;
	faults_t faults;
	const interface_t *interface;
	outbox_t *outbox;
	guint16 lifetime; // seconds: the longest that is granted, or what is asked for
	bool uses_nonces; // against replay, else timestamps (RFC 5944 5.7)
	FILE *log;
} role_context_t;

// Writes a line of the log, as in printf.
void role_log(const role_context_t *context, const char *format, ...) G_GNUC_PRINTF(2, 3);

// Sends a frame. `now` is monotonic, in microseconds, here and below.
void role_send(const role_context_t *context, const guint8 *bytes, gsize length, gint64 now);

// The value of a fact, which was checked when the actors got it. node: the one that "mn.hoa" and so on stand for, or
// NULL.
value_t role_fact(const actors_t *actors, const char *node, const char *name, key_kind_t kind);

typedef struct {
	const char *name;    // of --role
	const char *title;   // "home agent"
	const char *address; // name of the fact that is its IPv4 address
	unsigned faults;     // FAULTS_* of this role

	// Begins to play; NULL with an error.
	gpointer (*begin)(const role_context_t *context, GError **error);
	void (*end)(gpointer role);

	// Takes a frame that was heard. False with an error if the role cannot go on.
	bool (*hear)(gpointer role, const heard_t *heard, gint64 now, GError **error);

	// Does what is due, and tells when there is something next, -1: never. NULL: nothing is ever due.
	bool (*wake)(gpointer role, gint64 now, GError **error);
	gint64 (*due)(gpointer role);

	// Takes SIGUSR1 or SIGUSR2. NULL: they are ignored.
	bool (*signal)(gpointer role, int number, gint64 now, GError **error);
} role_t;

#endif
