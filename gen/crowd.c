// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes: a source of packets made from templates, interleaved by time.
#include "crowd.h"

#include "compose.h"
#include "template.h"

#include <string.h>

#define SAMPLE 32 // nodes that are checked

// One step of the scenario, or a fragment of it: its packets come node after node.
struct lane {
	struct template *template; // of the crowd
	struct cutting cutting;
	guint fragment;
	char *before; // comment before the number of the node
	char *after;
	gint64 time; // of node 0
	gsize snaplen;
	bool source_is_auto;
	bool destination_is_auto;
	guint32 node; // whose packet is next
};

struct crowd {
	struct packet_source base;
	struct nodes *nodes;
	guint32 count;
	gint64 start;
	gint64 spacing;
	GPtrArray *templates;
	GArray *lanes; // struct lane
	GByteArray *fragment;
	GString *comment;
};

static struct lane *lane_at(const struct crowd *crowd, guint index)
{
	return &g_array_index(crowd->lanes, struct lane, index);
}

static gint64 time_of(const struct crowd *crowd, const struct lane *lane)
{
	return lane->time + lane->node * crowd->spacing;
}

// The lane whose next packet is the earliest; at the same time the lower node's, and of that the earlier step.
static struct lane *first_lane(const struct crowd *crowd)
{
	struct lane *first = NULL;

	for (guint i = 0; i < crowd->lanes->len; i++) {
		struct lane *lane = lane_at(crowd, i);
		gint64 ahead;

		if (lane->node == crowd->count)
			continue;
		ahead = first == NULL ? 1 : time_of(crowd, first) - time_of(crowd, lane);
		if (ahead > 0 || (ahead == 0 && lane->node < first->node))
			first = lane;
	}
	return first;
}

static void fill_frame(struct crowd *crowd, const struct lane *lane, struct source_packet *frame)
{
	template_fill(lane->template, crowd->nodes, lane->node, lane->node * crowd->spacing);
	*frame = (struct source_packet){
		.time = time_of(crowd, lane),
		.bytes = lane->template->bytes,
		.length = lane->template->length,
		.source_is_auto = lane->source_is_auto,
		.destination_is_auto = lane->destination_is_auto,
	};
	if (lane->cutting.count > 1) {
		fragment_make(&lane->cutting, frame->bytes, frame->length, lane->fragment, crowd->fragment);
		frame->bytes = crowd->fragment->data;
		frame->length = crowd->fragment->len;
	}
	frame->captured = MIN(frame->length, lane->snaplen);
	if (!crowd->base.makes_comments)
		return;
	g_string_printf(crowd->comment, "%s%u%s", lane->before, lane->node, lane->after);
	frame->comment = crowd->comment->str;
}

static bool next_of_crowd(struct packet_source *source, struct source_packet *frame)
{
	struct crowd *crowd = (struct crowd *)source;
	struct lane *lane = first_lane(crowd);

	if (lane == NULL)
		return false;
	fill_frame(crowd, lane, frame);
	lane->node++;
	return true;
}

static void free_crowd(struct packet_source *source)
{
	struct crowd *crowd = (struct crowd *)source;

	g_array_unref(crowd->lanes);
	g_ptr_array_unref(crowd->templates);
	g_byte_array_unref(crowd->fragment);
	g_clear_pointer(&crowd->nodes, nodes_free);
	g_string_free(crowd->comment, TRUE);
	g_free(crowd);
}

static void clear_lane(gpointer item)
{
	struct lane *lane = item;

	g_free(lane->before);
	g_free(lane->after);
}

static void add_lane(struct crowd *crowd, const struct scenario *scenario, const struct plan *plan, struct lane lane)
{
	lane.before = g_strdup_printf("dsmipgen %s step %s node ", scenario->name, step_name(plan->source));
	lane.after = compose_expectation(plan->source, &lane.cutting, lane.fragment);
	g_array_append_val(crowd->lanes, lane);
}

