// SPDX-License-Identifier: GPL-2.0-or-later
// Tunnel headers: every encapsulation and nesting of doc/bindings.md; cut, overlong and
// endless input.
#include "wire/tunnel.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "wire.h"

// IPv6 header with its payload: 8 bytes of ICMPv6 behind 40 of header (RFC 8200 3, RFC 4443 4.1).
#define V6_LEN 48
#define V6                                                                                                             \
	"60000000(version 6, traffic class 0, flow label 0) 0008(payload length) 3a(ICMPv6) 40(hop limit 64) "         \
	"20010db800cc0000 0000000000000001(source) 20010db8000a0000 0000000000000001(destination) "                    \
	"80 00(echo request) 0000(checksum) 0001(identifier) 0001(sequence number) "

// IPv4 header of 20 bytes (RFC 791 3.1); nobody looks at the checksum.
#define IPV4_OFF(total, off, protocol, src, dst)                                                                       \
	"45(version 4, 5 words) b8(TOS) " total " 0001(identification) " off " 3f(TTL 63) " protocol " 0000 " src dst
#define IPV4(total, protocol, src, dst) IPV4_OFF(total, "0000", protocol, src, dst)
#define HOA_TUNNEL IPV4("0044(20 + 48)", "29(41)", HA, HOA)

// RFC 2784 2.1, RFC 2890 2.
#define GRE_V6 "0000(flags, version) 86dd(IPv6) "
#define GRE_V4 "0000(flags, version) 0800(IPv4) "

// RFC 2004 3.1. Checksums: 2900 + c633 + 644d = 15380, folded 5381, complement ac7e; with the source
// 2980 + c633 + 644d + c633 + 6401 = 27e34, folded 7e36, complement 81c9.
#define MIN_41 "29(41) 00(no source) ac7e(checksum) " HOA
#define MIN_41_S "29(41) 80(S) 81c9(checksum) " HOA HA

// RFC 3519 3.3
#define TD(next) "04(tunnel data) " next " 0000(reserved) "

#define HOA_ADDR 0xc633644du
#define HA_ADDR 0xc6336401u
#define COA_ADDR 0xc0000221u
#define CN_ADDR 0xcb007164u
#define CN "cb007164(203.0.113.100) "

typedef struct {
	const char *name;
	uint8_t protocol;  // of the outermost header, from home agent to care-of address
	const char *hex;   // what follows it
	const char *encap; // NULL: no tunnel
	dsmipv4_inner_kind_t kind;
	uint32_t inner_at;
	uint32_t src, dst; // of the header next to the inner packet
} case_t;

