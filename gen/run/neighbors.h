// SPDX-License-Identifier: GPL-2.0-or-later
// Answers to those who ask for the MAC address of an address that this program plays (RFC 826, RFC 4861 7.2.4).
#ifndef DSMIPGEN_NEIGHBORS_H
#define DSMIPGEN_NEIGHBORS_H

#include "run/heard.h"

enum {
	ARP_FRAME = 42, // Ethernet and ARP headers
	ND_FRAME = 86,  // Ethernet and IPv6 headers, a neighbor solicitation or advertisement with one option
};

// The answer to a frame that was heard, if it is an ARP request; false: it is none. Whether the address that it asks
// for, heard->dst, is ours is the caller's business.
bool neighbors_answer_arp(const heard_t *heard, const guint8 mac[6], guint8 answer[ARP_FRAME]);

// The ARP request that asks for the MAC address of an IPv4 address. Addresses are in host byte order.
void neighbors_ask_arp(guint32 address, guint32 own, const guint8 mac[6], guint8 question[ARP_FRAME]);

// Whether a frame tells the MAC address of an IPv4 address by ARP: that is the source of the frame.
bool neighbors_is_arp_answer(const heard_t *heard, guint32 address);

// The IPv6 address that a frame is a neighbor solicitation for, or an advertisement of, 16 bytes in the frame; NULL: it
// is no such message. kind is DSMIPV4_ND_NEIGHBOR_SOLICITATION or DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT.
const guint8 *neighbors_target(const heard_t *heard, guint8 kind);

// The advertisement that answers a solicitation that was heard.
void neighbors_answer_nd(const heard_t *heard, const guint8 mac[6], guint8 answer[ND_FRAME]);

// The solicitation that asks for the MAC address of an IPv6 address, from a link-local address.
void neighbors_ask(const guint8 address[16], const guint8 own[16], const guint8 mac[6], guint8 question[ND_FRAME]);

#endif
