// SPDX-License-Identifier: GPL-2.0-or-later
// The MAC address of a neighbor, by ARP (RFC 826).
#ifndef DSMIPGEN_ARP_H
#define DSMIPGEN_ARP_H

#include "send/interface.h"

// Asks three times, a second each. The sender address is own; 0 makes it a probe (RFC 5227 1.1), which hosts answer
// as well. Addresses are in host byte order. An error is set if nobody answers.
bool arp_resolve(const interface_t *interface, guint32 address, guint32 own, guint8 mac[MAC_LENGTH], GError **error);

#endif
