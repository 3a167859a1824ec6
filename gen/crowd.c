// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes, or for its own: packets made from templates, interleaved by time.
#include "crowd.h"

#include "compose.h"
#include "template.h"

#include <net/ethernet.h>
#include <string.h>

#define SAMPLE 32 // nodes that are checked

// One step of the scenario, or a fragment of it: its packets come node after node.
struct lane {
	struct template *template; // of the crowd
	struct cutting cutting;
	guint fragment;
	GByteArray *bytes; // of a fragment; NULL: those of the template
	char *name;
	char *expectation;
	gsize snaplen;
	bool source_is_open; // the Ethernet addresses are not given by the scenario
	bool destination_is_open;
	bool has_addresses; // those below are in place of open ones
	guint8 destination[ETH_ALEN];
	guint8 source[ETH_ALEN];
	bool is_filled;
	guint32 node;  // for which it is filled,
	guint64 epoch; // and when
};

struct crowd {
	struct packet_source base;
	struct timeline *timeline;
	struct nodes *nodes; // NULL: those of the scenario
	guint32 count;
	gint64 start;
	gint64 last; // time of the last packet
	GPtrArray *templates;
	GArray *lanes; // struct lane
	struct turn turn;
	GString *comment;
};

static struct lane *lane_at(const struct crowd *crowd, guint index)
{
	return &g_array_index(crowd->lanes, struct lane, index);
}

static gint64 time_of_step(gconstpointer crowd, guint step, guint32 node)
{
	return timeline_time(((const struct crowd *)crowd)->timeline, step, node);
}

static void fill_lane(const struct crowd *crowd, struct lane *lane, guint32 node)
{
	guint8 *bytes = lane->template->bytes;

	template_fill(lane->template, crowd->nodes, node, time_of_step, crowd);
	if (lane->bytes != NULL) {
		fragment_make(&lane->cutting, bytes, lane->template->length, lane->fragment, lane->bytes);
		bytes = lane->bytes->data;
	}
	if (lane->has_addresses && lane->destination_is_open)
		memcpy(bytes, lane->destination, ETH_ALEN);
	if (lane->has_addresses && lane->source_is_open)
		memcpy(bytes + ETH_ALEN, lane->source, ETH_ALEN);
	lane->is_filled = true;
	lane->node = node;
	lane->epoch = timeline_epoch(crowd->timeline);
}

// At top speed the packets of a scenario's own nodes are often the same as before.
static void make_frame(const struct crowd *crowd, struct lane *lane, const struct turn *turn,
		       struct source_packet *frame)
{
	if (!lane->is_filled || lane->node != turn->node || lane->epoch != timeline_epoch(crowd->timeline))
		fill_lane(crowd, lane, turn->node);
	*frame = (struct source_packet){
		.time = turn->time,
		.bytes = lane->bytes != NULL ? lane->bytes->data : lane->template->bytes,
		.length = lane->bytes != NULL ? lane->bytes->len : lane->template->length,
	};
	frame->captured = MIN(frame->length, lane->snaplen);
}

bool crowd_next(struct crowd *crowd, struct source_packet *frame)
{
	struct lane *lane;

	if (!timeline_next(crowd->timeline, &crowd->turn))
		return false;
	lane = lane_at(crowd, crowd->turn.index);
	make_frame(crowd, lane, &crowd->turn, frame);
	if (crowd->base.makes_comments) {
		g_string_printf(crowd->comment, "dsmipgen %s node %u%s", lane->name, crowd->turn.node,
				lane->expectation);
		frame->comment = crowd->comment->str;
	}
	return true;
}

static bool next_of_source(struct packet_source *source, struct source_packet *frame)
{
	return crowd_next((struct crowd *)source, frame);
}

void crowd_free(struct crowd *crowd)
{
	timeline_free(crowd->timeline);
	g_array_unref(crowd->lanes);
	g_ptr_array_unref(crowd->templates);
	g_clear_pointer(&crowd->nodes, nodes_free);
	g_string_free(crowd->comment, TRUE);
	g_free(crowd);
}

static void free_source(struct packet_source *source)
{
	crowd_free((struct crowd *)source);
}

struct packet_source *crowd_source(struct crowd *crowd)
{
	return &crowd->base;
}

static void clear_lane(gpointer item)
{
	struct lane *lane = item;

	g_clear_pointer(&lane->bytes, g_byte_array_unref);
	g_free(lane->name);
	g_free(lane->expectation);
}

