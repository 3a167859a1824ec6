// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario -> packets with times and comments.
#include "compose.h"

#include "build.h"
#include "mip.h"
#include "rule_ids.h"
#include "world.h"

#include <string.h>

#define SECOND G_USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define DEFAULT_GAP (SECOND / 10)
#define CAPTURE_START (G_GINT64_CONSTANT(1767225600) * SECOND) // 2026-01-01T00:00:00Z
#define NTP_OFFSET G_GINT64_CONSTANT(2208988800)               // seconds from 1900 to 1970

// A message that a later one may answer or refer to.
struct sent {
	const char *step;
	enum block_id id;
	char *node;
	guint64 identification;
};

struct composer {
	const struct scenario *scenario;
	struct world *world;
	struct builder *builder;
	const struct timing *timing;
	gint64 now;              // time of the step at work
	const struct step *last; // step before it
	GArray *sent;
};

// Blocks with an identification: the key, and which message "auto" copies it from.
static const struct {
	enum block_id id;
	unsigned key;
	enum block_id answers; // BLOCK_step: none, auto is the time
} identified[] = {
	{BLOCK_request, KEY_request_identification, BLOCK_step},
	{BLOCK_reply, KEY_reply_identification, BLOCK_request},
	{BLOCK_revocation, KEY_revocation_identification, BLOCK_step},
	{BLOCK_revocation_ack, KEY_revocation_ack_identification, BLOCK_revocation},
	{BLOCK_revocation_support, KEY_revocation_support_timestamp, BLOCK_step},
};

static void free_packet_item(gpointer item)
{
	struct packet *packet = item;

	g_bytes_unref(packet->bytes);
	g_free(packet->comment);
	g_free(packet);
}

GPtrArray *packet_list_new(void)
{
	return g_ptr_array_new_with_free_func(free_packet_item);
}

static void free_values_item(gpointer values)
{
	values_free(values);
}

static void clear_sent_item(gpointer sent)
{
	g_free(((struct sent *)sent)->node);
}

// 32.32 bit seconds since 1900 (RFC 3344 5.7.1, RFC 1305), or its whole seconds in a 32-bit field.
static guint64 ntp_time(gint64 microseconds, int width)
{
	guint64 seconds = (guint64)(microseconds / SECOND + NTP_OFFSET);
	guint64 fraction = ((guint64)(microseconds % SECOND) << 32) / SECOND;
	guint64 time = seconds << 32 | fraction;

	return width == 32 ? time >> 32 : time;
}

// The message of a step; its extensions were remembered after it.
static const struct sent *sent_by_step(const struct composer *composer, const char *name)
{
	for (guint i = 0; i < composer->sent->len; i++) {
		const struct sent *sent = &g_array_index(composer->sent, struct sent, i);

		if (strcmp(sent->step, name) == 0)
			return sent;
	}
	return NULL;
}

static const struct sent *last_sent(const struct composer *composer, enum block_id id, const char *node)
{
	for (guint i = composer->sent->len; i-- > 0;) {
		const struct sent *sent = &g_array_index(composer->sent, struct sent, i);

		if (sent->id == id && strcmp(sent->node, node) == 0)
			return sent;
	}
	return NULL;
}

// The message whose identification a value refers to; NULL with an error if there is none.
static const struct sent *referred(const struct composer *composer, const struct step *step, const char *node,
				   const struct values *message, unsigned key, enum block_id answers, GError **error)
{
	static const char problem[] = "refers to no earlier message; expected the step of one before this step";
	const struct text *named = &step->own->value[KEY_step_answers];
	const struct sent *sent;

	if (message->v[key].state == VALUE_FROM_STEP) {
		char *name = g_strndup(g_bytes_get_data(message->v[key].bytes, NULL),
				       g_bytes_get_size(message->v[key].bytes));

		sent = sent_by_step(composer, name);
		g_free(name);
	} else if (named->string != NULL) {
		sent = sent_by_step(composer, named->string);
		if (sent == NULL) {
			fail_at(error, &named->place, "%s", problem);
			return NULL;
		}
	} else {
		sent = last_sent(composer, answers, node);
	}
	if (sent == NULL)
		values_fail(message, key, problem, error);
	return sent;
}

