// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table asked by address: home address, care-of address, prefix, home agent.
#include "state/node_index.h"
#include "table.h"

#include <string.h>

#define N_NODES 5000 // so many that the indexes grow several times
#define FIRST_HOA 0x0a000000u
#define FIRST_COA 0xc0010000u

// Nodes that a lookup visited.
typedef struct {
	const dsmipv4_node_t *nodes[64];
	unsigned n, limit; // stop after `limit` visits, 0: never
} visits_t;

static bool note(const dsmipv4_node_t *node, void *user)
{
	visits_t *v = user;
	if (v->n < G_N_ELEMENTS(v->nodes))
		v->nodes[v->n] = node;
	v->n++;
	return v->n != v->limit;
}

static visits_t by_coa(const talk_t *t, uint32_t coa)
{
	visits_t v = {0};
	dsmipv4_nodes_by_coa(t->bindings, coa, UINT32_MAX, note, &v);
	return v;
}

static visits_t by_hoa(const talk_t *t, uint32_t ha, uint32_t hoa)
{
	visits_t v = {0};
	dsmipv4_nodes_by_hoa(t->bindings, ha, hoa, UINT32_MAX, note, &v);
	return v;
}

static visits_t by_prefix(const talk_t *t, uint64_t bits)
{
	visits_t v = {0};
	uint8_t address[16] = {0};
	for (unsigned i = 0; i < 8; i++)
		address[i] = (uint8_t)(bits >> (56 - 8 * i));
	address[15] = 1;
	dsmipv4_nodes_by_prefix(t->bindings, HA_ADDR, address, UINT32_MAX, note, &v);
	return v;
}

static void expect_one(visits_t v, const dsmipv4_node_t *node)
{
	g_assert_cmpuint(v.n, ==, 1);
	g_assert_true(v.nodes[0] == node);
}

static const dsmipv4_event_t *numbered(talk_t *t, unsigned i, uint32_t coa, const char *flags)
{
	hop_t up = {coa, HA_ADDR, 40000, 434}, down = {HA_ADDR, coa, 434, 40000};
	char *request = g_strdup_printf("01 %s 0258 %08x" HA "%08x e8fe6f80 %08x" MHAE, flags, FIRST_HOA + i, coa, i);
	char *reply = g_strdup_printf("03 00 0258 %08x" HA "e8fe6f80 %08x" MHAE, FIRST_HOA + i, i);
	talk(t, up, i, request);
	const dsmipv4_event_t *e = talk(t, down, i + 1, reply);
	g_free(request);
	g_free(reply);
	return e;
}

CASE(test_many_nodes)
{
	const dsmipv4_event_t *replies[N_NODES];
	for (unsigned i = 0; i < N_NODES; i++)
		replies[i] = numbered(t, i, FIRST_COA + i, "22");
	for (unsigned i = 0; i < N_NODES; i++) {
		expect_one(by_coa(t, FIRST_COA + i), replies[i]->node);
		expect_one(by_hoa(t, HA_ADDR, FIRST_HOA + i), replies[i]->node);
	}
	g_assert_cmpuint(by_coa(t, FIRST_COA + N_NODES).n, ==, 0);
	g_assert_cmpuint(by_hoa(t, HA_ADDR, FIRST_HOA + N_NODES).n, ==, 0);
	g_assert_cmpuint(by_hoa(t, HA2_ADDR, FIRST_HOA).n, ==, 0);
}

// Refreshes, and moving to and fro, do not multiply what is found.
CASE(test_coa_once)
{
	const dsmipv4_event_t *e = registered(t, 0);
	static const char *const ids[] = {"e8fe6f90 00000010 ", "e8fe6fa0 00000020 ", "e8fe6fb0 00000030 "};
	for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
		char *request = g_strconcat("01 22 0258 " HOA HA, i % 2 ? COA : COA2, ids[i], MHAE, NULL);
		char *reply = g_strconcat(GET(""), ids[i], MHAE, NULL);
		talk(t, i % 2 ? MN_HA : MN2_HA, 5000 * (i + 1), request);
		talk(t, i % 2 ? HA_MN : HA_MN2, 5000 * (i + 1) + 50, reply);
		g_free(request);
		g_free(reply);
	}
	expect_one(by_coa(t, COA_ADDR), e->node);
	expect_one(by_coa(t, COA2_ADDR), e->node);
	g_assert_cmpuint(talk_count(t, e), ==, 1);
}

