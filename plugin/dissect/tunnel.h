// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets.
#ifndef DSMIPV4_DISSECT_TUNNEL_H
#define DSMIPV4_DISSECT_TUNNEL_H

#include "core/state/history.h"
#include "protocol.h"

// Describe and judge what is tunneled in `tvb`, the payload of an IPv4 packet with this protocol or, with protocol 17,
// of a UDP datagram, and add the plugin's tree. `ip` is what Wireshark's IP dissector passed on. Nothing is added for
// unrelated tunnels. Never throws.
void dsmipv4_dissect_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint8_t protocol, const void *ip);

// Remember an IPv6 packet outside of tunnels, which begins `tvb`.
void dsmipv4_note_native(tvbuff_t *tvb, packet_info *pinfo);

// The packet is inside a tunnel that was described.
bool dsmipv4_in_tunnel(packet_info *pinfo);

// The mobile node whose tunnel the frame that was just dissected is in; NULL: none, or not known.
const dsmipv4_node_t *dsmipv4_tunnel_node(packet_info *pinfo);

#endif
