// SPDX-License-Identifier: GPL-2.0-or-later
// Which MAC addresses the frames of a run get: given ones, or by ARP.
#ifndef DSMIPGEN_ROUTE_H
#define DSMIPGEN_ROUTE_H

#include "interface.h"

struct router;

// The texts are the values of --mac-source, --mac-destination and --next-hop, NULL where not given.
struct router *router_new(const struct interface *interface, const char *mac_source, const char *mac_destination,
			  const char *next_hop, GError **error);
void router_free(struct router *router);

const guint8 *router_source(const struct router *router);

// The MAC address that a frame is to be sent to, found by its IPv4 destination. Each neighbour is asked once. step
// names the frame in an error.
bool router_destination(struct router *router, const guint8 *frame, gsize length, const char *step,
			guint8 mac[MAC_LENGTH], GError **error);

#endif
