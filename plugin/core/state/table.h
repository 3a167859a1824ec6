// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table as the files of this folder see it; all others use bindings.h and node_index.h.
#ifndef DSMIPV4_TABLE_H
#define DSMIPV4_TABLE_H

#include <glib.h>

#include "state/history.h"
#include "util/arena.h"
#include "util/hash64.h"
#include "util/prefix_trie.h"
#include "util/stable_array.h"

typedef struct agent dsmipv4_agent_t;

// A set of nodes in 32 bits: 0 for none, else see node_index.c.
typedef uint32_t dsmipv4_node_set_t;

struct dsmipv4_bindings {
	wmem_allocator_t *alloc;        // for what grows
	dsmipv4_arena_t *arena;         // for what stays
	dsmipv4_stable_array_t nodes;   // dsmipv4_node_t, in the order in which they were first seen
	dsmipv4_event_t *last_orphan;   // latest event without a node, chained by `before`
	uint32_t frame;                 // of the message that is being taken
	uint32_t n_changes;             // messages that were taken
	dsmipv4_hash64_t addresses;     // digest of home agent and home address, dsmipv4_node_set_t
	dsmipv4_hash64_t names;         // of nodes that share these: digest of them and of the NAI, number of the node
	dsmipv4_hash64_t coas;          // co-located care-of address, dsmipv4_node_set_t
	dsmipv4_hash64_t home_agents;   // of nodes: home agent, 1
	dsmipv4_stable_array_t sharers; // members of sets of several: see node_index.c
	wmem_map_t *agents;             // home agent -> dsmipv4_agent_t
	const dsmipv4_agent_t *last_agent; // the latest of them, chained by `before`
	wmem_map_t *home_links;            // MAC address -> wmem_array_t of home agents
	dsmipv4_hash64_t replies;          // from, to, inverted: replies were seen
	wmem_map_t *requests;              // event -> itself, by request_hash(): see dsmipv4_remember_request()
};

// A home agent that accepted a registration.
struct agent {
	const dsmipv4_event_t *since;
	const dsmipv4_event_t *latest; // the latest reply with which it accepted one
	const dsmipv4_event_t *gap;    // the first that shows another of its node missing, NULL: none
	const dsmipv4_event_t *router; // the first reply that accepted a mobile router with its networks, NULL: none
	const dsmipv4_agent_t *before;
	dsmipv4_trie_t *prefixes; // prefix -> dsmipv4_node_set_t: who holds it or once held it
	wmem_map_t *foreign;      // care-of address of a foreign agent -> the first reply that accepted it
};

// Append the event to its node's, or where that is NULL to those whose home address is not known.
static inline void dsmipv4_event_append(dsmipv4_bindings_t *b, dsmipv4_event_t *e, dsmipv4_node_t *node)
{
	dsmipv4_event_t **last = node ? &node->last : &b->last_orphan;
	e->node = node;
	e->before = *last;
	*last = e;
}

#endif