// A binding that has ended is still found, since it was live at an earlier frame.
CASE(test_coa_of_the_past)
{
	const dsmipv4_event_t *e = registered(t, 0);
	talk(t, MN_HA, 1000, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE);
	talk(t, HA_MN, 1050, RRP_ID("00", "0000", HOA, HA, ID2) MHAE);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
	expect_one(by_coa(t, COA_ADDR), e->node);
	expect_one(by_prefix(t, BITS48), e->node);
}

// RFC 3519 4.6: if UDP tunneling was granted, the node is reached at the source of its request.
CASE(test_behind_nat)
{
	talk(t, NAT_HA, 0, BEHIND_NAT REQ48 MODE "90 06 00 00 40(R) 2f(GRE) 0000" MHAE);
	const dsmipv4_event_t *e = talk(t, HA_NAT, 50, ACCEPTED REP48 "2c 06 00 00 0000 0078" MHAE);
	g_assert_cmpint(e->tunnel_answer, ==, DSMIPV4_TUNNEL_ACCEPTED);
	g_assert_cmpuint(e->tunnel_code, ==, 0);
	g_assert_cmpuint(e->tunnel_keepalive, ==, 120);
	g_assert_cmpuint(e->pair->tunnel_encap, ==, 47);
	g_assert_cmphex(dsmipv4_binding_effective_coa(e->binding), ==, NAT_ADDR);
	g_assert_cmphex(dsmipv4_binding_coa(e->binding), ==, PRIVATE_ADDR);
	expect_one(by_coa(t, NAT_ADDR), e->node);
	g_assert_cmpuint(by_coa(t, PRIVATE_ADDR).n, ==, 0);
}

// Captured on both sides of a NAT: the reply before it shows the port on its other side, where the request comes later.
CASE(test_port_by_reply)
{
	talk(t, PRIVATE_HA, 0, RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID1) REQ48 UTRQ MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_NAT, 50, GET(ID1) REP48 UTRP MHAE);
	g_assert_true(dsmipv4_binding_is_at_other_port(reply->binding, NAT_ADDR, 61001));
	g_assert_false(dsmipv4_binding_is_at_other_port(reply->binding, NAT_ADDR, 61000));
	g_assert_false(dsmipv4_binding_is_at_other_port(reply->binding, NAT_ADDR, 0));
}

CASE(test_tunnel_declined)
{
	talk(t, NAT_HA, 0, BEHIND_NAT REQ48 MODE UTRQ MHAE);
	const dsmipv4_event_t *e = talk(t, HA_NAT, 50, ACCEPTED REP48 "2c 06 00 40 0000 0078" MHAE);
	g_assert_cmpint(e->tunnel_answer, ==, DSMIPV4_TUNNEL_DECLINED);
	g_assert_cmpuint(e->tunnel_code, ==, 64);
	g_assert_cmphex(dsmipv4_binding_effective_coa(e->binding), ==, PRIVATE_ADDR);
	expect_one(by_coa(t, PRIVATE_ADDR), e->node);
	g_assert_cmpuint(by_coa(t, NAT_ADDR).n, ==, 0);
}

// Absent, or without room for its fields: no answer.
CASE(test_tunnel_not_answered)
{
	talk(t, NAT_HA, 0, BEHIND_NAT REQ48 MODE UTRQ MHAE);
	g_assert_cmpint(talk(t, HA_NAT, 50, ACCEPTED REP48 MHAE)->tunnel_answer, ==, DSMIPV4_TUNNEL_NOT_ANSWERED);
	talk(t, MN_HA, 5000, ASK(ID2) REQ48 MODE UTRQ MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 5050, GET(ID2) REP48 "2c 02 0000" MHAE);
	g_assert_cmpint(e->tunnel_answer, ==, DSMIPV4_TUNNEL_NOT_ANSWERED);
}

static const dsmipv4_event_t *behind_nat(talk_t *t, unsigned node, unsigned id, int64_t at)
{
	static const char *const nat_request = "01 22 0258 %08x" HA PRIVATE "e8fe6f80 %08x" UTRQ MHAE;
	static const char *const nat_reply = "03 00 0258 %08x" HA "e8fe6f80 %08x" UTRP MHAE;
	char *request = g_strdup_printf(nat_request, FIRST_HOA + node, id);
	char *reply = g_strdup_printf(nat_reply, FIRST_HOA + node, id);
	talk(t, NAT_HA, at, request);
	const dsmipv4_event_t *e = talk(t, HA_NAT, at + 50, reply);
	g_free(request);
	g_free(reply);
	return e;
}

#define N_SHARERS 400

