// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario -> packets with times and comments.
#ifndef DSMIPGEN_COMPOSE_H
#define DSMIPGEN_COMPOSE_H

#include "scenario.h"

struct packet {
	gint64 time;    // microseconds since 1970
	GBytes *bytes;  // as on the wire
	gsize captured; // bytes to store
	char *comment;
	bool source_is_auto; // the Ethernet addresses are not given by the scenario
	bool destination_is_auto;
};

// When the steps of a scenario are.
struct timing {
	gint64 start;          // microseconds since 1970
	const gint64 *offsets; // of each step from there; NULL: as the scenario says
};

// A list of packets that owns them.
GPtrArray *packet_list_new(void);

// Appends a scenario's packets. It starts at the first full minute at least 60 s after the last
// packet of the list, or at the fixed start of all captures. overrides: actor.field=value, NULL
// at the end, or NULL.
bool compose_scenario(const struct scenario *scenario, const char *const *overrides, guint32 seed, GPtrArray *packets,
		      GError **error);

// The same at times of the caller's choice, which identifications and authenticators follow.
bool compose_scenario_at(const struct scenario *scenario, const char *const *overrides, guint32 seed,
			 const struct timing *timing, GPtrArray *packets, GError **error);

#endif
