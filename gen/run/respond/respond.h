// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen respond: a home agent or a mobile node on an interface, correct unless it is told otherwise.
#ifndef DSMIPGEN_RESPOND_H
#define DSMIPGEN_RESPOND_H

#include "language/error.h"

#include <stdbool.h>

// The options of the command as they are given, NULL where not.
typedef struct {
	char *role;
	char *interface;
	char **overrides;
	char **faults;
	char *delay;
	char *loss;
	char *mtu;
	char *lifetime;
	char *replay;
	char *log;
	gint64 seed;
} respond_options_t;

// Plays the role until a signal comes: true after SIGINT and SIGTERM. False with an error.
bool respond(const respond_options_t *options, GError **error);

#endif
