// SPDX-License-Identifier: GPL-2.0-or-later
// The headers in front of the bytes that a dissector gets. TTL and checksum are not passed to the dissector of a UDP
// port, and the header's length to none at all, so they are read from the bytes in front.
#include "dissect/headers.h"

#include <epan/dissectors/packet-ip.h>

#include "compat.h"
#include "core/util/bytes.h"
#include "dissect/ports.h"

#define UDP_HEADER_LEN 8
#define UDP_LENGTH_AT 4
#define UDP_CHECKSUM_AT 6
#define IPV4_SHORTEST 20
#define IPV4_LONGEST 60
#define IPV4_OFFSET_AT 6 // flags and fragment offset
#define IPV4_TTL_AT 8
#define IPV4_PROTOCOL_AT 9
#define IPV4_SRC_AT 12
#define IPV4_DST_AT 16
#define IP_PROTOCOL_UDP 17

static uint32_t ipv4_of(const address *addr)
{
	return get32(addr->data);
}

// What Wireshark's own dissector found in the header.
typedef struct {
	uint32_t src, dst;
	uint8_t protocol;
} known_t;

// An IPv4 header is recognized by its length, which must lead to its payload at `at + len`, and by the values that are
// known.
static bool is_ipv4_header(tvbuff_t *frame, int at, int len, const known_t *known)
{
	const uint8_t *header = tvb_get_ptr(frame, at, IPV4_SHORTEST);
	return header[0] == (0x40 | len / 4) && header[IPV4_PROTOCOL_AT] == known->protocol &&
	       get32(header + IPV4_SRC_AT) == known->src && get32(header + IPV4_DST_AT) == known->dst;
}

// Length of the IPv4 header that ends at `end`, 0 if there is none.
static int header_before(tvbuff_t *frame, int end, const known_t *known)
{
	for (int len = IPV4_SHORTEST; len <= IPV4_LONGEST && len <= end; len += 4) {
		if (is_ipv4_header(frame, end - len, len, known))
			return len;
	}
	return 0;
}

static void read_ttl(dsmipv4_packet_t *packet, tvbuff_t *frame, int end)
{
	int len = header_before(frame, end, &(known_t){packet->src, packet->dst, IP_PROTOCOL_UDP});
	packet->ttl_known = len != 0;
	if (len)
		packet->ttl = tvb_get_uint8(frame, end - len + IPV4_TTL_AT);
}

static void read_checksum(dsmipv4_packet_t *packet, tvbuff_t *frame, int at)
{
	uint32_t len = tvb_get_ntohs(frame, at + UDP_LENGTH_AT);
	if (len < UDP_HEADER_LEN || !tvb_bytes_exist(frame, at, (int)len))
		return;
	const uint8_t *udp = tvb_get_ptr(frame, at, (int)len);
	packet->udp_checksum = dsmipv4_udp_checksum(packet->src, packet->dst, udp, len);
	packet->udp_checksum_sent = get16(udp + UDP_CHECKSUM_AT);
	packet->udp_checksum_right = dsmipv4_udp_checksum_right(packet->src, packet->dst, udp, len);
}

void dsmipv4_read_frame(dsmipv4_packet_t *packet, packet_info *pinfo)
{
	packet->time_known = pinfo->presence_flags & PINFO_HAS_TS;
	packet->time = pinfo->abs_ts.secs;
	packet->nsecs = (uint32_t)pinfo->abs_ts.nsecs;
	packet->frame = pinfo->num;
}

void dsmipv4_read_headers(dsmipv4_packet_t *packet, tvbuff_t *tvb, packet_info *pinfo)
{
	dsmipv4_read_frame(packet, pinfo);
	packet->sport = (uint16_t)pinfo->srcport;
	packet->dport = (uint16_t)pinfo->destport;
	packet->sport_further = dsmipv4_is_further_port(packet->sport);
	packet->dport_further = dsmipv4_is_further_port(packet->dport);
	packet->ipv4 = pinfo->src.type == AT_IPv4 && pinfo->dst.type == AT_IPv4;
	if (!packet->ipv4)
		return;
	packet->src = ipv4_of(&pinfo->src);
	packet->dst = ipv4_of(&pinfo->dst);
	tvbuff_t *frame = tvb_get_ds_tvb(tvb);
	int udp = (int)tvb_raw_offset(tvb) - UDP_HEADER_LEN;
	if (udp < 0 || tvb_get_ntohs(frame, udp) != packet->sport || tvb_get_ntohs(frame, udp + 2) != packet->dport)
		return;
	read_ttl(packet, frame, udp);
	if (!pinfo->fragmented)
		read_checksum(packet, frame, udp);
}

