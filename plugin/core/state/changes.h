// SPDX-License-Identifier: GPL-2.0-or-later
// What a reply or a revocation changes in a node's bindings (RFC 5944 3.6 to 3.8; RFC 5454 3.3, 3.8; RFC 3543).
#ifndef DSMIPV4_CHANGES_H
#define DSMIPV4_CHANGES_H

#include "state/bindings.h"
#include "state/history.h"

// No home agent grants more simultaneous bindings than this. Beyond it the oldest is forgotten, so that the cost
// of a registration does not grow with their number.
#define DSMIPV4_MOST_BINDINGS 32

// A binding that this reply makes, not live yet.
dsmipv4_binding_t *dsmipv4_binding_new(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Make a version with room for bindings, but without any, the node's latest.
dsmipv4_version_t *dsmipv4_version_new(dsmipv4_bindings_t *b, const dsmipv4_event_t *event, uint32_t room);
void dsmipv4_version_append(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_version_t *version);

// Take a reply that is neither a relay copy nor a duplicate, with node and pair set.
void dsmipv4_apply_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *reply);

// Take a revocation or its acknowledgement, with node set.
void dsmipv4_apply_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event);

#endif
