// SPDX-License-Identifier: GPL-2.0-or-later
// Findings: an item at the wrong bytes, the expert item on it, and fields for programs.
#ifndef DSMIPV4_TREE_FINDINGS_H
#define DSMIPV4_TREE_FINDINGS_H

#include "core/rules/verdicts.h"
#include "protocol.h"

// Register dsmipv4.rule and the fields that go with it.
void dsmipv4_register_finding_fields(void);

// Bytes that something is about: `len` of them, captured, at `at` in `tvb`.
typedef struct {
	tvbuff_t *tvb;
	int at, len;
} dsmipv4_place_t;

// Where the bytes are whose offset counts from the start of `tvb`. Those before that, of an outer header, are in the
// same data source.
dsmipv4_place_t dsmipv4_place(int32_t offset, uint32_t length, tvbuff_t *tvb);

// Draw all findings. What is about one of the extensions `exts` goes to its tree in `ext_trees`, where there is
// one, all else to `tree`. Without extensions both are NULL. Offsets of findings count from the start of `tvb`.
void dsmipv4_draw_findings(const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
			   const dsmipv4_ext_t *exts, proto_tree **ext_trees);

#endif
