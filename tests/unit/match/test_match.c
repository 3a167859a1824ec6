// SPDX-License-Identifier: GPL-2.0-or-later
// Which node's tunnel a packet belongs to, and which bindings may explain it.
#include "form.h"
#include "match/candidates.h"
#include "matched.h"

#include <string.h>

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
		{"H>C H>C H>C H>C H>C H>C H>C H>C", DSMIPV4_TUNNELING_COA, COA_ADDR, 0, true}, // as deep as is followed
		{"H>C H>C H>C H>C H>C H>C H>C H>O", DSMIPV4_TUNNELING_HOA, COA_ADDR, HOA_ADDR, true},
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

static bool is_perhaps(const dsmipv4_match_t *m)
{
	return m->n_candidates > 0 && m->candidates[0].status == DSMIPV4_BINDING_PERHAPS;
}

// A request without an answer yet explains UDP tunnel data only if it asked for it, from that port.
CASE(test_udp_not_answered_yet)
{
	static const hop_t up = {COA2_ADDR, HA_ADDR, 61000, 434};
	registered(t, 0);
	talk(t, up, 10000, RRQ_ID("22", "0258", HOA, HA, COA2, ID2) REQ48 MODE MHAE);
	dsmipv4_match_t m = match(t, FORM("D>H udp", 10100));
	g_assert_false(is_perhaps(&m));
	const dsmipv4_event_t *asked =
		talk(t, up, 11000, RRQ_ID("22", "0258", HOA, HA, COA2, "e8fe6f83 0000 0001 ") REQ48 MODE UTRQ MHAE);
	m = match(t, FORM("D>H udp", 11100));
	g_assert_true(is_perhaps(&m) && m.candidates[0].request == asked);
	m = match(t, FORM("D>H udp", 11200, .port = 61001));
	g_assert_false(is_perhaps(&m));
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
void add_several_tests(void);

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("forms", test_forms);
	ADD("from_the_node", test_from_the_node);
	ADD("unrelated", test_unrelated);
	ADD("home_agent_without_node", test_home_agent_without_node);
	ADD("grace_after_the_first", test_grace_after_the_first);
	ADD("before_the_first_reply", test_before_the_first_reply);
	ADD("strange_home_agent", test_strange_home_agent);
	ADD("grace_after_expiry", test_grace_after_expiry);
	ADD("grace_after_deregistration", test_grace_after_deregistration);
	ADD("handoff", test_handoff);
	ADD("time_runs_backwards", test_time_runs_backwards);
	ADD("out_of_order", test_out_of_order);
	ADD("denied_only", test_denied_only);
	ADD("denied_at_shared_address", test_denied_at_shared_address);
	ADD("denied_then_registered", test_denied_then_registered);
	ADD("revoked", test_revoked);
	ADD("endings_differ", test_endings_differ);
	ADD("nat_declined", test_nat_declined);
	ADD("nat_changes", test_nat_changes);
	ADD("udp_not_answered_yet", test_udp_not_answered_yet);
	ADD("reply_alone", test_reply_alone);
	ADD("reply_alone_then_more", test_reply_alone_then_more);
	ADD("care_of_address_colocated_later", test_care_of_address_colocated_later);
	ADD("prefix_shared", test_prefix_shared);
	ADD("message_cut", test_message_cut);
	ADD("longest_prefix", test_longest_prefix);
	ADD("omitted", test_omitted);
	ADD("expected_form", test_expected_form);
	add_several_tests();
	add_match_rule_tests();
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
