// SPDX-License-Identifier: GPL-2.0-or-later
// When the packets of many nodes are due: which one is next, and the times that go into them.
//
// The order is always that of the scenario: node K begins K times the spacing after node 0. The times are those of the
// scenario too, or at a rate those at which the packets of that order follow each other. A time can be told of a packet
// long before or after its turn, without anything kept for each node: a reply carries the time of its request.
#ifndef DSMIPGEN_TIMELINE_H
#define DSMIPGEN_TIMELINE_H

#include "population/pace.h"

// What a run may miss its times by before later packets carry others: at top speed there is no other way.
#define TIMELINE_TOLERANCE (G_USEC_PER_SEC / 10)

typedef struct timeline timeline_t;

// A packet whose turn it is.
typedef struct {
	guint index;  // among the packets of a node
	guint32 node; // counted from 0 over all
	gint64 time;  // microseconds since 1970
} turn_t;

// spacing: microseconds from the start of a node to that of the next.
timeline_t *timeline_new(const pace_t *pace, gint64 spacing);
void timeline_free(timeline_t *timeline);

// A step of each node, so many microseconds after the start of the node; steps come in order.
void timeline_add_step(timeline_t *timeline, gint64 time);
// A packet of the step that was added last; it has several if the packet is cut into fragments.
void timeline_add_packet(timeline_t *timeline, gsize length);
// Leaves out a packet of each node. Its step keeps its time.
void timeline_remove_packet(timeline_t *timeline, guint index);
// Moves all so that the first packet is at the start.
void timeline_trim(timeline_t *timeline);

// Puts the first of these nodes at the start, and its first packet next.
void timeline_begin(timeline_t *timeline, gint64 start, guint32 first, guint32 nodes);
// Takes the next turn; false if all are taken.
bool timeline_next(timeline_t *timeline, turn_t *turn);
// Microseconds from the turn that was taken last to the next one by the scenario; false if there is none.
bool timeline_gap(const timeline_t *timeline, gint64 *gap);
// When the rate, or the last packet, lets something else follow.
gint64 timeline_end(const timeline_t *timeline);

// Tells when the next packet is really sent. If that is too far off, what comes after it is moved.
void timeline_follow(timeline_t *timeline, gint64 time);

// The time of a step of a node.
gint64 timeline_time(const timeline_t *timeline, guint step, guint32 node);
// A number that changes whenever the result of timeline_time() changes.
guint64 timeline_epoch(const timeline_t *timeline);

#endif