static bool add_step(struct crowd *crowd, const struct scenario *scenario, struct builder *builder, struct plan *plan,
		     GError **error)
{
	struct lane lane = {
		.time = plan->time,
		.snaplen = compose_captured(plan, G_MAXSIZE),
		.source_is_auto = plan->source_is_auto,
		.destination_is_auto = plan->destination_is_auto,
	};

	lane.template = template_new(builder, plan, crowd->nodes, error);
	if (lane.template == NULL)
		return false;
	g_ptr_array_add(crowd->templates, lane.template);
	if (!fragment_plan(plan, &lane.cutting, error))
		return false;
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
	char **own = nodes_assignments(crowd->nodes, node);
	GPtrArray *all = g_ptr_array_new();

	for (gsize i = 0; options->overrides != NULL && options->overrides[i] != NULL; i++)
		g_ptr_array_add(all, g_strdup(options->overrides[i]));
	for (gsize i = 0; own[i] != NULL; i++)
		g_ptr_array_add(all, g_strdup(own[i]));
	g_ptr_array_add(all, NULL);
	g_strfreev(own);
	return (char **)g_ptr_array_free(all, FALSE);
}

// Plans in the world of node 0, so that each value is known to fit and to come from a fact.
static GPtrArray *plan_first(const struct crowd *crowd, const struct scenario *scenario,
			     const struct crowd_options *options, GError **error)
{
	const struct timing timing = {crowd->start, options->offsets};
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
	for (guint i = 0; ok && i < plans->len; i++)
		ok = add_step(crowd, scenario, builder, plans->pdata[i], error);
	if (plans != NULL)
		g_ptr_array_unref(plans);
	builder_free(builder);
	return ok;
}

static bool is_same(const struct source_packet *frame, const struct packet *packet)
{
	return frame->time == packet->time && frame->captured == packet->captured &&
	       frame->length == g_bytes_get_size(packet->bytes) &&
	       memcmp(frame->bytes, g_bytes_get_data(packet->bytes, NULL), frame->length) == 0;
}

// Compares a node's packets with those that are built in its world, each checksum and authenticator anew.
static bool check_node(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		       guint32 node, GError **error)
{
	char **overrides = join_overrides(crowd, options, node);
	GPtrArray *packets = packet_list_new();
	const struct timing timing = {crowd->start + node * crowd->spacing, options->offsets};
	bool ok = compose_scenario_at(scenario, (const char *const *)overrides, options->seed, &timing, packets, error);

	for (guint i = 0; ok && i < packets->len; i++) {
		struct lane lane = *lane_at(crowd, i);
		struct source_packet frame;

		lane.node = node;
		fill_frame(crowd, &lane, &frame);
		ok = is_same(&frame, packets->pdata[i]);
		if (!ok)
			fail(error, GEN_ERROR_CHECK,
			     "self-check failed: %s%u is not as when it is built by itself; nothing is written",
			     lane.before, node);
	}
	g_ptr_array_unref(packets);
	g_strfreev(overrides);
	return ok;
}

// The first node, the last one, and some in between at equal distances.
bool crowd_check(struct packet_source *source, const struct scenario *scenario, const struct crowd_options *options,
		 GError **error)
{
	struct crowd *crowd = (struct crowd *)source;
	guint32 checked = MIN(SAMPLE, crowd->count);

	for (guint32 i = 0; i < checked; i++) {
		guint32 node = checked == 1 ? 0 : (guint32)((guint64)i * (crowd->count - 1) / (checked - 1));

		if (!check_node(crowd, scenario, options, node, error))
			return false;
	}
	return true;
}

static bool furnish(struct crowd *crowd, const struct scenario *scenario, const struct crowd_options *options,
		    GError **error)
{
	struct world *world = world_new();

	if (compose_world(world, scenario, options->overrides, error))
		crowd->nodes = nodes_new(world, options->nodes, options->derive_keys, error);
	world_free(world);
	return crowd->nodes != NULL;
}

struct packet_source *crowd_new(const struct scenario *scenario, const struct crowd_options *options, gint64 start,
				gint64 *end, GError **error)
{
	struct crowd *crowd = g_new0(struct crowd, 1);

	crowd->base = (struct packet_source){.next = next_of_crowd, .free = free_crowd};
	crowd->count = options->nodes;
	crowd->start = start;
	crowd->spacing = options->spacing;
	crowd->lanes = g_array_new(FALSE, FALSE, sizeof(struct lane));
	crowd->templates = g_ptr_array_new_with_free_func(free_template_item);
	crowd->fragment = g_byte_array_new();
	crowd->comment = g_string_new(NULL);
	g_array_set_clear_func(crowd->lanes, clear_lane);
	if (furnish(crowd, scenario, options, error) && add_lanes(crowd, scenario, options, error)) {
		*end = lane_at(crowd, crowd->lanes->len - 1)->time + (crowd->count - 1) * crowd->spacing;
		return &crowd->base;
	}
	free_crowd(&crowd->base);
	return NULL;
}
