// SPDX-License-Identifier: GPL-2.0-or-later
// Which rules a data packet kept, remembered from its first visit for later ones, where a tap wants to know.
#ifndef DSMIPV4_FRAME_VERDICTS_H
#define DSMIPV4_FRAME_VERDICTS_H

#include "core/rules/verdicts.h"
#include "protocol.h"

// Keep the verdicts of a first visit. Packets of one kind share what is kept: a pointer a packet.
void dsmipv4_frame_verdicts_keep(packet_info *pinfo, tvbuff_t *tvb, const dsmipv4_verdicts_t *verdicts);

// Add them to the verdicts of a later visit.
void dsmipv4_frame_verdicts_add(packet_info *pinfo, tvbuff_t *tvb, dsmipv4_verdicts_t *verdicts);

#endif