// Many nodes behind one NAT; a refresh of an early one does not multiply it.
CASE(test_shared_nat)
{
	const dsmipv4_event_t *replies[N_SHARERS];
	for (unsigned i = 0; i < N_SHARERS; i++) {
		replies[i] = behind_nat(t, i, i, 100 * i);
		g_assert_nonnull(replies[i]->binding);
	}
	behind_nat(t, 0, N_SHARERS, 100 * N_SHARERS);
	visits_t v = by_coa(t, NAT_ADDR);
	g_assert_cmpuint(v.n, ==, N_SHARERS);
	for (unsigned i = 0; i < G_N_ELEMENTS(v.nodes); i++)
		g_assert_true(v.nodes[i] == replies[N_SHARERS - 1 - i]->node); // latest first
	for (unsigned i = 0; i < N_SHARERS; i++) {
		visits_t then = {0}; // as it was when this one came
		dsmipv4_nodes_by_coa(t->bindings, NAT_ADDR, replies[i]->frame, note, &then);
		g_assert_cmpuint(then.n, ==, i + 1);
		g_assert_true(then.nodes[0] == replies[i]->node);
	}
	visits_t few = {.limit = 3};
	dsmipv4_nodes_by_coa(t->bindings, NAT_ADDR, UINT32_MAX, note, &few);
	g_assert_cmpuint(few.n, ==, 3);
}

// A node that moves away and comes back is not listed twice, unless many others came in between.
CASE(test_back_behind_nat)
{
	for (unsigned i = 0; i < 40; i++)
		behind_nat(t, i, i, 100 * i);
	numbered(t, 38, COA_ADDR, "22");
	behind_nat(t, 38, 98, 9000);
	visits_t v = by_coa(t, NAT_ADDR);
	g_assert_cmpuint(v.n, ==, 40);
	g_assert_cmphex(v.nodes[0]->hoa, ==, FIRST_HOA + 39);
	g_assert_cmphex(v.nodes[1]->hoa, ==, FIRST_HOA + 38);
	numbered(t, 3, COA_ADDR, "22");
	const dsmipv4_event_t *back = behind_nat(t, 3, 99, 10000);
	v = by_coa(t, NAT_ADDR);
	g_assert_cmpuint(v.n, ==, 41);
	g_assert_true(v.nodes[0] == back->node && v.nodes[37] == back->node);
}

// Thousands share a foreign agent's care-of address: it is known as such, not by its nodes.
CASE(test_foreign_agent)
{
	g_assert_null(dsmipv4_foreign_agent_since(t->bindings, HA_ADDR, FA_ADDR));
	const dsmipv4_event_t *first = numbered(t, 0, FA_ADDR, "02");
	numbered(t, 1, FA_ADDR, "02");
	g_assert_true(dsmipv4_foreign_agent_since(t->bindings, HA_ADDR, FA_ADDR) == first);
	g_assert_null(dsmipv4_foreign_agent_since(t->bindings, HA2_ADDR, FA_ADDR));
	g_assert_null(dsmipv4_foreign_agent_since(t->bindings, HA_ADDR, COA_ADDR));
	g_assert_cmpuint(by_coa(t, FA_ADDR).n, ==, 0);
	const dsmipv4_event_t *own = numbered(t, 2, FA_ADDR, "22");
	expect_one(by_coa(t, FA_ADDR), own->node);
}

// A node at its foreign agent that registers the same address as its own from then on.
CASE(test_colocated_at_last)
{
	numbered(t, 0, FA_ADDR, "02");
	talk(t, FA_HA, 0, VIA_FA MHAE);
	talk(t, HA_FA, 50, ACCEPTED MHAE);
	talk(t, FA_HA, 1000, RRQ_ID("22", "0258", HOA, HA, FA, ID2) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_FA, 1050, GET(ID2) MHAE);
	expect_one(by_coa(t, FA_ADDR), e->node);
}

// On the mobile node's own leg its source address is not what the home agent sees.
CASE(test_tunnel_for_foreign_agent)
{
	static const hop_t fa_nat = {NAT_ADDR, HA_ADDR, 61000, 434}, nat_fa = {HA_ADDR, NAT_ADDR, 434, 61000};
	talk(t, fa_nat, 0, VIA_FA MHAE UTRQ FHAE);
	const dsmipv4_event_t *e = talk(t, nat_fa, 50, ACCEPTED MHAE UTRP FHAE);
	g_assert_true(dsmipv4_foreign_agent_since(t->bindings, HA_ADDR, NAT_ADDR) == e);
	g_assert_cmpuint(by_coa(t, NAT_ADDR).n, ==, 0);
	talk(t, MN_FA, 5000, RRQ_ID("02", "0258", HOA, HA, FA, ID2) UTRQ MHAE);
	e = talk(t, FA_MN, 5050, GET(ID2) UTRP MHAE);
	g_assert_cmphex(dsmipv4_binding_effective_coa(e->binding), ==, FA_ADDR);
}