static void add_lane(struct crowd *crowd, const struct scenario *scenario, const struct plan *plan, struct lane lane)
{
	struct turn turn = {0};
	struct source_packet frame;

	lane.name = g_strdup_printf("%s step %s", scenario->name, step_name(plan->source));
	lane.expectation = compose_expectation(plan->source, &lane.cutting, lane.fragment);
	if (lane.cutting.count > 1)
		lane.bytes = g_byte_array_new();
	make_frame(crowd, &lane, &turn, &frame); // for its length
	timeline_add_packet(crowd->timeline, frame.length);
	g_array_append_val(crowd->lanes, lane);
}

static bool add_step(struct crowd *crowd, const struct scenario *scenario, struct builder *builder, struct plan *plan,
		     GError **error)
{
	struct lane lane = {
		.snaplen = compose_captured(plan, G_MAXSIZE),
		.source_is_open = plan->source_is_auto,
		.destination_is_open = plan->destination_is_auto,
	};

	lane.template = template_new(builder, plan, crowd->nodes, error);
	if (lane.template == NULL)
		return false;
	g_ptr_array_add(crowd->templates, lane.template);
	if (!fragment_plan(plan, &lane.cutting, error))
		return false;
	timeline_add_step(crowd->timeline, plan->time - crowd->start);
	for (; lane.fragment < lane.cutting.count; lane.fragment++)
		add_lane(crowd, scenario, plan, lane);
	return true;
}

static void free_template_item(gpointer template)
{
	template_free(template);
}

// Overrides of the user, and then the facts of a node.
static char **join_overrides(const struct crowd *crowd, const struct crowd_options *options, guint32 node)
{
	char **own = crowd->nodes != NULL ? nodes_assignments(crowd->nodes, node) : NULL;
	GPtrArray *all = g_ptr_array_new();

	for (gsize i = 0; options->overrides != NULL && options->overrides[i] != NULL; i++)
		g_ptr_array_add(all, g_strdup(options->overrides[i]));
	for (gsize i = 0; own != NULL && own[i] != NULL; i++)
		g_ptr_array_add(all, g_strdup(own[i]));
	g_ptr_array_add(all, NULL);
	g_strfreev(own);
	return (char **)g_ptr_array_free(all, FALSE);
}

// Plans in the world of node 0, so that each value is known to fit and to come from a fact.
static GPtrArray *plan_first(const struct crowd *crowd, const struct scenario *scenario,
			     const struct crowd_options *options, GError **error)
{
	const struct timing timing = {.start = crowd->start};
	char **overrides = join_overrides(crowd, options, 0);
	struct world *world = world_new();
	GPtrArray *plans = NULL;

	if (compose_world(world, scenario, (const char *const *)overrides, error))
		plans = plan_scenario(scenario, world, &timing, error);
	world_free(world);
	g_strfreev(overrides);
	return plans;
}

static bool add_lanes(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		      GError **error)
{
	struct builder *builder = builder_new(options->seed, error);
	GPtrArray *plans;
	bool ok;

	if (builder == NULL)
		return false;
	plans = plan_first(crowd, scenario, options, error);
	ok = plans != NULL;
	timeline_begin(crowd->timeline, crowd->start, 0, crowd->count);
	for (guint i = 0; ok && i < plans->len; i++) {
		struct plan *plan = plans->pdata[i];

		ok = add_step(crowd, scenario, builder, plan, error);
		crowd->last = plan->time + (crowd->count - 1) * options->spacing;
	}
	if (plans != NULL)
		g_ptr_array_unref(plans);
	builder_free(builder);
	return ok;
}

static bool is_same(const struct source_packet *frame, const struct packet *packet)
{
	return frame->captured == packet->captured && frame->length == g_bytes_get_size(packet->bytes) &&
	       memcmp(frame->bytes, g_bytes_get_data(packet->bytes, NULL), frame->length) == 0;
}

// The times of the steps of a node, from the start of the crowd.
static GArray *offsets_of(const struct crowd *crowd, const struct scenario *scenario, gint64 start, guint32 node)
{
	GArray *offsets = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (guint step = 0; step < scenario->steps->len; step++) {
		gint64 offset = timeline_time(crowd->timeline, step, node) - start;

		g_array_append_val(offsets, offset);
	}
	return offsets;
}

