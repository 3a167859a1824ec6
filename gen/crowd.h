// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes, or for its own: packets made from templates, interleaved by time.
#ifndef DSMIPGEN_CROWD_H
#define DSMIPGEN_CROWD_H

#include "scenario.h"
#include "source.h"
#include "timeline.h"

struct crowd_options {
	const char *const *overrides; // actor.field=value, NULL at the end, or NULL
	guint32 seed;
	guint32 nodes;  // 0: those of the scenario
	gint64 spacing; // microseconds from the start of a node to that of the next
	bool derive_keys;
	struct pace pace; // which the times in the packets follow
};

struct crowd;

// Begun at a time, with all nodes. Memory does not grow with their number.
struct crowd *crowd_new(const struct scenario *scenario, const struct crowd_options *options, gint64 start,
			GError **error);
void crowd_free(struct crowd *crowd);

// The crowd as a source, which takes it.
struct packet_source *crowd_source(struct crowd *crowd);

// The next packet, by the timeline, which can be begun anew.
bool crowd_next(struct crowd *crowd, struct source_packet *frame);
struct timeline *crowd_timeline(const struct crowd *crowd);

// The time of the last packet of the last node by the scenario.
gint64 crowd_last(const struct crowd *crowd);

// Compares the packets of some nodes, begun at a time, with those that are built one by one from the scenario, all
// checksums and authenticators anew. A difference fails with GEN_ERROR_CHECK.
bool crowd_check(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		 gint64 start, GError **error);

// The packets of a node, in order, from 0 on.

guint crowd_packets(const struct crowd *crowd);

// Leaves one out for all nodes.
void crowd_leave_out(struct crowd *crowd, guint index);

// One of the first, or of the last node; valid until the next is asked for.
void crowd_sample(struct crowd *crowd, guint index, bool is_last, struct source_packet *frame);

// Whether the scenario does not say the Ethernet destination of one.
bool crowd_is_open(const struct crowd *crowd, guint index);

// Gives one other Ethernet addresses for all nodes, where the scenario does not say them.
void crowd_address(struct crowd *crowd, guint index, const guint8 *destination, const guint8 *source);

// "coa_mode step request", for errors.
const char *crowd_name(const struct crowd *crowd, guint index);

// Which packet was asked for last, and of which node.
void crowd_last_packet(const struct crowd *crowd, guint *index, guint32 *node);

// Name of a packet of a node, "coa_mode step request node 17"; free with g_free.
char *crowd_packet_name(const struct crowd *crowd, guint index, guint32 node);

#endif
