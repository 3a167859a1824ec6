// SPDX-License-Identifier: GPL-2.0-or-later
// What the parts of the binding table share: messages as events (events.c), which belong together
// (exchange.c), what they change (bindings.c), who is who (nodes.c).
#ifndef DSMIPV4_BINDINGS_INTERNAL_H
#define DSMIPV4_BINDINGS_INTERNAL_H

#include <glib.h>

#include "arena.h"
#include "bindings.h"
#include "numbered.h"
#include "prefix_trie.h"
#include "slots.h"

typedef struct agent agent_t;

struct dsmipv4_bindings {
	wmem_allocator_t *alloc;      // for what grows
	dsmipv4_arena_t *arena;       // for what stays
	dsmipv4_numbered_t nodes;     // dsmipv4_node_t, in the order in which they were first seen
	dsmipv4_event_t *last_orphan; // latest event without a node, chained by `before`
	uint32_t frame;               // of the message that is being taken
	dsmipv4_slots_t addresses;    // digest of home agent and home address, node_set_t
	dsmipv4_slots_t names;        // of nodes that share these: digest of them and of the NAI, number of the node
	dsmipv4_slots_t coas;         // co-located care-of address, node_set_t
	dsmipv4_numbered_t sharers;   // members of sets of several: see nodes.c
	wmem_map_t *agents;           // home agent -> agent_t
	const agent_t *last_agent;    // the latest of them, chained by `before`
	wmem_map_t *links;            // MAC address -> wmem_array_t of home agents
	dsmipv4_slots_t replies;      // from, to, inverted: replies were seen
	wmem_map_t *requests;         // event -> itself, by request_hash(): see remember_request()
};

// A home agent that accepted a registration.
struct agent {
	const dsmipv4_event_t *since;
	const agent_t *before;
	dsmipv4_trie_t *prefixes; // prefix -> node_set_t: who holds it or once held it
	wmem_map_t *foreign;      // care-of address of a foreign agent -> the first reply that accepted it
};

// A set of nodes in 32 bits: 0 for none, else see nodes.c.
typedef uint32_t node_set_t;

// nodes.c

void init_nodes(dsmipv4_bindings_t *b);

// A node that is known, NULL if none is. Without NAI the latest of these addresses.
dsmipv4_node_t *find_node(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai);

// The same, made where there is none; NULL for home address 0 without NAI.
dsmipv4_node_t *node_of(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai);

// The home agent that accepts a registration with this reply.
agent_t *agent_of(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply);

// The set with a node more, or the same where the node is among its latest. Of many only these are looked
// at: it may be in there twice then.
node_set_t add_to_set(dsmipv4_bindings_t *b, node_set_t set, const dsmipv4_node_t *node);

// Visit the nodes of a set that came by this frame, the latest first; false if the visitor ended it.
bool visit_set(const dsmipv4_bindings_t *b, node_set_t set, uint32_t frame, dsmipv4_visit_node visit, void *user);

// Let the new binding, its `before` known, be found by its home agent and its care-of address.
void note_binding(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding);

// events.c

// The part of an event that every message has; the rest of `e` is zero.
void read_header(dsmipv4_event_t *e, const dsmipv4_packet_t *packet, const dsmipv4_message_t *m);

// How many prefixes a message has, of requests or of replies; and these, masked and as yet unanswered.
uint16_t count_prefixes(const dsmipv4_message_t *m, dsmipv4_body_t wanted);
void read_prefixes(dsmipv4_registered_prefix_t *to, const dsmipv4_message_t *m, dsmipv4_body_t wanted);

// A lasting copy of `header` with room for header->n_prefixes, and `prefixes` in it unless NULL.
dsmipv4_event_t *new_event(dsmipv4_bindings_t *b, const dsmipv4_event_t *header,
			   const dsmipv4_registered_prefix_t *prefixes);

// exchange.c

void init_exchange(dsmipv4_bindings_t *b);

void append_event(dsmipv4_bindings_t *b, dsmipv4_event_t *e, dsmipv4_node_t *node);

#define ANSWER_TIME INT64_C(60000000000) // nanoseconds; a reply later than this answers something else

// The first copy of a request that was seen, on whatever leg.
const dsmipv4_event_t *original_request(const dsmipv4_event_t *request);

// Find the request by its header from now on, until it is answered.
void remember_request(dsmipv4_bindings_t *b, dsmipv4_event_t *request);

// Remember that replies travel from there to there.
void note_reply(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply);

// bindings.c

// More simultaneous bindings than this no home agent grants; the oldest is forgotten then, so that the
// cost of a registration does not grow with their number.
#define MOST_BINDINGS 32

// A binding that this reply makes, not live yet.
dsmipv4_binding_t *new_binding(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// A version with room for bindings, but none yet; and let it be the node's latest.
dsmipv4_version_t *new_version(dsmipv4_bindings_t *b, const dsmipv4_event_t *event, uint32_t room);
void append_version(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_version_t *version);

// Note the reply's active prefixes as its node's, and whose live prefix the first of them overlaps.
void claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Take a reply that is neither a relay copy nor a duplicate, with node and pair set.
void apply_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Take a revocation or its acknowledgement, with node set.
void apply_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event);

#endif
