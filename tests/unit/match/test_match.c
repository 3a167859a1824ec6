// SPDX-License-Identifier: GPL-2.0-or-later
// Which node's tunnel a packet belongs to, and which bindings may explain it.
#include "form.h"
#include "match/candidates.h"

#include <string.h>

#define ASK_HOA(id) RRQ_ID("22", "0258", HOA, HA, COA, id) REQ48 MHAE
#define REP48_HOA REP("00", "30", P48)
#define LEAVE(id) RRQ_ID("20", "0000", HOA, HA, HOA, id) MHAE
#define LEFT(id) RRP_ID("00", "0000", HOA, HA, id) MHAE

static dsmipv4_tunnel_t tunnel;

// The match of a packet; its tunnel lasts until the next one.
static dsmipv4_match_t match(talk_t *t, const data_t *data)
{
	dsmipv4_match_t m;
	g_assert_true(form_match(t, &m, &tunnel, data));
	return m;
}

static bool nobodys(talk_t *t, const data_t *data)
{
	dsmipv4_match_t m;
	return !form_match(t, &m, &tunnel, data);
}

static void expect_candidates(const dsmipv4_match_t *m, unsigned n, dsmipv4_binding_status_t status)
{
	g_assert_cmpuint(m->n_candidates, ==, n);
	for (unsigned i = 0; i < m->n_candidates; i++)
		g_assert_cmpint(m->candidates[i].status, ==, status);
}

static void expect_removal(const dsmipv4_match_t *m, dsmipv4_removal_t why, const dsmipv4_event_t *by)
{
	expect_candidates(m, 1, DSMIPV4_BINDING_REMOVED);
	const dsmipv4_candidate_t *c = &m->candidates[0];
	if (m->n_candidates == 0 || !c->binding || !c->removed_by)
		return g_test_fail();
	g_assert_cmpint(c->binding->removal, ==, why);
	g_assert_true(c->removed_by->event == by);
}

// Which care-of addresses the candidates have, the first one first.
static void expect_coas(const dsmipv4_match_t *m, uint32_t first, uint32_t second)
{
	g_assert_cmpuint(m->n_candidates, ==, second ? 2 : 1);
	g_assert_cmphex(dsmipv4_binding_coa(m->candidates[0].binding), ==, first);
	if (second && m->n_candidates > 1)
		g_assert_cmphex(dsmipv4_binding_coa(m->candidates[1].binding), ==, second);
}

// Forms and directions.

CASE(test_forms)
{
	static const struct {
		const char *form;
		dsmipv4_tunneling_mode_t expected;
		uint32_t coa, hoa;
		bool care_of;
	} rows[] = {
		{"H>C", DSMIPV4_TUNNELING_COA, COA_ADDR, 0, true},
		{"H>C gre", DSMIPV4_TUNNELING_COA, COA_ADDR, 0, true},
		{"H>C udp", DSMIPV4_TUNNELING_COA, COA_ADDR, 0, true},
		{"H>C H>C", DSMIPV4_TUNNELING_COA, COA_ADDR, 0, true},
		{"H>O", DSMIPV4_TUNNELING_HOA, 0, HOA_ADDR, false},
		{"H>C H>O", DSMIPV4_TUNNELING_HOA, COA_ADDR, HOA_ADDR, true},
		{"H>C gre H>O", DSMIPV4_TUNNELING_HOA, COA_ADDR, HOA_ADDR, true},
		{"H>N udp H>C H>O", DSMIPV4_TUNNELING_HOA, COA_ADDR, HOA_ADDR, true}, // in the network of another node
		{"H>C H>X", DSMIPV4_TUNNELING_HOA, COA_ADDR, 0, true}, // some home address, but not the node's
		{"H>C X>D", DSMIPV4_TUNNELING_UNKNOWN, COA_ADDR, 0, true},
		{"H>O X>D", DSMIPV4_TUNNELING_UNKNOWN, 0, HOA_ADDR,
		 false},                                               // somebody else's, in the node's own traffic
		{"X>D H>C", DSMIPV4_TUNNELING_COA, COA_ADDR, 0, true}, // through somebody else's tunnel
	};
	const dsmipv4_event_t *reply = registered(t, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		dsmipv4_match_t m = match(t, FORM(rows[i].form, 5000));
		g_test_message("%s", rows[i].form);
		g_assert_cmpint(m.tunneling_mode, ==, rows[i].expected);
		g_assert_cmpint(m.direction, ==, DSMIPV4_TO_MN);
		g_assert_true(m.node == reply->node && m.ha_known && !m.by_inside && !m.strange_ha);
		g_assert_cmphex(m.ha, ==, HA_ADDR);
		g_assert_cmphex(m.coa, ==, rows[i].coa);
		g_assert_cmphex(m.hoa, ==, rows[i].hoa);
		g_assert_true((m.care_of != NULL) == rows[i].care_of);
	}
}

CASE(test_from_the_node)
{
	static const char *const forms[] = {"C>H", "C>H O>H", "O>H", "C>H gre", "C>H udp"};
	registered(t, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
		dsmipv4_match_t m = match(t, FORM(forms[i], 5000));
		g_assert_cmpint(m.direction, ==, DSMIPV4_FROM_MN);
		expect_coas(&m, COA_ADDR, 0);
		g_assert_nonnull(m.candidates[0].prefix);
		g_assert_true(m.address == tunnel.ipv6.src);
		g_assert_cmpuint(m.coa_port, ==, strstr(forms[i], "udp") ? 61000 : 0);
	}
}

// Packets of unrelated tunnels.

CASE(test_unrelated)
{
	static const char *const forms[] = {"X>D", "D>X", "X>C", "C>X", "X>O", "O>X", "J>X", "J>D J>Q"};
	g_assert_true(nobodys(t, FORM("H>C", 0))); // nothing is known yet
	registered(t, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++)
		g_assert_true(nobodys(t, FORM(forms[i], 5000, .bits = BITS48B)));
	g_assert_true(nobodys(t, FORM("X>D", 5000)));
	g_assert_true(nobodys(t, FORM("X>C", 5000, .ipv4 = true)));
}

// A home agent's tunnels to others are none of Mobile IP, but those that have its form are.
CASE(test_home_agent_without_node)
{
	static const data_t others[] = {
		{.form = "H>X", .at = 5000, .bits = BITS48B},
		{.form = "X>H", .at = 5000, .bits = BITS48B},
		{.form = "H>X gre", .at = 5000, .bits = BITS48B},
		{.form = "X>H", .at = 5000, .ipv4 = true, .hoa = 1},
	};
	registered(t, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_true(nobodys(t, &others[i]));
	dsmipv4_match_t m = match(t, FORM("H>X udp", 5000, .bits = BITS48B));
	g_assert_true(m.ha_known && !m.node && m.n_candidates == 0);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_UNKNOWN);
	m = match(t, FORM("H>D H>Q", 5000, .bits = BITS48B));
	g_assert_true(m.ha_known && !m.node);
	g_assert_cmpint(m.direction, ==, DSMIPV4_TO_MN);
	// What lies behind the last layer is none.
	form_tunnel(&tunnel, &others[0]);
	tunnel.layers[tunnel.n_layers].protocol = 17;
	g_assert_false(dsmipv4_match(&m, t->bindings, &tunnel, t->frame, BEGIN + 5000 * MS, DSMIPV4_GRACE));
}

