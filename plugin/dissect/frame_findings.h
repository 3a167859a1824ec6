// SPDX-License-Identifier: GPL-2.0-or-later
// Findings on data packets, stored on the first visit of a frame for later visits.
#ifndef DSMIPV4_FRAME_FINDINGS_H
#define DSMIPV4_FRAME_FINDINGS_H

#include "core/rules/verdicts.h"
#include "protocol.h"

// Store what a later visit would not find again: all findings, and information that is given once.
void dsmipv4_frame_findings_keep(packet_info *pinfo, tvbuff_t *tvb, const dsmipv4_verdicts_t *verdicts);

// Add the stored findings to the verdicts of a later visit.
void dsmipv4_frame_findings_add(packet_info *pinfo, tvbuff_t *tvb, dsmipv4_verdicts_t *verdicts);

#endif
