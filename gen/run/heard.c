// SPDX-License-Identifier: GPL-2.0-or-later
// A frame that was heard, described by the plugin's core.
#include "run/heard.h"

#include "send/next_hop.h"
#include "util/bytes.h"

#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <string.h>

enum {
	IPV4_SHORTEST = 20,
	IPV4_FRAGMENT = 0x3fff, // more fragments, or an offset
	UDP_HEADER = 8,
};

static void read_arp(heard_t *heard)
{
	const struct ether_arp *arp = (const void *)(heard->frame.bytes + heard->network);

	if (heard->frame.length < heard->network + sizeof(*arp) || arp->arp_pro != htons(ETHERTYPE_IP) ||
	    arp->arp_hln != ETH_ALEN || arp->arp_pln != sizeof(arp->arp_spa))
		return;
	heard->kind = HEARD_ARP;
	heard->src = get32(arp->arp_spa);
	heard->dst = get32(arp->arp_tpa);
}

static void read_ipv6(heard_t *heard)
{
	const guint8 *bytes = heard->frame.bytes + heard->network;
	gsize room = heard->frame.length - heard->network;

	if (room < IPV6_HEADER_LEN || bytes[0] >> 4 != 6)
		return;
	heard->length = IPV6_HEADER_LEN + get16(bytes + IPV6_PAYLOAD_LEN_AT);
	if (heard->length > room)
		return;
	heard->kind = HEARD_IPV6;
	dsmipv4_ipv6_decode(&heard->ipv6, bytes, 0, (uint32_t)heard->length, (uint32_t)heard->length);
}

static void read_tunnel(heard_t *heard, const dsmipv4_outer_t *outer, gsize at)
{
	gsize length = heard->network + heard->length - at;

	if (!dsmipv4_tunnel_decode(&heard->tunnel, outer, heard->frame.bytes + at, (uint32_t)length, (uint32_t)length))
		return;
	heard->kind = HEARD_TUNNEL;
	heard->tunneled = at;
}

static void read_message(wmem_allocator_t *alloc, heard_t *heard, const guint8 *udp, guint32 length)
{
	dsmipv4_packet_t *packet = &heard->packet;

	packet->ipv4 = packet->ttl_known = true;
	packet->src = heard->src;
	packet->dst = heard->dst;
	packet->sport = get16(udp);
	packet->dport = get16(udp + 2);
	packet->ttl = heard->ttl;
	packet->udp_checksum = heard->frame.is_unsummed ? DSMIPV4_CHECKSUM_UNKNOWN
							: dsmipv4_udp_checksum(heard->src, heard->dst, udp, length);
	packet->udp_checksum_sent = get16(udp + 6);
	packet->udp_checksum_right = dsmipv4_udp_checksum_right(heard->src, heard->dst, udp, length);
	heard->kind = HEARD_MESSAGE;
	heard->message =
		dsmipv4_message_decode(alloc, udp + UDP_HEADER, length - UDP_HEADER, length - UDP_HEADER, false);
}

static void read_udp(wmem_allocator_t *alloc, heard_t *heard, dsmipv4_outer_t *outer)
{
	gsize at = heard->network + outer->header_len;
	const guint8 *udp = heard->frame.bytes + at;
	gsize room = heard->network + heard->length - at;

	if (room < UDP_HEADER || get16(udp + 4) < UDP_HEADER || get16(udp + 4) > room ||
	    (get16(udp) != DSMIPV4_UDP_PORT && get16(udp + 2) != DSMIPV4_UDP_PORT))
		return;
	guint32 length = get16(udp + 4);
	if (length >= UDP_HEADER + DSMIPV4_TUNNEL_DATA_LEN && udp[UDP_HEADER] == DSMIPV4_TUNNEL_DATA) {
		outer->udp.sport = get16(udp);
		outer->udp.dport = get16(udp + 2);
		outer->offset -= UDP_HEADER;
		read_tunnel(heard, outer, at + UDP_HEADER);
	} else {
		read_message(alloc, heard, udp, length);
	}
}

static void read_ipv4(wmem_allocator_t *alloc, heard_t *heard)
{
	const guint8 *bytes = heard->frame.bytes + heard->network;
	gsize room = heard->frame.length - heard->network;
	guint8 header = room > 0 ? (guint8)(4 * (bytes[0] & 0xf)) : 0;

	if (room < IPV4_SHORTEST || bytes[0] >> 4 != 4 || header < IPV4_SHORTEST || get16(bytes + 2) < header ||
	    get16(bytes + 2) > room)
		return;
	dsmipv4_outer_t outer = dsmipv4_outer_read(bytes, header, -(int32_t)header);
	heard->kind = get16(bytes + 6) & IPV4_FRAGMENT ? HEARD_FRAGMENT : HEARD_IPV4;
	heard->length = get16(bytes + 2);
	heard->src = outer.src;
	heard->dst = outer.dst;
	heard->protocol = outer.protocol;
	heard->ttl = outer.ttl;
	if (heard->kind == HEARD_FRAGMENT)
		return;
	if (outer.protocol == IPPROTO_UDP)
		read_udp(alloc, heard, &outer);
	else if (outer.protocol == DSMIPV4_ENCAP_IPIP || outer.protocol == DSMIPV4_ENCAP_IPV6 ||
		 outer.protocol == DSMIPV4_ENCAP_GRE || outer.protocol == DSMIPV4_ENCAP_MINIMAL)
		read_tunnel(heard, &outer, heard->network + header);
}

void heard_read(wmem_allocator_t *alloc, const frame_t *frame, guint32 number, heard_t *heard)
{
	*heard = (heard_t){.frame = *frame};
	heard->network = frame_header_length(frame->bytes, frame->length);
	heard->packet = (dsmipv4_packet_t){
		.time_known = true,
		.time = frame->time / DSMIPV4_SECOND,
		.nsecs = (uint32_t)(frame->time % DSMIPV4_SECOND),
		.frame = number,
	};
	if (frame->length < heard->network)
		return;
	heard->ethertype = get16(frame->bytes + heard->network - 2);
	if (heard->ethertype == ETHERTYPE_ARP)
		read_arp(heard);
	else if (heard->ethertype == ETHERTYPE_IP)
		read_ipv4(alloc, heard);
	else if (heard->ethertype == ETHERTYPE_IPV6)
		read_ipv6(heard);
}

const guint8 *heard_inner(const heard_t *heard, gsize *length)
{
	gsize at = heard->tunneled + heard->tunnel.inner_offset;

	*length = heard->network + heard->length - at;
	return heard->frame.bytes + at;
}