// What was registered before the capture began is not known, nor is its mode, for the time of grace.
CASE(test_grace_after_the_first)
{
	registered(t, 0);
	dsmipv4_match_t m = match(t, FORM("H>C", 2040));
	g_assert_cmpuint(m.n_candidates, ==, 2);
	g_assert_cmpint(m.candidates[1].status, ==, DSMIPV4_BINDING_PERHAPS);
	m = match(t, FORM("H>C", 2051));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	talk(t, MN_HA, 10000, RRQ_ID("22", "0258", HOA, HA, COA, ID2) REQ48 MODE MHAE);
	talk(t, HA_MN, 10050, GET(ID2) REP48 MHAE);
	m = match(t, FORM("H>C", 10060));
	for (unsigned i = 0; i < m.n_candidates; i++)
		g_assert_cmpint(m.candidates[i].status, ==, DSMIPV4_BINDING_LIVE);
}

// A home agent is known from the first accepting reply on.
CASE(test_before_the_first_reply)
{
	t->frame++;
	const dsmipv4_event_t *reply = registered(t, 0);
	g_assert_true(nobodys(t, FORM("H>C", 0, .frame = reply->frame - 2)));
	g_assert_true(nobodys(t, FORM("H>X", 0, .frame = reply->frame - 1)));
	match(t, FORM("H>X", 0, .frame = reply->frame));
}

CASE(test_strange_home_agent)
{
	static const char *const forms[] = {"X>C", "X>C X>O", "X>C X>D"};
	const dsmipv4_event_t *reply = registered(t, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
		dsmipv4_match_t m = match(t, FORM(forms[i], 5000));
		g_assert_true(m.strange_ha && m.node == reply->node && !m.ha_known);
		g_assert_cmphex(m.ha, ==, 0xcb0071fa);
		expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	}
	g_assert_true(nobodys(t, FORM("X>C", 5000, .bits = BITS48B)));
	g_assert_true(nobodys(t, FORM("C>X", 5000)));   // from the node to a tunnel server of its own choice
	g_assert_true(nobodys(t, FORM("X>C", 603000))); // the binding has expired
}

// Time.

CASE(test_grace_after_expiry)
{
	registered(t, 0); // until 600.05 s
	dsmipv4_match_t m = match(t, FORM("H>C", 602049));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	m = match(t, FORM("H>C", 602051));
	expect_candidates(&m, 1, DSMIPV4_BINDING_EXPIRED);
	g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_UNKNOWN);
}

CASE(test_grace_after_deregistration)
{
	registered(t, 0);
	talk(t, MN_HA, 10000, LEAVE(ID2));
	const dsmipv4_event_t *left = talk(t, HA_MN, 10050, LEFT(ID2));
	dsmipv4_match_t m = match(t, FORM("H>C", 12049));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	static const char *const forms[] = {"H>C", "H>C H>O", "H>O", "C>H"};
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
		m = match(t, FORM(forms[i], 12051));
		expect_removal(&m, DSMIPV4_REMOVED_DEREGISTERED, left);
	}
}

CASE(test_handoff)
{
	registered(t, 0);
	talk(t, MN2_HA, 10000, ASK2(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *moved = talk(t, HA_MN2, 10050, GET(ID2) REP48 MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 12049));
	expect_coas(&m, COA_ADDR, 0);
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	m = match(t, FORM("H>C", 12051));
	expect_removal(&m, DSMIPV4_REMOVED_REPLACED, moved);
	m = match(t, FORM("H>D", 10060));
	expect_coas(&m, COA2_ADDR, 0);
	m = match(t, FORM("H>O", 10060)); // either way to the home address
	expect_coas(&m, COA2_ADDR, COA_ADDR);
	m = match(t, FORM("H>O", 12051));
	expect_coas(&m, COA2_ADDR, 0);
}

// Merged captures, or clocks that were set back.
CASE(test_time_runs_backwards)
{
	registered(t, 0);
	talk(t, MN_HA, 10000, LEAVE(ID2));
	talk(t, HA_MN, 10050, LEFT(ID2));
	dsmipv4_match_t m = match(t, FORM("H>C", 500));
	g_assert_cmpuint(m.n_candidates, ==, 2);
	g_assert_cmpint(m.candidates[0].status, ==, DSMIPV4_BINDING_LIVE);
	g_assert_cmpint(m.candidates[1].status, ==, DSMIPV4_BINDING_PERHAPS);
}

// A story of one node, with packets judged at each of its frames: the result at the time when the frame was the last
// one never changes.
#define N_FORMS 6
#define N_EVENTS 16

typedef struct {
	bool found;
	dsmipv4_tunneling_mode_t form;
	const dsmipv4_node_t *node;
	unsigned n;
	const dsmipv4_binding_t *bindings[DSMIPV4_MOST_CANDIDATES];
	dsmipv4_binding_status_t standings[DSMIPV4_MOST_CANDIDATES];
	const dsmipv4_version_t *removed_by;
	const dsmipv4_event_t *omitted_by;
} answer_t;

static answer_t ask(talk_t *t, unsigned form, uint32_t frame, int64_t at)
{
	static const char *const forms[N_FORMS] = {"H>C", "H>D", "H>O", "C>H O>H", "H>X", "X>C"};
	answer_t a;
	dsmipv4_match_t m;
	memset(&a, 0, sizeof a);
	a.found = form_match(t, &m, &tunnel, FORM(forms[form], at, .frame = frame));
	if (!a.found)
		return a;
	a.form = m.tunneling_mode;
	a.node = m.node;
	a.n = m.n_candidates;
	for (unsigned i = 0; i < m.n_candidates; i++) {
		a.bindings[i] = m.candidates[i].binding;
		a.standings[i] = m.candidates[i].status;
	}
	a.removed_by = m.n_candidates ? m.candidates[0].removed_by : NULL;
	a.omitted_by = m.n_candidates ? m.candidates[0].omitted_by : NULL;
	return a;
}

CASE(test_out_of_order)
{
	static const struct {
		const hop_t *hop;
		int64_t at;
		const char *hex;
	} story[N_EVENTS] = {
		{&MN_HA, 0, ASK(ID1) REQ48 MODE MHAE},
		{&HA_MN, 50, GET(ID1) REP48 MHAE},
		{&MN2_HA, 5000, ASK2_S(ID2) REQ48 MODE MHAE},
		{&HA_MN2, 5050, GET(ID2) REP48 MHAE},
		{&MN_HA, 10000, ASK(ID3) REQ48B MHAE},
		{&HA_MN, 10050, GET(ID3) REP48B MHAE},
		{&MN_HA, 15000, LEAVE(ID4)},
		{&HA_MN, 15050, LEFT(ID4)},
		{&MN_HA, 20000, ASK("e8fe6f94 00000005 ") REQ48 MHAE},
		{&HA_MN, 20050, RRP_ID("82", "0000", HOA, HA, "e8fe6f94 00000005 ") MHAE},
		{&FA_HA, 25000, RRQ_ID("02", "0005", HOA, HA, FA, "e8fe6f99 00000006 ") REQ48 MHAE},
		{&HA_FA, 25050, RRP_ID("00", "0005", HOA, HA, "e8fe6f99 00000006 ") REP48_HOA MHAE},
		{&MN_HA, 40000, ASK("e8fe6fa8 00000007 ") MHAE},
		{&HA_MN, 40050, GET("e8fe6fa8 00000007 ") MHAE},
		{&HA_MN, 45000, REVOCATION MHAE},
		{&MN_HA, 45050, REVOCATION_ACK MHAE},
	};
	answer_t then[N_EVENTS][N_FORMS], now;
	unsigned n_different = 0;
	for (unsigned i = 0; i < N_EVENTS; i++) {
		talk(t, *story[i].hop, story[i].at, story[i].hex);
		for (unsigned k = 0; k < N_FORMS; k++) {
			then[i][k] = ask(t, k, i + 1, story[i].at + 10);
			n_different += i > 0 && memcmp(&then[i][k], &then[i - 1][k], sizeof now) != 0;
		}
	}
	g_assert_cmpuint(n_different, >, N_EVENTS); // there was something to be told apart
	for (unsigned i = N_EVENTS; i-- > 0;) {
		for (unsigned k = 0; k < N_FORMS; k++) {
			now = ask(t, k, i + 1, story[i].at + 10);
			g_assert_cmpint(memcmp(&now, &then[i][k], sizeof now), ==, 0);
		}
	}
}

// Several bindings, several nodes.

CASE(test_simultaneous)
{
	registered(t, 0);
	talk(t, MN2_HA, 5000, ASK2_S(ID2) REQ48 MHAE);
	talk(t, HA_MN2, 5050, GET(ID2) REP48_HOA MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 10000));
	expect_coas(&m, COA_ADDR, 0);
	g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_COA);
	m = match(t, FORM("H>D H>O", 10000));
	expect_coas(&m, COA2_ADDR, 0);
	g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_HOA);
	m = match(t, FORM("H>O", 10000));
	expect_coas(&m, COA2_ADDR, COA_ADDR);
	g_assert_false(m.strange_coa);
	m = match(t, FORM("H>X H>O", 10000)); // neither of them: both are held against it
	expect_coas(&m, COA2_ADDR, COA_ADDR);
	g_assert_true(m.strange_coa);
}

