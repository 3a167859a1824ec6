// SPDX-License-Identifier: GPL-2.0-or-later
// IPv6 inside a tunnel: header, extension headers, and the few messages that rules are about: MLD,
// Neighbor Discovery, DHCPv6 (RFC 8200, 3810, 4861, 8415).
#include "wire/inner_packet.h"

#include <string.h>

#include "util/bytes.h"

#define HOP_BY_HOP 0
#define ROUTING 43
#define FRAGMENT 44
#define DESTINATION_OPTIONS 60
#define ICMPV6 58
#define ICMP 1
#define UDP 17
#define MOST_EXTENSION_HEADERS 8
#define MOST_OPTIONS 64

// What is left to read: never more than what was captured.
typedef struct {
	const uint8_t *bytes;
	uint32_t at, end;
} reader_t;

static bool has(const reader_t *r, uint32_t len)
{
	return r->end - r->at >= len;
}

// Router alert of MLD among the hop-by-hop options (RFC 2711 2.1). Option 0 is one byte of padding.
static bool finds_router_alert(const uint8_t *options, uint32_t len)
{
	for (uint32_t i = 0; i < len;) {
		if (options[i] == 0) {
			i++;
			continue;
		}
		if (len - i < 2 || len - i - 2 < options[i + 1])
			return false;
		if (options[i] == 5 && options[i + 1] == 2)
			return get16(options + i + 2) == 0;
		i += 2u + options[i + 1];
	}
	return false;
}

// Go past the extension headers. False: the upper layer cannot be found.
static bool skip_extension_headers(dsmipv4_ipv6_t *ipv6, reader_t *r, uint8_t *next)
{
	for (unsigned i = 0; i < MOST_EXTENSION_HEADERS; i++) {
		if (*next != HOP_BY_HOP && *next != ROUTING && *next != FRAGMENT && *next != DESTINATION_OPTIONS)
			return true;
		if (!has(r, 8))
			return false;
		const uint8_t *h = r->bytes + r->at;
		uint32_t len = *next == FRAGMENT ? 8 : 8 * (1u + h[1]);
		if (!has(r, len) || (*next == FRAGMENT && get16(h + 2) & 0xfff8))
			return false;
		if (*next == HOP_BY_HOP && finds_router_alert(h + 2, len - 2))
			ipv6->router_alert = true;
		*next = h[0];
		r->at += len;
	}
	return false;
}

static void add_prefix(dsmipv4_ipv6_t *ipv6, const uint8_t bytes[16], uint8_t len)
{
	if (ipv6->n_prefixes == DSMIPV4_MOST_PREFIXES || len > 128)
		return;
	dsmipv4_prefix_t *p = &ipv6->prefixes[ipv6->n_prefixes++];
	memcpy(p->bytes, bytes, sizeof p->bytes);
	p->len = len;
}

// Prefix information that says on-link (RFC 4861 4.6.2).
static void read_prefix_information(dsmipv4_ipv6_t *ipv6, const uint8_t *option, uint32_t len)
{
	bool on_link = len >= 32 && option[3] & 0x80;
	if (on_link)
		add_prefix(ipv6, option + 16, option[2]);
}

// Where the options of Neighbor Discovery begin, by type (RFC 4861 4.1-4.5).
static uint32_t nd_options_at(uint8_t type)
{
	switch (type) {
	case DSMIPV4_ND_ROUTER_SOLICITATION:
		return 8;
	case DSMIPV4_ND_ROUTER_ADVERTISEMENT:
		return 16;
	case DSMIPV4_ND_REDIRECT:
		return 40;
	default:
		return 24;
	}
}

// The fixed part is there. The router messages have no target.
static void read_neighbor(dsmipv4_ipv6_t *ipv6, const uint8_t *message, uint32_t at)
{
	const uint8_t *target = message + 8;
	bool redirects = ipv6->icmp_type == DSMIPV4_ND_REDIRECT;
	if (ipv6->icmp_type < DSMIPV4_ND_NEIGHBOR_SOLICITATION ||
	    (redirects && memcmp(target, message + 24, sizeof ipv6->neighbor) != 0))
		return;
	memcpy(ipv6->neighbor, target, sizeof ipv6->neighbor);
	ipv6->neighbor_offset = at + 8;
}

