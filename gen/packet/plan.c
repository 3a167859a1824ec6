// SPDX-License-Identifier: GPL-2.0-or-later
// The steps of a scenario -> plans: typed values in layers, with times and identifications.
#include "packet/plan.h"

#include <string.h>

#include "packet/mip.h"

#define SECOND G_USEC_PER_SEC
#define DEFAULT_GAP (SECOND / 10)
#define MINUTE (60 * SECOND)
#define CAPTURE_START (G_GINT64_CONSTANT(1767225600) * SECOND) // 2026-01-01T00:00:00Z

// A message that a later one may answer or refer to.
typedef struct {
	const char *step;
	block_id_t id;
	const char *node;
	guint64 identification;
	value_clock_t clock;
} sent_t;

typedef struct {
	const scenario_t *scenario;
	const actors_t *actors;
	const timing_t *timing;
	guint index;        // of the step at work
	gint64 now;         // its time
	const step_t *last; // step before it
	GArray *sent;
} planner_t;

// The message of a step; its extensions were remembered after it.
static const sent_t *sent_by_step(const planner_t *planner, const char *name)
{
	for (guint i = 0; i < planner->sent->len; i++) {
		const sent_t *sent = &g_array_index(planner->sent, sent_t, i);

		if (strcmp(sent->step, name) == 0)
			return sent;
	}
	return NULL;
}

static const sent_t *last_sent(const planner_t *planner, block_id_t id, const char *node)
{
	for (guint i = planner->sent->len; i-- > 0;) {
		const sent_t *sent = &g_array_index(planner->sent, sent_t, i);

		if (sent->id == id && strcmp(sent->node, node) == 0)
			return sent;
	}
	return NULL;
}

// The message whose identification a value refers to; NULL with an error if there is none.
static const sent_t *referred(const planner_t *planner, const step_t *step, const char *node, const values_t *message,
			      unsigned key, block_id_t answers, GError **error)
{
	static const char problem[] = "refers to no earlier message; expected the step of one before this step";
	const text_t *named = &step->own->value[KEY_step_answers];
	const sent_t *sent;

	if (message->v[key].state == VALUE_FROM_STEP) {
		g_autofree char *name = g_strndup(g_bytes_get_data(message->v[key].bytes, NULL),
						  g_bytes_get_size(message->v[key].bytes));

		sent = sent_by_step(planner, name);
	} else if (named->string) {
		sent = sent_by_step(planner, named->string);
		if (!sent) {
			fail_at(error, &named->place, "%s", problem);
			return NULL;
		}
	} else {
		sent = last_sent(planner, answers, node);
	}
	if (!sent)
		values_fail(message, key, problem, error);
	return sent;
}

// A reference may be to a wider field, or add too much.
static bool check_width(const values_t *message, unsigned key, int width, GError **error)
{
	guint64 number = message->v[key].number;
	guint64 limit = G_MAXUINT64 >> (64 - width);

	if (number <= limit)
		return true;
	g_autofree char *problem = g_strdup_printf("0x%" G_GINT64_MODIFIER
						   "x does not fit; expected a number from 0 to %" G_GUINT64_FORMAT,
						   number, limit);
	values_fail(message, key, problem, error);
	return false;
}

// Turns auto, times and references into the number itself, and remembers it.
static bool identify(planner_t *planner, const step_t *step, const char *node, values_t *message, gsize row,
		     GError **error)
{
	unsigned key = mip_identified[row].key;
	value_t *value = &message->v[key];
	int width = block_specs[message->id].keys[key].width;
	bool is_now = value->state == VALUE_AUTO && mip_identified[row].answers == BLOCK_step;
	sent_t sent = {.step = step_name(step), .id = message->id, .node = node};

	if (is_now || value->state == VALUE_FROM_TIME) {
		value->clock = (value_clock_t){true, planner->index, planner->now, (gint64)value->number, width, 0};
		value->number = clock_read(&value->clock, planner->now);
	} else if (value->state != VALUE_SET) {
		const sent_t *other = referred(planner, step, node, message, key, mip_identified[row].answers, error);

		if (!other)
			return false;
		value->clock = other->clock;
		value->clock.addend += value->number;
		value->number += other->identification;
		if (!check_width(message, key, width, error))
			return false;
	}
	value->state = VALUE_SET;
	sent.identification = value->number;
	sent.clock = value->clock;
	g_array_append_val(planner->sent, sent);
	return true;
}

static bool identify_blocks(planner_t *planner, const step_t *step, const char *node, const GPtrArray *blocks,
			    GError **error)
{
	for (guint i = 0; i < blocks->len; i++) {
		values_t *block = blocks->pdata[i];

		for (gsize row = 0; row < MIP_IDENTIFIED_COUNT; row++)
			if (mip_identified[row].id == block->id && !identify(planner, step, node, block, row, error))
				return false;
	}
	return true;
}

static bool add_block(const planner_t *planner, const block_t *block, const char *node, GPtrArray *list, GError **error)
{
	values_t *values = values_read(block, planner->actors, node, error);

	if (!values)
		return false;
	g_ptr_array_add(list, values);
	return true;
}