// A reference may be to a wider field, or add too much.
static bool check_width(const struct values *message, unsigned key, int width, GError **error)
{
	guint64 number = message->v[key].number;
	guint64 limit = G_MAXUINT64 >> (64 - width);
	char *problem;

	if (number <= limit)
		return true;
	problem = g_strdup_printf("0x%" G_GINT64_MODIFIER
				  "x does not fit; expected a number from 0 to %" G_GUINT64_FORMAT,
				  number, limit);
	values_fail(message, key, problem, error);
	g_free(problem);
	return false;
}

// Turns auto, times and references into the number itself, and remembers it.
static bool identify(struct composer *composer, const struct step *step, const char *node, struct values *message,
		     gsize row, GError **error)
{
	unsigned key = identified[row].key;
	struct value *value = &message->v[key];
	int width = block_specs[message->id].keys[key].width;
	struct sent sent = {step_name(step), message->id, NULL, 0};

	if (value->state == VALUE_AUTO && identified[row].answers == BLOCK_step) {
		value->number = ntp_time(composer->now, width);
	} else if (value->state == VALUE_FROM_TIME) {
		value->number = ntp_time(composer->now + (gint64)value->number, width);
	} else if (value->state != VALUE_SET) {
		const struct sent *other = referred(composer, step, node, message, key, identified[row].answers, error);

		if (other == NULL)
			return false;
		value->number += other->identification;
		if (!check_width(message, key, width, error))
			return false;
	}
	value->state = VALUE_SET;
	sent.node = g_strdup(node);
	sent.identification = value->number;
	g_array_append_val(composer->sent, sent);
	return true;
}

static bool identify_blocks(struct composer *composer, const struct step *step, const char *node,
			    const GPtrArray *blocks, GError **error)
{
	for (guint i = 0; i < blocks->len; i++) {
		struct values *block = blocks->pdata[i];

		for (gsize row = 0; row < G_N_ELEMENTS(identified); row++)
			if (identified[row].id == block->id && !identify(composer, step, node, block, row, error))
				return false;
	}
	return true;
}

static bool add_block(const struct composer *composer, const struct block *block, const char *node, GPtrArray *list,
		      GError **error)
{
	struct values *values = values_read(block, composer->world, node, error);

	if (values == NULL)
		return false;
	g_ptr_array_add(list, values);
	return true;
}

// A layer that the scenario leaves out, with its defaults.
static bool add_default(const struct composer *composer, enum block_id id, const struct step *step, const char *node,
			GPtrArray *list, GError **error)
{
	struct block block = {.id = id, .place = step->own->place};
	char *path = g_strdup_printf("%s.%s", block.place.path, block_specs[id].name);

	block.place.path = g_string_chunk_insert_const(composer->scenario->strings, path);
	g_free(path);
	return add_block(composer, &block, node, list, error);
}

static bool add_blocks(const struct composer *composer, const GPtrArray *blocks, const char *node, GPtrArray *list,
		       GError **error)
{
	for (guint i = 0; blocks != NULL && i < blocks->len; i++)
		if (!add_block(composer, blocks->pdata[i], node, list, error))
			return false;
	return true;
}

// Where to send the writer: to a part of a step, or to the last edit of the step if the part is older than that.
static const struct place *culprit(const struct step *step, const struct place *part)
{
	return g_strcmp0(part->file, step->own->place.file) == 0 ? part : &step->own->place;
}

// The only message among the layers of a step; NULL with an error if there is none or several.
static const struct block *step_message(const struct step *step, GError **error)
{
	const struct block *message = NULL;

	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		if (step->layer[id] == NULL || !block_specs[id].is_message)
			continue;
		if (message != NULL) {
			fail_at(error, culprit(step, &step->layer[id]->place),
				"%s is the second message of the step; expected one", block_specs[id].name);
			return NULL;
		}
		message = step->layer[id];
	}
	if (message == NULL)
		fail_at(error, &step->own->place,
			"makes no packet; expected a message such as `request`, or a `stack`");
	return message;
}

