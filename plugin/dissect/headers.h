// SPDX-License-Identifier: GPL-2.0-or-later
// The headers in front of the bytes that a dissector gets: a control message, or a tunnel's payload.
#ifndef DSMIPV4_HEADERS_H
#define DSMIPV4_HEADERS_H

#include <epan/packet.h>

#include "core/wire/ipv4_header.h"
#include "core/wire/tunnel.h"

// Read what the rules need from the headers before the UDP payload `tvb`. What cannot be found (after reassembly the
// IPv4 header is elsewhere) is marked unknown.
void dsmipv4_read_headers(dsmipv4_packet_t *packet, tvbuff_t *tvb, packet_info *pinfo);

// Number and time of the frame alone.
void dsmipv4_read_frame(dsmipv4_packet_t *packet, packet_info *pinfo);

// Read the IPv4 header before `tvb`, which is its payload with this protocol; with protocol 17, `tvb` is the UDP
// payload, and the UDP header is read, too. `ip` is what Wireshark's IP dissector passes on, or NULL. False: it is not
// IPv4.
bool dsmipv4_read_outer(dsmipv4_outer_t *outer, tvbuff_t *tvb, packet_info *pinfo, uint8_t protocol, const void *ip);

// MAC address that the frame came from; false: it has none.
bool dsmipv4_link_source(packet_info *pinfo, uint64_t *mac);

#endif
