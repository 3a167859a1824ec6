// SPDX-License-Identifier: GPL-2.0-or-later
// The report, once the capture was read: as JSON.
#ifndef DSMIPV4_TAPS_REPORT_WRITE_H
#define DSMIPV4_TAPS_REPORT_WRITE_H

#include <stdio.h>

#include "taps/report/nodes.h"
#include "taps/report/tally.h"

// What the tap gathered.
typedef struct {
	const char *filter; // NULL: none
	bool packets;       // only what was asked of packets, and the nodes that some were tunneled for
	uint64_t frames;    // all of the capture
	int64_t first_time, last_time;
	uint32_t last_registration, last_tunneled; // frames, so that each counts once
	uint64_t registrations, tunneled, advertisements;
	dsmipv4_tally_t *tally;
	dsmipv4_report_nodes_t *nodes;
} dsmipv4_report_t;

// doc/report.schema.json
void dsmipv4_report_write_json(const dsmipv4_report_t *report, FILE *out);

#endif
