// SPDX-License-Identifier: GPL-2.0-or-later
// The steps of a scenario -> plans: typed values in layers, with times and identifications.
#ifndef DSMIPGEN_PLAN_H
#define DSMIPGEN_PLAN_H

#include "language/scenario.h"
#include "language/value.h"
#include "language/actors.h"

// What a packet is made of. All lists are of struct values, which the plan owns.
struct plan {
	const struct step *source; // for its name and expectation; lives as long as the scenario
	gint64 time;               // microseconds since 1970
	struct values *step;       // trailer, cut, snaplen
	GPtrArray *layers;         // outermost first
	GPtrArray *extensions;     // of the control message among the layers
	bool source_is_auto;       // the Ethernet addresses are not given by the scenario
	bool destination_is_auto;
};

// When the steps of a scenario are.
struct timing {
	gint64 start;          // microseconds since 1970
	const gint64 *offsets; // of each step from there; NULL: as the scenario says
};

// The plans of all steps (struct plan, owned by the list); NULL with an error.
GPtrArray *plan_scenario(const struct scenario *scenario, const struct actors *actors, const struct timing *timing,
			 GError **error);

// When a scenario starts, if the one before it ended at this time (0: there was none): the first full minute at least
// 60 s later, or the fixed start of all captures. Microseconds since 1970.
gint64 plan_start(gint64 end);

// How many bytes of a plan's packet of that length are stored.
gsize plan_captured(const struct plan *plan, gsize length);

struct plan *plan_copy(const struct plan *plan);
void plan_free(struct plan *plan);

#endif
