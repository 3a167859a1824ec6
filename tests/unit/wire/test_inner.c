// SPDX-License-Identifier: GPL-2.0-or-later
// The packet inside a tunnel: IPv6 header, extension headers, MLD, Neighbor Discovery, DHCPv6; IPv4.
#include "wire/inner_packet.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "wire.h"

// IPv6 header of RFC 8200 3 up to its addresses, which are link-local and all nodes.
#define ADDRESSES "fe80000000000000 0000000000000001 ff02000000000000 0000000000000001 "
#define HEADER(payload_len, next) "60000000 " payload_len " " next " 01(hop limit 1) " ADDRESSES

#define NO_NEXT "3b(59: no next header) "
#define ICMPV6 "3a(58: ICMPv6) "
#define UDP "11(17: UDP) "

// MLD query (RFC 2710 3): type, code, checksum, delay, reserved, group.
#define QUERY "82(130) 00 0000 2710 0000 00000000000000000000000000000000 "
// Hop-by-hop header with router alert 0 and 2 bytes of padding (RFC 2711 2.1, RFC 8200 4.2, 4.3).
#define ALERT(next) next "00(8 bytes) 05(router alert) 02 0000(MLD) 01(PadN) 00 "

static dsmipv4_ipv6_t decode_part(const hex_t *hex)
{
	dsmipv4_ipv6_t ipv6;
	dsmipv4_ipv6_decode(&ipv6, hex->bytes, 0, hex->captured, hex->reported);
	return ipv6;
}

static dsmipv4_ipv6_t decode(const char *text)
{
	hex_t hex = hex_parse(text);
	dsmipv4_ipv6_t ipv6 = decode_part(&hex);
	hex_free(&hex);
	return ipv6;
}

// The header.

static void test_header(void)
{
	dsmipv4_ipv6_t p = decode("6b9abcde(traffic class b9) 0003 " NO_NEXT "fe(hop limit 254) " ADDRESSES "010203");
	static const uint8_t src[16] = {0xfe, 0x80, [15] = 1}, dst[16] = {0xff, 0x02, [15] = 1};
	g_assert_cmphex(p.traffic_class, ==, 0xb9);
	g_assert_cmpuint(p.payload_len, ==, 3);
	g_assert_cmpuint(p.hop_limit, ==, 254);
	g_assert_cmpmem(p.src, 16, src, 16);
	g_assert_cmpmem(p.dst, 16, dst, 16);
	g_assert_cmpuint(p.available, ==, 3);
	g_assert_true(p.captured_whole);
	g_assert_cmpint(p.upper, ==, DSMIPV4_UPPER_OTHER);
	g_assert_cmpuint(p.upper_offset, ==, 40);
}

static void test_lengths(void)
{
	static const struct {
		const char *name, *hex;
		uint32_t payload_len, available;
		bool captured_whole;
		dsmipv4_upper_t upper;
	} rows[] = {
		{"exact", HEADER("0018", ICMPV6) QUERY, 24, 24, true, DSMIPV4_UPPER_ICMPV6},
		{"longer than the tunnel", HEADER("ffff", ICMPV6) QUERY, 65535, 24, true, DSMIPV4_UPPER_ICMPV6},
		{"padding behind it", HEADER("0018", ICMPV6) QUERY "000000", 24, 27, true, DSMIPV4_UPPER_ICMPV6},
		{"padding not captured", HEADER("0018", ICMPV6) QUERY "00 | 0000", 24, 27, true, DSMIPV4_UPPER_ICMPV6},
		{"not captured", HEADER("0018", ICMPV6) "82000000 | 27100000 00000000000000000000000000000000", 24, 24,
		 false, DSMIPV4_UPPER_ICMPV6},
		{"ICMPv6 not captured", HEADER("0018", ICMPV6) "820000 | 00", 24, 4, false, DSMIPV4_UPPER_UNKNOWN},
		{"shorter than ICMPv6", HEADER("0003", ICMPV6) QUERY, 3, 24, true, DSMIPV4_UPPER_UNKNOWN},
		{"a jumbogram, perhaps", HEADER("0000", ICMPV6) QUERY, 0, 24, true, DSMIPV4_UPPER_ICMPV6},
		{"nothing", HEADER("0000", NO_NEXT), 0, 0, true, DSMIPV4_UPPER_OTHER},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		dsmipv4_ipv6_t p = decode(rows[i].hex);
		g_test_message("%s", rows[i].name);
		g_assert_cmpuint(p.payload_len, ==, rows[i].payload_len);
		g_assert_cmpuint(p.available, ==, rows[i].available);
		g_assert_cmpint(p.captured_whole, ==, rows[i].captured_whole);
		g_assert_cmpint(p.upper, ==, rows[i].upper);
	}
}

