// SPDX-License-Identifier: GPL-2.0-or-later
// Names and options of the command line -> a source of packets, for all commands that make packets.
#ifndef DSMIPGEN_TRAFFIC_H
#define DSMIPGEN_TRAFFIC_H

#include "population/population.h"

typedef struct {
	char **overrides;
	gint64 seed;
	gint64 nodes; // TRAFFIC_OWN_NODES: those of the scenario
	char *spacing;
	char *node_keys;
	// Set by commands whose packets come in time.
	gint64 start; // of the first packet, microseconds since 1970; 0: the start of all captures
	pace_t pace;
} traffic_options_t;

#define TRAFFIC_OWN_NODES G_MININT64
#define TRAFFIC_DEFAULTS                                                                                               \
	{                                                                                                              \
		.seed = 1, .nodes = TRAFFIC_OWN_NODES                                                                  \
	}

// Rows of a GOptionEntry table.
#define TRAFFIC_SET_ENTRY(options)                                                                                     \
	{                                                                                                              \
		"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(options).overrides,                                          \
			"Another address or key, such as mn1.coa=192.0.2.7, or another value in a step, such as "      \
			"request.lifetime=30; may be repeated",                                                        \
			"NAME.KEY=VALUE"                                                                               \
	}
#define TRAFFIC_ENTRIES(options)                                                                                       \
	TRAFFIC_SET_ENTRY(options),                                                                                    \
		{"seed", 0, 0, G_OPTION_ARG_INT64, &(options).seed, "Seed of random payloads (default 1)", "N"},       \
		{"nodes", 0, 0, G_OPTION_ARG_INT64, &(options).nodes, "Run the scenarios for so many mobile nodes",    \
		 "N"},                                                                                                 \
		{"spacing",                                                                                            \
		 0,                                                                                                    \
		 0,                                                                                                    \
		 G_OPTION_ARG_STRING,                                                                                  \
		 &(options).spacing,                                                                                   \
		 "Time from the start of a node to that of the next (default 0.001)",                                  \
		 "SECONDS"},                                                                                           \
	{                                                                                                              \
		"node-keys", 0, 0, G_OPTION_ARG_STRING, &(options).node_keys,                                          \
			"Keys of mn1 for all nodes (shared, the default), or for each its own", "shared|derived"       \
	}

// Checks the options, all but names and pace of a population.
bool traffic_population_options(const traffic_options_t *options, population_options_t *population, GError **error);

// Checks the options and makes the packets of the scenarios, one scenario after the other. All errors are found here:
// what the source hands out is valid.
packet_source_t *traffic_source(char **names, const traffic_options_t *options, GError **error);

// Whether the packets of a scenario can be made, with no options.
bool traffic_check(const scenario_t *scenario, GError **error);

// Frees what the options hold.
void traffic_options_clear(traffic_options_t *options);

#endif