// Compares a node's packets with those that are built in its world, each checksum and authenticator anew.
static bool check_node(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		       gint64 start, guint32 node, GError **error)
{
	char **overrides = join_overrides(crowd, options, node);
	GArray *offsets = offsets_of(crowd, scenario, start, node);
	const struct timing timing = {start, &g_array_index(offsets, gint64, 0)};
	GPtrArray *packets = packet_list_new();
	bool ok = compose_scenario_at(scenario, (const char *const *)overrides, options->seed, &timing, packets, error);

	for (guint i = 0; ok && i < packets->len; i++) {
		const struct packet *packet = packets->pdata[i];
		const struct turn turn = {i, node, packet->time};
		struct source_packet frame;

		make_frame(crowd, lane_at(crowd, i), &turn, &frame);
		ok = is_same(&frame, packet);
		if (!ok)
			fail(error, GEN_ERROR_CHECK,
			     "self-check failed: %s node %u is not as when it is built by itself; nothing is written "
			     "or sent",
			     crowd_name(crowd, i), node);
	}
	g_array_unref(offsets);
	g_ptr_array_unref(packets);
	g_strfreev(overrides);
	return ok;
}

// The first node, the last one, and some in between at equal distances.
bool crowd_check(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		 gint64 start, GError **error)
{
	guint32 checked = MIN(SAMPLE, crowd->count);

	timeline_begin(crowd->timeline, start, 0, crowd->count);
	for (guint32 i = 0; i < checked; i++) {
		guint32 node = checked == 1 ? 0 : (guint32)((guint64)i * (crowd->count - 1) / (checked - 1));

		if (!check_node(crowd, scenario, options, start, node, error))
			return false;
	}
	return true;
}

static bool furnish(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		    GError **error)
{
	struct world *world;

	if (options->nodes == 0)
		return true;
	world = world_new();
	if (compose_world(world, scenario, options->overrides, error))
		crowd->nodes = nodes_new(world, options->nodes, options->derive_keys, error);
	world_free(world);
	return crowd->nodes != NULL;
}

struct crowd *crowd_new(const struct scenario *scenario, const struct crowd_options *options, gint64 start,
			GError **error)
{
	struct crowd *crowd = g_new0(struct crowd, 1);

	crowd->base = (struct packet_source){.next = next_of_source, .free = free_source};
	crowd->timeline = timeline_new(&options->pace, options->spacing);
	crowd->count = MAX(options->nodes, 1);
	crowd->start = start;
	crowd->lanes = g_array_new(FALSE, FALSE, sizeof(struct lane));
	crowd->templates = g_ptr_array_new_with_free_func(free_template_item);
	crowd->comment = g_string_new(NULL);
	g_array_set_clear_func(crowd->lanes, clear_lane);
	if (furnish(crowd, scenario, options, error) && add_lanes(crowd, scenario, options, error)) {
		timeline_begin(crowd->timeline, start, 0, crowd->count);
		return crowd;
	}
	crowd_free(crowd);
	return NULL;
}

struct timeline *crowd_timeline(const struct crowd *crowd)
{
	return crowd->timeline;
}

gint64 crowd_last(const struct crowd *crowd)
{
	return crowd->last;
}

guint crowd_packets(const struct crowd *crowd)
{
	return crowd->lanes->len;
}

void crowd_leave_out(struct crowd *crowd, guint index)
{
	g_array_remove_index(crowd->lanes, index);
	timeline_remove_packet(crowd->timeline, index);
}

void crowd_sample(struct crowd *crowd, guint index, bool is_last, struct source_packet *frame)
{
	const struct turn turn = {.node = is_last ? crowd->count - 1 : 0};

	make_frame(crowd, lane_at(crowd, index), &turn, frame);
}

bool crowd_is_open(const struct crowd *crowd, guint index)
{
	return lane_at(crowd, index)->destination_is_open;
}

void crowd_address(struct crowd *crowd, guint index, const guint8 *destination, const guint8 *source)
{
	struct lane *lane = lane_at(crowd, index);

	memcpy(lane->destination, destination, ETH_ALEN);
	memcpy(lane->source, source, ETH_ALEN);
	lane->has_addresses = true;
	lane->is_filled = false;
}

const char *crowd_name(const struct crowd *crowd, guint index)
{
	return lane_at(crowd, index)->name;
}

void crowd_last_packet(const struct crowd *crowd, guint *index, guint32 *node)
{
	*index = crowd->turn.index;
	*node = crowd->turn.node;
}

char *crowd_packet_name(const struct crowd *crowd, guint index, guint32 node)
{
	const char *name = crowd_name(crowd, index);

	return crowd->nodes != NULL ? g_strdup_printf("%s node %u", name, node) : g_strdup(name);
}
