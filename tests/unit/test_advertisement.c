// SPDX-License-Identifier: GPL-2.0-or-later
// Router advertisements of registered prefixes (RFC 5454 3.3), and which home agents are on a link.
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
	ADD("links", test_links);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