// Extension headers.

static void test_extension_headers(void)
{
	static const struct {
		const char *name, *hex;
		dsmipv4_upper_t upper;
		uint32_t upper_offset;
		bool alert;
	} rows[] = {
		{"none", HEADER("0018", ICMPV6) QUERY, DSMIPV4_UPPER_ICMPV6, 40, false},
		{"hop-by-hop", HEADER("0020", "00") ALERT(ICMPV6) QUERY, DSMIPV4_UPPER_ICMPV6, 48, true},
		{"hop-by-hop of 16 bytes", HEADER("0028", "00") ICMPV6 "01 0502 0000 0108 0000000000000000" QUERY,
		 DSMIPV4_UPPER_ICMPV6, 56, true},
		{"destination options", HEADER("0020", "3c") ICMPV6 "00 0104 00000000" QUERY, DSMIPV4_UPPER_ICMPV6, 48,
		 false},
		{"router alert among destination options", HEADER("0020", "3c") ALERT(ICMPV6) QUERY,
		 DSMIPV4_UPPER_ICMPV6, 48, false},
		{"routing", HEADER("0020", "2b") ICMPV6 "00 02 00 00000000" QUERY, DSMIPV4_UPPER_ICMPV6, 48, false},
		{"first fragment", HEADER("0020", "2c") ICMPV6 "ff(reserved) 0001(M) 00000001" QUERY,
		 DSMIPV4_UPPER_ICMPV6, 48, false},
		{"later fragment", HEADER("0020", "2c") ICMPV6 "00 0008(offset 8) 00000001" QUERY,
		 DSMIPV4_UPPER_UNKNOWN, 0, false},
		{"hop-by-hop, then a later fragment", HEADER("0028", "00") ALERT("2c") ICMPV6 "00 0008 00000001" QUERY,
		 DSMIPV4_UPPER_UNKNOWN, 0, true},
		{"all of them",
		 HEADER("0040", "00") ALERT("3c") "2b00010400000000 2c000200 00000000 " ICMPV6 "00000000000001 "
						  "8000000000010001",
		 DSMIPV4_UPPER_ICMPV6, 72, true},
		{"as many as are followed",
		 HEADER("0050", "00") ALERT("00") ALERT("00") ALERT("00") ALERT("00") ALERT("00") ALERT("00")
			 ALERT(ICMPV6) QUERY,
		 DSMIPV4_UPPER_ICMPV6, 96, true},
		{"too many",
		 HEADER("0050", "00") ALERT("00") ALERT("00") ALERT("00") ALERT("00") ALERT("00") ALERT("00")
			 ALERT("00") ALERT("00") ALERT(ICMPV6) QUERY,
		 DSMIPV4_UPPER_UNKNOWN, 0, true},
		{"header cut", HEADER("0020", "00") ICMPV6 "00 0502 00", DSMIPV4_UPPER_UNKNOWN, 0, false},
		{"header longer than the packet", HEADER("0020", "00") ICMPV6 "ff 0502 0000 0100" QUERY,
		 DSMIPV4_UPPER_UNKNOWN, 0, false},
		{"TCP", HEADER("0004", "06") "00010002", DSMIPV4_UPPER_OTHER, 40, false},
		{"ESP", HEADER("0004", "32") "00010002", DSMIPV4_UPPER_OTHER, 40, false},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		dsmipv4_ipv6_t p = decode(rows[i].hex);
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(p.upper, ==, rows[i].upper);
		g_assert_cmpuint(p.upper_offset, ==, rows[i].upper_offset);
		g_assert_cmpint(p.router_alert, ==, rows[i].alert);
	}
}

// RFC 2711 2.1: type 5, length 2, value 0 for MLD.
static void test_router_alert(void)
{
	static const struct {
		const char *name, *options;
		bool alert;
	} rows[] = {
		{"first", "0502 0000 0100", true},
		{"last", "0100 0502 0000", true},
		{"after Pad1", "00 00 0502 0000", true},
		{"after Pad1, then cut", "00 00 00 0502 00", false},
		{"none", "0104 00000000", false},
		{"RSVP", "0502 0001 0100", false},
		{"active networks", "0502 0002 0100", false},
		{"length 1", "0501 00 000000", false},
		{"length 3", "0503 000000 00", false},
		{"length beyond the header", "0505 0000 0000", false},
		{"PadN beyond the header", "01ff 0502 0000", false},
		{"other option of length 0", "c200 0502 0000", true},
		{"type alone at the end", "0103 000000 05", false},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *text = g_strconcat(HEADER("0020", "00") ICMPV6 "00 ", rows[i].options, " " QUERY, NULL);
		dsmipv4_ipv6_t p = decode(text);
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(p.router_alert, ==, rows[i].alert);
		g_assert_true(dsmipv4_ipv6_is_mld(&p));
		g_free(text);
	}
}

