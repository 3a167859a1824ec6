// SPDX-License-Identifier: GPL-2.0-or-later
// Answers to those who ask for the MAC address of an address that this program plays.
#include "run/neighbors.h"

#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <string.h>

G_STATIC_ASSERT(ARP_FRAME == sizeof(struct ether_header) + sizeof(struct ether_arp));

bool neighbors_answer_arp(const heard_t *heard, const guint8 mac[6], guint8 answer[ARP_FRAME])
{
	struct ether_header ethernet = {.ether_type = htons(ETHERTYPE_ARP)};
	struct ether_arp question, reply;

	if (heard->kind != HEARD_ARP || heard->frame.length < heard->network + sizeof(question))
		return false;
	memcpy(&question, heard->frame.bytes + heard->network, sizeof(question));
	if (question.ea_hdr.ar_op != htons(ARPOP_REQUEST))
		return false;
	reply = question;
	reply.ea_hdr.ar_op = htons(ARPOP_REPLY);
	memcpy(reply.arp_sha, mac, ETH_ALEN);
	memcpy(reply.arp_spa, question.arp_tpa, sizeof(reply.arp_spa));
	memcpy(reply.arp_tha, question.arp_sha, ETH_ALEN);
	memcpy(reply.arp_tpa, question.arp_spa, sizeof(reply.arp_tpa));
	memcpy(ethernet.ether_dhost, question.arp_sha, ETH_ALEN);
	memcpy(ethernet.ether_shost, mac, ETH_ALEN);
	memcpy(answer, &ethernet, sizeof(ethernet));
	memcpy(answer + sizeof(ethernet), &reply, sizeof(reply));
	return true;
}
