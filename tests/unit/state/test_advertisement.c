// SPDX-License-Identifier: GPL-2.0-or-later
// Neighbor Discovery about registered prefixes (RFC 5454 3.3; RFC 4861 4), and which home agents are on a link.
#include "state/node_index.h"
#include "table.h"

#include <string.h>

#define LATER 5000 // milliseconds

static const uint8_t router[16] = {0xfe, 0x80, [15] = 0xfe};
static const uint8_t node_address[16] = {0xfe, 0x80, [11] = 0xff, 0xfe, 0, 0, 1}; // LINK_LOCAL is another one

static dsmipv4_prefix_t prefix(uint64_t bits, uint8_t len)
{
	dsmipv4_prefix_t p = {.len = len};
	for (unsigned i = 0; i < 8; i++)
		p.bytes[i] = (uint8_t)(bits >> (56 - 8 * i));
	return p;
}

// What the rule says of this prefix in an advertisement on the link of a home agent, `at` milliseconds.
static dsmipv4_verdict_t verdict(talk_t *t, dsmipv4_prefix_t advertised, const uint8_t src[16], uint32_t agent,
				 int64_t at)
{
	const uint32_t agents[] = {HA2_ADDR + 1, agent};
	dsmipv4_ipv6_t ipv6 = {.n_prefixes = 1, .prefixes = {advertised}};
	memcpy(ipv6.src, src, sizeof ipv6.src);
	dsmipv4_advertisement_t ad = {&ipv6, agents, G_N_ELEMENTS(agents)};
	dsmipv4_packet_t packet = {.time_known = true, .time = TALK_BEGIN + at / 1000, .frame = t->frame + 1};
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	const dsmipv4_verdicts_t *v = dsmipv4_judge_advertisement(t->alloc, &options, &packet, t->bindings, &ad);
	return v->verdict[DSMIPV4_RULE_prefix_ra_onlink];
}

static void expect(talk_t *t, dsmipv4_verdict_t expected, uint64_t bits, uint8_t len)
{
	g_assert_cmpint(verdict(t, prefix(bits, len), router, HA_ADDR, LATER), ==, expected);
}

// 2001:db8:a::/48 is registered.
CASE(test_lengths)
{
	registered(t, 0);
	expect(t, DSMIPV4_BROKEN, BITS48, 48);
	expect(t, DSMIPV4_BROKEN, BITS64, 64); // inside it
	expect(t, DSMIPV4_BROKEN, BITS48, 32); // around it
	expect(t, DSMIPV4_BROKEN, 0, 0);
	expect(t, DSMIPV4_HOLDS, BITS48B, 48);
	expect(t, DSMIPV4_HOLDS, BITS48, 129); // no prefix at all
	expect(t, DSMIPV4_HOLDS, BITS48, 255);
}

CASE(test_elsewhere)
{
	registered(t, 0);
	g_assert_cmpint(verdict(t, prefix(BITS48, 48), router, HA2_ADDR, LATER), ==, DSMIPV4_HOLDS);
}

CASE(test_not_live)
{
	registered(t, 0); // for 600 s
	g_assert_cmpint(verdict(t, prefix(BITS48, 48), router, HA_ADDR, 600000), ==, DSMIPV4_BROKEN);
	g_assert_cmpint(verdict(t, prefix(BITS48, 48), router, HA_ADDR, 602000), ==, DSMIPV4_HOLDS);
	talk(t, MN_HA, 1000, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE);
	talk(t, HA_MN, 1050, RRP_ID("00", "0000", HOA, HA, ID2) MHAE);
	expect(t, DSMIPV4_HOLDS, BITS48, 48);
}

CASE(test_refused)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ48B MODE MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP("08", "30", P48) REP48B MHAE);
	expect(t, DSMIPV4_HOLDS, BITS48, 48);
	expect(t, DSMIPV4_BROKEN, BITS48B, 48);
	expect(t, DSMIPV4_BROKEN, BITS48, 32); // 2001:db8::/32 is around both
}

// The node advertises its own prefix in its own network, from the link-local address that it registered.
CASE(test_nodes_own)
{
	const dsmipv4_event_t *e;
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ_LL MODE MHAE);
	e = talk(t, HA_MN, 50, GET(ID1) REP48 REP_LL MHAE);
	const dsmipv4_registered_prefix_t *own = prefix_of(e->binding, 255, BITS_LL);
	g_assert_nonnull(own);
	g_assert_cmpint(verdict(t, prefix(BITS48, 48), own->prefix.bytes, HA_ADDR, LATER), ==, DSMIPV4_HOLDS);
	g_assert_cmpint(verdict(t, prefix(BITS48, 48), node_address, HA_ADDR, LATER), ==, DSMIPV4_BROKEN);
}

// What the rule says of an address in Neighbor Discovery of this type on the home agent's link.
static dsmipv4_verdict_t neighbor_verdict(talk_t *t, uint8_t type, const char *hex, const uint8_t src[16], int64_t at)
{
	hex_t message = hex_parse(hex);
	dsmipv4_ipv6_t ipv6;
	message.bytes[0] = type;
	dsmipv4_icmpv6_decode(&ipv6, message.bytes, message.captured);
	hex_free(&message);
	memcpy(ipv6.src, src, sizeof ipv6.src);
	dsmipv4_advertisement_t ad = {&ipv6, (const uint32_t[]){HA_ADDR}, 1};
	dsmipv4_packet_t packet = {.time_known = true, .time = TALK_BEGIN + at / 1000, .frame = t->frame + 1};
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	const dsmipv4_verdicts_t *v = dsmipv4_judge_advertisement(t->alloc, &options, &packet, t->bindings, &ad);
	return v->verdict[DSMIPV4_RULE_prefix_nd_onlink];
}

