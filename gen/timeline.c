// SPDX-License-Identifier: GPL-2.0-or-later
// When the packets of many nodes are: which one is next, and the times that go into them.
#include "timeline.h"

// A packet of each node, which comes node after node.
struct lane {
	guint step;
	gint64 time;    // from the start of its node
	guint64 weight; // what a rate counts of it: one packet, or its bits
	guint64 before; // weights of the lanes before it
	guint32 node;   // whose packet is next, counted from the first of this run
};

// From a place on, packets are later than planned.
struct shift {
	gint64 from;
	gint64 later; // microseconds
};

// A place is a time in microseconds from the start; at top speed, which plans no times, the number of a packet.
struct timeline {
	struct pace pace;
	gint64 spacing;
	GArray *steps; // gint64 times
	GArray *lanes;
	GArray *shifts;
	gint64 start;
	guint32 first;
	guint32 nodes;
	guint oldest;   // lane that is not at its end
	int next;       // lane whose turn is next, or -1
	guint64 passed; // weight of the turns that were taken
	gint64 place;   // of the last of them
	gint64 at;      // its time by the scenario
	guint64 epoch;
};

static struct lane *lane_at(const struct timeline *timeline, guint index)
{
	return &g_array_index(timeline->lanes, struct lane, index);
}

struct timeline *timeline_new(const struct pace *pace, gint64 spacing)
{
	struct timeline *timeline = g_new0(struct timeline, 1);

	timeline->pace = *pace;
	timeline->spacing = spacing;
	timeline->steps = g_array_new(FALSE, FALSE, sizeof(gint64));
	timeline->lanes = g_array_new(FALSE, FALSE, sizeof(struct lane));
	timeline->shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
	timeline->next = -1;
	return timeline;
}

void timeline_free(struct timeline *timeline)
{
	g_array_unref(timeline->steps);
	g_array_unref(timeline->lanes);
	g_array_unref(timeline->shifts);
	g_free(timeline);
}

void timeline_add_step(struct timeline *timeline, gint64 time)
{
	g_array_append_val(timeline->steps, time);
}

static guint64 total_weight(const struct timeline *timeline)
{
	const struct lane *last = timeline->lanes->len > 0 ? lane_at(timeline, timeline->lanes->len - 1) : NULL;

	return last != NULL ? last->before + last->weight : 0;
}

void timeline_add_packet(struct timeline *timeline, gsize length)
{
	struct lane lane = {
		.step = timeline->steps->len - 1,
		.time = g_array_index(timeline->steps, gint64, timeline->steps->len - 1),
		.weight = timeline->pace.kind == PACE_BITS ? 8 * length : 1,
		.before = total_weight(timeline),
	};

	g_array_append_val(timeline->lanes, lane);
}

void timeline_remove_packet(struct timeline *timeline, guint index)
{
	guint64 weight = lane_at(timeline, index)->weight;

	g_array_remove_index(timeline->lanes, index);
	for (; index < timeline->lanes->len; index++)
		lane_at(timeline, index)->before -= weight;
}

void timeline_trim(struct timeline *timeline)
{
	gint64 lead = lane_at(timeline, 0)->time;

	for (guint i = 0; i < timeline->lanes->len; i++)
		lane_at(timeline, i)->time -= lead;
	for (guint i = 0; i < timeline->steps->len; i++)
		g_array_index(timeline->steps, gint64, i) -= lead;
	timeline->epoch++;
}

static gint64 time_of_turn(const struct timeline *timeline, const struct lane *lane)
{
	return lane->time + lane->node * timeline->spacing;
}

// The lane whose next packet is the earliest; at the same time the lower node's, and of that the earlier one. Lanes
// begin and end in their order, so that those under way stand together.
static void find_next(struct timeline *timeline)
{
	const struct lane *first = NULL;

	while (timeline->oldest < timeline->lanes->len && lane_at(timeline, timeline->oldest)->node == timeline->nodes)
		timeline->oldest++;
	timeline->next = -1;
	for (guint i = timeline->oldest; i < timeline->lanes->len; i++) {
		const struct lane *lane = lane_at(timeline, i);
		gint64 ahead = 1;

		if (first != NULL)
			ahead = time_of_turn(timeline, first) - time_of_turn(timeline, lane);
		if (ahead > 0 || (ahead == 0 && lane->node < first->node)) {
			first = lane;
			timeline->next = (int)i;
		}
		if (lane->node == 0)
			return;
	}
}

void timeline_begin(struct timeline *timeline, gint64 start, guint32 first, guint32 nodes)
{
	if (start != timeline->start || first != timeline->first || nodes != timeline->nodes ||
	    timeline->shifts->len > 0)
		timeline->epoch++;
	timeline->start = start;
	timeline->first = first;
	timeline->nodes = nodes;
	timeline->oldest = 0;
	timeline->passed = 0;
	timeline->place = G_MININT64;
	g_array_set_size(timeline->shifts, 0);
	for (guint i = 0; i < timeline->lanes->len; i++)
		lane_at(timeline, i)->node = 0;
	find_next(timeline);
}