// More simultaneous bindings than are looked at.
CASE(test_most_candidates)
{
	for (unsigned i = 0; i < DSMIPV4_MOST_CANDIDATES + 4; i++) {
		hop_t up = {COA_ADDR + i, HA_ADDR, 434, 434}, down = {HA_ADDR, COA_ADDR + i, 434, 434};
		char *request = g_strdup_printf("01 a2 0258 " HOA HA "%08x e8fe6f%02x 0000 0001" REQ48 MHAE,
						COA_ADDR + i, 0x80 + i);
		char *reply = g_strdup_printf("03 00 0258 " HOA HA "e8fe6f%02x 0000 0001" REP48_HOA MHAE, 0x80 + i);
		talk(t, up, 1000 * i, request);
		talk(t, down, 1000 * i + 50, reply);
		g_free(request);
		g_free(reply);
	}
	dsmipv4_match_t m = match(t, FORM("H>O", 60000));
	expect_candidates(&m, DSMIPV4_MOST_CANDIDATES, DSMIPV4_BINDING_LIVE);
}

static const dsmipv4_event_t *numbered(talk_t *t, unsigned i, uint32_t src, uint32_t coa, const char *flags,
				       const char *tail)
{
	hop_t up = {src, HA_ADDR, (uint16_t)(50000 + i), 434}, down = {HA_ADDR, src, 434, (uint16_t)(50000 + i)};
	char *request = g_strdup_printf("01 %s 0258 0a01%04x" HA "%08x e8fe6f80 %08x 98 12 01 30 20010db8%04x0000"
					"0000000000000000 %s" MHAE,
					flags, i, coa, i + 1, i, *tail ? UTRQ : "");
	char *reply = g_strdup_printf("03 00 0258 0a01%04x" HA "e8fe6f80 %08x 98 14 02 00 30 00 20010db8%04x0000"
				      "0000000000000000 %s" MHAE,
				      i, i + 1, i, tail);
	talk(t, up, i, request);
	const dsmipv4_event_t *e = talk(t, down, i, reply);
	g_free(request);
	g_free(reply);
	return e;
}

// Deregistered a second later.
static void gone(talk_t *t, unsigned i, uint32_t src, uint32_t coa)
{
	hop_t up = {src, HA_ADDR, (uint16_t)(50000 + i), 434}, down = {HA_ADDR, src, 434, (uint16_t)(50000 + i)};
	char *request = g_strdup_printf("01 22 0000 0a01%04x" HA "%08x e8fe6f81 %08x " UTRQ MHAE, i, coa, i + 1);
	char *reply = g_strdup_printf("03 00 0000 0a01%04x" HA "e8fe6f81 %08x " UTRP MHAE, i, i + 1);
	talk(t, up, 1000 + i, request);
	talk(t, down, 1000 + i, reply);
	g_free(request);
	g_free(reply);
}

#define N_GUESTS 60 // more than DSMIPV4_LOOK_BACK
#define NO_BITS 0x20010db8dddd0000u
#define BITS_OF(i) (0x20010db800000000u + ((uint64_t)(i) << 16))

