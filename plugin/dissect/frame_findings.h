// SPDX-License-Identifier: GPL-2.0-or-later
// What was found on data packets, kept from the first visit of a frame for later ones.
#ifndef DSMIPV4_FRAME_FINDINGS_H
#define DSMIPV4_FRAME_FINDINGS_H

#include "core/rules/verdicts.h"
#include "protocol.h"

// Keep what a first visit found that a later one would not: all findings, and information given once.
void dsmipv4_frame_findings_keep(packet_info *pinfo, const dsmipv4_verdicts_t *verdicts);

// Add it to the verdicts of a later visit.
void dsmipv4_frame_findings_add(packet_info *pinfo, dsmipv4_verdicts_t *verdicts);

#endif