static bool plan_message(const struct composer *composer, const struct step *step, const char *node, GPtrArray *layers,
			 GError **error)
{
	static const enum block_id headers[] = {BLOCK_ethernet, BLOCK_ipv4, BLOCK_udp};
	const struct block *message = step_message(step, error);

	if (message == NULL)
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
		const struct block *header = step->layer[headers[i]];
		bool ok = header != NULL ? add_block(composer, header, node, layers, error)
					 : add_default(composer, headers[i], step, node, layers, error);

		if (!ok)
			return false;
	}
	return add_block(composer, message, node, layers, error);
}

static bool plan_stack(const struct composer *composer, const struct step *step, const char *node, GPtrArray *layers,
		       GError **error)
{
	const struct block *first;

	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		if (step->layer[id] == NULL)
			continue;
		fail_at(error, culprit(step, &step->layer[id]->place),
			"%s given beside `stack`; expected it inside the stack", block_specs[id].name);
		return false;
	}
	if (step->stack->len == 0) {
		fail_at(error, &step->own->place, "empty stack; expected at least one layer");
		return false;
	}
	first = step->stack->pdata[0];
	if (first->id != BLOCK_ethernet && !add_default(composer, BLOCK_ethernet, step, node, layers, error))
		return false;
	return add_blocks(composer, step->stack, node, layers, error);
}

// Extensions, trailer and cut need a message to work on.
static bool check_plan(const struct plan *plan, GError **error)
{
	unsigned messages = 0;

	for (guint i = 0; i < plan->layers->len; i++)
		messages += mip_has_extensions(((const struct values *)plan->layers->pdata[i])->id) ? 1 : 0;
	if (messages == 1 || (plan->extensions->len == 0 && !value_is_set(plan->step, KEY_step_trailer)))
		return true;
	fail_at(error, &plan->step->place,
		"has extensions or a trailer and %u control messages; expected exactly one to carry them", messages);
	return false;
}

// Also notes in the packet which of its Ethernet addresses the scenario leaves open.
static GBytes *build_step(struct composer *composer, const struct step *step, const struct values *own,
			  const char *node, struct packet *packet, GError **error)
{
	struct plan plan = {
		.step = own,
		.layers = g_ptr_array_new_with_free_func(free_values_item),
		.extensions = g_ptr_array_new_with_free_func(free_values_item),
	};
	bool ok = step->stack != NULL ? plan_stack(composer, step, node, plan.layers, error)
				      : plan_message(composer, step, node, plan.layers, error);
	GBytes *bytes = NULL;

	ok = ok && add_blocks(composer, step->extensions, node, plan.extensions, error) && check_plan(&plan, error) &&
	     identify_blocks(composer, step, node, plan.layers, error) &&
	     identify_blocks(composer, step, node, plan.extensions, error);
	if (ok) {
		const struct values *ethernet = plan.layers->pdata[0];

		packet->source_is_auto = ethernet->v[KEY_ethernet_source].state == VALUE_AUTO;
		packet->destination_is_auto = ethernet->v[KEY_ethernet_destination].state == VALUE_AUTO;
		bytes = build_packet(composer->builder, &plan, error);
	}
	g_ptr_array_unref(plan.layers);
	g_ptr_array_unref(plan.extensions);
	return bytes;
}

// "dsmipgen SCENARIO step STEP expect: IDS", the ids in the order of the catalogue.
static char *comment_of(const struct scenario *scenario, const struct step *step)
{
	GString *comment = g_string_new(NULL);
	bool any = false;

	g_string_printf(comment, "dsmipgen %s step %s expect:", scenario->name, step_name(step));
	for (unsigned rule = 0; rule < rule_count; rule++) {
		bool expected = false;

		for (guint i = 0; step->expect != NULL && i < step->expect->len; i++) {
			const struct text *text = step->expect->pdata[i];

			expected |= strcmp(text->string, rules[rule].id) == 0;
		}
		if (expected)
			g_string_append_printf(comment, " %s", rules[rule].id);
		any |= expected;
	}
	if (!any)
		g_string_append(comment, " none");
	return g_string_free(comment, FALSE);
}

