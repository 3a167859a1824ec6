// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the frames of the rounds of `send`, one after another.
#ifndef DSMIPGEN_ROUND_H
#define DSMIPGEN_ROUND_H

#include "crowd.h"
#include "route.h"

// A frame, valid until the round is asked for the next one.
struct frame {
	const guint8 *bytes; // with Ethernet header
	gsize length;
	guint crowd; // of which scenario, which packet of which node it is
	guint packet;
	guint32 node;
};

// What a round is made of. All of it belongs to the caller.
struct round_options {
	const GPtrArray *scenarios; // of struct scenario, sent one after the other
	struct crowd_options crowd;
	bool is_filtered; // only packets to this IPv4 address
	guint32 to;
};

// A thread has one of its own.
struct round;

// Fails where nothing is left to send.
struct round *round_new(const struct round_options *options, GError **error);
void round_free(struct round *round);

// Compares packets with those that are built one by one; see crowd_check().
bool round_self_check(const struct round_options *options, GError **error);

// Whether all frames are untagged IPv4; `send --raw` takes nothing else.
bool round_check_ipv4(struct round *round, GError **error);

// Whether all frames fit an interface.
bool round_check_mtu(struct round *round, const struct interface *interface, GError **error);

// Whether a router can know the way of all frames: no neighbours are asked for that differ from node to node.
bool round_check_route(struct round *round, const struct router *router, GError **error);

// Finds the Ethernet addresses that the scenarios leave open.
bool round_route(struct round *round, struct router *router, GError **error);

// Frames of a round for each node.
guint64 round_frames(const struct round *round);

// Begins a round of some of the nodes, its first frame sent at start, in microseconds since 1970.
void round_begin(struct round *round, gint64 start, guint32 first, guint32 nodes);

// The next frame; false at the end of the round.
bool round_next(struct round *round, struct frame *frame);

// Nanoseconds to the next frame by the scenario, or to the next round.
gint64 round_gap(const struct round *round);

// Tells when the next frame is really sent, for the times in those that come after it.
void round_follow(struct round *round, gint64 time);

// Name of a frame of the round, "coa_mode step request", for errors; free with g_free.
char *round_step(const struct round *round, const struct frame *frame);

#endif
