// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses as text, compared with inet_ntop() and with examples of RFC 5952.
#include "util/address_text.h"

#include <glib.h>
#include <string.h>

#include "util/inet.h"

#define N_ADDRESSES 20000

static void check_ipv4(uint32_t addr)
{
	char text[IPV4_TEXT_SIZE], expected[INET_ADDRSTRLEN];
	uint32_t network = g_htonl(addr);
	inet_ntop(AF_INET, &network, expected, sizeof expected);
	char *end = dsmipv4_put_ipv4(text, addr);
	g_assert_cmpstr(text, ==, expected);
	g_assert_true(end == text + strlen(text));
}

static void ipv4(void)
{
	check_ipv4(0);
	check_ipv4(UINT32_MAX);
	for (uint32_t octet = 0; octet < 256; octet++)
		check_ipv4(octet * 0x01000101 ^ 0x00ff0000);
	for (unsigned i = 0; i < N_ADDRESSES; i++)
		check_ipv4(g_random_int());
}

static void check_ipv6(const uint8_t addr[16])
{
	char text[IPV6_TEXT_SIZE], expected[INET6_ADDRSTRLEN];
	inet_ntop(AF_INET6, addr, expected, sizeof expected);
	char *end = dsmipv4_put_ipv6(text, addr);
	g_assert_cmpstr(text, ==, expected);
	g_assert_true(end == text + strlen(text));
}

// Each set of zero groups, between groups of one to four digits.
static void ipv6_zeros(void)
{
	for (unsigned zeros = 0; zeros < 256; zeros++) {
		uint8_t addr[16] = {0};
		for (unsigned i = 0; i < 8; i++) {
			unsigned group = zeros >> i & 1 ? 0 : 0xfedcu >> i % 4 * 4;
			addr[2 * i] = (uint8_t)(group >> 8);
			addr[2 * i + 1] = (uint8_t)group;
		}
		check_ipv6(addr);
	}
}

static void ipv6_random(void)
{
	for (unsigned i = 0; i < N_ADDRESSES; i++) {
		uint8_t addr[16];
		for (unsigned j = 0; j < 16; j++)
			addr[j] = (uint8_t)(g_random_boolean() ? 0 : g_random_int());
		check_ipv6(addr);
	}
}

static void ipv6_examples(void)
{
	static const char *const examples[] = {
		"2001:db8::1",
		"2001:db8::1:0:0:1",
		"2001:db8:0:1:1:1:1:1",
		"::",
		"::1",
		"::ffff:192.0.2.1",
		"::192.0.2.1",
		"fe80::",
		"64:ff9b::c000:221",
		"ff02::1:ff00:1",
		"::ffff:0:0:0",
		"1:2:3:4:5:6:7:8",
		"0:1:2:3:4:5:6:7",
		"1:0:2::3",
		"::fffe:c000:201",
	};
	for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++) {
		uint8_t addr[16];
		char text[IPV6_TEXT_SIZE];
		g_assert_cmpint(inet_pton(AF_INET6, examples[i], addr), ==, 1);
		dsmipv4_put_ipv6(text, addr);
		g_assert_cmpstr(text, ==, examples[i]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/address-text/ipv4", ipv4);
	g_test_add_func("/address-text/ipv6-zeros", ipv6_zeros);
	g_test_add_func("/address-text/ipv6-random", ipv6_random);
	g_test_add_func("/address-text/ipv6-examples", ipv6_examples);
	return g_test_run();
}