static void read_nd(dsmipv4_ipv6_t *ipv6, reader_t r)
{
	uint32_t skip = nd_options_at(ipv6->icmp_type);
	if (!has(&r, skip))
		return;
	read_neighbor(ipv6, r.bytes + r.at, r.at);
	r.at += skip;
	for (unsigned i = 0; i < MOST_OPTIONS && has(&r, 2); i++) {
		const uint8_t *option = r.bytes + r.at;
		uint32_t len = 8u * option[1];
		if (len == 0 || !has(&r, len))
			return;
		if ((option[0] == 1 || option[0] == 2) && ipv6->lladdr_offset == 0)
			ipv6->lladdr_offset = r.at;
		if (option[0] == 3 && ipv6->icmp_type == DSMIPV4_ND_ROUTER_ADVERTISEMENT)
			read_prefix_information(ipv6, option, len);
		r.at += len;
	}
}

// The next DHCPv6 option in `r`, which is moved past it; NULL at the end (RFC 8415 21.1).
static const uint8_t *next_dhcp_option(reader_t *r, uint16_t *code, uint32_t *len)
{
	if (!has(r, 4))
		return NULL;
	const uint8_t *option = r->bytes + r->at;
	*code = get16(option);
	*len = get16(option + 2);
	r->at += 4;
	if (!has(r, *len))
		return NULL;
	r->at += *len;
	return option + 4;
}

#define DHCP_IA_PD 25
#define DHCP_IA_PREFIX 26

static void read_ia_pd(dsmipv4_ipv6_t *ipv6, const uint8_t *bytes, uint32_t len)
{
	reader_t r = {bytes, 12, len}; // behind IAID, T1 and T2
	uint16_t code;
	uint32_t option_len;
	const uint8_t *option;
	if (len < 12)
		return;
	for (unsigned i = 0; i < MOST_OPTIONS && (option = next_dhcp_option(&r, &code, &option_len)); i++) {
		if (code == DHCP_IA_PREFIX && option_len >= 25)
			add_prefix(ipv6, option + 9, option[8]);
	}
}

static void read_dhcp(dsmipv4_ipv6_t *ipv6, reader_t r)
{
	if (!has(&r, 4))
		return;
	uint8_t type = r.bytes[r.at];
	if (type == 0 || type > 11) // relayed messages have another header
		return;
	ipv6->dhcp_type = type;
	r.at += 4;
	uint16_t code;
	uint32_t len;
	const uint8_t *option;
	for (unsigned i = 0; i < MOST_OPTIONS && (option = next_dhcp_option(&r, &code, &len)); i++) {
		if (code != DHCP_IA_PD)
			continue;
		ipv6->ia_pd = true;
		read_ia_pd(ipv6, option, len);
	}
}

static void read_upper(dsmipv4_ipv6_t *ipv6, reader_t r, uint8_t protocol)
{
	ipv6->upper_offset = r.at;
	if (protocol != ICMPV6 && protocol != UDP) {
		ipv6->upper = DSMIPV4_UPPER_OTHER;
	} else if (protocol == ICMPV6 && has(&r, 4)) {
		ipv6->upper = DSMIPV4_UPPER_ICMPV6;
		ipv6->icmp_type = r.bytes[r.at];
		if (dsmipv4_ipv6_is_nd(ipv6))
			read_nd(ipv6, r);
	} else if (protocol == UDP && has(&r, 8)) {
		ipv6->upper = DSMIPV4_UPPER_UDP;
		ipv6->sport = get16(r.bytes + r.at);
		ipv6->dport = get16(r.bytes + r.at + 2);
		r.at += 8;
		if (dsmipv4_ipv6_is_dhcp(ipv6))
			read_dhcp(ipv6, r);
	}
}

