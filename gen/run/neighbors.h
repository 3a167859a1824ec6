// SPDX-License-Identifier: GPL-2.0-or-later
// Answers to those who ask for the MAC address of an address that this program plays (RFC 826, RFC 4861 7.2.4).
#ifndef DSMIPGEN_NEIGHBORS_H
#define DSMIPGEN_NEIGHBORS_H

#include "run/heard.h"

enum { ARP_FRAME = 42 }; // Ethernet and ARP headers

// The answer to a frame that was heard, if it is an ARP request; false: it is none. Whether the address that it asks
// for, heard->dst, is ours is the caller's business.
bool neighbors_answer_arp(const heard_t *heard, const guint8 mac[6], guint8 answer[ARP_FRAME]);

#endif
