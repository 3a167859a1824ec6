// SPDX-License-Identifier: GPL-2.0-or-later
// Tunnel data of next header 47 or 55 (RFC 3519 3.3).
#ifndef DSMIPV4_TUNNEL_DATA_H
#define DSMIPV4_TUNNEL_DATA_H

#include "protocol.h"

void dsmipv4_register_tunnel_data(void);

void dsmipv4_hand_off_tunnel_data(dissector_handle_t gre);

// Dissect tunnel data that the built-in dissector cannot. False: it can.
bool dsmipv4_dissect_tunnel_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