static bool is_timed(const struct timeline *timeline)
{
	return timeline->pace.kind == PACE_SCENARIO;
}

static gint64 place_after(const struct timeline *timeline, guint64 weight)
{
	return timeline->pace.kind == PACE_TOPSPEED ? (gint64)weight : pace_span(&timeline->pace, weight);
}

static gint64 place_of_next(const struct timeline *timeline)
{
	return is_timed(timeline) ? time_of_turn(timeline, lane_at(timeline, (guint)timeline->next))
				  : place_after(timeline, timeline->passed);
}

static gint64 later_at(const struct timeline *timeline, gint64 place)
{
	for (guint i = timeline->shifts->len; i-- > 0;) {
		const struct shift *shift = &g_array_index(timeline->shifts, struct shift, i);

		if (shift->from <= place)
			return shift->later;
	}
	return 0;
}

static gint64 time_at(const struct timeline *timeline, gint64 place)
{
	return timeline->start + (timeline->pace.kind == PACE_TOPSPEED ? 0 : place) + later_at(timeline, place);
}

bool timeline_next(struct timeline *timeline, struct turn *turn)
{
	struct lane *lane;

	if (timeline->next < 0)
		return false;
	lane = lane_at(timeline, (guint)timeline->next);
	timeline->place = place_of_next(timeline);
	timeline->at = time_of_turn(timeline, lane);
	*turn = (struct turn){
		.index = (guint)timeline->next,
		.node = timeline->first + lane->node,
		.time = time_at(timeline, timeline->place),
	};
	timeline->passed += lane->weight;
	lane->node++;
	find_next(timeline);
	return true;
}

bool timeline_gap(const struct timeline *timeline, gint64 *gap)
{
	if (timeline->next < 0)
		return false;
	*gap = time_of_turn(timeline, lane_at(timeline, (guint)timeline->next)) - timeline->at;
	return true;
}

gint64 timeline_end(const struct timeline *timeline)
{
	return time_at(timeline, is_timed(timeline) ? timeline->place : place_after(timeline, timeline->passed));
}

// What is at the same place as the last packet has its time already.
void timeline_follow(struct timeline *timeline, gint64 time)
{
	struct shift shift;
	gint64 missed;

	if (timeline->next < 0 || place_of_next(timeline) == timeline->place)
		return;
	shift.from = place_of_next(timeline);
	missed = time - time_at(timeline, shift.from);
	if (ABS(missed) < TIMELINE_TOLERANCE)
		return;
	shift.later = later_at(timeline, shift.from) + missed;
	g_array_append_val(timeline->shifts, shift);
	timeline->epoch++;
}

// The first lane that begins at a time or after it.
static guint lane_from(const struct timeline *timeline, gint64 time)
{
	guint low = 0;
	guint high = timeline->lanes->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (lane_at(timeline, middle)->time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

// How many packets of a lane come before a step of a node: those that are earlier, and at the same time those of lower
// nodes and of earlier steps.
static guint64 count_before(const struct timeline *timeline, const struct lane *lane, guint step, gint64 node)
{
	gint64 distance = g_array_index(timeline->steps, gint64, step) - lane->time;
	gint64 nodes; // by which the lane is ahead
	bool is_exact;

	if (timeline->spacing == 0 && distance != 0)
		return distance > 0 ? timeline->nodes : 0;
	nodes = distance == 0 ? 0 : distance / timeline->spacing;
	is_exact = distance == 0 || nodes * timeline->spacing == distance;
	if (!is_exact && distance < 0)
		nodes--;
	if (!is_exact || nodes < 0 || (nodes == 0 && lane->step < step))
		nodes++;
	return (guint64)CLAMP(node + nodes, 0, (gint64)timeline->nodes);
}

static gint64 place_of(const struct timeline *timeline, guint step, gint64 node)
{
	gint64 time = g_array_index(timeline->steps, gint64, step) + node * timeline->spacing;
	guint64 weight;
	guint i;

	if (is_timed(timeline))
		return time;
	i = lane_from(timeline, time - (timeline->nodes - 1) * timeline->spacing); // others are at their end before
	weight = (i < timeline->lanes->len ? lane_at(timeline, i)->before : total_weight(timeline)) * timeline->nodes;
	for (; i < timeline->lanes->len && lane_at(timeline, i)->time <= time; i++)
		weight += lane_at(timeline, i)->weight * count_before(timeline, lane_at(timeline, i), step, node);
	return place_after(timeline, weight);
}

gint64 timeline_time(const struct timeline *timeline, guint step, guint32 node)
{
	return time_at(timeline, place_of(timeline, step, (gint64)node - timeline->first));
}

guint64 timeline_epoch(const struct timeline *timeline)
{
	return timeline->epoch;
}
