// SPDX-License-Identifier: GPL-2.0-or-later
// Many mobile nodes: the addresses, prefixes and keys that each of them has instead of those of mn1.
#ifndef DSMIPGEN_NODE_FACTS_H
#define DSMIPGEN_NODE_FACTS_H

#include "language/actors.h"
#include "language/value.h"

#define NODE_FACT_MAX 255 // bytes of a fact
#define NODES_MAX 4161536 // addresses of a /10 that do not end in 0 or 255

typedef struct node_facts node_facts_t;

// Count nodes, numbered from 0, in the blocks of the actors (nodes.hoa and so on); what is not a matter
// of addresses (NAI, interface identifiers, keys) derives from mn1. Fails where a block is too
// small or holds addresses that others have.
node_facts_t *node_facts_new(const actors_t *actors, guint32 count, bool derive_keys, GError **error);
void node_facts_free(node_facts_t *nodes);

// Whether the nodes have private addresses because the standard blocks are too small for so many: some rules are not
// judged there.
bool node_facts_are_private(const node_facts_t *nodes);

// Whether a fact gets its value from the node's number, so that --set would have no effect on it.
bool node_facts_replace(const char *fact);

// Index of a fact that differs from node to node, or -1.
int node_facts_find(const node_facts_t *nodes, const char *fact);
// The kind of a fact of that index.
key_kind_t node_facts_kind(int index);

// Writes a node's fact as bytes, in network order, and returns their number, the same for all nodes.
gsize node_facts_get(const node_facts_t *nodes, int index, guint32 node, guint8 bytes[NODE_FACT_MAX]);

// All facts of a node as "mn1.hoa=10.0.0.1" and so on, NULL at the end; free with g_strfreev.
char **node_facts_assignments(const node_facts_t *nodes, guint32 node);

#endif
