// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a tunneled packet.
#ifndef DSMIPV4_TREE_TUNNEL_H
#define DSMIPV4_TREE_TUNNEL_H

#include "core/match/match.h"
#include "core/rules/verdicts.h"
#include "protocol.h"

void dsmipv4_register_tunnel_fields(void);

// Our tree for a tunneled packet. `verdicts` are those to be shown.
void dsmipv4_draw_tunnel(const dsmipv4_match_t *match, const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb,
			 packet_info *pinfo, proto_tree *tree);

#endif
