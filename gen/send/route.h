// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel knows of the way to an address: its routes and its neighbors, by rtnetlink.
#ifndef DSMIPGEN_ROUTE_H
#define DSMIPGEN_ROUTE_H

#include "send/interface.h"

// How an IPv4 address is reached out of an interface.
typedef enum {
	ROUTE_NONE,
	ROUTE_OWN,     // it is an address of this machine
	ROUTE_DIRECT,  // a neighbor
	ROUTE_GATEWAY, // by a router, which is a neighbor
} route_kind_t;

typedef struct {
	route_kind_t kind;
	guint32 gateway; // of ROUTE_GATEWAY, in host byte order
} route_t;

// Looks up an address (host byte order) among the routes out of an interface. False with an error if the kernel cannot
// be asked.
bool route_find(const interface_t *interface, guint32 address, route_t *route, GError **error);

// Whether the kernel knows the MAC address of a neighbor (host byte order), which it then fills in.
bool route_neighbor(const interface_t *interface, guint32 address, guint8 mac[MAC_LENGTH]);

#endif
