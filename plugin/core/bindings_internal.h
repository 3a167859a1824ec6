// SPDX-License-Identifier: GPL-2.0-or-later
// What the two halves of the binding table share: events (exchange.c) and state (bindings.c).
#ifndef DSMIPV4_BINDINGS_INTERNAL_H
#define DSMIPV4_BINDINGS_INTERNAL_H

#include <glib.h>

#include "bindings.h"
#include "prefix_trie.h"

struct dsmipv4_bindings {
	wmem_allocator_t *alloc;
	wmem_map_t *nodes;    // address_pair_t (ha, hoa) -> dsmipv4_node_t, chained by `other`
	wmem_map_t *paths;    // address_pair_t (from, to) -> dsmipv4_path_t
	wmem_map_t *requests; // request_key_t -> dsmipv4_event_t, the latest request of that key
	wmem_map_t *prefixes; // home agent -> dsmipv4_trie_t of holders
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

const dsmipv4_version_t *latest_version(const dsmipv4_node_t *node);

// Take a reply that is neither a relay copy nor a duplicate, with node and pair set.
void apply_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Take a revocation or its acknowledgement, with node set.
void apply_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event);

#endif
