// SPDX-License-Identifier: GPL-2.0-or-later
// Address classes (RFC 1918, 6598, 5735) and the UDP checksum (RFC 768).
#include <glib.h>

#include "hex.h"
#include "wire/ipv4_header.h"

#define MN 0xc0000221u // 192.0.2.33
#define HA 0xc6336401u // 198.51.100.1

static void test_loopback(void)
{
	g_assert_false(dsmipv4_ipv4_is_loopback(0x7effffff)); // 126.255.255.255
	g_assert_true(dsmipv4_ipv4_is_loopback(0x7f000000));  // 127.0.0.0
	g_assert_true(dsmipv4_ipv4_is_loopback(0x7fffffff));  // 127.255.255.255
	g_assert_false(dsmipv4_ipv4_is_loopback(0x80000000)); // 128.0.0.0
	g_assert_false(dsmipv4_ipv4_is_loopback(0));
}

static void test_multicast(void)
{
	g_assert_false(dsmipv4_ipv4_is_multicast(0xdfffffff)); // 223.255.255.255
	g_assert_true(dsmipv4_ipv4_is_multicast(0xe0000000));  // 224.0.0.0
	g_assert_true(dsmipv4_ipv4_is_multicast(0xefffffff));  // 239.255.255.255
	g_assert_false(dsmipv4_ipv4_is_multicast(0xf0000000)); // 240.0.0.0
	g_assert_false(dsmipv4_ipv4_is_multicast(0xffffffff));
}

static void test_private(void)
{
	static const struct {
		uint32_t below, first, last, above;
	} ranges[] = {
		{0x09ffffff, 0x0a000000, 0x0affffff, 0x0b000000}, // 10/8
		{0xac0fffff, 0xac100000, 0xac1fffff, 0xac200000}, // 172.16/12
		{0xc0a7ffff, 0xc0a80000, 0xc0a8ffff, 0xc0a90000}, // 192.168/16
		{0x643fffff, 0x64400000, 0x647fffff, 0x64800000}, // 100.64/10
	};
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		g_assert_false(dsmipv4_ipv4_is_private(ranges[i].below));
		g_assert_true(dsmipv4_ipv4_is_private(ranges[i].first));
		g_assert_true(dsmipv4_ipv4_is_private(ranges[i].last));
		g_assert_false(dsmipv4_ipv4_is_private(ranges[i].above));
	}
	g_assert_false(dsmipv4_ipv4_is_private(MN));
}

// In each: pseudo header c000+0221 + c633+6401 + 0011 = 1ec66, and the length once more.
static const struct {
	const char *name, *udp;
	dsmipv4_checksum_t expected;
} datagrams[] = {
	// 1ec66 + 000c + 01b2+01b2+000c + 0429+0000 = 1f40b, folded f40c, complement 0bf3.
	{"even length", "01b2 01b2 000c 0bf3 04290000", DSMIPV4_CHECKSUM_GOOD},
	{"one more", "01b2 01b2 000c 0bf4 04290000", DSMIPV4_CHECKSUM_BAD},
	{"one less", "01b2 01b2 000c 0bf2 04290000", DSMIPV4_CHECKSUM_BAD},
	// f40c + 00f3 = f4ff, complement 0b00; f40c + 0b00 = ff0c, complement 00f3.
	{"low byte zero", "01b2 01b2 000c 0b00 042900f3", DSMIPV4_CHECKSUM_GOOD},
	{"high byte zero", "01b2 01b2 000c 00f3 04290b00", DSMIPV4_CHECKSUM_GOOD},
	{"bit of the payload", "01b2 01b2 000c 0bf3 04290001", DSMIPV4_CHECKSUM_BAD},
	// 1ec66 + 000d + 01b2+01b2+000d + 0429+0000+6000 = 2540d, folded 540f, complement abf0.
	{"odd length, padded with a zero behind", "01b2 01b2 000d abf0 04290000 60", DSMIPV4_CHECKSUM_GOOD},
	// The same byte taken as 0060 would give 1f46d, folded f46e, complement 0b91.
	{"odd length, padded in front", "01b2 01b2 000d 0b91 04290000 60", DSMIPV4_CHECKSUM_BAD},
	{"zero: none", "01b2 01b2 000c 0000 04290000", DSMIPV4_CHECKSUM_NONE},
	// 1f40b + 0bf3 = 1fffe, folded ffff, complement 0000: sent as ffff.
	{"computed as zero, sent as ffff", "01b2 01b2 000c ffff 04290bf3", DSMIPV4_CHECKSUM_GOOD},
	{"computed as zero, sent as zero", "01b2 01b2 000c 0000 04290bf3", DSMIPV4_CHECKSUM_NONE},
	{"ffff where another was due", "01b2 01b2 000c ffff 04290000", DSMIPV4_CHECKSUM_BAD},
	// 1ec66 + 0008 + 01b2+01b2+0008 = 1efda, folded efdb, complement 1024.
	{"header alone", "01b2 01b2 0008 1024", DSMIPV4_CHECKSUM_GOOD},
	{"less than a header", "01b2 01b2 0008 10", DSMIPV4_CHECKSUM_UNKNOWN},
	{"nothing", "", DSMIPV4_CHECKSUM_UNKNOWN},
};

static void test_checksum(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(datagrams); i++) {
		hex_t hex = hex_parse(datagrams[i].udp);
		g_test_message("%s", datagrams[i].name);
		g_assert_cmpint(dsmipv4_udp_checksum(MN, HA, hex.bytes, hex.captured), ==, datagrams[i].expected);
		hex_free(&hex);
	}
}

// A registration request whose sum is zero (near miss of rule udp_cksum_zero). Pseudo header 1ec66,
// length 0020 twice, ports 9c40+01b2: 28a98; message up to the last two bytes: 472cd; together 6fd65,
// folded fd6b; ffff - fd6b = 0294 makes it ffff, whose complement is 0.
static void test_request_computed_as_zero(void)
{
	hex_t hex = hex_parse("9c40 01b2 0020 ffff 0122 0258 c633644d c6336401 c0000221 e8fe6f80 0000 0294");
	g_assert_cmpint(dsmipv4_udp_checksum(MN, HA, hex.bytes, hex.captured), ==, DSMIPV4_CHECKSUM_GOOD);
	hex_free(&hex);
}

// The longest datagram: 65507 bytes of ff carry over from 16 bits 32757 times.
static void test_longest(void)
{
	uint8_t *udp = g_malloc(65515);
	for (unsigned i = 0; i < 65515; i++)
		udp[i] = 0xff;
	// Addresses all ones too: 32757 words and 4 of ffff are ffff in one's complement; the odd byte
	// ff00, protocol 0011 and length ffeb make 1fefc, folded fefd: not ffff.
	g_assert_cmpint(dsmipv4_udp_checksum(0xffffffff, 0xffffffff, udp, 65515), ==, DSMIPV4_CHECKSUM_BAD);
	// ffff - fefd = 0102 is missing: the first word may give it, for ffff counts as zero.
	udp[0] = 0x01;
	udp[1] = 0x02;
	g_assert_cmpint(dsmipv4_udp_checksum(0xffffffff, 0xffffffff, udp, 65515), ==, DSMIPV4_CHECKSUM_GOOD);
	g_free(udp);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/packet/loopback", test_loopback);
	g_test_add_func("/packet/multicast", test_multicast);
	g_test_add_func("/packet/private", test_private);
	g_test_add_func("/packet/checksum", test_checksum);
	g_test_add_func("/packet/request computed as zero", test_request_computed_as_zero);
	g_test_add_func("/packet/longest", test_longest);
	return g_test_run();
}
