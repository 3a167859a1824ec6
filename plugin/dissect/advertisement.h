// SPDX-License-Identifier: GPL-2.0-or-later
// Neighbor Discovery outside of tunnels (RFC 5454 3.3).
#ifndef DSMIPV4_DISSECT_ADVERTISEMENT_H
#define DSMIPV4_DISSECT_ADVERTISEMENT_H

#include "protocol.h"

void dsmipv4_register_advertisement(void);

// Judge the message of Neighbor Discovery in `tvb`, of type 134 to 137 and outside of tunnels, and add the plugin's
// tree if it breaks a rule. Never throws.
void dsmipv4_dissect_advertisement(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
