// SPDX-License-Identifier: GPL-2.0-or-later
// A network interface of this machine: what a sender has to know about it.
#ifndef DSMIPGEN_INTERFACE_H
#define DSMIPGEN_INTERFACE_H

#include "language/error.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>

enum { MAC_LENGTH = 6 };

typedef struct {
	char name[IF_NAMESIZE];
	int index;
	unsigned mtu;      // bytes of an IP packet
	bool has_ethernet; // frames begin with an Ethernet header; loopback too
	bool is_loopback;
	bool has_arp;
	bool lacks_carrier;     // nothing else keeps it from sending
	guint8 mac[MAC_LENGTH]; // if it has Ethernet
} interface_t;

// Fills in what the kernel knows. Fails if there is no such interface, or if it cannot send now: down, no carrier.
bool interface_find(const char *name, interface_t *interface, GError **error);

// The same; but for a carrier it waits five seconds: the kernel notices one a while after it is there.
bool interface_await(const char *name, interface_t *interface, GError **error);

// The address of the interface in the network of a neighbor, by its netmasks; 0 if it has none there. Addresses are in
// host byte order.
bool interface_own_address(const interface_t *interface, guint32 neighbor, guint32 *own, GError **error);

// An address in host byte order as text, in the buffer of the caller.
const char *address4_text(guint32 address, char text[INET_ADDRSTRLEN]);

// The value of an option as an address in host byte order.
bool address4_read(const char *text, const char *option, guint32 *address, GError **error);

#endif
