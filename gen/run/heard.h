// SPDX-License-Identifier: GPL-2.0-or-later
// A frame that was heard, described by the plugin's core: what is in it, as far as Mobile IPv4 is concerned.
#ifndef DSMIPGEN_HEARD_H
#define DSMIPGEN_HEARD_H

#include "run/port.h"
#include "wire/message.h"
#include "wire/tunnel.h"

typedef enum {
	HEARD_OTHER,   // nothing of the below
	HEARD_ARP,     // a whole message for IPv4 on Ethernet
	HEARD_MESSAGE, // on UDP port 434, but no tunnel data
	HEARD_TUNNEL,  // an IP packet in a tunnel: protocols 4, 41, 47, 55, or tunnel data
	HEARD_IPV6,    // IPv6 in no tunnel
	HEARD_IPV4,    // IPv4 in no tunnel
	HEARD_FRAGMENT // of an IPv4 packet, see fragments.h
} heard_kind_t;

typedef struct {
	heard_kind_t kind;
	frame_t frame;
	guint16 ethertype; // of the payload, behind VLAN tags
	gsize network;     // offset of the IP header, or of the ARP message
	gsize length;      // of the IP packet with its header, without what pads the frame
	guint32 src, dst;  // IPv4 addresses of the outermost header, host byte order
	guint8 protocol;   // of that header
	guint8 ttl;        // of that header

	dsmipv4_packet_t packet;          // MESSAGE; of a TUNNEL frame number and time alone
	const dsmipv4_message_t *message; // MESSAGE, of its payload; points into the frame
	dsmipv4_tunnel_t tunnel;          // TUNNEL
	gsize tunneled;                   // TUNNEL: offset in the frame from which the offsets of `tunnel` count
	dsmipv4_ipv6_t ipv6;              // IPV6; offsets count from the IPv6 header
} heard_t;

// Describes a frame, with a number that grows from frame to frame. Lives in `alloc` and points into the frame.
void heard_read(wmem_allocator_t *alloc, const frame_t *frame, guint32 number, heard_t *heard);

// The IP packet inside the tunnel: where it begins in the frame, and its bytes up to the end of the tunneled packet.
const guint8 *heard_inner(const heard_t *heard, gsize *length);

#endif