static const case_t cases[] = {
	// RFC 4213, RFC 2003.
	{"41", 41, V6, "41", DSMIPV4_INNER_IPV6, 0, HA_ADDR, COA_ADDR},
	{"4 {41}", 4, HOA_TUNNEL V6, "4,41", DSMIPV4_INNER_IPV6, 20, HA_ADDR, HOA_ADDR},
	{"4 {4 {41}}", 4, IPV4("0058", "04", CN, HOA) HOA_TUNNEL V6, "4,4,41", DSMIPV4_INNER_IPV6, 40, HA_ADDR,
	 HOA_ADDR},
	{"4 around IPv6", 4, V6, "4", DSMIPV4_INNER_IPV6, 0, HA_ADDR, COA_ADDR},
	{"41 around IPv4", 41, IPV4("001c", "01", CN, HOA) "08000000 00010001", "41", DSMIPV4_INNER_IPV4, 0, HA_ADDR,
	 COA_ADDR},
	{"4 around IPv4", 4, IPV4("001c", "01", CN, HOA) "08000000 00010001", "4", DSMIPV4_INNER_IPV4, 0, HA_ADDR,
	 COA_ADDR},
	{"4 around another version", 4, "50000000 00000000", "4", DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, COA_ADDR},
	{"nothing inside", 41, "", "41", DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, COA_ADDR},
	// Inner IPv4 options: IHL 6.
	{"4 {options {41}}", 4, "46(6 words) 00 0048 00000000 40 29 0000 " HA HOA "01010100(no operation, end) " V6,
	 "4,41", DSMIPV4_INNER_IPV6, 24, HA_ADDR, HOA_ADDR},

	// GRE: the fields follow in the order C, K, S, 4 bytes each.
	{"GRE", 47, GRE_V6 V6, "47", DSMIPV4_INNER_IPV6, 4, HA_ADDR, COA_ADDR},
	{"GRE with C", 47, "8000(C) 86dd 828c(checksum) 0000(Reserved1) " V6, "47", DSMIPV4_INNER_IPV6, 8, HA_ADDR,
	 COA_ADDR},
	{"GRE with K", 47, "2000(K) 86dd 00005454(key) " V6, "47", DSMIPV4_INNER_IPV6, 8, HA_ADDR, COA_ADDR},
	{"GRE with S", 47, "1000(S) 86dd 00000001(sequence number) " V6, "47", DSMIPV4_INNER_IPV6, 8, HA_ADDR,
	 COA_ADDR},
	{"GRE with C, K, S", 47, "b000(C,K,S) 86dd fe36(checksum) 0000 00005454(key) 00000001(sequence number) " V6,
	 "47", DSMIPV4_INNER_IPV6, 16, HA_ADDR, COA_ADDR},
	{"GRE {41}", 47, GRE_V4 HOA_TUNNEL V6, "47,41", DSMIPV4_INNER_IPV6, 24, HA_ADDR, HOA_ADDR},
	{"GRE of Ethernet", 47, "0000 6558 60000000 00000000", "47", DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, COA_ADDR},
	{"GRE keepalive", 47, "0000 0000", "47", DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, COA_ADDR},
	{"GRE version 1", 47, "0001 86dd " V6, "47", DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, COA_ADDR},
	{"GRE of PPTP", 47, "3001 880b 0004(length) 0001(call) 00000001 ff030021", NULL, DSMIPV4_INNER_UNKNOWN, 0, 0,
	 0},
	{"GRE with routing", 47, "4000(RFC 1701: routing) 86dd 0000(checksum) 0000(offset) " V6, "47",
	 DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, COA_ADDR},
	{"4 {GRE of Ethernet}", 4, IPV4("0020", "2f(47)", HA, HOA) "0000 6558 60000000 00000000", "4,47",
	 DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR, HOA_ADDR},
	{"GRE inside the home address tunnel", 4, IPV4("0048", "2f(47)", HA, HOA) GRE_V6 V6, "4,47", DSMIPV4_INNER_IPV6,
	 24, HA_ADDR, HOA_ADDR},

	// Minimal encapsulation: the compressed header is that of the tunnel to the home address.
	{"55 {41}", 55, MIN_41 V6, "55,41", DSMIPV4_INNER_IPV6, 8, HA_ADDR, HOA_ADDR},
	{"55 with S {41}", 55, MIN_41_S V6, "55,41", DSMIPV4_INNER_IPV6, 12, HA_ADDR, HOA_ADDR},
	// 0100 + c633 + 644d = 12b80, folded 2b81, complement d47e; 0180 + cb00 + 7164 more: 26864, 6866, 9799.
	{"55 of ICMP", 55, "01 00 d47e " HOA "08000000 00010001", "55", DSMIPV4_INNER_IPV4, 0, HA_ADDR, COA_ADDR},
	{"55 with S of ICMP", 55, "01 80 9799 " HOA CN "08000000 00010001", "55", DSMIPV4_INNER_IPV4, 0, HA_ADDR,
	 COA_ADDR},
	// 2900 + c000 + 0221 = eb21, complement 14de
	{"55 {41 to the care-of address}", 55, "29 00 14de " COA V6, "55,41", DSMIPV4_INNER_IPV6, 8, HA_ADDR, COA_ADDR},
	// 0400 + c633 + 644d = 12e80, folded 2e81, complement d17e
	{"55 {4 {41}}", 55, "04 00 d17e " HOA HOA_TUNNEL V6, "55,4,41", DSMIPV4_INNER_IPV6, 28, HA_ADDR, HOA_ADDR},
	// 2f00 + c633 + 644d = 15980, folded 5981, complement a67e
	{"55 {GRE}", 55, "2f 00 a67e " HOA GRE_V6 V6, "55,47", DSMIPV4_INNER_IPV6, 12, HA_ADDR, HOA_ADDR},
	// 3700 + c633 + 644d = 16180, folded 6181, complement 9e7e
	{"55 {55 {41}}", 55, "37(55) 00 9e7e " HOA MIN_41 V6, "55,55,41", DSMIPV4_INNER_IPV6, 16, HA_ADDR, HOA_ADDR},
	{"55 {GRE of Ethernet}", 55, "2f 00 a67e " HOA "0000 6558 60000000 00000000", "55,47", DSMIPV4_INNER_UNKNOWN, 0,
	 HA_ADDR, HOA_ADDR},
	{"55 around bare IPv6", 55, V6, "55", DSMIPV4_INNER_IPV6, 0, HA_ADDR, COA_ADDR},
	{"55 with a wrong checksum", 55, "29 00 ac7f " HOA V6, NULL, DSMIPV4_INNER_UNKNOWN, 0, 0, 0},
	{"55 with a wrong checksum of the source", 55, "29 80 ac7e " HOA HA V6, NULL, DSMIPV4_INNER_UNKNOWN, 0, 0, 0},

	// Tunnel data.
	{"UDP {41}", 17, TD("29(41)") V6, "udp", DSMIPV4_INNER_IPV6, 4, HA_ADDR, COA_ADDR},
	{"UDP {4 {41}}", 17, TD("04(4)") HOA_TUNNEL V6, "udp,41", DSMIPV4_INNER_IPV6, 24, HA_ADDR, HOA_ADDR},
	{"UDP {GRE}", 17, TD("2f(47)") GRE_V6 V6, "udp,47", DSMIPV4_INNER_IPV6, 8, HA_ADDR, COA_ADDR},
	{"UDP {GRE {41}}", 17, TD("2f(47)") GRE_V4 HOA_TUNNEL V6, "udp,47,41", DSMIPV4_INNER_IPV6, 28, HA_ADDR,
	 HOA_ADDR},
	{"UDP {55 {41}}", 17, TD("37(55)") MIN_41 V6, "udp,55,41", DSMIPV4_INNER_IPV6, 12, HA_ADDR, HOA_ADDR},
	{"UDP {55 with S {41}}", 17, TD("37(55)") MIN_41_S V6, "udp,55,41", DSMIPV4_INNER_IPV6, 16, HA_ADDR, HOA_ADDR},
	{"UDP {55 without its header}", 17, TD("37(55)") "29 00 ac7f " HOA V6, "udp", DSMIPV4_INNER_UNKNOWN, 0, HA_ADDR,
	 COA_ADDR},
	{"UDP keepalive", 17, TD("04(4)") IPV4("001c", "01", HOA, HA) "08000000 00010001", "udp", DSMIPV4_INNER_IPV4, 4,
	 HA_ADDR, COA_ADDR},
	{"a registration request", 17, "01 22 0258 " HOA HA COA ID, NULL, DSMIPV4_INNER_UNKNOWN, 0, 0, 0},
	{"4 {UDP {41}}", 4, IPV4("0050(20 + 12 + 48)", "11(17)", HA, HOA) "01b2(434) 01b2 003c 0000 " TD("29") V6,
	 "4,udp", DSMIPV4_INNER_IPV6, 32, HA_ADDR, HOA_ADDR},
	{"4 {UDP of somebody else}", 4, IPV4("0050", "11(17)", HA, HOA) "0035(53) 9c40 003c 0000 " TD("29") V6, "4",
	 DSMIPV4_INNER_IPV4, 0, HA_ADDR, COA_ADDR},

	// No tunnel.
	{"TCP", 6, V6, NULL, DSMIPV4_INNER_UNKNOWN, 0, 0, 0},
};