CASE(test_many_behind_a_nat)
{
	const dsmipv4_event_t *replies[N_GUESTS];
	for (unsigned i = 0; i < N_GUESTS; i++)
		replies[i] = numbered(t, i, NAT_ADDR, 0x0a000100 + i, "22", UTRP);
	for (unsigned i = 0; i < N_GUESTS; i++) {
		dsmipv4_match_t m = match(t, FORM("H>N udp", 5000, .bits = BITS_OF(i)));
		g_assert_true(m.node == replies[i]->node);
		g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_COA);
		expect_coas(&m, 0x0a000100 + i, 0);
		g_assert_nonnull(m.candidates[0].prefix);
		g_assert_cmphex(m.coa, ==, NAT_ADDR);
	}
	for (unsigned i = N_GUESTS - 10; i < N_GUESTS; i++) { // of the latest ones the port tells them apart
		data_t data = {.form = "H>N udp", .bits = NO_BITS, .at = 5000, .port = (uint16_t)(50000 + i)};
		g_assert_true(match(t, &data).node == replies[i]->node);
	}
	for (unsigned i = 0; i < N_GUESTS; i++)
		g_assert_true(match(t, FORM("N>H udp", 5000, .ipv4 = true, .hoa = 0x0a010000 + i)).node ==
			      replies[i]->node);
	dsmipv4_match_t m = match(t, FORM("H>N udp", 5000, .bits = NO_BITS)); // of which of them is open
	g_assert_true(!m.node && m.n_candidates == 0 && m.ha_known);
}

// One of the latest is at that address still; of the many before them another may be.
CASE(test_most_behind_a_nat_have_gone)
{
	const dsmipv4_event_t *replies[DSMIPV4_LOOK_BACK + 4];
	for (unsigned i = 0; i < G_N_ELEMENTS(replies); i++)
		replies[i] = numbered(t, i, NAT_ADDR, 0x0a000100 + i, "22", UTRP);
	data_t data = {.form = "H>N udp", .bits = NO_BITS, .at = 300000, .port = 40000};
	for (unsigned i = G_N_ELEMENTS(replies) - 1; i >= G_N_ELEMENTS(replies) - DSMIPV4_LOOK_BACK + 1; i--)
		gone(t, i, NAT_ADDR, 0x0a000100 + i);
	g_assert_null(match(t, &data).node);
	g_assert_null(match(t, FORM("H>N", 300000, .bits = NO_BITS)).node); // without a port to tell them apart
	for (unsigned i = 1; i < G_N_ELEMENTS(replies) - DSMIPV4_LOOK_BACK + 1; i++)
		gone(t, i, NAT_ADDR, 0x0a000100 + i);
	data.bits = BITS_OF(0); // its prefix tells
	g_assert_true(match(t, &data).node == replies[0]->node);
}

// Behind a NAT the port is part of the address: a packet of another port is nobody's, unless what is inside names
// the node.
CASE(test_neighbor_behind_a_nat)
{
	static const char *const forms[] = {"N>H udp", "H>N udp"};
	const dsmipv4_event_t *reply = numbered(t, 1, NAT_ADDR, 0x0a000101, "22", UTRP);
	uint16_t own = reply->pair->sport, other = (uint16_t)(own + 1);
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
		dsmipv4_match_t m = match(t, FORM(forms[i], 5000, .bits = NO_BITS, .port = own));
		g_assert_true(m.node == reply->node);
		m = match(t, FORM(forms[i], 5000, .bits = NO_BITS, .port = other));
		g_assert_true(!m.node && m.n_candidates == 0);
		m = match(t, FORM(forms[i], 5000, .ipv4 = true, .hoa = 1, .port = other));
		g_assert_null(m.node);
		m = match(t, FORM(forms[i], 5000, .bits = BITS_OF(1), .port = other));
		g_assert_true(m.node == reply->node);
		m = match(t, FORM(forms[i], 5000, .ipv4 = true, .hoa = reply->hoa, .port = other));
		g_assert_true(m.node == reply->node);
	}
}

// Several bindings of one node behind a NAT: the port tells which of them a packet belongs to.
CASE(test_simultaneous_behind_a_nat)
{
	static const uint16_t ports[] = {61000, 61001, 61002};
	const dsmipv4_event_t *replies[G_N_ELEMENTS(ports)];
	for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++) {
		hop_t up = {NAT_ADDR, HA_ADDR, ports[i], 434}, down = {HA_ADDR, NAT_ADDR, 434, ports[i]};
		char *request = g_strdup_printf("01 a2 0258 " HOA HA "0a00000%u e8fe6f8%u 0000000%u" REQ48 UTRQ MHAE, i,
						i, i + 1);
		char *reply = g_strdup_printf("03 00 0258 " HOA HA "e8fe6f8%u 0000000%u" REP48_HOA UTRP MHAE, i, i + 1);
		talk(t, up, 1000 * i, request);
		replies[i] = talk(t, down, 1000 * i + 50, reply);
		g_free(request);
		g_free(reply);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++) {
		dsmipv4_match_t m = match(t, FORM("H>N udp H>O", 10000, .port = ports[i]));
		g_assert_cmpuint(m.n_candidates, ==, G_N_ELEMENTS(ports));
		g_assert_true(m.candidates[0].binding->reply == replies[i]);
	}
}

// The capture begins with the second of two bindings: the first may live on at another port.
CASE(test_simultaneous_from_before)
{
	talk(t, NAT_HA, 0, RRQ_ID("a2(S,D,T)", "0258", HOA, HA, PRIVATE, ID1) REQ48 UTRQ MHAE);
	talk(t, HA_NAT, 50, GET(ID1) REP48_HOA UTRP MHAE);
	dsmipv4_match_t m = match(t, FORM("H>N udp H>O", 10000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	m = match(t, FORM("H>N udp H>O", 10000, .port = 61001));
	g_assert_cmpuint(m.n_candidates, ==, 2);
	g_assert_cmpint(m.candidates[1].status, ==, DSMIPV4_BINDING_PERHAPS);
	g_assert_false(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	talk(t, NAT_HA, 20000, RRQ_ID("22(D,T)", "0258", HOA, HA, PRIVATE, ID2) REQ48 UTRQ MHAE);
	talk(t, HA_NAT, 20050, GET(ID2) REP48_HOA UTRP MHAE); // no longer simultaneous
	m = match(t, FORM("H>N udp H>O", 30000, .port = 61001));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
}

// The same where the requests were captured inside the NAT first.
CASE(test_simultaneous_on_both_sides_of_a_nat)
{
	static const uint16_t ports[] = {61000, 61001};
	const dsmipv4_event_t *replies[G_N_ELEMENTS(ports)];
	for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++) {
		hop_t inside = {PRIVATE_ADDR + i, HA_ADDR, 40000, 434},
		      inside_down = {HA_ADDR, PRIVATE_ADDR + i, 434, 40000};
		hop_t up = {NAT_ADDR, HA_ADDR, ports[i], 434};
		char *request = g_strdup_printf("01 a2 0258 " HOA HA "%08x e8fe6f8%u 0000000%u" REQ48 UTRQ MHAE,
						PRIVATE_ADDR + i, i, i + 1);
		char *reply = g_strdup_printf("03 00 0258 " HOA HA "e8fe6f8%u 0000000%u" REP48_HOA UTRP MHAE, i, i + 1);
		talk(t, inside, 1000 * i, request);
		talk(t, up, 1000 * i + 10, request);
		replies[i] = talk(t, inside_down, 1000 * i + 50, reply);
		g_free(request);
		g_free(reply);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++) {
		dsmipv4_match_t m = match(t, FORM("H>N udp H>O", 10000, .port = ports[i]));
		g_assert_true(m.candidates[0].binding->reply == replies[i]);
	}
}

// A foreign agent, a node of its, and one with an address of its own, all behind one NAT.
CASE(test_agent_behind_a_shared_nat)
{
	hop_t agent_up = {NAT_ADDR, HA_ADDR, 61000, 434}, agent_down = {HA_ADDR, NAT_ADDR, 434, 61000};
	talk(t, agent_up, 0, VIA_FA REQ48 MHAE UTRQ);
	const dsmipv4_event_t *guest = talk(t, agent_down, 50, GET(ID) REP48_HOA MHAE UTRP);
	dsmipv4_match_t m = match(t, FORM("H>N udp", 5000));
	g_assert_true(m.node == guest->node);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_FA_COA_DIRECT);
	m = match(t, FORM("H>N udp", 5000, .port = 61007)); // another port: perhaps the node itself has come there
	g_assert_true(m.node == guest->node);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_UNKNOWN);
	const dsmipv4_event_t *elsewhere = numbered(t, 1, COA_ADDR, COA_ADDR, "22", "");
	numbered(t, 2, NAT_ADDR, 0x0a000102, "22", UTRP);
	m = match(t, FORM("H>N udp", 5000, .bits = BITS_OF(1))); // registered elsewhere, but another node is here
	g_assert_true(m.node == elsewhere->node && m.strange_coa);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_UNKNOWN);
}

