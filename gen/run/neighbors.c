// SPDX-License-Identifier: GPL-2.0-or-later
// Answers to those who ask for the MAC address of an address that this program plays.
#include "run/neighbors.h"

#include "packet/checksum.h"
#include "util/bytes.h"

#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <string.h>

enum {
	ICMPV6_AT = sizeof(struct ether_header) + IPV6_HEADER_LEN,
	ICMPV6_LENGTH = ND_FRAME - ICMPV6_AT, // with one option
	TARGET_AT = 8,                        // in the message
	OPTION_AT = 24,
	FLAGS_ANSWER = 0x60, // solicited, override
	OPTION_SOURCE = 1,
	OPTION_TARGET = 2,
	ICMPV6 = 58,
	HOP_LIMIT = 255,
};

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

void neighbors_ask_arp(guint32 address, guint32 own, const guint8 mac[6], guint8 question[ARP_FRAME])
{
	struct ether_header ethernet = {.ether_type = htons(ETHERTYPE_ARP)};
	struct ether_arp request = {
		.ea_hdr = {htons(ARPHRD_ETHER), htons(ETHERTYPE_IP), ETH_ALEN, sizeof(address), htons(ARPOP_REQUEST)},
	};
	guint32 asked = htonl(address), asking = htonl(own);

	memset(ethernet.ether_dhost, 0xff, ETH_ALEN);
	memcpy(ethernet.ether_shost, mac, ETH_ALEN);
	memcpy(request.arp_sha, mac, ETH_ALEN);
	memcpy(request.arp_spa, &asking, sizeof(asking));
	memcpy(request.arp_tpa, &asked, sizeof(asked));
	memcpy(question, &ethernet, sizeof(ethernet));
	memcpy(question + sizeof(ethernet), &request, sizeof(request));
}

bool neighbors_is_arp_answer(const heard_t *heard, guint32 address)
{
	const struct ether_arp *message = (const void *)(heard->frame.bytes + heard->network);

	return heard->kind == HEARD_ARP && message->ea_hdr.ar_op == htons(ARPOP_REPLY) && heard->src == address;
}

const guint8 *neighbors_target(const heard_t *heard, guint8 kind)
{
	gsize at = heard->network + IPV6_HEADER_LEN;

	if (heard->kind != HEARD_IPV6 || heard->ipv6.upper != DSMIPV4_UPPER_ICMPV6 || heard->ipv6.icmp_type != kind ||
	    heard->ipv6.upper_offset != IPV6_HEADER_LEN || heard->ipv6.hop_limit != HOP_LIMIT ||
	    heard->length < IPV6_HEADER_LEN + OPTION_AT)
		return NULL;
	return heard->frame.bytes + at + TARGET_AT;
}

// Headers and checksum around a message of Neighbor Discovery whose type, flags and target are there.
static void complete(guint8 *frame, const guint8 from[16], const guint8 to[16], const guint8 mac[6], guint8 option)
{
	guint8 *ipv6 = frame + sizeof(struct ether_header), *icmp = frame + ICMPV6_AT;

	memcpy(frame + ETH_ALEN, mac, ETH_ALEN);
	frame[2 * ETH_ALEN] = ETHERTYPE_IPV6 >> 8;
	frame[2 * ETH_ALEN + 1] = ETHERTYPE_IPV6 & 0xff;
	ipv6[0] = 0x60;
	ipv6[IPV6_PAYLOAD_LEN_AT + 1] = ICMPV6_LENGTH;
	ipv6[6] = ICMPV6;
	ipv6[IPV6_HOP_LIMIT_AT] = HOP_LIMIT;
	memcpy(ipv6 + IPV6_SRC_AT, from, IPV6_ADDR_LEN);
	memcpy(ipv6 + IPV6_DST_AT, to, IPV6_ADDR_LEN);
	icmp[OPTION_AT] = option;
	icmp[OPTION_AT + 1] = 1; // eight bytes
	memcpy(icmp + OPTION_AT + 2, mac, ETH_ALEN);
	guint64 sum = checksum_add(ICMPV6 + ICMPV6_LENGTH, ipv6 + IPV6_SRC_AT, 2 * IPV6_ADDR_LEN);
	guint16 checksum = (guint16)~checksum_fold(checksum_add(sum, icmp, ICMPV6_LENGTH));
	icmp[2] = (guint8)(checksum >> 8);
	icmp[3] = (guint8)checksum;
}

void neighbors_answer_nd(const heard_t *heard, const guint8 mac[6], guint8 answer[ND_FRAME])
{
	const guint8 *target = neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_SOLICITATION);
	guint8 *icmp = answer + ICMPV6_AT;

	memset(answer, 0, ND_FRAME);
	memcpy(answer, heard->frame.bytes + ETH_ALEN, ETH_ALEN);
	icmp[0] = DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT;
	icmp[4] = FLAGS_ANSWER;
	memcpy(icmp + TARGET_AT, target, IPV6_ADDR_LEN);
	complete(answer, target, heard->ipv6.src, mac, OPTION_TARGET);
}

void neighbors_ask(const guint8 address[16], const guint8 own[16], const guint8 mac[6], guint8 question[ND_FRAME])
{
	guint8 group[16] = {0xff, 2, [11] = 1, [12] = 0xff}; // solicited-node (RFC 4291 2.7.1)
	guint8 *icmp = question + ICMPV6_AT;

	memset(question, 0, ND_FRAME);
	memcpy(group + 13, address + 13, 3);
	question[0] = question[1] = 0x33; // RFC 2464 7
	memcpy(question + 2, group + 12, 4);
	icmp[0] = DSMIPV4_ND_NEIGHBOR_SOLICITATION;
	memcpy(icmp + TARGET_AT, address, IPV6_ADDR_LEN);
	complete(question, own, group, mac, OPTION_SOURCE);
}