static dsmipv4_outer_t outer_of(uint8_t protocol)
{
	dsmipv4_outer_t outer = {
		.src = HA_ADDR,
		.dst = COA_ADDR,
		.protocol = protocol,
		.ttl = 64,
		.tos = 0xb8,
		.df = true,
		.header_len = 20,
		.total_len = 1500,
		.offset = protocol == 17 ? -28 : -20,
	};
	if (protocol == 17)
		outer.udp = (dsmipv4_tunnel_data_t){.sport = 434, .dport = 61000};
	return outer;
}

static bool decode(dsmipv4_tunnel_t *t, uint8_t protocol, const hex_t *hex)
{
	dsmipv4_outer_t outer = outer_of(protocol);
	return dsmipv4_tunnel_decode(t, &outer, hex->bytes, hex->captured, hex->reported);
}

// Good until the next one.
static dsmipv4_tunnel_t decoded(uint8_t protocol, const char *text)
{
	static hex_t hex;
	dsmipv4_tunnel_t t;
	hex_free(&hex);
	hex = hex_parse(text);
	g_assert_true(decode(&t, protocol, &hex));
	return t;
}

// "4,41"
static char *encap_of(const dsmipv4_tunnel_t *t)
{
	const char *words[DSMIPV4_MOST_LAYERS + 1] = {NULL};
	for (unsigned i = 0; i < t->n_layers; i++)
		words[i] = dsmipv4_encap_word(&t->layers[i]);
	return g_strjoinv(",", (char **)words);
}

static void test_cases(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const case_t *c = &cases[i];
		dsmipv4_tunnel_t t;
		hex_t hex = hex_parse(c->hex);
		g_test_message("%s", c->name);
		bool found = decode(&t, c->protocol, &hex);
		g_assert_cmpint(found, ==, c->encap != NULL);
		if (found && c->encap) {
			g_autofree char *encap = encap_of(&t);
			g_assert_cmpstr(encap, ==, c->encap);
			g_assert_cmpint(t.kind, ==, c->kind);
			if (t.kind != DSMIPV4_INNER_UNKNOWN)
				g_assert_cmpuint(t.inner_offset, ==, c->inner_at);
			g_assert_cmphex(dsmipv4_tunnel_adjacent(&t)->src, ==, c->src);
			g_assert_cmphex(dsmipv4_tunnel_adjacent(&t)->dst, ==, c->dst);
			g_assert_true(t.bytes == hex.bytes);
			g_assert_cmpuint(t.captured, ==, hex.captured);
		}
		hex_free(&hex);
	}
}

