// SPDX-License-Identifier: GPL-2.0-or-later
// A population: many nodes, each with a scenario, values and a time of its own, side by side.
#ifndef DSMIPGEN_MIXTURE_H
#define DSMIPGEN_MIXTURE_H

#include "population/population.h"

#define MIXTURE_MAX 100000 // nodes: each has its own packets in memory

// The packets of all nodes of a scenario with a population, in the order of time; last becomes the time of the last
// one. Free with packet_source_free(). NULL with an error.
packet_source_t *mixture_new(const scenario_t *scenario, const population_options_t *options, gint64 start,
			     gint64 *last, GError **error);

#endif
