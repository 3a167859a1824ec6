// SPDX-License-Identifier: GPL-2.0-or-later
// Names and options of the command line -> a source of packets, for all commands that make packets.
#include "population/traffic.h"

#include "packet/auth.h"
#include "language/parse.h"
#include "packet/plan.h"
#include "population/mixture.h"
#include "population/node_facts.h"
#include "population/self_check.h"

#include <string.h>

#define DEFAULT_SPACING "0.001"
#define PAUSE G_USEC_PER_SEC                                    // between scenarios that come in time
#define RUN_MAX (G_GINT64_CONSTANT(100000000) * G_USEC_PER_SEC) // as the times of a scenario

static bool refuse(GError **error, const char *problem)
{
	fail(error, GEN_ERROR_SCENARIO, "%s", problem);
	return false;
}

static bool check_overrides(char **overrides, GError **error)
{
	for (; overrides && *overrides; overrides++) {
		g_autofree char *name = g_strndup(*overrides, strcspn(*overrides, "="));
		bool replaced = node_facts_replace(name);

		if (replaced)
			fail(error, GEN_ERROR_SCENARIO,
			     "--set: %s differs from node to node with --nodes; expected a block such as nodes.hoa",
			     name);
		if (replaced)
			return false;
	}
	return true;
}

static bool read_spacing(const traffic_options_t *options, gint64 *spacing, GError **error)
{
	static const place_t place = {NULL, "--spacing", 0};
	value_t value;

	if (!value_read(KIND_SECONDS, options->spacing ? options->spacing : DEFAULT_SPACING, &place, &value, error))
		return false;
	*spacing = (gint64)value.number;
	return *spacing <= RUN_MAX / options->nodes ||
	       refuse(error, "--spacing: the last node starts after more than three years; expected less");
}

static bool check_nodes(const traffic_options_t *options, GError **error)
{
	if (options->nodes >= 1 && options->nodes <= NODES_MAX)
		return true;
	g_autofree char *problem =
		g_strdup_printf("%" G_GINT64_FORMAT " nodes; expected 1 to %d", options->nodes, NODES_MAX);
	refuse(error, problem);
	return false;
}

static bool read_nodes(const traffic_options_t *options, population_options_t *population, GError **error)
{
	const char *keys = options->node_keys ? options->node_keys : "shared";

	if (!check_nodes(options, error))
		return false;
	population->nodes = (guint32)options->nodes;
	population->derive_keys = strcmp(keys, "derived") == 0;
	if (!population->derive_keys && strcmp(keys, "shared") != 0)
		return refuse(error, "wrong --node-keys; expected shared or derived");
	return read_spacing(options, &population->spacing, error) && check_overrides(options->overrides, error);
}

bool traffic_population_options(const traffic_options_t *options, population_options_t *population, GError **error)
{
	*population = (population_options_t){
		.overrides = (const char *const *)options->overrides,
		.pace = options->pace,
		.seed = (guint32)options->seed,
	};
	if (options->seed < 0 || options->seed > G_MAXUINT32)
		return refuse(error, "seed out of range; expected 0 to 4294967295");
	if (options->nodes != TRAFFIC_OWN_NODES)
		return read_nodes(options, population, error);
	return (!options->spacing && !options->node_keys) ||
	       refuse(error, "--spacing and --node-keys have no effect without --nodes; expected --nodes N");
}

// Scenarios one after the other.
typedef struct {
	packet_source_t base;
	gint64 start;     // of the first packet; 0: that of all captures
	GPtrArray *parts; // of packet_source_t
	guint at;
} traffic_t;

static bool next_packet(packet_source_t *source, packet_t *packet)
{
	traffic_t *traffic = (traffic_t *)source;

	for (; traffic->at < traffic->parts->len; traffic->at++) {
		packet_source_t *part = traffic->parts->pdata[traffic->at];

		part->makes_comments = source->makes_comments;
		if (part->next(part, packet))
			return true;
	}
	return false;
}

static void free_traffic(packet_source_t *source)
{
	g_ptr_array_unref(((traffic_t *)source)->parts);
	g_free(source);
}

static bool add_mixture(traffic_t *traffic, const scenario_t *scenario, const population_options_t *options,
			gint64 start, gint64 *end, GError **error)
{
	if (options->nodes > 0)
		return refuse(error,
			      "--nodes and a scenario with a population exclude each other; expected one of them");
	if (options->pace.kind != PACE_SCENARIO)
		return refuse(error, "a population has times of its own; expected no rate");
	packet_source_t *mixture = mixture_new(scenario, options, start, end, error);
	if (mixture)
		g_ptr_array_add(traffic->parts, mixture);
	return mixture;
}

// Adds the population of a scenario, begun after *end, which becomes the time of its last packet.
static bool add_scenario(traffic_t *traffic, const char *name, const population_options_t *options, gint64 *end,
			 GError **error)
{
	gint64 start = traffic->start == 0 ? plan_start(*end) : *end == 0 ? traffic->start : *end + PAUSE;
	g_autoptr(scenario_t) scenario = scenario_load(name, error);

	if (!scenario)
		return false;
	if (scenario->population)
		return add_mixture(traffic, scenario, options, start, end, error);
	bool ok = scenario_prepare(scenario, options->overrides, options->seed, error);
	population_t *population = ok ? population_new(scenario, options, start, error) : NULL;
	if (!population)
		return false;
	g_ptr_array_add(traffic->parts, population_source(population));
	*end = population_last(population);
	return self_check(population, scenario, options, start, error);
}

packet_source_t *traffic_source(char **names, const traffic_options_t *options, GError **error)
{
	population_options_t of_each;
	gint64 end = 0;
	bool ok = true;

	if (!traffic_population_options(options, &of_each, error) || !auth_init(error))
		return NULL;
	traffic_t *traffic = g_new0(traffic_t, 1);
	traffic->base = (packet_source_t){.next = next_packet, .free = free_traffic};
	traffic->start = options->start;
	traffic->parts = g_ptr_array_new_with_free_func((GDestroyNotify)packet_source_free);
	for (; ok && *names; names++)
		ok = add_scenario(traffic, *names, &of_each, &end, error);
	if (ok)
		return &traffic->base;
	free_traffic(&traffic->base);
	return NULL;
}

bool traffic_check(const scenario_t *scenario, GError **error)
{
	const traffic_options_t options = TRAFFIC_DEFAULTS;
	population_options_t plain;
	gint64 start = plan_start(0);
	gint64 last;
	bool ok = traffic_population_options(&options, &plain, error) && auth_init(error);

	if (scenario->population) {
		packet_source_t *mixture = ok ? mixture_new(scenario, &plain, start, &last, error) : NULL;

		packet_source_free(mixture);
		return mixture;
	}
	scenario_t *copy = scenario_copy(scenario);

	ok = ok && scenario_prepare(copy, NULL, plain.seed, error);
	population_t *population = ok ? population_new(copy, &plain, start, error) : NULL;
	ok = population && self_check(population, copy, &plain, start, error);
	g_clear_pointer(&population, population_free);
	scenario_copy_free(copy);
	return ok;
}

void traffic_options_clear(traffic_options_t *options)
{
	g_strfreev(options->overrides);
	g_free(options->spacing);
	g_free(options->node_keys);
}
