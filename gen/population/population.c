// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes, or for its own: packets made from templates, interleaved by time.
#include "population/population.h"

#include "packet/compose.h"
#include "population/template.h"

#include <net/ethernet.h>
#include <string.h>

#define SAMPLE 32 // nodes that are checked

// One step of the scenario, or a fragment of it, of which each node has a packet.
struct packet_slot {
	struct template *template; // of the population
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

struct population {
	struct packet_source base;
	struct timeline *timeline;
	struct node_facts *nodes; // NULL: those of the scenario
	guint32 count;
	gint64 start;
	gint64 last; // time of the last packet
	GPtrArray *templates;
	GArray *slots; // struct packet_slot
	struct turn turn;
	GString *comment;
};

static struct packet_slot *slot_at(const struct population *population, guint index)
{
	return &g_array_index(population->slots, struct packet_slot, index);
}

static gint64 time_of_step(gconstpointer population, guint step, guint32 node)
{
	return timeline_time(((const struct population *)population)->timeline, step, node);
}

static void fill_slot(const struct population *population, struct packet_slot *slot, guint32 node)
{
	guint8 *bytes = slot->template->bytes;

	template_fill(slot->template, population->nodes, node, time_of_step, population);
	if (slot->bytes != NULL) {
		fragment_make(&slot->cutting, bytes, slot->template->length, slot->fragment, slot->bytes);
		bytes = slot->bytes->data;
	}
	if (slot->has_addresses && slot->destination_is_open)
		memcpy(bytes, slot->destination, ETH_ALEN);
	if (slot->has_addresses && slot->source_is_open)
		memcpy(bytes + ETH_ALEN, slot->source, ETH_ALEN);
	slot->is_filled = true;
	slot->node = node;
	slot->epoch = timeline_epoch(population->timeline);
}

// At top speed the packets of a scenario's own nodes often do not change.
static void make_frame(const struct population *population, struct packet_slot *slot, const struct turn *turn,
		       struct source_packet *frame)
{
	if (!slot->is_filled || slot->node != turn->node || slot->epoch != timeline_epoch(population->timeline))
		fill_slot(population, slot, turn->node);
	*frame = (struct source_packet){
		.time = turn->time,
		.bytes = slot->bytes != NULL ? slot->bytes->data : slot->template->bytes,
		.length = slot->bytes != NULL ? slot->bytes->len : slot->template->length,
	};
	frame->captured = MIN(frame->length, slot->snaplen);
}

bool population_next(struct population *population, struct source_packet *frame)
{
	struct packet_slot *slot;

	if (!timeline_next(population->timeline, &population->turn))
		return false;
	slot = slot_at(population, population->turn.index);
	make_frame(population, slot, &population->turn, frame);
	if (population->base.makes_comments) {
		g_string_printf(population->comment, "dsmipgen %s node %u%s", slot->name, population->turn.node,
				slot->expectation);
		frame->comment = population->comment->str;
	}
	return true;
}

static bool next_of_source(struct packet_source *source, struct source_packet *frame)
{
	return population_next((struct population *)source, frame);
}

void population_free(struct population *population)
{
	timeline_free(population->timeline);
	g_array_unref(population->slots);
	g_ptr_array_unref(population->templates);
	g_clear_pointer(&population->nodes, node_facts_free);
	g_string_free(population->comment, TRUE);
	g_free(population);
}

static void free_source(struct packet_source *source)
{
	population_free((struct population *)source);
}

struct packet_source *population_source(struct population *population)
{
	return &population->base;
}

static void clear_slot(gpointer item)
{
	struct packet_slot *slot = item;

	g_clear_pointer(&slot->bytes, g_byte_array_unref);
	g_free(slot->name);
	g_free(slot->expectation);
}

static void add_slot(struct population *population, const struct scenario *scenario, const struct plan *plan,
		     struct packet_slot slot)
{
	struct turn turn = {0};
	struct source_packet frame;

