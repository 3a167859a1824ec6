// SPDX-License-Identifier: GPL-2.0-or-later
// Names and options of the command line -> a source of packets, for all commands that make packets.
#include "population/traffic.h"

#include "packet/auth.h"
#include "language/parse.h"
#include "packet/compose.h"
#include "population/node_facts.h"

#include <string.h>

#define DEFAULT_SPACING "0.001"
#define RUN_MAX (G_GINT64_CONSTANT(100000000) * G_USEC_PER_SEC) // as the times of a scenario

static bool refuse(GError **error, const char *problem)
{
	fail(error, GEN_ERROR_SCENARIO, "%s", problem);
	return false;
}

static bool check_overrides(char **overrides, GError **error)
{
	for (; overrides != NULL && *overrides != NULL; overrides++) {
		char *name = g_strndup(*overrides, strcspn(*overrides, "="));
		bool replaced = node_facts_replace(name);

		if (replaced)
			fail(error, GEN_ERROR_SCENARIO,
			     "--set: %s differs from node to node with --nodes; expected a block such as nodes.hoa",
			     name);
		g_free(name);
		if (replaced)
			return false;
	}
	return true;
}

static bool read_spacing(const struct traffic_options *options, gint64 *spacing, GError **error)
{
	static const struct place place = {NULL, "--spacing", 0};
	struct value value;

	if (!value_read(KIND_SECONDS, options->spacing != NULL ? options->spacing : DEFAULT_SPACING, &place, &value,
			error))
		return false;
	*spacing = (gint64)value.number;
	return *spacing <= RUN_MAX / options->nodes ||
	       refuse(error, "--spacing: the last node starts after more than three years; expected less");
}

static bool check_nodes(const struct traffic_options *options, GError **error)
{
	char *problem;

	if (options->nodes >= 1 && options->nodes <= NODES_MAX)
		return true;
	problem = g_strdup_printf("%" G_GINT64_FORMAT " nodes; expected 1 to %d", options->nodes, NODES_MAX);
	refuse(error, problem);
	g_free(problem);
	return false;
}

static bool read_nodes(const struct traffic_options *options, struct population_options *population, GError **error)
{
	const char *keys = options->node_keys != NULL ? options->node_keys : "shared";

	if (!check_nodes(options, error))
		return false;
	population->nodes = (guint32)options->nodes;
	population->derive_keys = strcmp(keys, "derived") == 0;
	if (!population->derive_keys && strcmp(keys, "shared") != 0)
		return refuse(error, "wrong --node-keys; expected shared or derived");
	return read_spacing(options, &population->spacing, error) && check_overrides(options->overrides, error);
}

bool traffic_population_options(const struct traffic_options *options, struct population_options *population,
				GError **error)
{
	*population = (struct population_options){
		.overrides = (const char *const *)options->overrides,
		.seed = (guint32)options->seed,
	};
	if (options->seed < 0 || options->seed > G_MAXUINT32)
		return refuse(error, "seed out of range; expected 0 to 4294967295");
	if (options->nodes != TRAFFIC_OWN_NODES)
		return read_nodes(options, population, error);
	return (options->spacing == NULL && options->node_keys == NULL) ||
	       refuse(error, "--spacing and --node-keys have no effect without --nodes; expected --nodes N");
}

static struct packet_source *few_nodes(char **names, const struct traffic_options *options, GError **error)
{
	GPtrArray *packets = packet_list_new();

	for (; *names != NULL; names++) {
		struct scenario *scenario = scenario_load(*names, error);
		bool ok = scenario != NULL && compose_scenario(scenario, (const char *const *)options->overrides,
							       (guint32)options->seed, packets, error);

		if (scenario != NULL)
			scenario_free(scenario);
		if (!ok) {
			g_ptr_array_unref(packets);
			return NULL;
		}
	}
	return source_of_packets(packets);
}

// Appends the population of a scenario to a list, at a start; *end becomes the time of its last packet.
static bool add_population(const char *name, const struct population_options *options, gint64 start, gint64 *end,
			   struct packet_source *list, GError **error)
{
	struct scenario *scenario = scenario_load(name, error);
	struct population *population = scenario != NULL ? population_new(scenario, options, start, error) : NULL;
	bool ok = false;

	if (population != NULL) {
		*end = population_last(population);
		source_append(list, population_source(population));
		ok = population_check(population, scenario, options, start, error);
	}
	if (scenario != NULL)
		scenario_free(scenario);
	return ok;
}

static struct packet_source *many_nodes(char **names, const struct population_options *options, GError **error)
{
	struct packet_source *all = source_of_sources();
	gint64 end = 0;
	bool ok = true;

	for (; ok && *names != NULL; names++)
		ok = add_population(*names, options, compose_start(end), &end, all, error);
	if (ok)
		return all;
	source_free(all);
	return NULL;
}

struct packet_source *traffic_source(char **names, const struct traffic_options *options, GError **error)
{
	struct population_options population;

	if (!traffic_population_options(options, &population, error) || !auth_init(error))
		return NULL;
	return population.nodes == 0 ? few_nodes(names, options, error) : many_nodes(names, &population, error);
}

void traffic_options_clear(struct traffic_options *options)
{
	g_strfreev(options->overrides);
	g_free(options->spacing);
	g_free(options->node_keys);
}
