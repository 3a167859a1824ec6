// SPDX-License-Identifier: GPL-2.0-or-later
// The program's check of its own packets: those of templates against those that are built one by one.
#include "population/self_check.h"

#include "packet/build.h"
#include "packet/fragment.h"

#include <string.h>

#define SAMPLE 32 // nodes that are checked

// Builds the packet of a plan, and appends it or its fragments to a list of GByteArray.
static bool build_one(builder_t *builder, plan_t *plan, GPtrArray *packets, GError **error)
{
	g_autoptr(GByteArray) whole = g_byte_array_new();
	cutting_t cutting;

	if (!build_packet(builder, plan, whole, error) || !fragment_plan(plan, &cutting, error))
		return false;
	for (guint i = 0; i < cutting.sent; i++) {
		GByteArray *fragment = g_byte_array_new();

		if (cutting.count == 1)
			g_byte_array_append(fragment, whole->data, whole->len);
		else
			fragment_make(&cutting, whole, fragment_at(&cutting, i), fragment);
		g_ptr_array_add(packets, fragment);
	}
	return true;
}

static bool build_plans(const GPtrArray *plans, guint32 seed, GPtrArray *packets, GError **error)
{
	builder_t *builder = builder_new(seed, error);
	bool ok = builder;

	for (guint i = 0; ok && i < plans->len; i++)
		ok = build_one(builder, plans->pdata[i], packets, error);
	g_clear_pointer(&builder, builder_free);
	return ok;
}

// All packets of a node, in order: a list of GByteArray.
static GPtrArray *build_node(const scenario_t *scenario, const char *const *overrides, guint32 seed,
			     const timing_t *timing, GError **error)
{
	g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
	g_autoptr(actors_t) actors = scenario_actors(scenario, overrides, error);
	g_autoptr(GPtrArray) plans = actors ? plan_scenario(scenario, actors, timing, error) : NULL;

	return plans && build_plans(plans, seed, packets, error) ? g_steal_pointer(&packets) : NULL;
}

// The times of the steps of a node, from the start of the population.
static GArray *offsets_of(const population_t *population, const scenario_t *scenario, gint64 start, guint32 node)
{
	GArray *offsets = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (guint step = 0; step < scenario->steps->len; step++) {
		gint64 offset = timeline_time(population_timeline(population), step, node) - start;

		g_array_append_val(offsets, offset);
	}
	return offsets;
}

static bool is_same(const packet_t *packet, const GByteArray *built)
{
	return packet->length == built->len && memcmp(packet->bytes, built->data, built->len) == 0;
}

static bool check_node(population_t *population, const scenario_t *scenario, const population_options_t *options,
		       gint64 start, guint32 node, GError **error)
{
	g_auto(GStrv) overrides = population_overrides(population, options->overrides, node);
	g_autoptr(GArray) offsets = offsets_of(population, scenario, start, node);
	const timing_t timing = {start, &g_array_index(offsets, gint64, 0), NULL};
	g_autoptr(GPtrArray) built =
		build_node(scenario, (const char *const *)overrides, options->seed, &timing, error);

	for (guint i = 0; built && i < built->len; i++) {
		packet_t packet;

		population_make(population, i, node, &packet);
		if (is_same(&packet, built->pdata[i]))
			continue;
		fail(error, GEN_ERROR_CHECK,
		     "self-check failed: %s node %u differs from the packet that is built by itself; nothing is "
		     "written "
		     "or sent",
		     population_name(population, i), node);
		return false;
	}
	return built;
}

// The first node, the last one, and some in between at equal distances.
bool self_check(population_t *population, const scenario_t *scenario, const population_options_t *options, gint64 start,
		GError **error)
{
	guint32 count = population_count(population);
	guint32 checked = MIN(SAMPLE, count);

	timeline_begin(population_timeline(population), start, 0, count);
	for (guint32 i = 0; i < checked; i++) {
		guint32 node = checked == 1 ? 0 : (guint32)((guint64)i * (count - 1) / (checked - 1));

		if (!check_node(population, scenario, options, start, node, error))
			return false;
	}
	return true;
}