// The inner packet is read at the right place.
static void test_inner_packet(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		dsmipv4_tunnel_t t;
		hex_t hex = hex_parse(cases[i].hex);
		g_test_message("%s", cases[i].name);
		if (decode(&t, cases[i].protocol, &hex) && t.kind == DSMIPV4_INNER_IPV6) {
			g_assert_cmpuint(t.ipv6.payload_len, ==, 8);
			g_assert_cmpuint(t.ipv6.available, ==, 8);
			g_assert_true(t.ipv6.captured_whole);
			g_assert_cmpint(t.ipv6.upper, ==, DSMIPV4_UPPER_ICMPV6);
			g_assert_cmpuint(t.ipv6.icmp_type, ==, 128);
			g_assert_cmpuint(t.ipv6.upper_offset, ==, t.inner_offset + 40);
			g_assert_cmpuint(t.inner_offset + V6_LEN, ==, hex.captured);
		}
		hex_free(&hex);
	}
}

// Fields of the layers.

static void test_ipv4_fields(void)
{
	dsmipv4_tunnel_t t = decoded(4, IPV4_OFF("0044", "4000(DF)", "29", HA, HOA) V6);
	const dsmipv4_outer_t *outer = &t.layers[0], *inner = &t.layers[1];
	g_assert_cmpuint(t.n_layers, ==, 2);
	g_assert_cmpuint(outer->ttl, ==, 64);
	g_assert_cmpint(outer->offset, ==, -20);
	g_assert_cmpuint(outer->inside, ==, 4);
	g_assert_cmpuint(inner->protocol, ==, 41);
	g_assert_cmpuint(inner->ttl, ==, 63);
	g_assert_cmphex(inner->tos, ==, 0xb8);
	g_assert_cmpuint(inner->header_len, ==, 20);
	g_assert_cmpuint(inner->total_len, ==, 68);
	g_assert_cmpint(inner->offset, ==, 0);
	g_assert_true(inner->df);
	g_assert_false(inner->fragment);
	g_assert_false(inner->compressed);
	g_assert_cmpuint(inner->inside, ==, 6);
	g_assert_cmpuint(dsmipv4_tunnel_overhead(&t), ==, 40);
}

static void test_gre_fields(void)
{
	static const struct {
		const char *name, *hex;
		uint16_t flags, protocol, reserved1;
		dsmipv4_checksum_t checksum;
	} rows[] = {
		{"none", GRE_V6 V6, 0, 0x86dd, 0, DSMIPV4_CHECKSUM_NONE},
		// IPv6 packet 17694 + 8000 + 86dd = 27d71, folded 7d73, complement 828c.
		{"good", "8000 86dd 828c 0000 " V6, 0x8000, 0x86dd, 0, DSMIPV4_CHECKSUM_GOOD},
		{"one more", "8000 86dd 828d 0000 " V6, 0x8000, 0x86dd, 0, DSMIPV4_CHECKSUM_BAD},
		{"one less", "8000 86dd 828b 0000 " V6, 0x8000, 0x86dd, 0, DSMIPV4_CHECKSUM_BAD},
		// Reserved1 is part of the sum: 828c - 0001.
		{"Reserved1", "8000 86dd 828b 0001 " V6, 0x8000, 0x86dd, 1, DSMIPV4_CHECKSUM_GOOD},
		// b000 + 86dd + 5454 + 0001 + 17694 = 301c6, folded 01c9, complement fe36.
		{"key and sequence number", "b000 86dd fe36 0000 00005454 00000001 " V6, 0xb000, 0x86dd, 0,
		 DSMIPV4_CHECKSUM_GOOD},
		{"not all captured", "8000 86dd 828c 0000 | " V6, 0x8000, 0x86dd, 0, DSMIPV4_CHECKSUM_UNKNOWN},
		// 8000 + 6000, an odd byte counts as the high one: e000, complement 1fff.
		{"odd length", "8000 0000 1fff 0000 60", 0x8000, 0, 0, DSMIPV4_CHECKSUM_GOOD},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		dsmipv4_tunnel_t t = decoded(47, rows[i].hex);
		g_assert_cmphex(t.layers[0].gre.flags, ==, rows[i].flags);
		g_assert_cmphex(t.layers[0].gre.protocol, ==, rows[i].protocol);
		g_assert_cmphex(t.layers[0].gre.reserved1, ==, rows[i].reserved1);
		g_assert_cmpint(dsmipv4_gre_checksum(&t, &t.layers[0]), ==, rows[i].checksum);
		g_assert_cmpint(t.layers[0].shim_offset, ==, 0);
	}
}