// A layer that the scenario does not give, with its defaults.
static bool add_default(const planner_t *planner, block_id_t id, const step_t *step, const char *node, GPtrArray *list,
			GError **error)
{
	block_t block = {.id = id, .place = step->own->place};
	g_autofree char *path = g_strdup_printf("%s.%s", block.place.path, block_specs[id].name);

	block.place.path = g_string_chunk_insert_const(planner->scenario->strings, path);
	return add_block(planner, &block, node, list, error);
}

static bool add_blocks(const planner_t *planner, const GPtrArray *blocks, const char *node, GPtrArray *list,
		       GError **error)
{
	for (guint i = 0; blocks && i < blocks->len; i++)
		if (!add_block(planner, blocks->pdata[i], node, list, error))
			return false;
	return true;
}

// The place for an error message: a part of a step, or the last edit of the step if that is later.
static const place_t *culprit(const step_t *step, const place_t *part)
{
	return g_strcmp0(part->file, step->own->place.file) == 0 ? part : &step->own->place;
}

// The only message among the layers of a step; NULL with an error if there is none or several.
static const block_t *step_message(const step_t *step, GError **error)
{
	const block_t *message = NULL;

	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		if (!step->layer[id] || !block_specs[id].is_message)
			continue;
		if (message) {
			fail_at(error, culprit(step, &step->layer[id]->place),
				"%s is the second message of the step; expected one", block_specs[id].name);
			return NULL;
		}
		message = step->layer[id];
	}
	if (!message)
		fail_at(error, &step->own->place,
			"makes no packet; expected a message such as `request`, or a `stack`");
	return message;
}

static bool plan_message(const planner_t *planner, const step_t *step, const char *node, GPtrArray *layers,
			 GError **error)
{
	static const block_id_t headers[] = {BLOCK_ethernet, BLOCK_vlan, BLOCK_ipv4, BLOCK_udp};
	const block_t *message = step_message(step, error);

	if (!message)
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
		const block_t *header = step->layer[headers[i]];
		bool ok = headers[i] == BLOCK_vlan && !header;

		if (ok)
			continue; // not in every packet
		ok = header ? add_block(planner, header, node, layers, error)
			    : add_default(planner, headers[i], step, node, layers, error);

		if (!ok)
			return false;
	}
	return add_block(planner, message, node, layers, error);
}

static bool plan_stack(const planner_t *planner, const step_t *step, const char *node, GPtrArray *layers,
		       GError **error)
{
	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		if (!step->layer[id])
			continue;
		fail_at(error, culprit(step, &step->layer[id]->place),
			"%s is given together with `stack`; expected it inside the stack", block_specs[id].name);
		return false;
	}
	if (step->stack->len == 0) {
		fail_at(error, &step->own->place, "empty stack; expected at least one layer");
		return false;
	}
	const block_t *first = step->stack->pdata[0];
	if (first->id != BLOCK_ethernet && !add_default(planner, BLOCK_ethernet, step, node, layers, error))
		return false;
	return add_blocks(planner, step->stack, node, layers, error);
}

// Extensions, trailer and cut need a message to work on.
static bool check_plan(const plan_t *plan, GError **error)
{
	unsigned messages = 0;

	for (guint i = 0; i < plan->layers->len; i++)
		messages += mip_has_extensions(((const values_t *)plan->layers->pdata[i])->id) ? 1 : 0;
	if (messages == 1 || (plan->extensions->len == 0 && !value_is_set(plan->step, KEY_step_trailer)))
		return true;
	fail_at(error, &plan->step->place,
		"has extensions or a trailer and %u control messages; expected exactly one to carry them", messages);
	return false;
}

static bool set_time(planner_t *planner, const step_t *step, const values_t *own, GError **error)
{
	guint index = planner->index;
	gint64 start = planner->timing->start;
	gint64 time = index == 0 ? start : planner->now + DEFAULT_GAP;

	if (planner->timing->offsets)
		time = start + planner->timing->offsets[index];
	else if (value_is_set(own, KEY_step_at))
		time = start + (gint64)own->v[KEY_step_at].number;
	else if (value_is_set(own, KEY_step_after))
		time = planner->now + (gint64)own->v[KEY_step_after].number;
	if (time < planner->now) {
		fail_at(error, &step->own->value[KEY_step_at].place,
			"earlier than the step before it, '%s' (%s:%u); expected at least %.6f",
			step_name(planner->last), planner->last->own->place.file, planner->last->own->place.line,
			(double)(planner->now - start) / SECOND);
		return false;
	}
	planner->now = time;
	return true;
}

static void note_open_addresses(plan_t *plan)
{
	const values_t *ethernet = plan->layers->pdata[0];

	plan->source_is_auto = ethernet->v[KEY_ethernet_source].state == VALUE_AUTO;
	plan->destination_is_auto = ethernet->v[KEY_ethernet_destination].state == VALUE_AUTO;
}