// The reply comes after the request inside the NAT, and before the one outside. It goes to where the tunnel ends.
CASE(test_agent_behind_a_nat_seen_inside_first)
{
	hop_t inside = {PRIVATE_ADDR, HA_ADDR, 434, 434}, up = {NAT_ADDR, HA_ADDR, 61000, 434};
	hop_t down = {HA_ADDR, NAT_ADDR, 434, 61000};
	static const char request[] = RRQ_ID("02", "0258", HOA, HA, PRIVATE, ID1) REQ48 MHAE UTRQ;
	talk(t, inside, 0, request);
	const dsmipv4_event_t *reply = talk(t, down, 50, GET(ID1) REP48_HOA MHAE UTRP);
	talk(t, up, 60, request);
	dsmipv4_match_t m = match(t, FORM("H>N udp H>O", 5000));
	g_assert_true(!m.strange_coa && m.candidates[0].binding->reply == reply);
	hop_t inside_down = {HA_ADDR, PRIVATE_ADDR, 434, 434}; // a refresh of which only the inside is seen
	talk(t, inside, 10000, RRQ_ID("02", "0258", HOA, HA, PRIVATE, ID2) REQ48 MHAE UTRQ);
	reply = talk(t, inside_down, 10050, GET(ID2) REP48_HOA MHAE UTRP);
	m = match(t, FORM("H>N udp H>O", 15000));
	g_assert_true(!m.strange_coa && m.candidates[0].binding->reply == reply);
}

// A foreign agent relays the request of a node with an address of its own, and the request is cut.
CASE(test_agent_is_no_nat)
{
	talk(t, FA_HA, 0, VIA_FA REQ48 MHAE);
	const dsmipv4_event_t *by_agent = talk(t, HA_FA, 50, GET(ID) REP48_HOA MHAE);
	talk(t, FA_HA, 10000, RRQ_ID("a2(S,D,T)", "0258", HOA, HA, COA, ID2) REQ48 "|" MHAE);
	talk(t, HA_FA, 10050, GET(ID2) REP48_HOA MHAE);
	dsmipv4_match_t m = match(t, FORM("H>F H>O", 15000));
	g_assert_cmpuint(m.n_candidates, ==, 1);
	g_assert_true(m.candidates[0].binding->reply == by_agent);
}

// A binding is certain for a packet at an address of the node, unless the packet fits one that was refreshed since.
CASE(test_certain)
{
	registered(t, 0);
	dsmipv4_match_t m = match(t, FORM("H>C", 5000));
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	m = match(t, FORM("H>X", 5000));
	g_assert_true(m.n_candidates > 0 && m.strange_coa);
	g_assert_false(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	talk(t, MN_HA, 10000, ASK(ID2) MHAE); // without the prefix
	talk(t, HA_MN, 10050, GET(ID2) MHAE);
	m = match(t, FORM("H>C", 11000));
	g_assert_cmpuint(m.n_candidates, ==, 2);
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[1])); // it has the prefix
	m = match(t, FORM("H>C", 11000, .bits = BITS_LL));
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	g_assert_false(dsmipv4_candidate_is_certain(&m, &m.candidates[1]));
	talk(t, MN2_HA, 20000, ASK2(ID3) MHAE); // a handoff: the address tells
	talk(t, HA_MN2, 20050, GET(ID3) MHAE);
	m = match(t, FORM("H>C", 21000));
	g_assert_cmpuint(m.n_candidates, ==, 1);
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
}

CASE(test_foreign_agent_shared)
{
	const dsmipv4_event_t *replies[N_GUESTS];
	for (unsigned i = 0; i < N_GUESTS; i++)
		replies[i] = numbered(t, i, FA_ADDR, FA_ADDR, "02", "");
	for (unsigned i = 0; i < N_GUESTS; i++) {
		dsmipv4_match_t m = match(t, FORM("H>F", 5000, .bits = BITS_OF(i)));
		g_assert_true(m.node == replies[i]->node && !m.by_inside);
		g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_FA_COA_DIRECT);
		m = match(t, FORM("F>H O>H", 5000, .bits = BITS_OF(i)));
		g_assert_true(m.node == replies[i]->node && m.hoa == 0); // O is no guest's
		g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_HOA);
	}
	dsmipv4_match_t m = match(t, FORM("H>F", 5000, .bits = NO_BITS));
	g_assert_true(!m.node && m.ha_known && m.n_candidates == 0);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_FA_COA_DIRECT);
}

// The frame of the first registration through it makes a foreign agent.
CASE(test_before_the_foreign_agent)
{
	registered(t, 0);
	uint32_t frame = ++t->frame;
	numbered(t, 1, FA_ADDR, FA_ADDR, "02", "");
	dsmipv4_match_t m = match(t, FORM("H>F", 60, .frame = frame));
	g_assert_true(m.by_inside && m.strange_coa);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_UNKNOWN);
	m = match(t, FORM("H>F", 60));
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_FA_COA_DIRECT);
}

