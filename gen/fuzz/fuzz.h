// SPDX-License-Identifier: GPL-2.0-or-later
// Mutated packets: a source of cases, each of which is a packet of a scenario with one or a few faults.
#ifndef DSMIPGEN_FUZZ_H
#define DSMIPGEN_FUZZ_H

#include "language/error.h"
#include "language/scenario.h"
#include "packet/source.h"

#define FUZZ_COUNT_MAX G_GINT64_CONSTANT(4000000000)

typedef struct {
	const char *const *overrides; // actor.field=value, NULL at the end, or NULL
	guint32 seed;
	guint64 first; // case
	guint64 count;
} fuzz_options_t;

// The steps of the scenario take turns; in the first round they are unchanged. What is changed, and
// every byte and time of a case, depends only on scenario, overrides, seed and number of the case. Takes the scenario,
// also on failure.
packet_source_t *fuzz_new(scenario_t *scenario, const fuzz_options_t *options, GError **error);

#endif
