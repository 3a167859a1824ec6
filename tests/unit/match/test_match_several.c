// SPDX-License-Identifier: GPL-2.0-or-later
// Several bindings of a node, and several nodes at one address: home address, NAT, foreign agent.
#include "form.h"
#include "match/candidates.h"
#include "matched.h"

#include <string.h>

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

// GRE inside the tunnel data goes through the ports around it.
CASE(test_neighbor_with_gre_behind_a_nat)
{
	static const char *const forms[] = {"N>H udp N>H gre", "H>N udp H>N gre"};
	const dsmipv4_event_t *reply = numbered(t, 1, NAT_ADDR, 0x0a000101, "26", UTRP);
	uint16_t own = reply->pair->sport, other = (uint16_t)(own + 1);
	for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
		dsmipv4_match_t m = match(t, FORM(forms[i], 5000, .bits = NO_BITS, .port = own, .next = 47));
		g_assert_true(m.node == reply->node);
		m = match(t, FORM(forms[i], 5000, .bits = NO_BITS, .port = other, .next = 47));
		g_assert_true(!m.node && m.n_candidates == 0);
	}
}

// Of two nodes that registered the same address the one that is there still is meant, the first or the second.
CASE(test_one_of_two_has_gone)
{
	static const struct {
		const char *form;
		uint32_t coa;
		unsigned gone;
	} rows[] = {{"H>C", COA_ADDR, 0}, {"H>D", COA2_ADDR, 1}};
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		const dsmipv4_event_t *replies[2];
		for (unsigned k = 0; k < 2; k++)
			replies[k] = numbered(t, 10 * i + k, rows[i].coa, rows[i].coa, "22", "");
		gone(t, 10 * i + rows[i].gone, rows[i].coa, rows[i].coa);
		dsmipv4_match_t m = match(t, FORM(rows[i].form, 60000, .bits = NO_BITS));
		g_assert_true(m.node == replies[!rows[i].gone]->node);
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

// Only requests ask for simultaneous bindings. Without them a second reply to the same address may have granted one
// that is to another care-of address there.
CASE(test_certain_without_requests)
{
	talk(t, HA_MN, 0, GET(ID1) REP48 MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 5000));
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	talk(t, HA_MN2, 10000, GET(ID2) REP48 MHAE);
	m = match(t, FORM("H>D", 15000));
	g_assert_true(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	m = match(t, FORM("H>C", 15000));
	g_assert_false(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
	talk(t, HA_MN, 20000, GET(ID3) REP48 MHAE);
	m = match(t, FORM("H>C", 25000));
	g_assert_false(dsmipv4_candidate_is_certain(&m, &m.candidates[0]));
}

// The request shows that the node does without them.
CASE(test_certain_after_a_request)
{
	registered(t, 0);
	talk(t, HA_MN, 10000, GET(ID2) REP48 MHAE);
	dsmipv4_match_t m = match(t, FORM("H>C", 15000));
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

void add_several_tests(void);

void add_several_tests(void)
{
	ADD("simultaneous", test_simultaneous);
	ADD("most_candidates", test_most_candidates);
	ADD("many_behind_a_nat", test_many_behind_a_nat);
	ADD("most_behind_a_nat_have_gone", test_most_behind_a_nat_have_gone);
	ADD("neighbor_behind_a_nat", test_neighbor_behind_a_nat);
	ADD("neighbor_with_gre_behind_a_nat", test_neighbor_with_gre_behind_a_nat);
	ADD("one_of_two_has_gone", test_one_of_two_has_gone);
	ADD("simultaneous_behind_a_nat", test_simultaneous_behind_a_nat);
	ADD("simultaneous_from_before", test_simultaneous_from_before);
	ADD("simultaneous_on_both_sides_of_a_nat", test_simultaneous_on_both_sides_of_a_nat);
	ADD("agent_behind_a_shared_nat", test_agent_behind_a_shared_nat);
	ADD("agent_behind_a_nat_seen_inside_first", test_agent_behind_a_nat_seen_inside_first);
	ADD("agent_is_no_nat", test_agent_is_no_nat);
	ADD("certain", test_certain);
	ADD("certain_without_requests", test_certain_without_requests);
	ADD("certain_after_a_request", test_certain_after_a_request);
	ADD("foreign_agent_shared", test_foreign_agent_shared);
	ADD("before_the_foreign_agent", test_before_the_foreign_agent);
	ADD("home_address_shared", test_home_address_shared);
	ADD("home_address_shared_reply_alone", test_home_address_shared_reply_alone);
	ADD("two_home_agents", test_two_home_agents);
	ADD("registered_in_one_frame", test_registered_in_one_frame);
	ADD("prefix_owner", test_prefix_owner);
}
