// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes: a source of packets made from templates, interleaved by time.
#ifndef DSMIPGEN_CROWD_H
#define DSMIPGEN_CROWD_H

#include "error.h"
#include "scenario.h"
#include "source.h"

struct crowd_options {
	const char *const *overrides; // actor.field=value, NULL at the end, or NULL
	guint32 seed;
	guint32 nodes;
	gint64 spacing;        // microseconds from the start of a node to that of the next
	const gint64 *offsets; // of each step from the start of its node; NULL: as the scenario says
	bool derive_keys;
};

// The source of a scenario for options->nodes nodes, from a start time on; *end becomes the time of its last
// packet. Memory does not grow with the nodes.
struct packet_source *crowd_new(const struct scenario *scenario, const struct crowd_options *options, gint64 start,
				gint64 *end, GError **error);

// Compares the packets of some nodes of a crowd, before the first was asked for, with those that are built one by one
// from the scenario, all checksums and authenticators anew. A difference fails with GEN_ERROR_CHECK.
bool crowd_check(struct packet_source *source, const struct scenario *scenario, const struct crowd_options *options,
		 GError **error);

#endif