#define TARGET "00 00 0000 00000000 20010db8000a0000 0000000000000077 "
#define NEIGHBOR "00 00 0000 00000000 20010db8000b0000 0000000000000077 "
#define DESTINATION "20010db8000a0000 0000000000000077 "
#define OTHERS "20010db8000a0000 0000000000000078 "

// Of 2001:db8:a::/48, registered at 50 ms.
CASE(test_neighbors)
{
	static const uint8_t inside[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0x0a, [15] = 1}, unspecified[16];
	registered(t, 0);
	for (uint8_t type = DSMIPV4_ND_NEIGHBOR_SOLICITATION; type <= DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT; type++) {
		g_assert_cmpint(neighbor_verdict(t, type, TARGET, router, 70000), ==, DSMIPV4_BROKEN);
		g_assert_cmpint(neighbor_verdict(t, type, NEIGHBOR, router, 70000), ==, DSMIPV4_HOLDS);
		g_assert_cmpint(neighbor_verdict(t, type, TARGET, router, 59000), ==, DSMIPV4_HOLDS); // it just left
		g_assert_cmpint(neighbor_verdict(t, type, TARGET, router, 602000), ==, DSMIPV4_HOLDS);
		g_assert_cmpint(neighbor_verdict(t, type, TARGET, inside, 70000), ==, DSMIPV4_HOLDS);
		g_assert_cmpint(neighbor_verdict(t, type, TARGET, unspecified, 70000), ==, DSMIPV4_HOLDS);
		g_assert_cmpint(
			neighbor_verdict(t, type, "00 00 0000 00000000 20010db8000a0000 00000000000000", router, 70000),
			==, DSMIPV4_NOT_APPLICABLE); // cut
	}
	g_assert_cmpint(neighbor_verdict(t, DSMIPV4_ND_REDIRECT, TARGET DESTINATION, router, 70000), ==,
			DSMIPV4_BROKEN);
	g_assert_cmpint(neighbor_verdict(t, DSMIPV4_ND_REDIRECT, TARGET OTHERS, router, 70000), ==,
			DSMIPV4_NOT_APPLICABLE); // to a better router
	g_assert_cmpint(neighbor_verdict(t, DSMIPV4_ND_REDIRECT, TARGET, router, 70000), ==, DSMIPV4_NOT_APPLICABLE);
}

CASE(test_neighbors_of_everybody)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ("00(/0)", "0000000000000000 0000000000000000") MODE MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP("01", "00(/0)", "0000000000000000 0000000000000000") MHAE);
	g_assert_cmpint(neighbor_verdict(t, DSMIPV4_ND_NEIGHBOR_SOLICITATION, TARGET, router, 70000), ==,
			DSMIPV4_HOLDS);
}

CASE(test_no_prefix)
{
	dsmipv4_ipv6_t ipv6 = {0};
	dsmipv4_advertisement_t ad = {&ipv6, (const uint32_t[]){HA_ADDR}, 1};
	dsmipv4_packet_t packet = {.frame = 1};
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	const dsmipv4_verdicts_t *v = dsmipv4_judge_advertisement(t->alloc, &options, &packet, t->bindings, &ad);
	g_assert_cmpint(v->verdict[DSMIPV4_RULE_prefix_ra_onlink], ==, DSMIPV4_NOT_APPLICABLE);
}

// Thousands behind one router: some are forgotten, none twice.
CASE(test_links)
{
	unsigned n;
	g_assert_null(dsmipv4_agents_on_home_link(t->bindings, 0x020000000001, &n));
	g_assert_cmpuint(n, ==, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		dsmipv4_note_home_link(t->bindings, 0x020000000001, HA_ADDR + i / 2);
		dsmipv4_note_home_link(t->bindings, 0x030000000000 + i, HA_ADDR);
	}
	const uint32_t *agents = dsmipv4_agents_on_home_link(t->bindings, 0x020000000001, &n);
	g_assert_cmpuint(n, ==, 16);
	for (uint32_t i = 0; i < n; i++)
		g_assert_cmphex(agents[i], ==, HA_ADDR + i);
	agents = dsmipv4_agents_on_home_link(t->bindings, 0x030000000bb7, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmphex(agents[0], ==, HA_ADDR);
	g_assert_null(dsmipv4_agents_on_home_link(t->bindings, 0x030000000bb8, &n));
}

#undef ADD
#define ADD(name, function) g_test_add("/advertisement/" name, talk_t, NULL, talk_setup, function, talk_teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("lengths", test_lengths);
	ADD("elsewhere", test_elsewhere);
	ADD("not live", test_not_live);
	ADD("refused", test_refused);
	ADD("the node's own", test_nodes_own);
	ADD("no prefix", test_no_prefix);
	ADD("neighbors", test_neighbors);
	ADD("neighbors of everybody", test_neighbors_of_everybody);
	ADD("links", test_links);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
