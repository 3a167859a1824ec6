// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario -> packets with times and comments.
#ifndef DSMIPGEN_COMPOSE_H
#define DSMIPGEN_COMPOSE_H

#include "packet/fragment.h"
#include "packet/plan.h"

struct packet {
	gint64 time;    // microseconds since 1970
	GBytes *bytes;  // as on the wire
	gsize captured; // bytes to store
	char *comment;
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

// Parts of the above, for others that make packets.

// When a scenario starts, if the one before it ended at this time; 0: there was none.
gint64 compose_start(gint64 end);

// " expect: IDS" for the comment of a step's packet, or of one of its fragments, of which the last breaks what the
// packet breaks; free with g_free.
char *compose_expectation(const struct step *step, const struct cutting *cutting, guint index);

// How many bytes of a plan's packet to store.
gsize compose_captured(const struct plan *plan, gsize length);

#endif
