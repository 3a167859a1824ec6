// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario for many mobile nodes, or for its own: packets made from templates, interleaved by time.
#include "population/population.h"

#include "packet/encode.h"
#include "packet/expectation.h"
#include "population/template.h"

#include <net/ethernet.h>
#include <string.h>

// One step of the scenario, or a fragment of it, of which each node has a packet.
typedef struct {
	template_t *template; // of the population
	cutting_t cutting;
	guint fragment;
	GByteArray *part; // bytes of a fragment; NULL: those of the template
	char *name;
	char *expectation;
	GString *comment;       // of the packet that was commented last,
	guint32 comment_number; // of a node of this number
	gsize comment_digit;    // the last of the digits of the number
	gsize snaplen;
	bool source_is_open; // the Ethernet addresses are not given by the scenario
	bool destination_is_open;
	bool has_addresses; // those below are in place of open ones
	guint8 destination[ETH_ALEN];
	guint8 source[ETH_ALEN];
	bool is_filled;
	guint32 node;  // for which it is filled,
	guint64 epoch; // and when
} packet_slot_t;

// Packets that are made ahead, in their order, so that those of a template are signed together.
typedef struct {
	bool is_decided; // whether it is used, by the first packet
	bool is_used;
	packet_t *packets;
	guint made;
	guint taken;
	turn_t next; // for which there was no room in the template, if so
	bool has_next;
} batch_t;

struct population {
	packet_source_t base;
	timeline_t *timeline;
	node_facts_t *nodes; // NULL: those of the scenario
	guint32 count;
	gint64 start;
	gint64 last; // time of the last packet
	GPtrArray *templates;
	GArray *slots;    // packet_slot_t
	bool is_numbered; // a node of a mixture,
	guint32 number;   // of this number
	bool claims;      // what the scenario expects holds for these nodes
	batch_t batch;    // of packets for a file
};

static packet_slot_t *slot_at(const population_t *population, guint index)
{
	return &g_array_index(population->slots, packet_slot_t, index);
}

static gint64 time_of_step(gconstpointer population, guint step, guint32 node)
{
	return timeline_time(((const population_t *)population)->timeline, step, node);
}

static void fill_slot(const population_t *population, packet_slot_t *slot, guint32 node)
{
	GByteArray *bytes = slot->template->bytes;

	template_fill(slot->template, population->nodes, node, time_of_step, population);
	if (slot->part) {
		fragment_make(&slot->cutting, bytes, slot->fragment, slot->part);
		bytes = slot->part;
	}
	if (slot->has_addresses && slot->destination_is_open)
		memcpy(bytes->data, slot->destination, ETH_ALEN);
	if (slot->has_addresses && slot->source_is_open)
		memcpy(bytes->data + ETH_ALEN, slot->source, ETH_ALEN);
	slot->is_filled = true;
	slot->node = node;
	slot->epoch = timeline_epoch(population->timeline);
}

// At top speed the packets of a scenario's own nodes often do not change.
void population_make(population_t *population, guint index, guint32 node, packet_t *packet)
{
	packet_slot_t *slot = slot_at(population, index);

	if (!slot->is_filled || slot->node != node || slot->epoch != timeline_epoch(population->timeline))
		fill_slot(population, slot, node);
	*packet = (packet_t){
		.bytes = slot->part ? slot->part->data : slot->template->bytes->data,
		.length = slot->part ? slot->part->len : slot->template->bytes->len,
		.index = index,
		.node = node,
	};
	packet->captured = MIN(packet->length, slot->snaplen);
}

char *population_packet_name(const population_t *population, const packet_t *packet)
{
	const char *name = population_name(population, packet->index);

	if (!population->nodes && !population->is_numbered)
		return g_strdup(name);
	return g_strdup_printf("%s node %u", name, population->nodes ? packet->node : population->number);
}

// As population_packet_name() names the packet, with what is expected of it.
static void write_comment(packet_slot_t *slot, bool is_numbered, guint32 number)
{
	g_string_printf(slot->comment, "dsmipgen %s", slot->name);
	if (is_numbered)
		g_string_append_printf(slot->comment, " node %u", number);
	slot->comment_digit = slot->comment->len - 1;
	g_string_append(slot->comment, slot->expectation);
}