static void test_minimal_fields(void)
{
	dsmipv4_tunnel_t t = decoded(55, MIN_41_S V6);
	const dsmipv4_outer_t *inner = &t.layers[1];
	g_assert_false(t.layers[0].minimal.missing);
	g_assert_true(inner->compressed);
	g_assert_cmpuint(inner->header_len, ==, 0);
	g_assert_cmpuint(inner->total_len, ==, 0);
	g_assert_cmphex(inner->tos, ==, 0xb8);
	g_assert_cmpuint(inner->ttl, ==, 64);
	g_assert_true(inner->df);
	g_assert_cmphex(inner->src, ==, HA_ADDR);
	g_assert_cmphex(inner->dst, ==, HOA_ADDR);
	g_assert_cmpuint(dsmipv4_tunnel_overhead(&t), ==, 32);
	t = decoded(55, V6);
	g_assert_true(t.layers[0].minimal.missing);
	t = decoded(55, "01 80 9799 " HOA CN "08000000 00010001");
	g_assert_cmphex(t.ipv4.src, ==, CN_ADDR);
	g_assert_cmphex(t.ipv4.dst, ==, HOA_ADDR);
	g_assert_cmpuint(t.ipv4.protocol, ==, 1);
	g_assert_true(t.ipv4.echo_request);
	t = decoded(55, "01 00 d47e " HOA "00000000 00010001");
	g_assert_cmphex(t.ipv4.src, ==, HA_ADDR); // without S the tunnel's own
	g_assert_false(t.ipv4.echo_request);
}

static void test_tunnel_data_fields(void)
{
	dsmipv4_tunnel_t t = decoded(17, "04 29 1234 " V6);
	g_assert_true(dsmipv4_layer_is_udp(&t.layers[0]));
	g_assert_cmpuint(t.layers[0].udp.sport, ==, 434);
	g_assert_cmpuint(t.layers[0].udp.dport, ==, 61000);
	g_assert_cmpuint(t.layers[0].udp.next_header, ==, 41);
	g_assert_cmphex(t.layers[0].udp.reserved, ==, 0x1234);
	g_assert_cmpint(t.layers[0].offset, ==, -28);
	g_assert_cmpuint(dsmipv4_tunnel_overhead(&t), ==, 32);
	t = decoded(4, IPV4("0050", "11", HA, HOA) "01b2 ee48 003c 0000 " TD("29") V6);
	g_assert_cmpuint(t.layers[1].udp.sport, ==, 434);
	g_assert_cmpuint(t.layers[1].udp.dport, ==, 0xee48);
	g_assert_cmpint(t.layers[1].shim_offset, ==, 28);
	g_assert_false(dsmipv4_layer_is_udp(&t.layers[0]));
}

// Neither GRE nor minimal encapsulation in tunnel data has an IPv4 header of its own.
static void test_shim_in_tunnel_data(void)
{
	dsmipv4_tunnel_t t = decoded(17, TD("2f") "8000 86dd 828c 0000 " V6);
	g_assert_cmpuint(t.layers[0].udp.next_header, ==, 47);
	g_assert_cmpuint(t.layers[0].inside, ==, 0);
	g_assert_true(t.layers[1].compressed);
	g_assert_cmpint(t.layers[1].offset, ==, 4);
	g_assert_cmpint(t.layers[1].shim_offset, ==, 4);
	g_assert_cmpint(dsmipv4_gre_checksum(&t, &t.layers[1]), ==, DSMIPV4_CHECKSUM_GOOD);
	g_assert_cmpuint(t.layers[1].inside, ==, 6);
}

// Cut, overlong, fragmented.

// What a shorter capture tells is the same as far as it goes.
static void check_cut(const dsmipv4_tunnel_t *cut, const dsmipv4_tunnel_t *whole)
{
	g_assert_cmpuint(cut->n_layers, <=, whole->n_layers);
	for (unsigned i = 0; i < cut->n_layers; i++) {
		g_assert_cmphex(cut->layers[i].src, ==, whole->layers[i].src);
		g_assert_cmphex(cut->layers[i].dst, ==, whole->layers[i].dst);
		g_assert_cmpuint(cut->layers[i].protocol, ==, whole->layers[i].protocol);
		if (cut->layers[i].inside)
			g_assert_cmpuint(cut->layers[i].inside, ==, whole->layers[i].inside);
		if (cut->layers[i].protocol == 47 && cut->layers[i].gre.covered)
			g_assert_cmpuint(cut->layers[i].gre.covered, ==, whole->layers[i].gre.covered);
	}
	if (cut->kind == DSMIPV4_INNER_IPV6) {
		g_assert_cmpint(whole->kind, ==, DSMIPV4_INNER_IPV6);
		g_assert_cmpuint(cut->inner_offset, ==, whole->inner_offset);
		g_assert_cmpuint(cut->ipv6.available, ==, whole->ipv6.available);
		g_assert_cmpuint(cut->inner_offset + 40, <=, cut->captured);
	}
	dsmipv4_inner_digest(cut); // reads what was captured, and no more
}

