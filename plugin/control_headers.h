// SPDX-License-Identifier: GPL-2.0-or-later
// The IPv4 and UDP headers in front of a control message.
#ifndef DSMIPV4_CONTROL_HEADERS_H
#define DSMIPV4_CONTROL_HEADERS_H

#include <epan/packet.h>

#include "core/packet.h"

// Read what the rules need of the headers before the UDP payload `tvb`. What cannot be found (after
// reassembly the IPv4 header is elsewhere) is marked unknown.
void dsmipv4_read_headers(dsmipv4_packet_t *packet, tvbuff_t *tvb, packet_info *pinfo);

#endif