	slot.name = g_strdup_printf("%s step %s", scenario->name, step_name(plan->source));
	slot.expectation = compose_expectation(plan->source, &slot.cutting, slot.fragment);
	if (slot.cutting.count > 1)
		slot.bytes = g_byte_array_new();
	make_frame(population, &slot, &turn, &frame); // for its length
	timeline_add_packet(population->timeline, frame.length);
	g_array_append_val(population->slots, slot);
}

static bool add_step(struct population *population, const struct scenario *scenario, struct builder *builder,
		     struct plan *plan, GError **error)
{
	struct packet_slot slot = {
		.snaplen = compose_captured(plan, G_MAXSIZE),
		.source_is_open = plan->source_is_auto,
		.destination_is_open = plan->destination_is_auto,
	};

	slot.template = template_new(builder, plan, population->nodes, error);
	if (slot.template == NULL)
		return false;
	g_ptr_array_add(population->templates, slot.template);
	if (!fragment_plan(plan, &slot.cutting, error))
		return false;
	timeline_add_step(population->timeline, plan->time - population->start);
	for (; slot.fragment < slot.cutting.count; slot.fragment++)
		add_slot(population, scenario, plan, slot);
	return true;
}

static void free_template_item(gpointer template)
{
	template_free(template);
}

// Overrides of the user, and then the facts of a node.
static char **join_overrides(const struct population *population, const struct population_options *options,
			     guint32 node)
{
	char **own = population->nodes != NULL ? node_facts_assignments(population->nodes, node) : NULL;
	GPtrArray *all = g_ptr_array_new();

	for (gsize i = 0; options->overrides != NULL && options->overrides[i] != NULL; i++)
		g_ptr_array_add(all, g_strdup(options->overrides[i]));
	for (gsize i = 0; own != NULL && own[i] != NULL; i++)
		g_ptr_array_add(all, g_strdup(own[i]));
	g_ptr_array_add(all, NULL);
	g_strfreev(own);
	return (char **)g_ptr_array_free(all, FALSE);
}

// Plans in the actors of node 0, so that each value is known to fit and to come from a fact.
static GPtrArray *plan_first(const struct population *population, const struct scenario *scenario,
			     const struct population_options *options, GError **error)
{
	const struct timing timing = {.start = population->start};
	char **overrides = join_overrides(population, options, 0);
	struct actors *actors = scenario_actors(scenario, (const char *const *)overrides, error);
	GPtrArray *plans = actors ? plan_scenario(scenario, actors, &timing, error) : NULL;

	g_clear_pointer(&actors, actors_free);
	g_strfreev(overrides);
	return plans;
}

static bool add_slots(struct population *population, const struct scenario *scenario,
		      const struct population_options *options, GError **error)
{
	struct builder *builder = builder_new(options->seed, error);
	GPtrArray *plans;
	bool ok;

	if (builder == NULL)
		return false;
	plans = plan_first(population, scenario, options, error);
	ok = plans != NULL;
	timeline_begin(population->timeline, population->start, 0, population->count);
	for (guint i = 0; ok && i < plans->len; i++) {
		struct plan *plan = plans->pdata[i];

		ok = add_step(population, scenario, builder, plan, error);
		population->last = plan->time + (population->count - 1) * options->spacing;
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

// The times of the steps of a node, from the start of the population.
static GArray *offsets_of(const struct population *population, const struct scenario *scenario, gint64 start,
			  guint32 node)
{
	GArray *offsets = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (guint step = 0; step < scenario->steps->len; step++) {
		gint64 offset = timeline_time(population->timeline, step, node) - start;

		g_array_append_val(offsets, offset);
	}
	return offsets;
}

// Compares a node's packets with packets that are built from scratch with its addresses and keys.
static bool check_node(struct population *population, const struct scenario *scenario,
		       const struct population_options *options, gint64 start, guint32 node, GError **error)
{
	char **overrides = join_overrides(population, options, node);
	GArray *offsets = offsets_of(population, scenario, start, node);
	const struct timing timing = {start, &g_array_index(offsets, gint64, 0)};
	GPtrArray *packets = packet_list_new();
	bool ok = compose_scenario_at(scenario, (const char *const *)overrides, options->seed, &timing, packets, error);

	for (guint i = 0; ok && i < packets->len; i++) {
		const struct packet *packet = packets->pdata[i];
		const struct turn turn = {i, node, packet->time};
		struct source_packet frame;

		make_frame(population, slot_at(population, i), &turn, &frame);
		ok = is_same(&frame, packet);
		if (!ok)
			fail(error, GEN_ERROR_CHECK,
			     "self-check failed: %s node %u differs from the packet that is built by itself; nothing "
			     "is written "
			     "or sent",
			     population_name(population, i), node);
	}
	g_array_unref(offsets);
	g_ptr_array_unref(packets);
	g_strfreev(overrides);
	return ok;
}

// The first node, the last one, and some in between at equal distances.
bool population_check(struct population *population, const struct scenario *scenario,
		      const struct population_options *options, gint64 start, GError **error)
{
	guint32 checked = MIN(SAMPLE, population->count);

	timeline_begin(population->timeline, start, 0, population->count);
	for (guint32 i = 0; i < checked; i++) {
		guint32 node = checked == 1 ? 0 : (guint32)((guint64)i * (population->count - 1) / (checked - 1));

		if (!check_node(population, scenario, options, start, node, error))
			return false;
	}
	return true;
}

static bool make_node_facts(struct population *population, const struct scenario *scenario,
			    const struct population_options *options, GError **error)
{
	struct actors *actors;

	if (options->nodes == 0)
		return true;
	actors = scenario_actors(scenario, options->overrides, error);
	if (actors)
		population->nodes = node_facts_new(actors, options->nodes, options->derive_keys, error);
	g_clear_pointer(&actors, actors_free);
	return population->nodes != NULL;
}

struct population *population_new(const struct scenario *scenario, const struct population_options *options,
				  gint64 start, GError **error)
{
	struct population *population = g_new0(struct population, 1);

	population->base = (struct packet_source){.next = next_of_source, .free = free_source};
	population->timeline = timeline_new(&options->pace, options->spacing);
	population->count = MAX(options->nodes, 1);
	population->start = start;
	population->slots = g_array_new(FALSE, FALSE, sizeof(struct packet_slot));
	population->templates = g_ptr_array_new_with_free_func(free_template_item);
	population->comment = g_string_new(NULL);
	g_array_set_clear_func(population->slots, clear_slot);
	if (make_node_facts(population, scenario, options, error) && add_slots(population, scenario, options, error)) {
		timeline_begin(population->timeline, start, 0, population->count);
		return population;
	}
	population_free(population);
	return NULL;
}

struct timeline *population_timeline(const struct population *population)
{
	return population->timeline;
}

gint64 population_last(const struct population *population)
{
	return population->last;
}

guint population_packets(const struct population *population)
{
	return population->slots->len;
}

void population_leave_out(struct population *population, guint index)
{
	g_array_remove_index(population->slots, index);
	timeline_remove_packet(population->timeline, index);
}

void population_sample(struct population *population, guint index, bool is_last, struct source_packet *frame)
{
	const struct turn turn = {.node = is_last ? population->count - 1 : 0};

	make_frame(population, slot_at(population, index), &turn, frame);
}

bool population_is_open(const struct population *population, guint index)
{
	return slot_at(population, index)->destination_is_open;
}

void population_address(struct population *population, guint index, const guint8 *destination, const guint8 *source)
{
	struct packet_slot *slot = slot_at(population, index);

	memcpy(slot->destination, destination, ETH_ALEN);
	memcpy(slot->source, source, ETH_ALEN);
	slot->has_addresses = true;
	slot->is_filled = false;
}

const char *population_name(const struct population *population, guint index)
{
	return slot_at(population, index)->name;
}

void population_last_packet(const struct population *population, guint *index, guint32 *node)
{
	*index = population->turn.index;
	*node = population->turn.node;
}

char *population_packet_name(const struct population *population, guint index, guint32 node)
{
	const char *name = population_name(population, index);

	return population->nodes != NULL ? g_strdup_printf("%s node %u", name, node) : g_strdup(name);
}