// ICMPv6 types.

static void test_kinds(void)
{
	for (unsigned type = 0; type < 256; type++) {
		char *text = g_strdup_printf(HEADER("0004", ICMPV6) "%02x 00 0000", type);
		dsmipv4_ipv6_t p = decode(text);
		g_assert_cmpuint(p.icmp_type, ==, type);
		g_assert_cmpint(dsmipv4_ipv6_is_mld(&p), ==, type == 130 || type == 131 || type == 132 || type == 143);
		g_assert_cmpint(dsmipv4_ipv6_is_nd(&p), ==, type >= 133 && type <= 137);
		g_assert_false(dsmipv4_ipv6_is_dhcp(&p));
		g_free(text);
	}
}

// Neighbor Discovery (RFC 4861 4). Offsets of the options: RS 8, RA 16, NS and NA 24, redirect 40.

#define RS "85(133) 00 0000 00000000 "
#define RA "86(134) 00 0000 40 00 0708 00000000 00000000 "
#define NS "87(135) 00 0000 00000000 fe800000000000000000000000000001 "
#define NA "88(136) 00 0000 60000000 fe800000000000000000000000000001 "
#define REDIRECT NS_TYPE_137 "fe800000000000000000000000000001 20010db8000000000000000000000001 "
#define NS_TYPE_137 "89(137) 00 0000 00000000 "
#define SLLA "01(source link-layer address) 01 020000000001 "
#define TLLA "02(target link-layer address) 01 020000000001 "
#define MTU "05(MTU) 01 0000 000005dc "
#define PIO(len, flags, prefix) "03(prefix) 04 " len " " flags " 00278d00 00093a80 00000000 " prefix