// Adds one to the number in place; false if it has no digit left for that.
static bool count_up(GString *comment, gsize last)
{
	char *digit = comment->str + last;

	for (; *digit == '9'; digit--)
		*digit = '0';
	if (!g_ascii_isdigit(*digit))
		return false;
	*digit += 1;
	return true;
}

// There is one for every packet of a large file, and mostly the number of the node is one more than in the last one.
static void make_comment(const population_t *population, packet_t *packet)
{
	packet_slot_t *slot = slot_at(population, packet->index);
	bool is_numbered = population->nodes || population->is_numbered;
	guint32 number = population->nodes ? packet->node : population->number;
	bool is_written = slot->comment->len > 0;
	bool is_next = is_written && number == slot->comment_number + 1;

	if (!is_written || number != slot->comment_number)
		if (!is_next || !count_up(slot->comment, slot->comment_digit))
			write_comment(slot, is_numbered, number);
	slot->comment_number = number;
	packet->comment = slot->comment->str;
	packet->comment_length = slot->comment->len;
}

bool population_next(population_t *population, packet_t *packet)
{
	turn_t turn;

	if (!timeline_next(population->timeline, &turn))
		return false;
	population_make(population, turn.index, turn.node, packet);
	packet->time = turn.time;
	if (population->base.makes_comments)
		make_comment(population, packet);
	return true;
}

// Whether packets are made together: many nodes, and all messages signed with a common key.
static bool needs_batch(const population_t *population)
{
	bool any = false;

	for (guint i = 0; i < population->slots->len; i++) {
		const packet_slot_t *slot = slot_at(population, i);

		if (slot->part || slot->has_addresses)
			return false;
		any |= template_has_lanes(slot->template);
		if (slot->template->signatures->len > 0 && !template_has_lanes(slot->template))
			return false;
	}
	return any && population->count > 1;
}

static void decide_batch(population_t *population)
{
	batch_t *batch = &population->batch;

	batch->is_decided = true;
	batch->is_used = needs_batch(population);
	if (batch->is_used)
		batch->packets = g_new(packet_t, population->slots->len * TEMPLATE_LANES);
}

// Begins the packet whose turn it is; false if its template is full.
static bool add_to_batch(population_t *population, const turn_t *turn)
{
	batch_t *batch = &population->batch;
	packet_slot_t *slot = slot_at(population, turn->index);
	gsize length = slot->template->bytes->len;

	if (template_is_full(slot->template))
		return false;
	batch->packets[batch->made++] = (packet_t){
		.time = turn->time,
		.bytes = template_begin(slot->template, population->nodes, turn->node, time_of_step, population),
		.length = length,
		.captured = MIN(length, slot->snaplen),
		.index = turn->index,
		.node = turn->node,
	};
	return true;
}

// Until a template is full.
static void fill_batch(population_t *population)
{
	batch_t *batch = &population->batch;

	batch->made = batch->taken = 0;
	while (batch->has_next || timeline_next(population->timeline, &batch->next)) {
		batch->has_next = !add_to_batch(population, &batch->next);
		if (batch->has_next)
			break;
	}
	for (guint i = 0; i < population->templates->len; i++)
		template_end(population->templates->pdata[i]);
}

static bool next_of_batch(population_t *population, packet_t *packet)
{
	batch_t *batch = &population->batch;

	if (batch->taken == batch->made)
		fill_batch(population);
	if (batch->made == 0)
		return false;
	*packet = batch->packets[batch->taken++];
	if (population->base.makes_comments)
		make_comment(population, packet);
	return true;
}

static bool next_of_source(packet_source_t *source, packet_t *packet)
{
	population_t *population = (population_t *)source;

	if (!population->batch.is_decided)
		decide_batch(population);
	return population->batch.is_used ? next_of_batch(population, packet) : population_next(population, packet);
}

void population_free(population_t *population)
{
	timeline_free(population->timeline);
	g_array_unref(population->slots);
	g_ptr_array_unref(population->templates);
	g_clear_pointer(&population->nodes, node_facts_free);
	g_free(population->batch.packets);
	g_free(population);
}

static void free_source(packet_source_t *source)
{
	population_free((population_t *)source);
}

packet_source_t *population_source(population_t *population)
{
	return &population->base;
}

static void clear_slot(gpointer item)
{
	packet_slot_t *slot = item;

	g_clear_pointer(&slot->part, g_byte_array_unref);
	g_free(slot->name);
	g_free(slot->expectation);
	g_string_free(slot->comment, TRUE);
}

