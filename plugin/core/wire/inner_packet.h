// SPDX-License-Identifier: GPL-2.0-or-later
// The packet inside a tunnel, as far as the rules ask about it.
#ifndef DSMIPV4_INNER_H
#define DSMIPV4_INNER_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/message.h"

// ICMPv6 types that the rules name (RFC 2710, 3810, 4861).
enum dsmipv4_icmpv6_type {
	DSMIPV4_PACKET_TOO_BIG = 2,
	DSMIPV4_MLD_QUERY = 130,
	DSMIPV4_MLD_REPORT = 131,
	DSMIPV4_MLD_DONE = 132,
	DSMIPV4_ND_ROUTER_SOLICITATION = 133,
	DSMIPV4_ND_ROUTER_ADVERTISEMENT = 134,
	DSMIPV4_ND_NEIGHBOR_SOLICITATION = 135,
	DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT = 136,
	DSMIPV4_ND_REDIRECT = 137,
	DSMIPV4_MLD_REPORT_V2 = 143,
};

// Lengths and offsets in an IPv6 header (RFC 8200 3).
enum dsmipv4_ipv6_header {
	IPV6_TRAFFIC_CLASS_AT = 0,
	IPV6_PAYLOAD_LEN_AT = 4,
	IPV6_HOP_LIMIT_AT = 7,
	IPV6_SRC_AT = 8,
	IPV6_DST_AT = 24,
	IPV6_ADDR_LEN = 16,
	IPV6_HEADER_LEN = 40,
};

#define DSMIPV4_DHCPV6_REPLY 7  // RFC 8415 7.3
#define DSMIPV4_MOST_PREFIXES 4 // of a router advertisement or a delegation that are looked at

typedef enum {
	DSMIPV4_UPPER_UNKNOWN, // not captured, or in another fragment
	DSMIPV4_UPPER_OTHER,
	DSMIPV4_UPPER_ICMPV6,
	DSMIPV4_UPPER_UDP,
} dsmipv4_upper_t;

// IPv6 header and what follows it. Offsets count as in tunnel.h.
typedef struct {
	uint8_t src[16], dst[16];
	uint8_t hop_limit, traffic_class;
	uint32_t payload_len; // the field
	uint32_t available;   // bytes after the IPv6 header that the tunnel has room for
	bool captured_whole;  // all of the payload that the tunnel has room for is captured
	bool router_alert;    // hop-by-hop option 5 with value 0 (RFC 2711)
	dsmipv4_upper_t upper;
	uint32_t upper_offset;
	uint8_t icmp_type;        // UPPER_ICMPV6
	uint32_t lladdr_offset;   // of a link-layer address option of Neighbor Discovery, 0: none
	uint32_t neighbor_offset; // of the address that Neighbor Discovery takes for one of the link, 0: there is none
	uint8_t neighbor[16];     // the target; of a redirect only where it is the destination, too (RFC 4861 8.1)
	uint16_t sport, dport;    // UPPER_UDP
	uint8_t dhcp_type;        // 0: no DHCPv6 message, or a relayed one
	bool ia_pd;               // DHCPv6: an identity association for prefix delegation (RFC 8415 21.21)
	dsmipv4_prefix_t prefixes[DSMIPV4_MOST_PREFIXES]; // on-link ones of an RA, delegated ones of DHCPv6
	unsigned n_prefixes;
} dsmipv4_ipv6_t;

// IPv4 packet inside a tunnel that carries no further one.
typedef struct {
	uint32_t src, dst; // host byte order
	uint8_t protocol;
	bool echo_request;    // ICMP type 8
	bool echo_reply;      // ICMP type 0
	uint8_t registration; // type of a registration message (1 or 3), 0: none
	uint32_t hoa;         // of that message
} dsmipv4_ipv4_t;

// Read the IPv6 packet at `at`, of which the fixed header must be captured. Sizes as in tunnel.h.
void dsmipv4_ipv6_decode(dsmipv4_ipv6_t *ipv6, const uint8_t *bytes, uint32_t at, uint32_t captured, uint32_t reported);

// Read an ICMPv6 message whose IPv6 header was dissected elsewhere. Offsets count from its start. Members for the
// IPv6 header are zero, except for the source, which the caller fills in.
void dsmipv4_icmpv6_decode(dsmipv4_ipv6_t *ipv6, const uint8_t *bytes, uint32_t captured);

// A digest that identifies an IPv6 packet, without its hop limit and what follows the payload. `captured` bytes
// are readable, at least the header. Never 0.
uint64_t dsmipv4_ipv6_digest(const uint8_t *packet, uint32_t captured);

// Read the payload at `at` of an IPv4 packet whose header fields the caller has filled in.
void dsmipv4_ipv4_decode(dsmipv4_ipv4_t *ipv4, const uint8_t *bytes, uint32_t at, uint32_t captured);

// Kinds of packets.
bool dsmipv4_ipv6_is_mld(const dsmipv4_ipv6_t *ipv6);
bool dsmipv4_ipv6_is_nd(const dsmipv4_ipv6_t *ipv6);
bool dsmipv4_ipv6_is_dhcp(const dsmipv4_ipv6_t *ipv6);

// Address classes (RFC 4291 2.4-2.7).
bool dsmipv4_ipv6_unspecified(const uint8_t addr[16]);
bool dsmipv4_ipv6_link_local(const uint8_t addr[16]);
bool dsmipv4_ipv6_multicast(const uint8_t addr[16]);

#endif