static bool plan_packet(planner_t *planner, const step_t *step, const char *node, plan_t *plan, GError **error)
{
	bool ok = step->stack ? plan_stack(planner, step, node, plan->layers, error)
			      : plan_message(planner, step, node, plan->layers, error);

	if (ok)
		note_open_addresses(plan);
	return ok && add_blocks(planner, step->extensions, node, plan->extensions, error) && check_plan(plan, error) &&
	       identify_blocks(planner, step, node, plan->layers, error) &&
	       identify_blocks(planner, step, node, plan->extensions, error);
}

static bool plan_step(planner_t *planner, GPtrArray *plans, GError **error)
{
	const step_t *step = planner->scenario->steps->pdata[planner->index];
	const text_t *named = &step->own->value[KEY_step_node];
	const char *node = named->string ? named->string : block_specs[BLOCK_step].keys[KEY_step_node].standard;
	values_t *own;

	if (!actors_is_node(node)) {
		fail_at(error, &named->place, "unknown node '%s'; expected mn1 or mn2", node);
		return false;
	}
	own = values_read(step->own, planner->actors, node, error);
	if (!own)
		return false;
	plan_t *plan = g_new0(plan_t, 1);
	plan->source = step;
	plan->step = own;
	plan->layers = g_ptr_array_new_with_free_func((GDestroyNotify)values_free);
	plan->extensions = g_ptr_array_new_with_free_func((GDestroyNotify)values_free);
	g_ptr_array_add(plans, plan);
	if (!set_time(planner, step, own, error))
		return false;
	plan->time = planner->now;
	planner->last = step;
	return plan_packet(planner, step, node, plan, error);
}

gint64 plan_start(gint64 end)
{
	return end == 0 ? CAPTURE_START : (end + 2 * MINUTE - 1) / MINUTE * MINUTE;
}

gsize plan_captured(const plan_t *plan, gsize length)
{
	return value_is_set(plan->step, KEY_step_snaplen) ? MIN(length, plan->step->v[KEY_step_snaplen].number)
							  : length;
}

void plan_free(plan_t *plan)
{
	values_free(plan->step);
	g_ptr_array_unref(plan->layers);
	g_ptr_array_unref(plan->extensions);
	g_free(plan);
}

static gpointer copy_values_item(gconstpointer values, gpointer unused G_GNUC_UNUSED)
{
	return values_copy(values);
}

static GPtrArray *copy_list(GPtrArray *list)
{
	GPtrArray *copy = g_ptr_array_copy(list, copy_values_item, NULL);

	g_ptr_array_set_free_func(copy, (GDestroyNotify)values_free);
	return copy;
}

plan_t *plan_copy(const plan_t *plan)
{
	plan_t *copy = g_memdup2(plan, sizeof(*plan));

	copy->step = values_copy(plan->step);
	copy->layers = copy_list(plan->layers);
	copy->extensions = copy_list(plan->extensions);
	return copy;
}

// Those of the same block at the same place are written over, which saves most of the work.
static void restore_list(GPtrArray *copy, const GPtrArray *list)
{
	g_ptr_array_set_size(copy, (gint)MIN(copy->len, list->len));
	for (guint i = 0; i < list->len; i++) {
		const values_t *values = list->pdata[i];

		if (i == copy->len) {
			g_ptr_array_add(copy, values_copy(values));
		} else if (((values_t *)copy->pdata[i])->id == values->id) {
			values_assign(copy->pdata[i], values);
		} else {
			values_free(copy->pdata[i]);
			copy->pdata[i] = values_copy(values);
		}
	}
}

void plan_restore(plan_t *copy, const plan_t *plan)
{
	plan_t restored = *plan;

	restored.step = copy->step;
	restored.layers = copy->layers;
	restored.extensions = copy->extensions;
	*copy = restored;
	values_assign(copy->step, plan->step);
	restore_list(copy->layers, plan->layers);
	restore_list(copy->extensions, plan->extensions);
}

#define HEARD_NODE "mn1" // whose requests are heard

// Requests that came from elsewhere are there as if they had been sent.
static void remember_heard(planner_t *planner, const GArray *heard)
{
	for (guint i = 0; heard && i < heard->len; i++) {
		const heard_request_t *request = &g_array_index(heard, heard_request_t, i);
		const sent_t sent = {
			.step = request->name,
			.id = BLOCK_request,
			.node = HEARD_NODE,
			.identification = request->identification,
		};

		g_array_append_val(planner->sent, sent);
	}
}

GPtrArray *plan_scenario(const scenario_t *scenario, const actors_t *actors, const timing_t *timing, GError **error)
{
	planner_t planner = {.scenario = scenario, .actors = actors, .timing = timing, .now = timing->start};
	GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
	bool ok = true;

	planner.sent = g_array_new(FALSE, FALSE, sizeof(sent_t));
	remember_heard(&planner, timing->heard);
	for (; ok && planner.index < scenario->steps->len; planner.index++)
		ok = plan_step(&planner, plans, error);
	g_array_unref(planner.sent);
	if (ok)
		return plans;
	g_ptr_array_unref(plans);
	return NULL;
}
