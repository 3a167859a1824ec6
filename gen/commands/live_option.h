// SPDX-License-Identifier: GPL-2.0-or-later
// The options --pps and --loop of commands whose packets come in time.
#ifndef DSMIPGEN_LIVE_OPTION_H
#define DSMIPGEN_LIVE_OPTION_H

#include "population/traffic.h"

typedef struct {
	char *pps;
	char *loop;
} live_option_t;

// Rows of a GOptionEntry table.
#define LIVE_ENTRIES(live)                                                                                             \
	{                                                                                                              \
		"pps",       0,                                                                                        \
		0,           G_OPTION_ARG_STRING,                                                                      \
		&(live).pps, "Packets per second (default: the times of the scenario)",                                \
		"N"},                                                                                                  \
	{                                                                                                              \
		"loop", 0, 0, G_OPTION_ARG_STRING, &(live).loop, "How many times; 0 means forever (default 1)", "N"    \
	}

// The packets of the scenarios in time; see live_source().
packet_source_t *live_option_source(const live_option_t *live, char **names, traffic_options_t *traffic,
				    GError **error);

#endif
