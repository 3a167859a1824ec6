// SPDX-License-Identifier: GPL-2.0-or-later
// Many mobile nodes: what each of them has of its own in place of the facts of mn1.
#ifndef DSMIPGEN_NODES_H
#define DSMIPGEN_NODES_H

#include "world.h"
#include "value.h"

#define NODE_FACT_MAX 255 // bytes of a fact
#define NODES_MAX 4161536 // addresses of a /10 that do not end in 0 or 255

struct nodes;

// Count nodes, numbered from 0, in the blocks of the world (nodes.hoa and so on); what is not a matter
// of addresses (NAI, interface identifiers, keys) derives from mn1. Fails where a block is too
// small or holds addresses that others have.
struct nodes *nodes_new(const struct world *world, guint32 count, bool derive_keys, GError **error);
void nodes_free(struct nodes *nodes);

// Whether a fact of the world has its value from a node's number: --set of it would come to nothing.
bool nodes_replace(const char *fact);

// Index of a fact that differs from node to node, or -1.
int nodes_find(const struct nodes *nodes, const char *fact);
enum key_kind nodes_kind(int index);

// Writes a node's fact as bytes, in network order, and returns their number, the same for all nodes.
gsize nodes_get(const struct nodes *nodes, int index, guint32 node, guint8 bytes[NODE_FACT_MAX]);

// All facts of a node as "mn1.hoa=10.0.0.1" and so on, NULL at the end; free with g_strfreev.
char **nodes_assignments(const struct nodes *nodes, guint32 node);

#endif
