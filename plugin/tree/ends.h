// SPDX-License-Identifier: GPL-2.0-or-later
// Between whom a registration or tunneled packet goes, whatever its addresses are: a mobile node's home address and its
// home agent. Hidden fields for filters (dsmipv4.src, .dst, .addr), and the key of conversations.
#ifndef DSMIPV4_TREE_ENDS_H
#define DSMIPV4_TREE_ENDS_H

#include "core/match/match.h"
#include "tree/control.h"

#define DSMIPV4_FILTER_SRC "dsmipv4.src"
#define DSMIPV4_FILTER_DST "dsmipv4.dst"
#define DSMIPV4_FILTER_ADDR "dsmipv4.addr"

// In host byte order; both are 0 where one is not known.
typedef struct {
	uint32_t src, dst;
} dsmipv4_ends_t;

// Of a control message on any leg: a request goes from the node, a reply to it (RFC 5944 3.1).
dsmipv4_ends_t dsmipv4_control_ends(const dsmipv4_control_t *control);

// Of a tunneled packet.
dsmipv4_ends_t dsmipv4_tunnel_ends(const dsmipv4_match_t *match);

// Add the fields to a tree, if both ends are known and somebody may look at them.
void dsmipv4_add_ends(proto_tree *tree, tvbuff_t *tvb, dsmipv4_ends_t ends);

void dsmipv4_register_end_fields(void);

#endif
