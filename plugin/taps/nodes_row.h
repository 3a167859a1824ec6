// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of a mobile node at a moment, in a line.
#ifndef DSMIPV4_TAPS_NODES_ROW_H
#define DSMIPV4_TAPS_NODES_ROW_H

#include "taps/report/nodes.h"

// Texts are owned by the row.
typedef struct {
	char *home_address, *home_agent; // the NAI where the home address is not known
	char *state;                     // registered, expired, deregistered, denied, no reply, ...
	char *care_of;                   // several where there are simultaneous bindings, "-": none
	char *prefixes, *mode;
	char *since;   // the state
	char *expires; // or expired
	unsigned requests, accepted, no_reply;
	char *denied;              // "2: mobile node failed authentication (131)"
	char *to_node, *from_node; // "2 packets, 180 bytes: care-of address 2"
	char *ipv6;                // "yes", or why not, and the frame that shows it
	int64_t deadline;          // when time alone changes it, INT64_MAX: never
} dsmipv4_nodes_row_t;

// By frames up to `frame` and at `time`, nanoseconds since 1970; DSMIPV4_NO_TIME where frames have none.
void dsmipv4_nodes_row_fill(dsmipv4_nodes_row_t *row, const dsmipv4_report_node_t *node, uint32_t frame, int64_t time);

#endif