// Takes over the contents of the slot.
static void add_slot(population_t *population, const scenario_t *scenario, const plan_t *plan, guint place,
		     packet_slot_t slot)
{
	packet_t packet;

	slot.fragment = fragment_at(&slot.cutting, place);
	slot.name = g_strdup_printf("%s step %s", scenario->name, step_name(plan->source));
	slot.expectation = expectation_text(plan->source, &slot.cutting, place, population->claims);
	slot.comment = g_string_new(NULL);
	slot.cutting.order = NULL; // the plan's
	if (slot.cutting.count > 1)
		slot.part = g_byte_array_new();
	g_array_append_val(population->slots, slot);
	population_make(population, population->slots->len - 1, 0, &packet); // for its length
	timeline_add_packet(population->timeline, packet.length);
}

static bool add_step(population_t *population, const scenario_t *scenario, builder_t *builder, plan_t *plan,
		     GError **error)
{
	packet_slot_t slot = {
		.snaplen = plan_captured(plan, G_MAXSIZE),
		.source_is_open = plan->source_is_auto,
		.destination_is_open = plan->destination_is_auto,
	};

	slot.template = template_new(builder, plan, population->nodes, error);
	if (!slot.template)
		return false;
	g_ptr_array_add(population->templates, slot.template);
	if (!fragment_plan(plan, &slot.cutting, error))
		return false;
	timeline_add_step(population->timeline, plan->time - population->start);
	for (guint place = 0; place < slot.cutting.sent; place++)
		add_slot(population, scenario, plan, place, slot);
	return true;
}

char **population_overrides(const population_t *population, const char *const *overrides, guint32 node)
{
	g_auto(GStrv) own = population->nodes ? node_facts_assignments(population->nodes, node) : NULL;
	GStrvBuilder *all = g_strv_builder_new();

	if (overrides)
		g_strv_builder_addv(all, (const char **)overrides);
	if (own)
		g_strv_builder_addv(all, (const char **)own);
	char **joined = g_strv_builder_end(all);
	g_strv_builder_unref(all);
	return joined;
}

// Plans in the actors of node 0, so that each value is known to fit and to come from a fact.
static GPtrArray *plan_first(const population_t *population, const scenario_t *scenario,
			     const population_options_t *options, GError **error)
{
	const timing_t timing = {.start = population->start};
	g_auto(GStrv) overrides = population_overrides(population, options->overrides, 0);
	g_autoptr(actors_t) actors = scenario_actors(scenario, (const char *const *)overrides, error);

	return actors ? plan_scenario(scenario, actors, &timing, error) : NULL;
}

#define ADDRESS4_LENGTH 4

// In headers and payloads: groups, link-local addresses and none are the same for every node.
static bool is_common(const values_t *values, key_kind_t kind, const value_t *value)
{
	static const guint8 none[16] = {0};
	const guint8 *octets = value->octets;

	if (values->id >= FIRST_EXTENSION || block_specs[values->id].is_message)
		return false;
	if (kind == KIND_ADDRESS4)
		return value->number >> 28 == 0xe || value->number == G_MAXUINT32 || value->number == 0;
	return octets[0] == 0xff || (octets[0] == 0xfe && octets[1] >> 6 == 2) || memcmp(octets, none, 16) == 0;
}

// An address that stays mn1's while all else follows the node, bytes that may hold one, or a checksum over what follows
// it: then packets break other rules than the scenario says.
static bool is_literal(const values_t *values, unsigned key)
{
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	const value_t *value = &values->v[key];
	bool is_address = spec->kind == KIND_ADDRESS4 || spec->kind == KIND_ADDRESS6;
	bool may_hold_one = spec->kind == KIND_HEX && value->bytes && g_bytes_get_size(value->bytes) >= ADDRESS4_LENGTH;
	bool is_given = value->place.line > 0 && !value->fact && value->state == VALUE_SET;

	if (is_address && is_common(values, spec->kind, value))
		return false;
	return is_given && (is_address || may_hold_one || (int)key == encode_checksum_key(values->id));
}

static bool has_literal(const values_t *values)
{
	for (unsigned key = 0; key < block_specs[values->id].key_count; key++)
		if (is_literal(values, key))
			return true;
	return false;
}