static bool set_time(struct composer *composer, const struct step *step, const struct values *own, guint index,
		     GError **error)
{
	gint64 start = composer->timing->start;
	gint64 time = index == 0 ? start : composer->now + DEFAULT_GAP;

	if (composer->timing->offsets != NULL)
		time = start + composer->timing->offsets[index];
	else if (value_is_set(own, KEY_step_at))
		time = start + (gint64)own->v[KEY_step_at].number;
	if (time < composer->now) {
		fail_at(error, &step->own->value[KEY_step_at].place,
			"before the step before it, '%s' (%s:%u); expected at least %.6f", step_name(composer->last),
			composer->last->own->place.file, composer->last->own->place.line,
			(double)(composer->now - start) / SECOND);
		return false;
	}
	composer->now = time;
	return true;
}

static bool compose_step(struct composer *composer, guint index, GPtrArray *packets, GError **error)
{
	const struct step *step = composer->scenario->steps->pdata[index];
	const struct text *named = &step->own->value[KEY_step_node];
	const char *node = named->string != NULL ? named->string : block_specs[BLOCK_step].keys[KEY_step_node].standard;
	struct packet *packet;
	struct values *own;

	if (!world_is_node(node)) {
		fail_at(error, &named->place, "unknown node '%s'; expected mn1 or mn2", node);
		return false;
	}
	own = values_read(step->own, composer->world, node, error);
	if (own == NULL)
		return false;
	packet = g_new0(struct packet, 1);
	if (set_time(composer, step, own, index, error))
		packet->bytes = build_step(composer, step, own, node, packet, error);
	if (packet->bytes == NULL) {
		g_free(packet);
		values_free(own);
		return false;
	}
	packet->time = composer->now;
	packet->captured = g_bytes_get_size(packet->bytes);
	if (value_is_set(own, KEY_step_snaplen))
		packet->captured = MIN(packet->captured, own->v[KEY_step_snaplen].number);
	packet->comment = comment_of(composer->scenario, step);
	g_ptr_array_add(packets, packet);
	values_free(own);
	composer->last = step;
	return true;
}

static bool furnish_world(struct world *world, const struct scenario *scenario, const char *const *overrides,
			  GError **error)
{
	static const struct place command_line = {NULL, "--set", 0};

	for (guint i = 0; i < scenario->set->len; i++) {
		const struct text *text = scenario->set->pdata[i];

		if (!world_set(world, text->string, &text->place, error))
			return false;
	}
	for (; overrides != NULL && *overrides != NULL; overrides++)
		if (!world_set(world, *overrides, &command_line, error))
			return false;
	return true;
}

static gint64 next_start(const GPtrArray *packets)
{
	const struct packet *last;

	if (packets->len == 0)
		return CAPTURE_START;
	last = packets->pdata[packets->len - 1];
	return (last->time + 2 * MINUTE - 1) / MINUTE * MINUTE;
}

bool compose_scenario(const struct scenario *scenario, const char *const *overrides, guint32 seed, GPtrArray *packets,
		      GError **error)
{
	const struct timing timing = {.start = next_start(packets)};

	return compose_scenario_at(scenario, overrides, seed, &timing, packets, error);
}

bool compose_scenario_at(const struct scenario *scenario, const char *const *overrides, guint32 seed,
			 const struct timing *timing, GPtrArray *packets, GError **error)
{
	struct composer composer = {
		.scenario = scenario,
		.builder = builder_new(seed, error),
		.timing = timing,
	};
	bool ok;

	if (composer.builder == NULL)
		return false;
	composer.now = timing->start;
	composer.world = world_new();
	composer.sent = g_array_new(FALSE, FALSE, sizeof(struct sent));
	g_array_set_clear_func(composer.sent, clear_sent_item);
	ok = furnish_world(composer.world, scenario, overrides, error);
	for (guint i = 0; ok && i < scenario->steps->len; i++)
		ok = compose_step(&composer, i, packets, error);
	g_array_unref(composer.sent);
	world_free(composer.world);
	builder_free(composer.builder);
	return ok;
}