void dsmipv4_ipv6_decode(dsmipv4_ipv6_t *ipv6, const uint8_t *bytes, uint32_t at, uint32_t captured, uint32_t reported)
{
	const uint8_t *h = bytes + at;
	memset(ipv6, 0, sizeof *ipv6);
	ipv6->traffic_class = (uint8_t)(h[0] << 4 | h[1] >> 4);
	ipv6->payload_len = get16(h + 4);
	ipv6->hop_limit = h[7];
	memcpy(ipv6->src, h + 8, sizeof ipv6->src);
	memcpy(ipv6->dst, h + 24, sizeof ipv6->dst);
	at += IPV6_HEADER_LEN;
	ipv6->available = reported - at;
	uint32_t end = captured;
	if (ipv6->payload_len && ipv6->payload_len < end - at)
		end = at + ipv6->payload_len; // what follows is padding
	ipv6->captured_whole = captured == reported || (end < captured && end == at + ipv6->payload_len);
	reader_t r = {bytes, at, end};
	uint8_t next = h[6];
	if (skip_extension_headers(ipv6, &r, &next))
		read_upper(ipv6, r, next);
}

void dsmipv4_icmpv6_decode(dsmipv4_ipv6_t *ipv6, const uint8_t *bytes, uint32_t captured)
{
	memset(ipv6, 0, sizeof *ipv6);
	read_upper(ipv6, (reader_t){bytes, 0, captured}, ICMPV6);
}

uint64_t dsmipv4_ipv6_digest(const uint8_t *packet, uint32_t captured)
{
	uint32_t len = IPV6_HEADER_LEN + get16(packet + 4);
	len = len < captured ? len : captured;
	uint64_t digest = digest_of(DIGEST_SEED, packet, IPV6_HOP_LIMIT_AT);
	digest = digest_of(digest, packet + IPV6_HOP_LIMIT_AT + 1, len - IPV6_HOP_LIMIT_AT - 1);
	return digest ? digest : 1;
}

void dsmipv4_ipv4_decode(dsmipv4_ipv4_t *ipv4, const uint8_t *bytes, uint32_t at, uint32_t captured)
{
	const uint8_t *h = bytes + at;
	uint32_t left = captured - at;
	ipv4->echo_request = ipv4->protocol == ICMP && left >= 8 && h[0] == 8;
	ipv4->echo_reply = ipv4->protocol == ICMP && left >= 8 && h[0] == 0;
	bool udp_434 = ipv4->protocol == UDP && left >= 16 &&
		       (get16(h) == DSMIPV4_UDP_PORT || get16(h + 2) == DSMIPV4_UDP_PORT);
	if (udp_434 && (h[8] == DSMIPV4_REGISTRATION_REQUEST || h[8] == DSMIPV4_REGISTRATION_REPLY)) {
		ipv4->registration = h[8];
		ipv4->hoa = get32(h + 12);
	}
}

bool dsmipv4_ipv6_is_mld(const dsmipv4_ipv6_t *ipv6)
{
	return ipv6->upper == DSMIPV4_UPPER_ICMPV6 &&
	       ((ipv6->icmp_type >= DSMIPV4_MLD_QUERY && ipv6->icmp_type <= DSMIPV4_MLD_DONE) ||
		ipv6->icmp_type == DSMIPV4_MLD_REPORT_V2);
}

bool dsmipv4_ipv6_is_nd(const dsmipv4_ipv6_t *ipv6)
{
	return ipv6->upper == DSMIPV4_UPPER_ICMPV6 && ipv6->icmp_type >= DSMIPV4_ND_ROUTER_SOLICITATION &&
	       ipv6->icmp_type <= DSMIPV4_ND_REDIRECT;
}

static bool is_dhcp_port(uint16_t port)
{
	return port == 546 || port == 547;
}

bool dsmipv4_ipv6_is_dhcp(const dsmipv4_ipv6_t *ipv6)
{
	return ipv6->upper == DSMIPV4_UPPER_UDP && is_dhcp_port(ipv6->sport) && is_dhcp_port(ipv6->dport);
}

bool dsmipv4_ipv6_unspecified(const uint8_t addr[16])
{
	static const uint8_t zero[16];
	return memcmp(addr, zero, sizeof zero) == 0;
}

bool dsmipv4_ipv6_link_local(const uint8_t addr[16])
{
	return addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}

bool dsmipv4_ipv6_multicast(const uint8_t addr[16])
{
	return addr[0] == 0xff;
}
