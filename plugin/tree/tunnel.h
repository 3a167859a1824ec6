// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a tunneled packet.
#ifndef DSMIPV4_TREE_TUNNEL_H
#define DSMIPV4_TREE_TUNNEL_H

#include "core/match/match.h"
#include "core/rules/verdicts.h"
#include "protocol.h"

void dsmipv4_register_tunnel_fields(void);

// Add the plugin's tree for a tunneled packet, with these verdicts.
void dsmipv4_draw_tunnel(const dsmipv4_match_t *match, const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb,
			 packet_info *pinfo, proto_tree *tree);

// Something is drawn for the packet: IPv6, what breaks a rule, and a line for other traffic of a node that asked for
// IPv6.
bool dsmipv4_tunnel_has_tree(const dsmipv4_match_t *match, const dsmipv4_verdicts_t *verdicts);

#endif
