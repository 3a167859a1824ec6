// SPDX-License-Identifier: GPL-2.0-or-later
// What is known before the capture begins: the binding table of an earlier file of the same long
// capture, or single bindings that somebody wrote down.
#ifndef DSMIPV4_RESTORE_H
#define DSMIPV4_RESTORE_H

#include "bindings.h"

// Visit every node, in the order in which they were first seen.
void dsmipv4_bindings_each_node(const dsmipv4_bindings_t *bindings, dsmipv4_visit_node visit, void *user);

// Visit the requests that left their home address open and may still be answered, latest first.
typedef bool (*dsmipv4_visit_event)(const dsmipv4_event_t *event, void *user);
void dsmipv4_bindings_each_orphan(const dsmipv4_bindings_t *bindings, dsmipv4_visit_event visit, void *user);

// The latest version of a node, NULL if there is none.
const dsmipv4_version_t *dsmipv4_node_latest(const dsmipv4_node_t *node);

// The node of these addresses, made where there is none; NULL for home address 0 without NAI.
dsmipv4_node_t *dsmipv4_restore_node(dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t hoa, uint64_t nai);

// Append an event to a node (NULL: an orphan) as if it had been seen before frame 1. The members of
// `header` that point elsewhere are ignored; the caller sets those of the result. Events of a node
// must come in their order.
dsmipv4_event_t *dsmipv4_restore_event(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node,
				       const dsmipv4_event_t *header, const dsmipv4_registered_prefix_t *prefixes);

// Add a binding that is live from before frame 1, to those that the node has. `reply` names its
// prefixes; its pair, where it is sure, is the request.
void dsmipv4_restore_binding(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, dsmipv4_event_t *reply);

// The node has no binding (any more), and it is known why.
void dsmipv4_restore_removal(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, const dsmipv4_event_t *event,
			     dsmipv4_removal_t removal);

#endif
