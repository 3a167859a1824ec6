// SPDX-License-Identifier: GPL-2.0-or-later
// When the packets of many nodes are due: which one is next, and the times that go into them.
#include "population/timeline.h"

// A packet that each node has.
typedef struct {
	guint step;
	gint64 time;    // from the start of its node
	guint64 weight; // what a rate counts of it: one packet, or its bits
	guint64 before; // weights of the tracks before it
	guint32 node;   // whose packet is next, counted from the first of this run
} track_t;

// From a place on, packets are later than planned.
typedef struct {
	gint64 from;
	gint64 later; // microseconds
} shift_t;

// A place is a time in microseconds from the start; at top speed, which plans no times, the number of a packet.
struct timeline {
	pace_t pace;
	gint64 spacing;
	GArray *steps; // gint64 times
	GArray *tracks;
	GArray *shifts;
	gint64 start;
	guint32 first;
	guint32 nodes;
	guint oldest;   // track that is not at its end
	int next;       // track whose turn is next, or -1
	guint64 passed; // weight of the turns that were taken
	gint64 place;   // of the last of them
	gint64 at;      // its time by the scenario
	guint64 epoch;
};

static track_t *track_at(const timeline_t *timeline, guint index)
{
	return &g_array_index(timeline->tracks, track_t, index);
}

timeline_t *timeline_new(const pace_t *pace, gint64 spacing)
{
	timeline_t *timeline = g_new0(timeline_t, 1);

	timeline->pace = *pace;
	timeline->spacing = spacing;
	timeline->steps = g_array_new(FALSE, FALSE, sizeof(gint64));
	timeline->tracks = g_array_new(FALSE, FALSE, sizeof(track_t));
	timeline->shifts = g_array_new(FALSE, FALSE, sizeof(shift_t));
	timeline->next = -1;
	return timeline;
}

void timeline_free(timeline_t *timeline)
{
	g_array_unref(timeline->steps);
	g_array_unref(timeline->tracks);
	g_array_unref(timeline->shifts);
	g_free(timeline);
}

void timeline_add_step(timeline_t *timeline, gint64 time)
{
	g_array_append_val(timeline->steps, time);
}

static guint64 total_weight(const timeline_t *timeline)
{
	const track_t *last = timeline->tracks->len > 0 ? track_at(timeline, timeline->tracks->len - 1) : NULL;

	return last ? last->before + last->weight : 0;
}

void timeline_add_packet(timeline_t *timeline, gsize length)
{
	track_t track = {
		.step = timeline->steps->len - 1,
		.time = g_array_index(timeline->steps, gint64, timeline->steps->len - 1),
		.weight = timeline->pace.kind == PACE_BITS ? 8 * length : 1,
		.before = total_weight(timeline),
	};

	g_array_append_val(timeline->tracks, track);
}

void timeline_remove_packet(timeline_t *timeline, guint index)
{
	guint64 weight = track_at(timeline, index)->weight;

	g_array_remove_index(timeline->tracks, index);
	for (; index < timeline->tracks->len; index++)
		track_at(timeline, index)->before -= weight;
}

void timeline_trim(timeline_t *timeline)
{
	gint64 lead = track_at(timeline, 0)->time;

	for (guint i = 0; i < timeline->tracks->len; i++)
		track_at(timeline, i)->time -= lead;
	for (guint i = 0; i < timeline->steps->len; i++)
		g_array_index(timeline->steps, gint64, i) -= lead;
	timeline->epoch++;
}

static gint64 time_of_turn(const timeline_t *timeline, const track_t *track)
{
	return track->time + track->node * timeline->spacing;
}

// The track whose next packet is the earliest; at the same time the lower node's, and of that the earlier one. Tracks
// begin and end in their order, so that those under way stand together.
static void find_next(timeline_t *timeline)
{
	const track_t *first = NULL;

	while (timeline->oldest < timeline->tracks->len &&
	       track_at(timeline, timeline->oldest)->node == timeline->nodes)
		timeline->oldest++;
	timeline->next = -1;
	for (guint i = timeline->oldest; i < timeline->tracks->len; i++) {
		const track_t *track = track_at(timeline, i);
		gint64 ahead = 1;

		if (first)
			ahead = time_of_turn(timeline, first) - time_of_turn(timeline, track);
		if (ahead > 0 || (ahead == 0 && track->node < first->node)) {
			first = track;
			timeline->next = (int)i;
		}
		if (track->node == 0)
			return;
	}
}

void timeline_begin(timeline_t *timeline, gint64 start, guint32 first, guint32 nodes)
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
	for (guint i = 0; i < timeline->tracks->len; i++)
		track_at(timeline, i)->node = 0;
	find_next(timeline);
}