CASE(test_home_address_shared)
{
	hop_t up = {COA2_ADDR, HA_ADDR, 434, 434}, down = {HA_ADDR, COA2_ADDR, 434, 434};
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE NAI MHAE);
	const dsmipv4_event_t *one = talk(t, HA_MN, 50, GET(ID1) REP48 NAI MHAE);
	talk(t, up, 1000, ASK2(ID2) REQ48B MODE NAI2 MHAE);
	const dsmipv4_event_t *other = talk(t, down, 1050, GET(ID2) REP48B NAI2 MHAE);
	g_assert_true(one->node != other->node);
	static const char *const forms[] = {"H>O", "H>C H>O", "H>C"};
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++)
		g_assert_true(match(t, FORM(forms[i], 5000)).node == one->node);
	g_assert_true(match(t, FORM("H>O", 5000, .bits = BITS48B)).node == other->node);
	g_assert_true(match(t, FORM("H>D", 5000, .bits = BITS48B)).node == other->node);
	g_assert_true(match(t, FORM("H>D H>O", 5000, .bits = BITS48B)).node == other->node);
}

// Of one of them only the reply was captured: it may be at the address that is not the other's.
CASE(test_home_address_shared_reply_alone)
{
	hop_t up = {COA2_ADDR, HA_ADDR, 434, 434}, down = {HA_ADDR, COA2_ADDR, 434, 434};
	const dsmipv4_event_t *one = talk(t, HA_MN, 50, GET(ID1) REP48 NAI MHAE);
	talk(t, up, 1000, ASK2(ID2) REQ48B MODE NAI2 MHAE);
	const dsmipv4_event_t *other = talk(t, down, 1050, GET(ID2) REP48B MODE NAI2 MHAE);
	g_assert_true(one->node != other->node);
	g_assert_true(match(t, FORM("H>X H>O", 5000, .bits = BITS48B)).node == one->node);
	g_assert_true(match(t, FORM("H>D H>O", 5000, .bits = BITS48B)).node == other->node);
}

CASE(test_two_home_agents)
{
	const dsmipv4_event_t *one = registered(t, 0);
	talk(t, MN_HA2, 1000, RRQ_ID("22", "0258", HOA, HA2, COA, ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *other = talk(t, HA2_MN, 1050, RRP_ID("00", "0258", HOA, HA2, ID1) REP48 MHAE);
	g_assert_true(one->node != other->node);
	g_assert_true(match(t, FORM("H>C", 5000)).node == one->node);
	g_assert_true(match(t, FORM("J>C", 5000)).node == other->node);
	g_assert_true(match(t, FORM("J>C J>O", 5000)).node == other->node);
}

// Two replies in one frame: the node that was known first, whatever is registered later.
CASE(test_registered_in_one_frame)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	talk(t, MN2_HA, 10, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *one = talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	t->frame--;
	const dsmipv4_event_t *other = talk(t, HA_MN2, 50, RRP_ID("00", "0258", HOA2, HA, ID2) REP48 MHAE);
	g_assert_cmpuint(one->frame, ==, other->frame);
	uint32_t frame = ++t->frame;
	g_assert_true(match(t, FORM("H>X", 100, .frame = frame)).node == one->node);
	talk(t, MN_HA, 1000, ASK(ID3) REQ48 MODE MHAE);
	talk(t, HA_MN, 1050, GET(ID3) REP48 MHAE);
	g_assert_true(match(t, FORM("H>X", 100, .frame = frame)).node == one->node);
	talk(t, MN2_HA, 2000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID4) REQ48 MODE MHAE);
	talk(t, HA_MN2, 2050, RRP_ID("00", "0258", HOA2, HA, ID4) REP48 MHAE);
	g_assert_true(match(t, FORM("H>X", 100, .frame = frame)).node == one->node);
}

CASE(test_prefix_owner)
{
	const dsmipv4_event_t *one = registered(t, 0);
	const dsmipv4_event_t *other = numbered(t, 1, COA2_ADDR, COA2_ADDR, "22", "");
	dsmipv4_match_t m = match(t, FORM("C>H", 5000, .bits = BITS_OF(1)));
	g_assert_true(m.node == one->node);
	g_assert_true(dsmipv4_match_prefix_owner(t->bindings, &m, m.address) == other->node);
	m = match(t, FORM("C>H", 5000));
	g_assert_null(dsmipv4_match_prefix_owner(t->bindings, &m, m.address)); // none but itself
	m = match(t, FORM("C>H", 603000, .bits = BITS_OF(1)));
	g_assert_null(dsmipv4_match_prefix_owner(t->bindings, &m, m.address)); // no longer
}

// Endings.

CASE(test_denied_only)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *denied = talk(t, HA_MN, 50, RRP_ID("82", "0000", HOA, HA, ID1) MHAE);
	dsmipv4_match_t m = match(t, FORM("H>O", 5000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_REMOVED);
	g_assert_null(m.candidates[0].binding);
	g_assert_true(m.candidates[0].removed_by && m.candidates[0].removed_by->event == denied);
	g_assert_false(m.ha_known);
	g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_UNKNOWN);
	m = match(t, FORM("H>C", 5000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_REMOVED);
	g_assert_true(!m.ha_known && !m.by_inside);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_COA);
	g_assert_true(nobodys(t, FORM("X>C", 5000))); // a tunnel of others
	g_assert_true(nobodys(t, FORM("H>D", 5000)));
}

// The address of a foreign agent or a NAT may be another node's as well.
CASE(test_denied_at_shared_address)
{
	talk(t, FA_HA, 0, VIA_FA REQ48 MHAE);
	talk(t, HA_FA, 50, RRP_ID("82", "0000", HOA, HA, ID) MHAE);
	talk(t, NAT_HA, 1000, RRQ_ID("22", "0258", HOA2, HA, PRIVATE, ID2) REQ48 UTRQ MHAE);
	talk(t, HA_NAT, 1050, RRP_ID("82", "0000", HOA2, HA, ID2) MHAE);
	g_assert_true(nobodys(t, FORM("H>F", 5000)));
	g_assert_true(nobodys(t, FORM("H>N", 5000)));
	g_assert_true(nobodys(t, FORM("H>N udp", 5000)));
}

// Another node registers with the address, then the first one elsewhere.
CASE(test_denied_then_registered)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	talk(t, HA_MN, 50, RRP_ID("82", "0000", HOA, HA, ID1) MHAE);
	talk(t, MN_HA, 10000, RRQ_ID("22", "0258", HOA2, HA, COA, ID2) REQ48B MODE MHAE);
	const dsmipv4_event_t *other = talk(t, HA_MN, 10050, RRP_ID("00", "0258", HOA2, HA, ID2) REP48B MHAE);
	g_assert_true(match(t, FORM("H>C", 15000, .bits = BITS48B)).node == other->node);
	g_assert_true(match(t, FORM("H>C", 15000, .bits = NO_BITS)).node == other->node);
	talk(t, MN2_HA, 20000, ASK2(ID3) REQ48 MODE MHAE);
	talk(t, HA_MN2, 20050, GET(ID3) REP48 MHAE);
	g_assert_true(match(t, FORM("H>C", 25000, .bits = NO_BITS)).node == other->node);
}