static void test_link_layer_addresses(void)
{
	static const struct {
		const char *name, *hex;
		uint32_t lladdr_offset;
	} rows[] = {
		{"solicitation without", NS, 0},
		{"solicitation", NS SLLA, 64},
		{"advertisement", NA TLLA, 64},
		{"router solicitation", RS SLLA, 48},
		{"router advertisement", RA SLLA, 56},
		{"redirect", REDIRECT TLLA, 80},
		{"second option", RA MTU SLLA, 64},
		{"the first of two", NA TLLA SLLA, 64},
		{"another option", RA MTU, 0},
		{"option of length 0", NS "01 00 020000000001 " SLLA, 0},
		{"option longer than the packet", NS "0102 020000000001", 0},
		{"behind an overlong one", NS "0e02 000000000000", 0},
		{"message cut", "87 00 0000 00000000 fe80", 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *text = g_strconcat(HEADER("0000", ICMPV6), rows[i].hex, NULL);
		dsmipv4_ipv6_t p = decode(text);
		g_test_message("%s", rows[i].name);
		g_assert_true(dsmipv4_ipv6_is_nd(&p));
		g_assert_cmpuint(p.lladdr_offset, ==, rows[i].lladdr_offset);
		g_free(text);
	}
}

static void expect_prefix(const dsmipv4_ipv6_t *p, unsigned i, uint64_t bits, uint8_t len)
{
	uint64_t found = 0;
	for (unsigned k = 0; k < 8; k++)
		found = found << 8 | p->prefixes[i].bytes[k];
	g_assert_cmpuint(i, <, p->n_prefixes);
	g_assert_cmphex(found, ==, bits);
	g_assert_cmpuint(p->prefixes[i].len, ==, len);
}

static void test_router_advertisement(void)
{
	dsmipv4_ipv6_t p = decode(HEADER("0000", ICMPV6) RA PIO("40", "c0(L,A)", P64) PIO("30", "40(A alone)", P48)
					  PIO("30", "80(L)", P48B));
	g_assert_cmpuint(p.n_prefixes, ==, 2);
	expect_prefix(&p, 0, 0x20010db8000a0001, 64);
	expect_prefix(&p, 1, 0x20010db8000b0000, 48);

	p = decode(HEADER("0000", ICMPV6) RA PIO("81(129)", "80", P48) PIO("80(128)", "80", P48));
	g_assert_cmpuint(p.n_prefixes, ==, 1);
	expect_prefix(&p, 0, 0x20010db8000a0000, 128);

	p = decode(HEADER("0000", ICMPV6) RA "03 03(24 bytes) 40 80 00278d00 00093a80 00000000 20010db8000a0000");
	g_assert_cmpuint(p.n_prefixes, ==, 0);

	p = decode(HEADER("0000", ICMPV6) NS PIO("40", "c0", P64)); // prefixes are told by routers
	g_assert_cmpuint(p.n_prefixes, ==, 0);

	p = decode(HEADER("0000", ICMPV6) RA PIO("40", "c0", P64) PIO("40", "c0", P64) PIO("40", "c0", P64)
			   PIO("40", "c0", P64) PIO("40", "c0", P64) PIO("40", "c0", P64));
	g_assert_cmpuint(p.n_prefixes, ==, DSMIPV4_MOST_PREFIXES);
}

// DHCPv6 (RFC 8415 8, 21.1, 21.21, 21.22).

#define PORTS(sport, dport) sport " " dport " 0000 0000 "
#define TO_SERVER PORTS("0222(546)", "0223(547)")
#define FROM_SERVER PORTS("0223(547)", "0222(546)")
#define SOLICIT "01(solicit) 005454 "
#define REPLY "07(reply) 005454 "
#define CLIENT_ID "0001(client identifier) 000a 00030001020000000001 "
#define IA_PD(len) "0019(IA_PD) " len " 00000001(IAID) 00000000(T1) 00000000(T2) "
#define IA_PREFIX(bits, prefix) "001a(IA prefix) 0019(25) 00001c20 00003840 " bits " " prefix " "

static dsmipv4_ipv6_t dhcp(const char *udp, const char *message)
{
	char *text = g_strconcat(HEADER("0000", UDP), udp, message, NULL);
	dsmipv4_ipv6_t p = decode(text);
	g_free(text);
	return p;
}

static void test_dhcp(void)
{
	g_assert_cmpuint(dhcp(TO_SERVER, SOLICIT).dhcp_type, ==, 1); // no option at all
	dsmipv4_ipv6_t p = dhcp(TO_SERVER, SOLICIT CLIENT_ID IA_PD("000c"));
	g_assert_cmpint(p.upper, ==, DSMIPV4_UPPER_UDP);
	g_assert_cmpuint(p.upper_offset, ==, 40);
	g_assert_cmpuint(p.sport, ==, 546);
	g_assert_cmpuint(p.dport, ==, 547);
	g_assert_true(dsmipv4_ipv6_is_dhcp(&p));
	g_assert_cmpuint(p.dhcp_type, ==, 1);
	g_assert_true(p.ia_pd);
	g_assert_cmpuint(p.n_prefixes, ==, 0);

	p = dhcp(FROM_SERVER, REPLY CLIENT_ID IA_PD("0029(12 + 29)") IA_PREFIX("30(/48)", P48));
	g_assert_cmpuint(p.dhcp_type, ==, DSMIPV4_DHCPV6_REPLY);
	g_assert_cmpuint(p.n_prefixes, ==, 1);
	expect_prefix(&p, 0, 0x20010db8000a0000, 48);

	p = dhcp(FROM_SERVER, REPLY IA_PD("0046(12 + 2 * 29)") IA_PREFIX("30", P48) IA_PREFIX("40", P64) //
		 IA_PD("0029") IA_PREFIX("30", P48B));
	g_assert_cmpuint(p.n_prefixes, ==, 3);
	expect_prefix(&p, 1, 0x20010db8000a0001, 64);
	expect_prefix(&p, 2, 0x20010db8000b0000, 48);
}

static void test_dhcp_without_delegation(void)
{
	dsmipv4_ipv6_t p = dhcp(TO_SERVER, "0b(information request) 005454 " CLIENT_ID);
	g_assert_cmpuint(p.dhcp_type, ==, 11);
	g_assert_false(p.ia_pd);
	p = dhcp(TO_SERVER, SOLICIT "0003(IA_NA) 000c 00000001 00000000 00000000");
	g_assert_false(p.ia_pd);
	p = dhcp(TO_SERVER, SOLICIT IA_PREFIX("30", P48)); // outside of an IA_PD
	g_assert_cmpuint(p.n_prefixes, ==, 0);
	p = dhcp(PORTS("0223", "0223"), "0c(relay forward) 00 fe800000000000000000000000000001 " IA_PD("000c"));
	g_assert_true(dsmipv4_ipv6_is_dhcp(&p));
	g_assert_cmpuint(p.dhcp_type, ==, 0);
	g_assert_false(p.ia_pd);
	p = dhcp(PORTS("0222", "9c40(40000)"), SOLICIT IA_PD("000c"));
	g_assert_false(dsmipv4_ipv6_is_dhcp(&p));
	g_assert_cmpuint(p.dhcp_type, ==, 0);
}

// Wrong lengths: what does not fit is not read, and ends the list.
static void test_dhcp_lengths(void)
{
	static const struct {
		const char *name, *hex;
		bool ia_pd;
		unsigned n_prefixes;
	} rows[] = {
		{"option longer than the message", SOLICIT "0019 0010 00000001", false, 0},
		{"option header cut", SOLICIT "0019 00", false, 0},
		{"options of length 0", SOLICIT "0006 0000 0006 0000 " IA_PD("000c"), true, 0},
		{"IA_PD of length 0", SOLICIT "0019 0000", true, 0},
		{"IA_PD of length 11", SOLICIT "0019 000b 00000001 00000000 000000", true, 0},
		{"IA prefix longer than the IA_PD", REPLY IA_PD("0029") "001a 001a 00001c20 00003840 30 " P48, true, 0},
		{"IA prefix of length 24",
		 REPLY IA_PD("0028") "001a 0018 00001c20 00003840 30 20010db8000a0000 00000000000000", true, 0},
		{"IA prefix with options", REPLY IA_PD("002f") "001a 001f 00001c20 00003840 30 " P48 "000d 0002 0000",
		 true, 1},
		{"prefix length 129", REPLY IA_PD("0029") IA_PREFIX("81", P48), true, 0},
		{"message cut", "01 0054", false, 0},
		{"type 0", "00 005454 " IA_PD("000c"), false, 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		dsmipv4_ipv6_t p = dhcp(TO_SERVER, rows[i].hex);
		g_assert_cmpint(p.ia_pd, ==, rows[i].ia_pd);
		g_assert_cmpuint(p.n_prefixes, ==, rows[i].n_prefixes);
	}
}

// IPv4 that carries no further tunnel.

static dsmipv4_ipv4_t decode_ipv4(uint8_t protocol, const char *text)
{
	hex_t hex = hex_parse(text);
	dsmipv4_ipv4_t ipv4 = {.protocol = protocol};
	dsmipv4_ipv4_decode(&ipv4, hex.bytes, 0, hex.captured);
	hex_free(&hex);
	return ipv4;
}

static void test_ipv4(void)
{
	g_assert_true(decode_ipv4(1, "08 00 0000 00010001").echo_request);
	g_assert_false(decode_ipv4(1, "00 00 0000 00010001").echo_request);
	g_assert_false(decode_ipv4(1, "08 00 0000 000100").echo_request);
	g_assert_false(decode_ipv4(17, "08 00 0000 00010001").echo_request);

	static const struct {
		const char *name, *hex;
		uint8_t protocol, registration;
	} rows[] = {
		{"request", "9c40 01b2 0000 0000 01 22 0258 " HOA, 17, 1},
		{"reply", "01b2 9c40 0000 0000 03 00 0258 " HOA, 17, 3},
		{"tunnel data", "01b2 9c40 0000 0000 04 29 0000 " HOA, 17, 0},
		{"other port", "9c40 0035 0000 0000 01 22 0258 " HOA, 17, 0},
		{"cut", "9c40 01b2 0000 0000 01 22 0258 c63364", 17, 0},
		{"TCP", "9c40 01b2 0000 0000 01 22 0258 " HOA, 6, 0},
		{"nothing", "", 17, 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		dsmipv4_ipv4_t p = decode_ipv4(rows[i].protocol, rows[i].hex);
		g_test_message("%s", rows[i].name);
		g_assert_cmpuint(p.registration, ==, rows[i].registration);
		g_assert_cmphex(p.hoa, ==, rows[i].registration ? 0xc633644d : 0);
	}
}

// Address classes (RFC 4291 2.5.2, 2.5.6, 2.7).
static void test_addresses(void)
{
	static const struct {
		uint8_t addr[16];
		bool unspecified, link_local, multicast;
	} rows[] = {
		{{0}, true, false, false},           {{[15] = 1}, false, false, false},
		{{0xfe, 0x80}, false, true, false},  {{0xfe, 0xbf, 0xff}, false, true, false}, // fe80::/10
		{{0xfe, 0xc0}, false, false, false}, {{0xfe, 0x7f}, false, false, false},
		{{0xff, 0x02}, false, false, true},  {{0x20, 0x01}, false, false, false},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_cmpint(dsmipv4_ipv6_unspecified(rows[i].addr), ==, rows[i].unspecified);
		g_assert_cmpint(dsmipv4_ipv6_link_local(rows[i].addr), ==, rows[i].link_local);
		g_assert_cmpint(dsmipv4_ipv6_multicast(rows[i].addr), ==, rows[i].multicast);
	}
}

// Cut at every byte after the header, in buffers of that size: nothing is found that was not there.
static void test_every_cut(void)
{
	static const char *const packets[] = {
		HEADER("0000", "00") ALERT(ICMPV6) QUERY,
		HEADER("0000", ICMPV6) RA MTU SLLA PIO("40", "c0", P64) PIO("30", "80", P48B),
		HEADER("0000", UDP) FROM_SERVER REPLY CLIENT_ID IA_PD("0046") IA_PREFIX("30", P48) IA_PREFIX("40", P64),
		HEADER("0000", "3c") ICMPV6 "01 0104 00000000 0104 00000000 0000" REDIRECT TLLA,
	};
	for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
		hex_t hex = hex_parse(packets[i]);
		dsmipv4_ipv6_t whole = decode_part(&hex);
		for (uint32_t len = 40; len < hex.captured; len++) {
			hex_t part = hex_cut(&hex, len, hex.reported);
			dsmipv4_ipv6_t cut = decode_part(&part);
			g_assert_false(cut.captured_whole);
			g_assert_true(cut.upper == whole.upper || cut.upper == DSMIPV4_UPPER_UNKNOWN);
			g_assert_true(whole.router_alert || !cut.router_alert);
			g_assert_true(whole.ia_pd || !cut.ia_pd);
			g_assert_true(cut.lladdr_offset == whole.lladdr_offset || cut.lladdr_offset == 0);
			g_assert_cmpuint(cut.n_prefixes, <=, whole.n_prefixes);
			int size = (int)(cut.n_prefixes * sizeof cut.prefixes[0]);
			g_assert_cmpmem(cut.prefixes, size, whole.prefixes, size);
			hex_free(&part);
		}
		hex_free(&hex);
	}
}

static void test_random(void)
{
	static const uint8_t next[] = {0, 43, 44, 60, 58, 17};
	GRand *rand = g_rand_new_with_seed(5454);
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t reported = (uint32_t)g_rand_int_range(rand, 40, 160);
		uint32_t captured = (uint32_t)g_rand_int_range(rand, 40, (gint32)reported + 1);
		uint8_t *bytes = malloc(captured);
		for (uint32_t k = 0; k < captured; k++)
			bytes[k] = g_rand_int(rand) % 4 ? (uint8_t)(g_rand_int(rand) % 8) : (uint8_t)g_rand_int(rand);
		bytes[6] = next[i % G_N_ELEMENTS(next)];
		dsmipv4_ipv6_t p;
		dsmipv4_ipv6_decode(&p, bytes, 0, captured, reported);
		g_assert_cmpuint(p.n_prefixes, <=, DSMIPV4_MOST_PREFIXES);
		g_assert_cmpuint(p.upper_offset, <=, captured);
		g_assert_cmpuint(p.lladdr_offset, <, captured);
		free(bytes);
	}
	g_rand_free(rand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/inner/header", test_header);
	g_test_add_func("/inner/lengths", test_lengths);
	g_test_add_func("/inner/extension headers", test_extension_headers);
	g_test_add_func("/inner/router alert", test_router_alert);
	g_test_add_func("/inner/kinds", test_kinds);
	g_test_add_func("/inner/link-layer addresses", test_link_layer_addresses);
	g_test_add_func("/inner/router advertisement", test_router_advertisement);
	g_test_add_func("/inner/DHCPv6", test_dhcp);
	g_test_add_func("/inner/DHCPv6 without delegation", test_dhcp_without_delegation);
	g_test_add_func("/inner/DHCPv6 lengths", test_dhcp_lengths);
	g_test_add_func("/inner/IPv4", test_ipv4);
	g_test_add_func("/inner/addresses", test_addresses);
	g_test_add_func("/inner/every cut", test_every_cut);
	g_test_add_func("/inner/random bytes", test_random);
	return g_test_run();
}