CASE(test_home_agent)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	talk(t, HA_MN, 50, RRP_ID("81", "0258", HOA, HA, ID1) MHAE);
	g_assert_null(dsmipv4_home_agent_since(t->bindings, HA_ADDR)); // a denial registers nothing
	const dsmipv4_event_t *e = registered(t, 1000);
	g_assert_true(dsmipv4_home_agent_since(t->bindings, HA_ADDR) == e);
	g_assert_null(dsmipv4_home_agent_since(t->bindings, HA2_ADDR));
	g_assert_null(dsmipv4_home_agent_since(t->bindings, COA_ADDR));
}

CASE(test_reply_alone)
{
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	g_assert_nonnull(dsmipv4_home_agent_since(t->bindings, HA_ADDR));
	g_assert_cmphex(dsmipv4_binding_effective_coa(e->binding), ==, 0);
	g_assert_cmpuint(by_coa(t, 0).n, ==, 0);
	expect_one(by_prefix(t, BITS48), e->node);
}

CASE(test_two_identities_of_one_address)
{
	const dsmipv4_node_t *a = talk(t, MN_HA, 0, ASK(ID1) NAI MHAE)->node;
	const dsmipv4_node_t *b = talk(t, MN_HA, 2000, ASK(ID2) NAI2 MHAE)->node;
	visits_t v = by_hoa(t, HA_ADDR, HOA_ADDR);
	g_assert_cmpuint(v.n, ==, 2);
	g_assert_true(v.nodes[0] == b && v.nodes[1] == a); // latest first
	visits_t one = {.limit = 1};
	dsmipv4_nodes_by_hoa(t->bindings, HA_ADDR, HOA_ADDR, UINT32_MAX, note, &one);
	g_assert_cmpuint(one.n, ==, 1);
}

// Nodes that held the prefix before, and nodes that hold one that covers it.
CASE(test_prefix_holders)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN_HA, 1000, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE);
	talk(t, HA_MN, 1050, RRP_ID("00", "0000", HOA, HA, ID2) MHAE);
	talk(t, MN2_HA, 2000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID3) REQ("40(/64)", P64) REQ48 MHAE);
	const dsmipv4_event_t *b =
		talk(t, HA_MN2, 2050, RRP_ID("00", "0258", HOA2, HA, ID3) REP("01", "40(/64)", P64) REP48 MHAE);
	visits_t v = by_prefix(t, BITS64);
	g_assert_cmpuint(v.n, ==, 3); // /48: b, a; /64: b
	g_assert_true(v.nodes[0] == b->node && v.nodes[1] == a->node && v.nodes[2] == b->node);
	g_assert_cmpuint(by_prefix(t, BITS48).n, ==, 2);
	g_assert_cmpuint(by_prefix(t, BITS48B).n, ==, 0);
	visits_t one = {.limit = 1};
	dsmipv4_nodes_by_prefix(t->bindings, HA_ADDR, (const uint8_t[16]){0x20, 1, 0xd, 0xb8, 0, 0xa}, UINT32_MAX, note,
				&one);
	g_assert_cmpuint(one.n, ==, 1);
	dsmipv4_nodes_by_prefix(t->bindings, HA2_ADDR, (const uint8_t[16]){0}, UINT32_MAX, note, &one);
	g_assert_cmpuint(one.n, ==, 1);
}

#define LOOKUP "lookup: "

void add_lookup_tests(void)
{
	ADD(LOOKUP "many nodes", test_many_nodes);
	ADD(LOOKUP "care-of address once", test_coa_once);
	ADD(LOOKUP "care-of address of the past", test_coa_of_the_past);
	ADD(LOOKUP "behind NAT", test_behind_nat);
	ADD("port by reply", test_port_by_reply);
	ADD(LOOKUP "tunnel declined", test_tunnel_declined);
	ADD(LOOKUP "tunnel not answered", test_tunnel_not_answered);
	ADD(LOOKUP "shared NAT", test_shared_nat);
	ADD(LOOKUP "back behind NAT", test_back_behind_nat);
	ADD(LOOKUP "foreign agent", test_foreign_agent);
	ADD(LOOKUP "co-located at last", test_colocated_at_last);
	ADD(LOOKUP "tunnel for foreign agent", test_tunnel_for_foreign_agent);
	ADD(LOOKUP "home agent", test_home_agent);
	ADD(LOOKUP "reply alone", test_reply_alone);
	ADD(LOOKUP "two identities", test_two_identities_of_one_address);
	ADD(LOOKUP "prefix holders", test_prefix_holders);
}