CASE(test_revoked)
{
	static const hop_t revoke = {HA_ADDR, COA_ADDR, 434, 434}, acknowledge = {COA_ADDR, HA_ADDR, 434, 434};
	registered(t, 0);
	const dsmipv4_event_t *revocation = talk(t, revoke, 9000, REVOCATION MHAE);
	uint32_t revoked_in = t->frame;
	talk(t, acknowledge, 10000, REVOCATION_ACK MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 10990, .frame = revoked_in));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	m = match(t, FORM("H>C", 11990));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	m = match(t, FORM("H>C", 12010));
	expect_removal(&m, DSMIPV4_REMOVED_REVOKED, revocation);
}

// Of two bindings that end by one reply each ends for a reason of its own.
CASE(test_endings_differ)
{
	registered(t, 0);
	talk(t, MN2_HA, 5000, ASK2_S(ID2) REQ48 MODE MHAE);
	talk(t, HA_MN2, 5050, GET(ID2) REP48 MHAE);
	talk(t, MN2_HA, 10000, ASK2(ID3) REQ48 MODE MHAE); // no longer simultaneous
	const dsmipv4_event_t *reply = talk(t, HA_MN2, 10050, GET(ID3) REP48 MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 15000));
	expect_removal(&m, DSMIPV4_REMOVED_REPLACED, reply);
	m = match(t, FORM("H>D", 15000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
}

// Behind a NAT.

CASE(test_nat_declined)
{
	talk(t, NAT_HA, 0, RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID1) REQ48 MODE UTRQ MHAE);
	talk(t, HA_NAT, 50, GET(ID1) REP48 MHAE);
	dsmipv4_match_t m = match(t, FORM("H>N udp", 5000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	g_assert_false(m.strange_coa || m.by_inside);
	g_assert_cmpint(m.tunneling_mode, ==, DSMIPV4_TUNNELING_COA);
	m = match(t, FORM("H>P", 5000));
	expect_coas(&m, PRIVATE_ADDR, 0);
}

CASE(test_nat_changes)
{
	static const hop_t up = {COA2_ADDR, HA_ADDR, 61000, 434}, down = {HA_ADDR, COA2_ADDR, 434, 61000};
	talk(t, NAT_HA, 0, RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID1) REQ48 MODE UTRQ MHAE);
	talk(t, HA_NAT, 50, GET(ID1) REP48 UTRP MHAE);
	talk(t, up, 5000, RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID2) REQ48 MODE UTRQ MHAE);
	const dsmipv4_event_t *reply = talk(t, down, 5050, GET(ID2) REP48 UTRP MHAE);
	dsmipv4_match_t m = match(t, FORM("H>N udp", 6000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	g_assert_true(m.candidates[0].binding->reply != reply); // in flight
	m = match(t, FORM("H>N udp", 10000));                   // the binding lives, but not at this address
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	g_assert_true(m.candidates[0].binding->reply == reply && m.strange_coa);
}

// What is not known.

CASE(test_reply_alone)
{
	const dsmipv4_event_t *reply = talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	static const char *const forms[] = {"H>O", "H>C", "H>X", "H>C H>O", "X>H O>H"};
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
		dsmipv4_match_t m = match(t, FORM(forms[i], 5000));
		g_assert_true(m.node == reply->node && !m.strange_coa);
		expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
		g_assert_null(m.candidates[0].request);
		g_assert_false(m.candidates[0].implicit);
		g_assert_nonnull(m.candidates[0].prefix);
		g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_UNKNOWN);
	}
}

// Where the node is, is learned later. The result for an earlier frame does not change.
CASE(test_reply_alone_then_more)
{
	talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	uint32_t frame = ++t->frame;
	dsmipv4_match_t first = match(t, FORM("H>C", 60, .frame = frame));
	g_assert_cmpint(first.tunneling_mode, ==, DSMIPV4_TUNNELING_UNKNOWN);
	g_assert_true(first.by_inside);
	talk(t, MN_HA, 5000, ASK(ID3) REQ48 MHAE);
	talk(t, HA_MN, 5050, GET(ID3) REP48 MHAE);
	dsmipv4_match_t again = match(t, FORM("H>C", 60, .frame = frame));
	g_assert_cmpint(again.tunneling_mode, ==, DSMIPV4_TUNNELING_UNKNOWN);
	g_assert_true(again.by_inside && again.node == first.node);
	g_assert_cmpint(match(t, FORM("H>C", 6000)).tunneling_mode, ==, DSMIPV4_TUNNELING_COA);
}

// A foreign agent's address becomes the node's own (D flag) later.
CASE(test_care_of_address_colocated_later)
{
	talk(t, FA_HA, 0, VIA_FA REQ48 MHAE);
	talk(t, HA_FA, 50, GET(ID) REP("00", "30", P48) MHAE);
	uint32_t frame = ++t->frame;
	g_assert_null(match(t, FORM("H>F", 60, .frame = frame, .ipv4 = true, .hoa = 1)).node);
	talk(t, FA_HA, 5000, RRQ_ID("22", "0258", HOA, HA, FA, ID2) REQ48 MHAE);
	talk(t, HA_FA, 5050, GET(ID2) REP("00", "30", P48) MHAE);
	g_assert_null(match(t, FORM("H>F", 60, .frame = frame, .ipv4 = true, .hoa = 1)).node);
	g_assert_nonnull(match(t, FORM("H>F", 6000, .ipv4 = true)).node);
}

// Two nodes with one prefix, and an address that is neither's: the one that registered last, as of the frame.
CASE(test_prefix_shared)
{
	const dsmipv4_event_t *first = registered(t, 0);
	talk(t, MN2_HA, 1000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) REQ48 MHAE);
	const dsmipv4_event_t *second = talk(t, HA_MN2, 1050, RRP_ID("00", "0258", HOA2, HA, ID2) REP48 MHAE);
	uint32_t frame = ++t->frame;
	g_assert_true(match(t, FORM("X>H", 1100, .frame = frame)).node == second->node);
	talk(t, MN_HA, 5000, ASK(ID3) REQ48 MHAE);
	talk(t, HA_MN, 5050, GET(ID3) REP48 MHAE);
	g_assert_true(match(t, FORM("X>H", 1100, .frame = frame)).node == second->node);
	g_assert_true(match(t, FORM("X>H", 6000)).node == first->node);
}

CASE(test_message_cut)
{
	talk(t, MN_HA, 0, ASK(ID1) "|" REQ48 MHAE);
	talk(t, HA_MN, 50, GET(ID1) MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 5000));
	expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
	g_assert_false(m.candidates[0].implicit);
	g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_UNKNOWN);
}

// Prefixes.