#define IPV4_DF 0x4000
#define IPV4_FRAGMENT 0x3fff // More Fragments and the offset

// What Wireshark's IP dissector found, if the header itself is elsewhere.
static dsmipv4_outer_t outer_from_ip(const ws_ip4 *ip)
{
	return (dsmipv4_outer_t){
		.ttl = ip->ip_ttl,
		.tos = ip->ip_tos,
		.df = ip->ip_off & IPV4_DF,
		.fragment = ip->ip_off & IPV4_FRAGMENT,
	};
}

// A reassembled payload is at the start of a data source of its own.
static bool was_reassembled(tvbuff_t *tvb, int skip)
{
	return tvb_raw_offset(tvb) == skip;
}

#define FARTHEST_HEADER 256

static bool is_fragment_header(tvbuff_t *frame, int at, const known_t *known)
{
	int len = 4 * (tvb_get_uint8(frame, at) & 15);
	return len >= IPV4_SHORTEST && is_ipv4_header(frame, at, len, known) &&
	       tvb_get_ntohs(frame, at + IPV4_OFFSET_AT) & IPV4_FRAGMENT;
}

// TTL of the fragment that completed the packet: its header is somewhere in the frame. 0: it was not found.
static uint8_t ttl_of_fragment(packet_info *pinfo, const known_t *known)
{
	tvbuff_t *frame = pinfo->data_src ? get_data_source_tvb(pinfo->data_src->data) : NULL;
	for (int at = 0; frame && at < FARTHEST_HEADER && tvb_bytes_exist(frame, at, IPV4_SHORTEST); at++) {
		if (is_fragment_header(frame, at, known))
			return tvb_get_uint8(frame, at + IPV4_TTL_AT);
	}
	return 0;
}

static dsmipv4_outer_t read_elsewhere(packet_info *pinfo, tvbuff_t *tvb, int skip, const known_t *known)
{
	dsmipv4_outer_t outer = {.fragment = was_reassembled(tvb, skip)};
	if (outer.fragment)
		outer.ttl = ttl_of_fragment(pinfo, known);
	return outer;
}

static dsmipv4_outer_t read_before(packet_info *pinfo, tvbuff_t *tvb, int skip, const known_t *known, const ws_ip4 *ip)
{
	tvbuff_t *frame = tvb_get_ds_tvb(tvb);
	int end = (int)tvb_raw_offset(tvb) - skip, len = header_before(frame, end, known);
	if (len)
		return dsmipv4_outer_read(tvb_get_ptr(frame, end - len, len), (uint8_t)len, -len - skip);
	dsmipv4_outer_t outer = ip ? outer_from_ip(ip) : read_elsewhere(pinfo, tvb, skip, known);
	outer.src = known->src;
	outer.dst = known->dst;
	outer.protocol = known->protocol;
	return outer;
}

bool dsmipv4_read_outer(dsmipv4_outer_t *outer, tvbuff_t *tvb, packet_info *pinfo, uint8_t protocol, const void *data)
{
	const ws_ip4 *ip = WS_IP4_PTR(data);
	int skip = protocol == IP_PROTOCOL_UDP ? UDP_HEADER_LEN : 0;
	if (pinfo->src.type != AT_IPv4 || pinfo->dst.type != AT_IPv4 || (!ip && !skip))
		return false;
	*outer = read_before(pinfo, tvb, skip, &(known_t){ipv4_of(&pinfo->src), ipv4_of(&pinfo->dst), protocol}, ip);
	if (skip) {
		outer->udp.sport = (uint16_t)pinfo->srcport;
		outer->udp.dport = (uint16_t)pinfo->destport;
	}
	outer->partial = pinfo->fragmented;
	outer->fragment |= outer->partial;
	return true;
}

bool dsmipv4_link_source(packet_info *pinfo, uint64_t *mac)
{
	const uint8_t *bytes = pinfo->dl_src.data;
	*mac = 0;
	if (pinfo->dl_src.type != AT_ETHER)
		return false;
	for (unsigned i = 0; i < 6; i++)
		*mac = *mac << 8 | bytes[i];
	return true;
}
