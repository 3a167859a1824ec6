// SPDX-License-Identifier: GPL-2.0-or-later
// The Info column: what became of a registration, and what is wrong, where an operator reads first.
#ifndef DSMIPV4_TREE_INFO_COLUMN_H
#define DSMIPV4_TREE_INFO_COLUMN_H

#include "core/match/match.h"
#include "tree/control.h"

// After the built-in dissector: the message in words if it is one of RFC 5454, or answers one, and in brackets before
// it the gravest rule of warn or error that it breaks. Without a column nothing is worded.
void dsmipv4_control_column(const dsmipv4_control_t *control, packet_info *pinfo);

// Before the built-in dissectors: in brackets the gravest rule of warn or error that a packet breaks: a tunneled one
// or, without a match, a router advertisement. What they write follows it, and they cannot clear it. Nothing where no
// such rule is broken, or there is no column.
void dsmipv4_packet_column(const dsmipv4_match_t *match, const dsmipv4_verdicts_t *verdicts, packet_info *pinfo);

#endif
