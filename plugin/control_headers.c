// SPDX-License-Identifier: GPL-2.0-or-later
// The IPv4 and UDP headers in front of a control message. Neither the TTL nor the checksum reaches
// the dissector of a UDP port, so they are read from the bytes in front of its payload.
#include "control_headers.h"

#include "compat.h"

#define UDP_HEADER_LEN 8
#define UDP_LENGTH_AT 4
#define IPV4_SHORTEST 20
#define IPV4_LONGEST 60
#define IPV4_TTL_AT 8
#define IPV4_PROTOCOL_AT 9
#define IPV4_SRC_AT 12
#define IPV4_DST_AT 16
#define IP_PROTOCOL_UDP 17

static uint32_t ipv4_of(const address *addr)
{
	const uint8_t *p = addr->data;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// An IPv4 header is recognised by its length, which must lead to the UDP header at `end`, and by the
// addresses that Wireshark found in it.
static bool is_ipv4_header(tvbuff_t *frame, int at, int len, const dsmipv4_packet_t *packet)
{
	return tvb_get_uint8(frame, at) == (0x40 | len / 4) &&
	       tvb_get_uint8(frame, at + IPV4_PROTOCOL_AT) == IP_PROTOCOL_UDP &&
	       tvb_get_ntohl(frame, at + IPV4_SRC_AT) == packet->src &&
	       tvb_get_ntohl(frame, at + IPV4_DST_AT) == packet->dst;
}

static void read_ttl(dsmipv4_packet_t *packet, tvbuff_t *frame, int end)
{
	for (int len = IPV4_SHORTEST; len <= IPV4_LONGEST && len <= end; len += 4) {
		if (is_ipv4_header(frame, end - len, len, packet)) {
			packet->ttl_known = true;
			packet->ttl = tvb_get_uint8(frame, end - len + IPV4_TTL_AT);
			return;
		}
	}
}

static void read_checksum(dsmipv4_packet_t *packet, tvbuff_t *frame, int at)
{
	uint32_t len = tvb_get_ntohs(frame, at + UDP_LENGTH_AT);
	if (len >= UDP_HEADER_LEN && tvb_bytes_exist(frame, at, (int)len))
		packet->udp_checksum =
			dsmipv4_udp_checksum(packet->src, packet->dst, tvb_get_ptr(frame, at, (int)len), len);
}

void dsmipv4_read_headers(dsmipv4_packet_t *packet, tvbuff_t *tvb, packet_info *pinfo)
{
	packet->sport = (uint16_t)pinfo->srcport;
	packet->dport = (uint16_t)pinfo->destport;
	packet->time_known = pinfo->presence_flags & PINFO_HAS_TS;
	packet->time = pinfo->abs_ts.secs;
	packet->nsecs = (uint32_t)pinfo->abs_ts.nsecs;
	packet->frame = pinfo->num;
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
