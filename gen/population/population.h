// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes, or for its own: packets made from templates, interleaved by time.
#ifndef DSMIPGEN_POPULATION_H
#define DSMIPGEN_POPULATION_H

#include "language/scenario.h"
#include "packet/source.h"
#include "population/timeline.h"

struct population_options {
	const char *const *overrides; // actor.field=value, NULL at the end, or NULL
	guint32 seed;
	guint32 nodes;  // 0: those of the scenario
	gint64 spacing; // microseconds from the start of a node to that of the next
	bool derive_keys;
	struct pace pace; // which the times in the packets follow
};

struct population;

// Begun at a time, with all nodes. Memory does not grow with their number.
struct population *population_new(const struct scenario *scenario, const struct population_options *options,
				  gint64 start, GError **error);
void population_free(struct population *population);

// The population as a source, which takes it.
struct packet_source *population_source(struct population *population);

// The next packet, by the timeline, which can be begun anew.
bool population_next(struct population *population, struct source_packet *frame);
struct timeline *population_timeline(const struct population *population);

// The time of the last packet of the last node by the scenario.
gint64 population_last(const struct population *population);

// Compares the packets of some nodes, begun at a time, with those that are built one by one from the scenario, all
// checksums and authenticators anew. A difference fails with GEN_ERROR_CHECK.
bool population_check(struct population *population, const struct scenario *scenario,
		      const struct population_options *options, gint64 start, GError **error);

// The packets of a node, in order, counted from 0.

guint population_packets(const struct population *population);

// Leaves one out for all nodes.
void population_leave_out(struct population *population, guint index);

// One of the first, or of the last node; valid until the next is asked for.
void population_sample(struct population *population, guint index, bool is_last, struct source_packet *frame);

// Whether the scenario does not say the Ethernet destination of one.
bool population_is_open(const struct population *population, guint index);

// Gives one other Ethernet addresses for all nodes, where the scenario does not say them.
void population_address(struct population *population, guint index, const guint8 *destination, const guint8 *source);

// "coa_mode step request", for errors.
const char *population_name(const struct population *population, guint index);

// Which packet was asked for last, and of which node.
void population_last_packet(const struct population *population, guint *index, guint32 *node);

// Name of a packet of a node, "coa_mode step request node 17"; free with g_free.
char *population_packet_name(const struct population *population, guint index, guint32 node);

#endif