static bool is_timed(const timeline_t *timeline)
{
	return timeline->pace.kind == PACE_SCENARIO;
}

static gint64 place_after(const timeline_t *timeline, guint64 weight)
{
	return timeline->pace.kind == PACE_TOPSPEED ? (gint64)weight : pace_span(&timeline->pace, weight);
}

static gint64 place_of_next(const timeline_t *timeline)
{
	return is_timed(timeline) ? time_of_turn(timeline, track_at(timeline, (guint)timeline->next))
				  : place_after(timeline, timeline->passed);
}

static gint64 later_at(const timeline_t *timeline, gint64 place)
{
	for (guint i = timeline->shifts->len; i-- > 0;) {
		const shift_t *shift = &g_array_index(timeline->shifts, shift_t, i);

		if (shift->from <= place)
			return shift->later;
	}
	return 0;
}

static gint64 time_at(const timeline_t *timeline, gint64 place)
{
	return timeline->start + (timeline->pace.kind == PACE_TOPSPEED ? 0 : place) + later_at(timeline, place);
}

bool timeline_next(timeline_t *timeline, turn_t *turn)
{
	if (timeline->next < 0)
		return false;
	track_t *track = track_at(timeline, (guint)timeline->next);
	timeline->place = place_of_next(timeline);
	timeline->at = time_of_turn(timeline, track);
	*turn = (turn_t){
		.index = (guint)timeline->next,
		.node = timeline->first + track->node,
		.time = time_at(timeline, timeline->place),
	};
	timeline->passed += track->weight;
	track->node++;
	find_next(timeline);
	return true;
}

bool timeline_gap(const timeline_t *timeline, gint64 *gap)
{
	if (timeline->next < 0)
		return false;
	*gap = time_of_turn(timeline, track_at(timeline, (guint)timeline->next)) - timeline->at;
	return true;
}

gint64 timeline_end(const timeline_t *timeline)
{
	return time_at(timeline, is_timed(timeline) ? timeline->place : place_after(timeline, timeline->passed));
}

// What is at the same place as the last packet already has its time.
void timeline_follow(timeline_t *timeline, gint64 time)
{
	shift_t shift;

	if (timeline->next < 0 || place_of_next(timeline) == timeline->place)
		return;
	shift.from = place_of_next(timeline);
	gint64 missed = time - time_at(timeline, shift.from);
	if (ABS(missed) < TIMELINE_TOLERANCE)
		return;
	shift.later = later_at(timeline, shift.from) + missed;
	g_array_append_val(timeline->shifts, shift);
	timeline->epoch++;
}

// The first track that begins at a time or after it.
static guint track_from(const timeline_t *timeline, gint64 time)
{
	guint low = 0;
	guint high = timeline->tracks->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (track_at(timeline, middle)->time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

// How many packets of a track come before a step of a node: those that are earlier, and at the same time those of lower
// nodes and of earlier steps.
static guint64 count_before(const timeline_t *timeline, const track_t *track, guint step, gint64 node)
{
	gint64 distance = g_array_index(timeline->steps, gint64, step) - track->time;
	gint64 nodes; // by which the track is ahead

	if (timeline->spacing == 0 && distance != 0)
		return distance > 0 ? timeline->nodes : 0;
	nodes = distance == 0 ? 0 : distance / timeline->spacing;
	bool is_exact = distance == 0 || nodes * timeline->spacing == distance;
	if (!is_exact && distance < 0)
		nodes--;
	if (!is_exact || nodes < 0 || (nodes == 0 && track->step < step))
		nodes++;
	return (guint64)CLAMP(node + nodes, 0, (gint64)timeline->nodes);
}

static gint64 place_of(const timeline_t *timeline, guint step, gint64 node)
{
	gint64 time = g_array_index(timeline->steps, gint64, step) + node * timeline->spacing;
	guint i;

	if (is_timed(timeline))
		return time;
	i = track_from(timeline, time - (timeline->nodes - 1) * timeline->spacing); // earlier ones have ended by then
	guint64 weight =
		(i < timeline->tracks->len ? track_at(timeline, i)->before : total_weight(timeline)) * timeline->nodes;
	for (; i < timeline->tracks->len && track_at(timeline, i)->time <= time; i++)
		weight += track_at(timeline, i)->weight * count_before(timeline, track_at(timeline, i), step, node);
	return place_after(timeline, weight);
}

gint64 timeline_time(const timeline_t *timeline, guint step, guint32 node)
{
	return time_at(timeline, place_of(timeline, step, (gint64)node - timeline->first));
}

guint64 timeline_epoch(const timeline_t *timeline)
{
	return timeline->epoch;
}