CASE(test_longest_prefix)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ("40", P64) REQ48B MODE MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP("01", "30", P48) REP("00", "40", P64) REP("09", "30", P48B) MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 5000));
	g_assert_cmpuint(m.candidates[0].prefix ? m.candidates[0].prefix->prefix.len : 0, ==, 48);
	g_assert_cmpuint(m.candidates[0].n_global, ==, 2);
	m = match(t, FORM("H>C", 5000, .bits = BITS64));
	g_assert_cmpuint(m.candidates[0].prefix ? m.candidates[0].prefix->prefix.len : 0, ==, 64);
	m = match(t, FORM("H>C", 5000, .bits = BITS48B));
	g_assert_null(m.candidates[0].prefix);
	g_assert_cmpuint(m.candidates[0].refused ? m.candidates[0].refused->code : 0, ==, 9);
}

CASE(test_omitted)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ48B MODE MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP48 REP48B MHAE);
	talk(t, MN_HA, 10000, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *fewer = talk(t, HA_MN, 10050, GET(ID2) REP48 MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 11000, .bits = BITS48B));
	g_assert_cmpuint(m.n_candidates, ==, 2); // with the one before, in which it was active
	g_assert_nonnull(m.candidates[1].prefix);
	m = match(t, FORM("H>C", 13000, .bits = BITS48B));
	g_assert_cmpuint(m.n_candidates, ==, 1);
	g_assert_true(m.candidates[0].omitted_by == fewer);
	talk(t, MN_HA, 20000, ASK(ID3) REQ48 MODE MHAE);
	talk(t, HA_MN, 20050, GET(ID3) REP48 MHAE);
	m = match(t, FORM("H>C", 25000, .bits = BITS48B));
	g_assert_true(m.candidates[0].omitted_by == fewer); // not the latest one
}

CASE(test_expected_form)
{
	static const struct {
		const char *request, *reply;
		dsmipv4_tunneling_mode_t expected;
	} rows[] = {
		{REQ48 MODE, REP("01", "30", P48), DSMIPV4_TUNNELING_COA},
		{REQ48 MODE, REP("00", "30", P48), DSMIPV4_TUNNELING_HOA},
		{REQ48, REP("00", "30", P48), DSMIPV4_TUNNELING_HOA},
		{REQ48, REP("01", "30", P48), DSMIPV4_TUNNELING_UNKNOWN}, // not asked for
		{REQ48, REP("02", "30", P48), DSMIPV4_TUNNELING_UNKNOWN},
		{REQ48 MODE, REP("09", "30", P48), DSMIPV4_TUNNELING_UNKNOWN},
		{REQ48 REQ48B, REP48B, DSMIPV4_TUNNELING_UNKNOWN}, // no answer
		{REQ48, "", DSMIPV4_TUNNELING_HOA},                // no support: implicit
		{"", "", DSMIPV4_TUNNELING_HOA},
		{REQ_LL, REP_LL, DSMIPV4_TUNNELING_HOA},
	};
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		talk_t own;
		talk_begin(&own);
		char *request = g_strconcat(ASK(ID1), rows[i].request, MHAE, NULL);
		char *reply = g_strconcat(GET(ID1), rows[i].reply, MHAE, NULL);
		talk(&own, MN_HA, 0, request);
		talk(&own, HA_MN, 50, reply);
		dsmipv4_match_t m = match(&own, FORM("H>C H>O", 5000));
		expect_candidates(&m, 1, DSMIPV4_BINDING_LIVE);
		g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, rows[i].expected);
		m = match(&own, FORM("H>C H>O", 5000, .icmp = DSMIPV4_MLD_REPORT_V2));
		g_assert_cmpint(dsmipv4_expected_tunneling_mode(&m, &m.candidates[0]), ==, DSMIPV4_TUNNELING_HOA);
		g_free(request);
		g_free(reply);
		talk_end(&own);
	}
	(void)t;
}

void add_match_rule_tests(void);

#undef ADD
#define ADD(name, function) g_test_add("/match/" name, talk_t, NULL, talk_setup, function, talk_teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("forms", test_forms);
	ADD("from_the_node", test_from_the_node);
	ADD("unrelated", test_unrelated);
	ADD("home_agent_without_node", test_home_agent_without_node);
	ADD("neighbor_behind_a_nat", test_neighbor_behind_a_nat);
	ADD("grace_after_the_first", test_grace_after_the_first);
	ADD("before_the_first_reply", test_before_the_first_reply);
	ADD("strange_home_agent", test_strange_home_agent);
	ADD("grace_after_expiry", test_grace_after_expiry);
	ADD("grace_after_deregistration", test_grace_after_deregistration);
	ADD("handoff", test_handoff);
	ADD("time_runs_backwards", test_time_runs_backwards);
	ADD("out_of_order", test_out_of_order);
	ADD("simultaneous", test_simultaneous);
	ADD("most_candidates", test_most_candidates);
	ADD("many_behind_a_nat", test_many_behind_a_nat);
	ADD("most_behind_a_nat_have_gone", test_most_behind_a_nat_have_gone);
	ADD("simultaneous_behind_a_nat", test_simultaneous_behind_a_nat);
	ADD("simultaneous_from_before", test_simultaneous_from_before);
	ADD("simultaneous_on_both_sides_of_a_nat", test_simultaneous_on_both_sides_of_a_nat);
	ADD("agent_behind_a_shared_nat", test_agent_behind_a_shared_nat);
	ADD("agent_behind_a_nat_seen_inside_first", test_agent_behind_a_nat_seen_inside_first);
	ADD("agent_is_no_nat", test_agent_is_no_nat);
	ADD("certain", test_certain);
	ADD("foreign_agent_shared", test_foreign_agent_shared);
	ADD("before_the_foreign_agent", test_before_the_foreign_agent);
	ADD("home_address_shared", test_home_address_shared);
	ADD("home_address_shared_reply_alone", test_home_address_shared_reply_alone);
	ADD("two_home_agents", test_two_home_agents);
	ADD("registered_in_one_frame", test_registered_in_one_frame);
	ADD("prefix_owner", test_prefix_owner);
	ADD("denied_only", test_denied_only);
	ADD("denied_at_shared_address", test_denied_at_shared_address);
	ADD("denied_then_registered", test_denied_then_registered);
	ADD("revoked", test_revoked);
	ADD("endings_differ", test_endings_differ);
	ADD("nat_declined", test_nat_declined);
	ADD("nat_changes", test_nat_changes);
	ADD("reply_alone", test_reply_alone);
	ADD("reply_alone_then_more", test_reply_alone_then_more);
	ADD("care_of_address_colocated_later", test_care_of_address_colocated_later);
	ADD("prefix_shared", test_prefix_shared);
	ADD("message_cut", test_message_cut);
	ADD("longest_prefix", test_longest_prefix);
	ADD("omitted", test_omitted);
	ADD("expected_form", test_expected_form);
	add_match_rule_tests();
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
