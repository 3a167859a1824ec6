// SPDX-License-Identifier: GPL-2.0-or-later
// What is known before the capture begins: the binding table of an earlier file of the same long
// capture, or single bindings that somebody wrote down.
#ifndef DSMIPV4_PRELOAD_H
#define DSMIPV4_PRELOAD_H

#include "state/bindings.h"

// Visit the requests that left their home address open and may still be answered, latest first.
void dsmipv4_bindings_each_orphan(const dsmipv4_bindings_t *bindings, dsmipv4_visit_event visit, void *user);

// The node of these addresses, made where there is none; NULL for home address 0 without NAI.
dsmipv4_node_t *dsmipv4_preload_node(dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t hoa, uint64_t nai);

// Append an event to a node (NULL: an orphan) as if it had been seen before frame 1. The members of
// `header` that point elsewhere are ignored; the caller sets those of the result. Events of a node
// must come in their order.
dsmipv4_event_t *dsmipv4_preload_event(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node,
				       const dsmipv4_event_t *header, const dsmipv4_registered_prefix_t *prefixes);

// Make the binding of a reply, as if it had been accepted before frame 1. `reply` names its prefixes; its
// pair, where it is sure, is the request. What else is known of the binding the caller sets.
dsmipv4_binding_t *dsmipv4_preload_binding(dsmipv4_bindings_t *bindings, dsmipv4_event_t *reply);

// Append a version to the node: from this event on, these `n` bindings were its live ones, of which the last
// 32 are kept. Versions must come in their order.
void dsmipv4_preload_version(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, const dsmipv4_event_t *event,
			     dsmipv4_removal_t removal, const dsmipv4_binding_t *const *live, uint32_t n);

#endif
