// SPDX-License-Identifier: GPL-2.0-or-later
// The bindings of the open capture as of a moment.
#ifndef DSMIPV4_TAPS_BINDINGS_VIEW_H
#define DSMIPV4_TAPS_BINDINGS_VIEW_H

#include "taps/moment.h"
#include "taps/report/lives.h"
#include "taps/report/nodes.h"

// Tunneled packets of one binding, by dsmipv4_direction_t.
typedef struct {
	uint64_t packets[2], bytes[2];
} dsmipv4_carried_t;

typedef struct {
	const char *filter; // NULL: none
	bool all;           // bindings that have ended, too
	dsmipv4_moment_t at;
	uint64_t frames; // all of the capture
	int64_t first_time, last_time;
	uint32_t frame;                // the last one at the moment or before it, 0: none
	dsmipv4_report_nodes_t *nodes; // what was seen of each, up to the moment
	GHashTable *carried;           // the reply that began a binding -> dsmipv4_carried_t
} dsmipv4_bindings_view_t;

// A binding of a node, from its first registration on.
typedef struct {
	const dsmipv4_node_t *node;
	const char *nai; // NULL: not seen
	bool ipv6;       // IPv6 was tunneled for the node
	const dsmipv4_binding_life_t *life;
	const dsmipv4_carried_t *carried; // never NULL
} dsmipv4_bindings_row_t;

typedef void (*dsmipv4_bindings_visit_t)(const dsmipv4_bindings_row_t *row, void *user);

// Forget what was seen, but for filter, all and at.
void dsmipv4_bindings_view_clear(dsmipv4_bindings_view_t *view);

// Take a frame of the capture, and a message or packet in it, which may come before its frame.
void dsmipv4_bindings_view_frame(dsmipv4_bindings_view_t *view, const packet_info *pinfo);
void dsmipv4_bindings_view_add(dsmipv4_bindings_view_t *view, const dsmipv4_tapped_t *tapped, const packet_info *pinfo);

// The moment, in nanoseconds since 1970; DSMIPV4_NO_TIME where the frames have no time.
int64_t dsmipv4_bindings_view_time(const dsmipv4_bindings_view_t *view);

// Visit the bindings of each node, the nodes in the order in which they were first seen; with a filter those of which
// it let something through.
void dsmipv4_bindings_view_each(const dsmipv4_bindings_view_t *view, dsmipv4_bindings_visit_t visit, void *user);

// The same of one node.
void dsmipv4_bindings_view_node(const dsmipv4_bindings_view_t *view, const dsmipv4_node_t *node,
				dsmipv4_bindings_visit_t visit, void *user);

// What a binding carried, by the reply that began it; never NULL.
const dsmipv4_carried_t *dsmipv4_bindings_view_carried(const dsmipv4_bindings_view_t *view,
						       const dsmipv4_event_t *began);

#endif