static void test_every_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		dsmipv4_tunnel_t whole, cut;
		hex_t hex = hex_parse(cases[i].hex);
		g_test_message("%s", cases[i].name);
		bool found = decode(&whole, cases[i].protocol, &hex);
		for (uint32_t len = 0; len <= hex.captured; len++) {
			hex_t part = hex_cut(&hex, len, hex.reported);
			if (decode(&cut, cases[i].protocol, &part)) {
				g_assert_true(found);
				check_cut(&cut, &whole);
			}
			hex_free(&part);
		}
		hex_free(&hex);
	}
}

// The same lengths as all that was sent.
static void test_every_length(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		hex_t hex = hex_parse(cases[i].hex);
		for (uint32_t len = 0; len <= hex.captured; len++) {
			dsmipv4_tunnel_t t;
			hex_t part = hex_cut(&hex, len, len);
			if (decode(&t, cases[i].protocol, &part)) {
				g_assert_cmpuint(t.n_layers, >=, 1);
				if (t.kind == DSMIPV4_INNER_IPV6)
					g_assert_cmpuint(t.ipv6.available, ==, len - t.inner_offset - 40);
				dsmipv4_inner_digest(&t);
			}
			hex_free(&part);
		}
		hex_free(&hex);
	}
}

// Lengths that an inner IPv4 header may lie about.
static void test_inner_lengths(void)
{
	static const struct {
		const char *name, *hex;
		dsmipv4_inner_kind_t kind;
		unsigned n_layers;
		uint32_t available; // of IPv6
	} rows[] = {
		{"total length right", IPV4("0044", "29", HA, HOA) V6, DSMIPV4_INNER_IPV6, 2, 8},
		{"total length too long", IPV4("ffff", "29", HA, HOA) V6, DSMIPV4_INNER_IPV6, 2, 8},
		{"total length zero", IPV4("0000", "29", HA, HOA) V6, DSMIPV4_INNER_IPV6, 2, 8},
		{"total length of less than a header", IPV4("0013", "29", HA, HOA) V6, DSMIPV4_INNER_IPV6, 2, 8},
		{"total length of the header alone", IPV4("0014", "29", HA, HOA) V6, DSMIPV4_INNER_UNKNOWN, 2, 0},
		{"total length within IPv6", IPV4("003f", "29", HA, HOA) V6, DSMIPV4_INNER_IPV6, 2, 3},
		{"padding after the IPv4 packet", IPV4("0044", "29", HA, HOA) V6 "000000000000", DSMIPV4_INNER_IPV6, 2,
		 8},
		{"padding inside of it", IPV4("004a", "29", HA, HOA) V6 "000000000000", DSMIPV4_INNER_IPV6, 2, 14},
		{"header of 4 words", "44 00 0044 00000000 40 29 0000 " HA HOA V6, DSMIPV4_INNER_UNKNOWN, 1, 0},
		{"header of 15 words, cut", "4f 00 0044 00000000 40 29 0000 " HA HOA "00000000", DSMIPV4_INNER_UNKNOWN,
		 1, 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		dsmipv4_tunnel_t t = decoded(4, rows[i].hex);
		g_assert_cmpint(t.kind, ==, rows[i].kind);
		g_assert_cmpuint(t.n_layers, ==, rows[i].n_layers);
		if (t.kind == DSMIPV4_INNER_IPV6)
			g_assert_cmpuint(t.ipv6.available, ==, rows[i].available);
	}
}

// Padding of 6 bytes behind the inner IPv4 packet is not part of the GRE payload's IPv6, but the outer
// header's room counts for GRE itself: the checksum goes over all of it.
static void test_padding_and_checksum(void)
{
	// 8000 + 0800 + the IPv4 header 45b8 + 0044 + 0001 + 3f29 + c633 + 6401 + c633 + 644d (2d9da)
	// + 17694 = 4d86e, folded d872, complement 278d; the padding adds nothing.
	dsmipv4_tunnel_t t = decoded(47, "8000 0800 278d 0000 " HOA_TUNNEL V6 "000000000000");
	g_assert_cmpint(dsmipv4_gre_checksum(&t, &t.layers[0]), ==, DSMIPV4_CHECKSUM_GOOD);
	g_assert_cmpuint(t.ipv6.available, ==, 8);
}

static void test_inner_fragments(void)
{
	static const char *const offsets[] = {"2000(MF)", "0001(offset 8)", "2001(both)", "1fff(last)"};
	for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++) {
		char *text = g_strdup_printf("45 00 0044 0001 %s 40 29 0000 %s %s %s", offsets[i], HA, HOA, V6);
		dsmipv4_tunnel_t t = decoded(4, text);
		g_test_message("%s", offsets[i]);
		g_assert_cmpuint(t.n_layers, ==, 1);
		g_assert_cmpint(t.kind, ==, DSMIPV4_INNER_IPV4);
		g_assert_cmphex(t.ipv4.dst, ==, HOA_ADDR);
		g_free(text);
	}
	dsmipv4_tunnel_t t = decoded(4, IPV4_OFF("0044", "c000(reserved bit, DF)", "29", HA, HOA) V6);
	g_assert_cmpuint(t.n_layers, ==, 2); // no fragment
}

