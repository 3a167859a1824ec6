// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes, or for its own: packets made from templates, interleaved by time.
#ifndef DSMIPGEN_POPULATION_H
#define DSMIPGEN_POPULATION_H

#include "language/scenario.h"
#include "packet/source.h"
#include "population/node_facts.h"
#include "population/timeline.h"

typedef struct {
	const char *const *overrides; // actor.field=value, NULL at the end, or NULL
	guint32 seed;
	guint32 nodes;  // 0: those of the scenario
	gint64 spacing; // microseconds from the start of a node to that of the next
	bool derive_keys;
	pace_t pace;                 // which the times in the packets follow
	const node_facts_t *mixture; // the scenario is that of one of these nodes; NULL: it is not
	guint32 number;              // of that node
} population_options_t;

typedef struct population population_t;

// Makes the packets of all nodes, begun at a time in microseconds since 1970. Memory does not grow with the number of
// nodes. NULL with an error if the scenario cannot be built, or not for so many nodes; free with population_free(), or
// as a source.
population_t *population_new(const scenario_t *scenario, const population_options_t *options, gint64 start,
			     GError **error);
void population_free(population_t *population);

// The population as a source, which is the same object.
packet_source_t *population_source(population_t *population);

// The next packet by the timeline, which can be begun anew; false at its end.
bool population_next(population_t *population, packet_t *packet);
// Its timeline, which belongs to the population.
timeline_t *population_timeline(const population_t *population);

// How many nodes there are: 1 for the scenario's own.
guint32 population_count(const population_t *population);

// The time of the last packet of the last node by the scenario, in microseconds since 1970.
gint64 population_last(const population_t *population);

// The overrides of the user and then the facts of a node, as scenario_actors() takes them; free with g_strfreev().
char **population_overrides(const population_t *population, const char *const *overrides, guint32 node);

// The packets of a node, in order, counted from 0.

// How many there are.
guint population_packets(const population_t *population);

// Leaves one out for all nodes.
void population_leave_out(population_t *population, guint index);

// Makes one packet of a node, without a time of its own; valid until the next one is made.
void population_make(population_t *population, guint index, guint32 node, packet_t *packet);

// Whether the scenario does not say the Ethernet destination of one.
bool population_is_open(const population_t *population, guint index);

// Gives one other Ethernet addresses for all nodes, where the scenario does not say them.
void population_address(population_t *population, guint index, const guint8 *destination, const guint8 *source);

// "coa_mode step request", for errors that concern all nodes.
const char *population_name(const population_t *population, guint index);

// Name of a packet, "coa_mode step request node 17", or without a node where they are the scenario's own; free with
// g_free().
char *population_packet_name(const population_t *population, const packet_t *packet);

#endif
