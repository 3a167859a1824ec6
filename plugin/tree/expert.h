// SPDX-License-Identifier: GPL-2.0-or-later
// Expert items.
#ifndef DSMIPV4_TREE_EXPERT_H
#define DSMIPV4_TREE_EXPERT_H

#include "core/rules/verdicts.h"
#include "protocol.h"

void dsmipv4_register_expert(void);

// An expert item at the bytes of the finding, which count from the start of `tvb`. `tree` is the tree of
// the extension, message or tunnel.
void dsmipv4_add_expert(const dsmipv4_finding_t *finding, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// The same for an information item.
void dsmipv4_add_info(const dsmipv4_info_t *info, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
