// SPDX-License-Identifier: GPL-2.0-or-later
// What the two halves of the binding table share: events (exchange.c) and state (bindings.c).
#ifndef DSMIPV4_BINDINGS_INTERNAL_H
#define DSMIPV4_BINDINGS_INTERNAL_H

#include <glib.h>

#include "bindings.h"
#include "index.h"
#include "prefix_trie.h"

struct dsmipv4_bindings {
	wmem_allocator_t *alloc;
	dsmipv4_node_t *first_node, *last_node; // in the order in which they were first seen
	dsmipv4_event_t *last_orphan;           // latest event without a node, chained by `before`
	dsmipv4_index_t nodes;                  // by home agent and home address
	dsmipv4_index_t coas;                   // bindings by effective care-of address, co-located ones only
	wmem_map_t *agents;                     // home agent -> agent_t
	wmem_map_t *paths;                      // address_pair_t (from, to) -> dsmipv4_path_t
	wmem_map_t *requests;                   // request_key_t -> dsmipv4_event_t, the latest request of that key
};

typedef struct {
	uint32_t a, b;
} address_pair_t;

// Replies copy the low half of the identification in every style of replay protection (RFC 3344 5.7).
typedef struct {
	uint32_t src, dst, id_low;
} request_key_t;

guint address_pair_hash(gconstpointer p);
gboolean address_pair_equal(gconstpointer a, gconstpointer b);
guint request_key_hash(gconstpointer p);
gboolean request_key_equal(gconstpointer a, gconstpointer b);

// A home agent that accepted a registration.
typedef struct {
	const dsmipv4_event_t *since;
	dsmipv4_trie_t *prefixes; // prefix -> holder_t
	wmem_map_t *foreign;      // care-of address of a foreign agent -> the first reply that accepted it
} agent_t;

// Which nodes hold or once held a prefix, the latest first.
typedef struct holder {
	dsmipv4_node_t *node;
	struct holder *next;
} holder_t;

// nodes.c

void init_nodes(dsmipv4_bindings_t *b);

// A node that is known, NULL if none is. Without NAI the latest of these addresses.
dsmipv4_node_t *find_node(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai);

// The same, made where there is none; NULL for home address 0 without NAI.
dsmipv4_node_t *node_of(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai);

// The home agent that accepts a registration with this reply.
agent_t *agent_of(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply);

// Let the new binding, its `before` known, be found by its home agent and its care-of address.
void note_binding(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding);

// exchange.c

dsmipv4_path_t *path_of(dsmipv4_bindings_t *b, uint32_t from, uint32_t to);

// A lasting copy of `header` with room for prefixes.
dsmipv4_event_t *new_event(dsmipv4_bindings_t *b, const dsmipv4_event_t *header, unsigned room);

void append_event(dsmipv4_bindings_t *b, dsmipv4_event_t *e, dsmipv4_node_t *node);

#define ANSWER_TIME INT64_C(60000000000) // nanoseconds; a reply later than this answers something else

// The first copy of a request that was seen, on whatever leg.
const dsmipv4_event_t *original_request(const dsmipv4_event_t *request);

// Find the request by its header from now on.
void remember_request(dsmipv4_bindings_t *b, dsmipv4_event_t *request);

// bindings.c

const dsmipv4_version_t *latest_version(const dsmipv4_node_t *node);

// Begin a version with the bindings of the latest and `added`, if any.
void add_version(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_event_t *event,
		 const dsmipv4_binding_t *added, dsmipv4_removal_t removal);

// Note the reply's active prefixes as its node's, and whose live prefix the first of them overlaps.
void claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Take a reply that is neither a relay copy nor a duplicate, with node and pair set.
void apply_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Take a revocation or its acknowledgement, with node set.
void apply_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event);

#endif
