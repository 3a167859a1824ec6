// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario -> packets with times and comments.
#include "packet/compose.h"

#include "packet/build.h"
#include "language/rule_ids.h"

#include <string.h>

#define MINUTE (60 * G_USEC_PER_SEC)
#define CAPTURE_START (G_GINT64_CONSTANT(1767225600) * G_USEC_PER_SEC) // 2026-01-01T00:00:00Z

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

// " expect: IDS", the ids in the order of the catalogue.
static char *expectation_of(const struct step *step)
{
	GString *expectation = g_string_new(" expect:");
	bool any = false;

	for (unsigned rule = 0; rule < rule_count; rule++) {
		bool expected = false;

		for (guint i = 0; step->expect != NULL && i < step->expect->len; i++) {
			const struct text *text = step->expect->pdata[i];

			expected |= strcmp(text->string, rules[rule].id) == 0;
		}
		if (expected)
			g_string_append_printf(expectation, " %s", rules[rule].id);
		any |= expected;
	}
	if (!any)
		g_string_append(expectation, " none");
	return g_string_free(expectation, FALSE);
}

gsize compose_captured(const struct plan *plan, gsize length)
{
	const struct value *snaplen = &plan->step->v[KEY_step_snaplen];

	return snaplen->state == VALUE_SET ? MIN(length, snaplen->number) : length;
}

char *compose_expectation(const struct step *step, const struct cutting *cutting, guint index)
{
	char *expectation;
	char *whole;

	if (cutting->count == 1)
		return expectation_of(step);
	expectation = index + 1 == cutting->count ? expectation_of(step) : g_strdup(" expect: none");
	whole = g_strdup_printf(" fragment %u of %u%s", index + 1, cutting->count, expectation);
	g_free(expectation);
	return whole;
}

// Takes the bytes.
static void add_packet(const struct scenario *scenario, const struct plan *plan, const struct cutting *cutting,
		       guint index, GBytes *bytes, GPtrArray *packets)
{
	struct packet *packet = g_new0(struct packet, 1);
	char *expectation = compose_expectation(plan->source, cutting, index);

	packet->time = plan->time;
	packet->bytes = bytes;
	packet->captured = compose_captured(plan, g_bytes_get_size(bytes));
	packet->comment =
		g_strdup_printf("dsmipgen %s step %s%s", scenario->name, step_name(plan->source), expectation);
	g_ptr_array_add(packets, packet);
	g_free(expectation);
}

static bool compose_packet(struct builder *builder, const struct scenario *scenario, struct plan *plan,
			   GPtrArray *packets, GError **error)
{
	GBytes *whole = build_packet(builder, plan, error);
	struct cutting cutting;
	gsize length;
	const guint8 *bytes;

	if (whole == NULL)
		return false;
	if (!fragment_plan(plan, &cutting, error)) {
		g_bytes_unref(whole);
		return false;
	}
	bytes = g_bytes_get_data(whole, &length);
	for (guint i = 0; cutting.count > 1 && i < cutting.count; i++) {
		GByteArray *fragment = g_byte_array_new();

		fragment_make(&cutting, bytes, length, i, fragment);
		add_packet(scenario, plan, &cutting, i, g_byte_array_free_to_bytes(fragment), packets);
	}
	if (cutting.count > 1)
		g_bytes_unref(whole);
	else
		add_packet(scenario, plan, &cutting, 0, whole, packets);
	return true;
}

gint64 compose_start(gint64 end)
{
	return end == 0 ? CAPTURE_START : (end + 2 * MINUTE - 1) / MINUTE * MINUTE;
}

static gint64 end_of(const GPtrArray *packets)
{
	return packets->len == 0 ? 0 : ((const struct packet *)packets->pdata[packets->len - 1])->time;
}

bool compose_scenario_at(const struct scenario *scenario, const char *const *overrides, guint32 seed,
			 const struct timing *timing, GPtrArray *packets, GError **error)
{
	struct builder *builder = builder_new(seed, error);
	struct actors *actors;
	GPtrArray *plans = NULL;

	if (builder == NULL)
		return false;
	actors = scenario_actors(scenario, overrides, error);
	if (actors)
		plans = plan_scenario(scenario, actors, timing, error);
	for (guint i = 0; plans != NULL && i < plans->len; i++)
		if (!compose_packet(builder, scenario, plans->pdata[i], packets, error))
			g_clear_pointer(&plans, g_ptr_array_unref);
	g_clear_pointer(&actors, actors_free);
	builder_free(builder);
	if (plans == NULL)
		return false;
	g_ptr_array_unref(plans);
	return true;
}

bool compose_scenario(const struct scenario *scenario, const char *const *overrides, guint32 seed, GPtrArray *packets,
		      GError **error)
{
	const struct timing timing = {.start = compose_start(end_of(packets))};

	return compose_scenario_at(scenario, overrides, seed, &timing, packets, error);
}
