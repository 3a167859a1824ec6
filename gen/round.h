// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the frames of one round of `send`, built again for each round.
#ifndef DSMIPGEN_ROUND_H
#define DSMIPGEN_ROUND_H

#include "pace.h"
#include "route.h"

struct frame {
	guint8 *bytes; // with Ethernet header
	gsize length;
	gint64 gap; // nanoseconds to the next frame by the scenario, or to the next round
};

// What a round is made of. The strings belong to the caller.
struct round_options {
	char **names;     // scenarios
	char **overrides; // actor.field=value
	guint32 seed;
	bool is_filtered; // only packets to this IPv4 address
	guint32 to;
	struct pace pace;
};

struct round {
	const struct round_options *options;
	GPtrArray *scenarios; // of struct scenario
	GArray *frames;       // of struct frame
	GArray *origins;      // of struct origin, one for each frame
	GArray *offsets;      // gint64 microseconds for each step of all scenarios; NULL: as the scenarios say
	gint64 lead;          // microseconds from the first step to the first frame
};

// Loads the scenarios and builds them once. Fails where nothing is left to send.
struct round *round_new(const struct round_options *options, GError **error);
void round_free(struct round *round);

// Builds the frames for a round whose first one is sent at start, in microseconds since 1970.
bool round_build(struct round *round, gint64 start, GError **error);

// Whether all frames are IPv4; `send --raw` takes nothing else.
bool round_check_ipv4(const struct round *round, GError **error);

// Whether all frames fit an interface.
bool round_check_mtu(const struct round *round, const struct interface *interface, GError **error);

// Finds the Ethernet addresses that the scenarios leave open, for this and all later rounds.
bool round_route(struct round *round, struct router *router, GError **error);

// "coa_mode step request", for errors; free with g_free.
char *round_step(const struct round *round, guint frame);

#endif
