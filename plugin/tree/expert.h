// SPDX-License-Identifier: GPL-2.0-or-later
// Expert items.
#ifndef DSMIPV4_TREE_EXPERT_H
#define DSMIPV4_TREE_EXPERT_H

#include "core/rules/verdicts.h"
#include "protocol.h"

// Register an expert item for each row of rules.def, and for each severity that it may have.
void dsmipv4_register_expert(void);

// Let the items have the severities that the options want.
void dsmipv4_apply_severities(const dsmipv4_options_t *options);

// Hang the expert item of a finding on a tree item, which may be NULL. It says which rule is broken, without the values
// of this packet: so lists of expert items show one cause once, however many nodes it hits. _ws.expert.message has
// them.
void dsmipv4_add_expert(const dsmipv4_finding_t *finding, packet_info *pinfo, proto_item *item);

#endif
