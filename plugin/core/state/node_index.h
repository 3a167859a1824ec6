// SPDX-License-Identifier: GPL-2.0-or-later
// Mobile nodes and home agents, found by their addresses.
//
// Finds the nodes behind an address as of a frame: nodes that came there later are not visited, so that the result
// does not depend on what was read ahead. dsmipv4_node_at(), or the frame of the returned event, has the state at
// that frame. Addresses in host byte order.
#ifndef DSMIPV4_NODE_INDEX_H
#define DSMIPV4_NODE_INDEX_H

#include "state/bindings.h"
#include "state/table.h"

// No registration was seen yet.
bool dsmipv4_bindings_is_empty(const dsmipv4_bindings_t *bindings);

// One of the addresses is a home agent's, as requests or replies name it, or the care-of address of a node (or its
// NAT). A header without such an end is no tunnel that dsmipv4_match() finds. O(1) expected.
bool dsmipv4_may_be_tunnel(const dsmipv4_bindings_t *bindings, uint32_t src, uint32_t dst);

// Visit the nodes of a home agent with this home address: one, or several that differ in their NAI, the
// latest first. O(1) expected, and O(log n) in the number of nodes that came there later.
void dsmipv4_nodes_by_hoa(const dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t hoa, uint32_t frame,
			  dsmipv4_visit_node visit, void *user);

// Visit the nodes of any home agent that have or had a binding with this effective care-of address, if that is
// the node's own (D bit) or a NAT's, and those that were denied their first one there; the one that came last first.
// Nodes behind one NAT share it. A node may be visited more than once. O(1) expected, O(log n) as above.
void dsmipv4_nodes_by_coa(const dsmipv4_bindings_t *bindings, uint32_t coa, uint32_t frame, dsmipv4_visit_node visit,
			  void *user);

// Visit the nodes of a home agent for which a prefix was registered that covers the IPv6 address,
// shortest prefix first, of equal prefixes the node that came last first. A node may be visited more
// than once. At most 129 steps, O(log n) each as above, and one for each node that is visited.
void dsmipv4_nodes_by_prefix(const dsmipv4_bindings_t *bindings, uint32_t ha, const uint8_t address[16], uint32_t frame,
			     dsmipv4_visit_node visit, void *user);

// The same for the nodes for which a prefix was registered that contains this one or is inside it.
void dsmipv4_nodes_by_overlap(const dsmipv4_bindings_t *bindings, uint32_t ha, const dsmipv4_prefix_t *prefix,
			      uint32_t frame, dsmipv4_visit_node visit, void *user);

// Remember that messages of this home agent arrive in frames from this MAC address (the low 48 bits), which is its
// own or that of a router. If there are many home agents behind one router, some are forgotten.
void dsmipv4_note_home_link(dsmipv4_bindings_t *bindings, uint64_t mac, uint32_t ha);

// The home agents whose messages arrive from this MAC address; their number in `n`.
const uint32_t *dsmipv4_agents_on_home_link(const dsmipv4_bindings_t *bindings, uint64_t mac, unsigned *n);

// The first reply with which this home agent accepted a registration, NULL if there is none. O(1) expected.
const dsmipv4_event_t *dsmipv4_home_agent_since(const dsmipv4_bindings_t *bindings, uint32_t ha);

// The latest one of those taken so far.
const dsmipv4_event_t *dsmipv4_home_agent_latest(const dsmipv4_bindings_t *bindings, uint32_t ha);

// This home agent is known to have accepted registrations both before and after this time, and replies from its address
// were captured. O(1) expected.
bool dsmipv4_home_agent_answers(const dsmipv4_bindings_t *bindings, uint32_t ha, int64_t time);

// The first message that shows another of this home agent's to be missing from the capture, although others of the same
// node are there; NULL if there is none. What was captured of its registrations is not all. O(1) expected.
const dsmipv4_event_t *dsmipv4_home_agent_gap(const dsmipv4_bindings_t *bindings, uint32_t ha);

// The first reply with which this home agent accepted a mobile router that named its networks (RFC 5177 4), NULL if
// there is none. O(1) expected.
const dsmipv4_event_t *dsmipv4_mobile_router_since(const dsmipv4_bindings_t *bindings, uint32_t ha);

// Remember an event of a node that shows others of it to be missing.
void dsmipv4_note_gap(dsmipv4_bindings_t *b, const dsmipv4_event_t *event);

// The first reply with which this home agent accepted a registration via a foreign agent that has this
// care-of address (or, behind a NAT, is reached at it). NULL if there is none. O(1) expected.
const dsmipv4_event_t *dsmipv4_foreign_agent_since(const dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t coa);

// Visit every node, in the order in which they were first seen.
void dsmipv4_bindings_each_node(const dsmipv4_bindings_t *bindings, dsmipv4_visit_node visit, void *user);

// Visit what dsmipv4_note_home_link() has stored.
typedef void (*dsmipv4_visit_home_link)(uint64_t mac, uint32_t ha, void *user);
void dsmipv4_bindings_each_home_link(const dsmipv4_bindings_t *bindings, dsmipv4_visit_home_link visit, void *user);

void dsmipv4_node_index_init(dsmipv4_bindings_t *b);

// The node with these addresses and this NAI, NULL if none is known. Without an NAI it is the latest node with these
// addresses.
dsmipv4_node_t *dsmipv4_find_node(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai);

// The same node as it is known by its NAI alone: where its requests for a home address are. NULL: there is none.
const dsmipv4_node_t *dsmipv4_node_without_address(const dsmipv4_bindings_t *b, const dsmipv4_node_t *node);

// As dsmipv4_find_node(); it is made if there is none. NULL for home address 0 without an NAI.
dsmipv4_node_t *dsmipv4_node_of(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai);

// The home agent that accepts a registration with this reply.
dsmipv4_agent_t *dsmipv4_agent_of(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply);

// The set with one more node, or the same set if the node is among its latest. Only those are searched, so a large
// set may hold a node twice.
dsmipv4_node_set_t dsmipv4_node_set_add(dsmipv4_bindings_t *b, dsmipv4_node_set_t set, const dsmipv4_node_t *node);

// Visit the nodes of a set that came up to this frame, the latest first; false if the visitor ended the walk.
bool dsmipv4_node_set_visit(const dsmipv4_bindings_t *b, dsmipv4_node_set_t set, uint32_t frame,
			    dsmipv4_visit_node visit, void *user);

// The care-of address for which this reply denied a node its registration, if it is the node's own and no NAT's; 0:
// none.
uint32_t dsmipv4_denied_coa(const dsmipv4_event_t *denial);

// Index the node of a denial by that address. Nothing else is known of the node.
void dsmipv4_index_denied(dsmipv4_bindings_t *b, const dsmipv4_event_t *denial);

// Index the new binding, whose `before` is set, by its home agent and its care-of address.
void dsmipv4_index_binding(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding);

#endif