static bool have_literals(const GPtrArray *blocks)
{
	for (guint i = 0; i < blocks->len; i++)
		if (has_literal(blocks->pdata[i]))
			return true;
	return false;
}

// Only mn1 stands for many nodes.
static bool check_alone(const GPtrArray *list, GError **error)
{
	for (guint i = 0; i < list->len; i++) {
		const values_t *values = list->pdata[i];

		for (unsigned key = 0; key < block_specs[values->id].key_count; key++) {
			if (!values->v[key].fact || !g_str_has_prefix(values->v[key].fact, "mn2."))
				continue;
			values_fail(values, key, "is of a second mobile node, mn2; expected only mn1 for many nodes",
				    error);
			return false;
		}
	}
	return true;
}

// Where that is not sure, comments claim nothing.
static bool claims_hold(const node_facts_t *nodes, const GPtrArray *plans)
{
	for (guint i = 0; plans && i < plans->len; i++) {
		const plan_t *plan = plans->pdata[i];

		if (have_literals(plan->layers) || have_literals(plan->extensions))
			return false;
	}
	return !node_facts_are_private(nodes);
}

static bool add_slots(population_t *population, const scenario_t *scenario, const population_options_t *options,
		      GError **error)
{
	g_autoptr(builder_t) builder = builder_new(options->seed, error);

	if (!builder)
		return false;
	GPtrArray *plans = plan_first(population, scenario, options, error);
	bool ok = plans;
	const node_facts_t *facts = options->mixture ? options->mixture : population->nodes;
	population->claims = !facts || claims_hold(facts, plans);
	timeline_begin(population->timeline, population->start, 0, population->count);
	for (guint i = 0; ok && i < plans->len; i++) {
		plan_t *plan = plans->pdata[i];

		ok = !facts || (check_alone(plan->layers, error) && check_alone(plan->extensions, error));
		ok = ok && add_step(population, scenario, builder, plan, error);
		population->last = plan->time + (population->count - 1) * options->spacing;
	}
	if (plans)
		g_ptr_array_unref(plans);
	return ok;
}

static bool make_node_facts(population_t *population, const scenario_t *scenario, const population_options_t *options,
			    GError **error)
{
	if (options->nodes == 0)
		return true;
	g_autoptr(actors_t) actors = scenario_actors(scenario, options->overrides, error);
	if (actors)
		population->nodes = node_facts_new(actors, options->nodes, options->derive_keys, error);
	return population->nodes;
}

population_t *population_new(const scenario_t *scenario, const population_options_t *options, gint64 start,
			     GError **error)
{
	population_t *population = g_new0(population_t, 1);

	population->base = (packet_source_t){.next = next_of_source, .free = free_source};
	population->timeline = timeline_new(&options->pace, options->spacing);
	population->count = MAX(options->nodes, 1);
	population->start = start;
	population->is_numbered = options->mixture;
	population->number = options->number;
	population->slots = g_array_new(FALSE, FALSE, sizeof(packet_slot_t));
	population->templates = g_ptr_array_new_with_free_func((GDestroyNotify)template_free);
	g_array_set_clear_func(population->slots, clear_slot);
	if (make_node_facts(population, scenario, options, error) && add_slots(population, scenario, options, error)) {
		timeline_begin(population->timeline, start, 0, population->count);
		return population;
	}
	population_free(population);
	return NULL;
}

timeline_t *population_timeline(const population_t *population)
{
	return population->timeline;
}

guint32 population_count(const population_t *population)
{
	return population->count;
}

gint64 population_last(const population_t *population)
{
	return population->last;
}

guint population_packets(const population_t *population)
{
	return population->slots->len;
}

void population_leave_out(population_t *population, guint index)
{
	g_array_remove_index(population->slots, index);
	timeline_remove_packet(population->timeline, index);
}

bool population_is_open(const population_t *population, guint index)
{
	return slot_at(population, index)->destination_is_open;
}

void population_address(population_t *population, guint index, const guint8 *destination, const guint8 *source)
{
	packet_slot_t *slot = slot_at(population, index);

	memcpy(slot->destination, destination, ETH_ALEN);
	memcpy(slot->source, source, ETH_ALEN);
	slot->has_addresses = true;
	slot->is_filled = false;
}

const char *population_name(const population_t *population, guint index)
{
	return slot_at(population, index)->name;
}
