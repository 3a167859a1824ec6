// SPDX-License-Identifier: GPL-2.0-or-later
// Control messages: decoded, followed and judged before anything is drawn.
#ifndef DSMIPV4_DISSECT_CONTROL_H
#define DSMIPV4_DISSECT_CONTROL_H

#include "tree/control.h"

// Decode and judge the UDP payload in `tvb`; the result lives as long as the packet. Takes the
// message as an event of the conversation when the packet is visited for the first time.
dsmipv4_control_t *dsmipv4_process_control(tvbuff_t *tvb, packet_info *pinfo);

// The mobile node of the control message in the frame that was just dissected; NULL: none, or not known.
const dsmipv4_node_t *dsmipv4_control_node(packet_info *pinfo);

#endif