// The outermost header's payload is a fragment that was not put together: no checksum can be right.
static void test_outer_fragment(void)
{
	dsmipv4_tunnel_t t;
	hex_t hex = hex_parse("8000 86dd 828d 0000 " V6);
	dsmipv4_outer_t outer = outer_of(47);
	outer.fragment = outer.partial = true;
	g_assert_true(dsmipv4_tunnel_decode(&t, &outer, hex.bytes, hex.captured, hex.reported));
	g_assert_cmpint(dsmipv4_gre_checksum(&t, &t.layers[0]), ==, DSMIPV4_CHECKSUM_UNKNOWN);
	g_assert_true(t.layers[0].partial);
	g_assert_cmpint(t.kind, ==, DSMIPV4_INNER_IPV6);
	hex_free(&hex);
}

// Nested deeper than anybody follows.

// `n` of these headers, then the tunnel to the home address.
static dsmipv4_tunnel_t nested(uint8_t protocol, const char *header, unsigned n)
{
	GString *text = g_string_new(NULL);
	for (unsigned i = 0; i < n; i++)
		g_string_append(text, header);
	g_string_append(text, HOA_TUNNEL V6);
	dsmipv4_tunnel_t t = decoded(protocol, text->str);
	g_string_free(text, TRUE);
	return t;
}

static void test_nesting(void)
{
	static const struct {
		const char *name, *header;
		uint8_t protocol;
		unsigned layers; // for each header
		uint32_t len;
	} rows[] = {
		{"protocol 4", "45 00 ffff 0000 0000 40 04 0000 " HA HOA, 4, 1, 20},
		{"GRE", GRE_V4 "45 00 ffff 0000 0000 40 2f 0000 " HA HOA, 47, 1, 24},
		{"minimal encapsulation", "37 00 9e7e " HOA, 55, 1, 8},
		{"UDP with GRE", TD("2f") GRE_V4 "45 00 ffff 0000 0000 40 11 0000 " HA HOA "01b2 01b2 ffff 0000 ", 17,
		 2, 36},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (unsigned n = 0; n < 40; n++) {
			if (rows[i].protocol != 4 && n < DSMIPV4_MOST_LAYERS)
				continue; // what ends these is no IPv4 header
			dsmipv4_tunnel_t t = nested(rows[i].protocol, rows[i].header, n);
			g_test_message("%s, %u headers", rows[i].name, n);
			unsigned expected = n * rows[i].layers + 2 < DSMIPV4_MOST_LAYERS ? n * rows[i].layers + 2
											 : DSMIPV4_MOST_LAYERS;
			g_assert_cmpuint(t.n_layers, ==, expected);
			bool followed = n + 2 <= DSMIPV4_MOST_LAYERS;
			g_assert_cmpint(t.kind, ==, followed ? DSMIPV4_INNER_IPV6 : DSMIPV4_INNER_IPV4);
		}
	}
}

// A packet put together from fragments inside a tunnel.

static void test_nest(void)
{
	dsmipv4_tunnel_t around = decoded(47, GRE_V4 IPV4_OFF("0044", "2000(MF)", "29", HA, HOA) V6);
	dsmipv4_tunnel_t t = decoded(41, V6);
	dsmipv4_tunnel_nest(&t, &around);
	g_assert_cmpuint(t.n_layers, ==, 2);
	g_assert_cmpuint(t.layers[0].protocol, ==, 47);
	g_assert_cmpuint(t.layers[1].protocol, ==, 41);
	g_assert_cmpuint(t.layers[0].header_len, ==, 0);
	g_assert_cmpint(t.layers[0].offset, ==, 0);
	g_assert_cmpuint(dsmipv4_tunnel_overhead(&t), ==, 0);
	g_assert_cmpuint(dsmipv4_tunnel_adjacent(&t)->protocol, ==, 41);
	g_assert_cmpint(t.kind, ==, DSMIPV4_INNER_IPV6);
}

