// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen send: scenarios -> an interface, in time.
#ifndef DSMIPGEN_SEND_H
#define DSMIPGEN_SEND_H

#include "output/sink.h"
#include "population/traffic.h"

// The options of the command as they are given, NULL where not.
typedef struct {
	char *interface;
	char *mac_source;
	char *mac_destination;
	char *next_hop;
	char *to;
	char *pps;
	char *mbps;
	char *gap;
	char *loop;
	char *count;
	char *duration;
	char *threads;
	char *start_time;
	char *progress;
	char *wait;
	char *path;         // with is_dry_run: of a capture file, in the format of
	const sink_t *sink; // this
	traffic_options_t traffic;
	gboolean is_raw;
	gboolean is_topspeed;
	gboolean is_dry_run;
} send_options_t;

// Sends the scenarios of these names, or tells what it would send. Prints progress and summary. After SIGINT or SIGTERM
// it does not return: the program ends by the signal once the summary is out.
bool send_scenarios(char **names, const send_options_t *options, GError **error);

#endif
