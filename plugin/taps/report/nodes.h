// SPDX-License-Identifier: GPL-2.0-or-later
// What was seen of each mobile node: its registration messages and tunneled packets.
#ifndef DSMIPV4_TAPS_REPORT_NODES_H
#define DSMIPV4_TAPS_REPORT_NODES_H

#include <glib.h>

#include "dissect/tapped.h"
#include "taps/report/tally.h"

typedef struct {
	const dsmipv4_node_t *node;
	char *nai;         // NULL: not seen
	GPtrArray *events; // const dsmipv4_event_t *, in the order of frames
	GArray *traffic;   // dsmipv4_traffic_t
	bool ipv6;         // IPv6 was tunneled
} dsmipv4_report_node_t;

typedef struct {
	GHashTable *by_node;
	GPtrArray *all; // dsmipv4_report_node_t *, in the order in which they were first seen
} dsmipv4_report_nodes_t;

dsmipv4_report_nodes_t *dsmipv4_report_nodes_new(void);
void dsmipv4_report_nodes_free(dsmipv4_report_nodes_t *nodes);

// Take a message or packet of a node; nothing for what is of none.
void dsmipv4_report_nodes_add(dsmipv4_report_nodes_t *nodes, const dsmipv4_tapped_t *tapped,
			      const dsmipv4_subject_t *subject, const packet_info *pinfo);

#endif