static void test_nest_without_room(void)
{
	dsmipv4_tunnel_t around = decoded(4, HOA_TUNNEL V6), t = decoded(41, V6);
	for (unsigned i = 0; i < 10; i++) {
		unsigned before = t.n_layers;
		dsmipv4_tunnel_nest(&t, &around);
		g_assert_cmpuint(t.n_layers, ==, before + 2 <= DSMIPV4_MOST_LAYERS ? before + 2 : before);
	}
	g_assert_cmpuint(dsmipv4_tunnel_adjacent(&t)->dst, ==, COA_ADDR);
}

// Digest.

static uint64_t digest(uint8_t protocol, const char *text)
{
	dsmipv4_tunnel_t t;
	hex_t hex = hex_parse(text);
	g_assert_true(decode(&t, protocol, &hex));
	uint64_t value = dsmipv4_inner_digest(&t);
	hex_free(&hex);
	return value;
}

#define V6_HEAD "60000000 0008 3a "
#define V6_TAIL "20010db800cc0000 0000000000000001 20010db8000a0000 0000000000000001 80 00 0000 0001 "

static void test_digest(void)
{
	uint64_t plain = digest(41, V6);
	g_assert_cmpuint(plain, !=, 0);
	g_assert_cmpuint(digest(4, HOA_TUNNEL V6), ==, plain);
	g_assert_cmpuint(digest(17, TD("2f") GRE_V6 V6), ==, plain);
	g_assert_cmpuint(digest(41, V6_HEAD "3f(hop limit 63) " V6_TAIL "0001"), ==, plain);
	g_assert_cmpuint(digest(41, V6_HEAD "40 " V6_TAIL "0002"), !=, plain);
	g_assert_cmpuint(digest(41, "60000001 0008 3a 40 " V6_TAIL "0001"), !=, plain);
	g_assert_cmpuint(digest(41, V6 "000000(padding)"), ==, plain);
	g_assert_cmpuint(digest(41, ""), ==, 0);
	g_assert_cmpuint(digest(55, MIN_41), ==, 0); // less than a header is left
}

// Any bytes at all.
static void test_random(void)
{
	static const uint8_t protocols[] = {4, 17, 41, 47, 55};
	GRand *rand = g_rand_new_with_seed(5454);
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t reported = (uint32_t)g_rand_int_range(rand, 0, 120);
		uint32_t captured = (uint32_t)g_rand_int_range(rand, 0, (gint32)reported + 1);
		uint8_t *bytes = malloc(captured);
		for (uint32_t k = 0; k < captured; k++)
			bytes[k] = g_rand_boolean(rand) ? (uint8_t)g_rand_int(rand) : bytes[k / 2];
		if (captured)
			bytes[0] = (uint8_t)(g_rand_boolean(rand) ? 0x45 : 0x60);
		dsmipv4_tunnel_t t;
		dsmipv4_outer_t outer = outer_of(protocols[i % G_N_ELEMENTS(protocols)]);
		if (dsmipv4_tunnel_decode(&t, &outer, bytes, captured, reported)) {
			g_assert_cmpuint(t.n_layers, <=, DSMIPV4_MOST_LAYERS);
			g_free(encap_of(&t));
			dsmipv4_inner_digest(&t);
		}
		free(bytes);
	}
	g_rand_free(rand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/tunnel/encapsulations", test_cases);
	g_test_add_func("/tunnel/inner packet", test_inner_packet);
	g_test_add_func("/tunnel/IPv4 fields", test_ipv4_fields);
	g_test_add_func("/tunnel/GRE fields", test_gre_fields);
	g_test_add_func("/tunnel/minimal encapsulation fields", test_minimal_fields);
	g_test_add_func("/tunnel/tunnel data fields", test_tunnel_data_fields);
	g_test_add_func("/tunnel/shim in tunnel data", test_shim_in_tunnel_data);
	g_test_add_func("/tunnel/every cut", test_every_cut);
	g_test_add_func("/tunnel/every length", test_every_length);
	g_test_add_func("/tunnel/inner lengths", test_inner_lengths);
	g_test_add_func("/tunnel/padding and checksum", test_padding_and_checksum);
	g_test_add_func("/tunnel/inner fragments", test_inner_fragments);
	g_test_add_func("/tunnel/outer fragment", test_outer_fragment);
	g_test_add_func("/tunnel/nesting", test_nesting);
	g_test_add_func("/tunnel/nest", test_nest);
	g_test_add_func("/tunnel/nest without room", test_nest_without_room);
	g_test_add_func("/tunnel/digest", test_digest);
	g_test_add_func("/tunnel/random bytes", test_random);
	return g_test_run();
}
