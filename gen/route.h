// SPDX-License-Identifier: GPL-2.0-or-later
// Which MAC addresses the frames of a run get: given ones, or by ARP.
#ifndef DSMIPGEN_ROUTE_H
#define DSMIPGEN_ROUTE_H

#include "interface.h"

// Bytes of the Ethernet header of a frame, VLAN tags (IEEE 802.1Q) included.
gsize frame_header_length(const guint8 *frame, gsize length);

// Where the IPv4 header of a frame is, behind tags too; 0: it has none.
gsize frame_ipv4_offset(const guint8 *frame, gsize length);

struct router;

// The texts are the values of --mac-source, --mac-destination and --next-hop, NULL where not given.
struct router *router_new(const struct interface *interface, const char *mac_source, const char *mac_destination,
			  const char *next_hop, GError **error);
void router_free(struct router *router);

const guint8 *router_source(const struct router *router);

// Whether the destination of a frame does not matter.
bool router_has_one_way(const struct router *router);

// The MAC address that a frame is to be sent to, found by its IPv4 destination. Each neighbour is asked once. step
// names the frame in an error.
bool router_destination(struct router *router, const guint8 *frame, gsize length, const char *step,
			guint8 mac[MAC_LENGTH], GError **error);

#endif
