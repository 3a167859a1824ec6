// SPDX-License-Identifier: GPL-2.0-or-later
// The steps of a scenario -> plans: typed values in layers, with times and identifications.
#ifndef DSMIPGEN_PLAN_H
#define DSMIPGEN_PLAN_H

#include "language/scenario.h"
#include "language/value.h"
#include "language/actors.h"

// What a packet is made of. All lists are of values_t, which the plan owns.
typedef struct {
	const step_t *source;  // for its name and expectation; lives as long as the scenario
	gint64 time;           // microseconds since 1970
	values_t *step;        // trailer, cut, snaplen
	GPtrArray *layers;     // outermost first
	GPtrArray *extensions; // of the control message among the layers
	bool source_is_auto;   // the Ethernet addresses are not given by the scenario
	bool destination_is_auto;
} plan_t;

// A request that came from elsewhere, which a step may answer or refer to.
typedef struct {
	const char *name; // as if a step had sent it
	guint64 identification;
} heard_request_t;

// When the steps of a scenario are, and what was heard before.
typedef struct {
	gint64 start;          // microseconds since 1970
	const gint64 *offsets; // of each step from there; NULL: as the scenario says
	const GArray *heard;   // of heard_request_t, the latest at the end; NULL: nothing
} timing_t;

// The plans of all steps (plan_t, owned by the list); NULL with an error.
GPtrArray *plan_scenario(const scenario_t *scenario, const actors_t *actors, const timing_t *timing, GError **error);

// When a scenario starts, if the one before it ended at this time (0: there was none): the first full minute at least
// 60 s later, or the fixed start of all captures. Microseconds since 1970.
gint64 plan_start(gint64 end);

// How many bytes of a plan's packet of that length are stored.
gsize plan_captured(const plan_t *plan, gsize length);

// A copy of all values; the step is shared. Free with plan_free().
plan_t *plan_copy(const plan_t *plan);
// Makes a copy that was changed what it was.
void plan_restore(plan_t *copy, const plan_t *plan);
void plan_free(plan_t *plan);

#endif
