// SPDX-License-Identifier: GPL-2.0-or-later
// What was found: expert items, and fields for programs.
#ifndef DSMIPV4_TREE_FINDINGS_H
#define DSMIPV4_TREE_FINDINGS_H

#include "core/rules/verdicts.h"
#include "protocol.h"

void dsmipv4_register_verdict_fields(void);

// Expert items and dsmipv4.rule. What is about one of the extensions `exts` goes to its tree in
// `ext_trees`, where there is one, all else to `tree`. Without extensions both are NULL.
void dsmipv4_draw_verdicts(const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
			   const dsmipv4_ext_t *exts, proto_tree **ext_trees);

#endif
