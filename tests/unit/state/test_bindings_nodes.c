// SPDX-License-Identifier: GPL-2.0-or-later
// Whose bindings they are, and what is known if the capture shows only a part (doc/bindings.md; RFC 2794;
// RFC 5944 appendix F).
#include "state/node_index.h"
#include "table.h"

// A new home agent is another key, the old one's binding stays.
CASE(test_two_home_agents)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN_HA2, 5000, RRQ_ID("22", "0258", HOA, HA2, COA, ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA2_MN, 5050, RRP_ID("00", "0258", HOA, HA2, ID2) REP48 MHAE);
	g_assert_true(a->node != b->node);
	g_assert_cmpuint(talk_count(t, a), ==, 1);
	g_assert_cmpuint(talk_count(t, b), ==, 1);
	g_assert_null(a->binding->removed_by);
	g_assert_null(b->overlaps);
}

CASE(test_two_home_addresses)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN_HA, 5000, RRQ_ID("22", "0258", HOA2, HA, COA, ID2) REQ48B MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN, 5050, RRP_ID("00", "0258", HOA2, HA, ID2) REP48B MHAE);
	g_assert_true(a->node != b->node);
	g_assert_cmpuint(talk_count(t, a) + talk_count(t, b), ==, 2);
}

// A private home address that two nodes have.
CASE(test_two_identities)
{
	talk(t, MN_HA, 0, ASK(ID1) NAI REQ48 MODE MHAE);
	const dsmipv4_event_t *a = talk(t, HA_MN, 50, GET(ID1) NAI REP48 MHAE);
	talk(t, MN2_HA, 5000, ASK2(ID2) NAI2 REQ48B MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 5050, GET(ID2) NAI2 REP48B MHAE);
	g_assert_true(a->node != b->node);
	g_assert_nonnull(binding_of(t, a, COA_ADDR));
	g_assert_nonnull(binding_of(t, b, COA2_ADDR));
	g_assert_null(a->binding->removed_by);
}

// RFC 3543: what is revoked is the registration of the node that the NAI names.
CASE(test_shared_home_address_revoked)
{
	talk(t, MN_HA, 0, ASK(ID1) NAI REQ48 MODE MHAE);
	const dsmipv4_event_t *a = talk(t, HA_MN, 50, GET(ID1) NAI REP48 MHAE);
	talk(t, MN2_HA, 5000, ASK2(ID2) NAI2 REQ48B MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 5050, GET(ID2) NAI2 REP48B MHAE);
	talk(t, HA_MN, 9000, REVOCATION NAI MHAE);
	talk(t, MN_HA, 9050, REVOCATION_ACK NAI MHAE);
	g_assert_cmpuint(talk_count(t, a), ==, 0);
	g_assert_cmpuint(talk_count(t, b), ==, 1);
}

// A reply that does not repeat the NAI belongs to the node whose request it answers.
CASE(test_identity_from_request)
{
	talk(t, MN_HA, 0, ASK(ID1) NAI REQ48 MODE MHAE);
	const dsmipv4_event_t *a = talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	const dsmipv4_event_t *b_asks = talk(t, MN2_HA, 5000, ASK2(ID2) NAI2 REQ48B MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 5050, GET(ID2) REP48B MHAE);
	g_assert_true(b->pair == b_asks && b->node == b_asks->node && b->node != a->node);
	const dsmipv4_event_t *a_asks = talk(t, MN_HA, 9000, ASK(ID3) NAI REQ48 MODE MHAE);
	const dsmipv4_event_t *a2 = talk(t, HA_MN, 9050, GET(ID3) REP48 MHAE);
	g_assert_true(a_asks->node == a->node);
	g_assert_true(a2->pair == a_asks);
	g_assert_true(a2->node == a->node);
	g_assert_nonnull(binding_of(t, a, COA_ADDR));
	g_assert_nonnull(binding_of(t, b, COA2_ADDR));
}

// Both nodes sit behind one agent and use the same identification: the reply's NAI tells.
CASE(test_identity_tells_replies_apart)
{
	const dsmipv4_event_t *a = talk(t, MN_FA, 0, VIA_FA NAI MHAE);
	const dsmipv4_event_t *b = talk(t, MN_FA, 100, VIA_FA NAI2 MHAE);
	g_assert_true(!b->first && !b->relay_of);
	g_assert_true(talk(t, FA_MN, 150, ACCEPTED NAI MHAE)->pair == a);
	g_assert_true(talk(t, FA_MN, 200, ACCEPTED NAI2 MHAE)->pair == b);
}

// RFC 2794: the home agent assigns the address, the reply names it.
CASE(test_assigned_address)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, RRQ("22", "0258", NO_ADDRESS, HA, COA) NAI REQ48 MODE MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 50, ACCEPTED NAI REP48 MHAE);
	g_assert_true(reply->pair == request && request->pair == reply);
	g_assert_cmphex(reply->node->hoa, ==, HOA_ADDR);
	expect_prefix(binding_of(t, reply, COA_ADDR), 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
	talk(t, MN_HA, 300000, ASK(ID2) NAI REQ48 MODE MHAE);
	const dsmipv4_event_t *next = talk(t, HA_MN, 300050, GET(ID2) NAI REP48 MHAE);
	g_assert_true(next->binding->created == reply);
}

CASE(test_assigned_address_without_identity)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, RRQ("22", "0258", NO_ADDRESS, HA, COA) REQ48 MODE MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 50, ACCEPTED REP48 MHAE);
	g_assert_true(reply->pair == request);
	g_assert_nonnull(binding_of(t, reply, COA_ADDR));
	g_assert_null(talk(t, HA_MN, 60, GET("e8fe6f80 00000099") MHAE)->pair);
}

// By way of a foreign agent, both legs captured.
CASE(test_assigned_address_relayed)
{
	static const hop_t fa_mn = {FA_ADDR, HOA_ADDR, 434, 40000};
	talk(t, BARE_FA, 0, RRQ("02", "0258", NO_ADDRESS, HA, FA) NAI REQ48 MHAE);
	const dsmipv4_event_t *relayed = talk(t, FA_HA, 10, RRQ("02", "0258", NO_ADDRESS, HA, FA) NAI REQ48 MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_FA, 50, ACCEPTED NAI REP("00", "30", P48) MHAE);
	const dsmipv4_event_t *copy = talk(t, fa_mn, 60, ACCEPTED NAI REP("00", "30", P48) MHAE);
	g_assert_true(reply->pair == relayed);
	g_assert_nonnull(copy->pair);
	g_assert_true(copy->relay_of == reply);
	g_assert_false(copy->unsolicited);
	g_assert_cmpuint(reply->node->n_versions, ==, 1);
}

// A denial of a node without address leaves the address zero.
CASE(test_no_address_denied)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, RRQ("22", "0258", NO_ADDRESS, HA, COA) NAI MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 50, RRP_ID("83", "0000", NO_ADDRESS, HA, ID) MHAE);
	g_assert_true(reply->pair == request);
	g_assert_true(request->pair == reply);
}

// The reply alone. Only code, prefixes and lifetime are known.
CASE(test_reply_only)
{
	const dsmipv4_event_t *e = talk(t, HA_MN, 0, GET(ID1) REP48 REP("08", "30", P48B) MHAE);
	const dsmipv4_binding_t *b = binding_of(t, e, 0);
	g_assert_nonnull(b);
	g_assert_null(dsmipv4_binding_request(b));
	g_assert_cmpint(expiry(b), ==, BEGIN + 600000 * MS);
	expect_prefix(b, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
	expect_prefix(b, 48, BITS48B, DSMIPV4_PREFIX_REFUSED, 8);
}

CASE(test_reply_only_denied)
{
	const dsmipv4_event_t *e = talk(t, HA_MN, 0, RRP_ID("81", "0258", HOA, HA, ID1) REP48 MHAE);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
}

// A refresh whose request was lost: nobody knows for which care-of address it was.
CASE(test_reply_only_after_binding)
{
	const dsmipv4_event_t *a = registered(t, 0);
	const dsmipv4_event_t *e = talk(t, HA_MN, 300000, GET(ID2) REP48 MHAE);
	g_assert_null(e->pair);
	g_assert_cmpuint(talk_count(t, e), >, 0);
	g_assert_cmpint(a->binding->removal, !=, DSMIPV4_REMOVED_REPLACED);
	g_assert_cmpint(a->binding->removal, !=, DSMIPV4_REMOVED_DEREGISTERED);
}

// A deregistration whose request was lost may have been for one of them or for all.
CASE(test_zero_reply_only)
{
	const dsmipv4_event_t *a = registered(t, 0);
	const dsmipv4_event_t *e = talk(t, HA_MN, 5000, RRP_ID("00", "0000", HOA, HA, ID2) MHAE);
	g_assert_null(e->pair);
	g_assert_cmpint(a->binding->removal, ==, DSMIPV4_REMOVED_UNKNOWN);
}

CASE(test_request_only)
{
	const dsmipv4_event_t *e = talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
	g_assert_null(dsmipv4_node_at(e->node, 1));
}

// What the request's captured part does not show, the reply does.
CASE(test_truncated_request)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID1) "|" REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	g_assert_false(request->captured_whole);
	g_assert_true(e->pair == request);
	g_assert_cmphex(dsmipv4_binding_coa(e->binding), ==, COA_ADDR);
	expect_prefix(e->binding, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
}

CASE(test_truncated_request_second_prefix)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 "98 12 01 | 30" P48B MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP48 REP48B MHAE);
	expect_prefix(e->binding, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
	expect_prefix(e->binding, 48, BITS48B, DSMIPV4_PREFIX_ACTIVE, 1);
}

CASE(test_truncated_reply)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ48B MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP48 "|" REP48B MHAE);
	g_assert_false(e->captured_whole);
	g_assert_nonnull(binding_of(t, e, COA_ADDR));
	expect_prefix(e->binding, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
	g_assert_cmpint(prefix_of(e->binding, 48, BITS48B)->state, !=, DSMIPV4_PREFIX_ACTIVE);
}

// hoa_mismatch: a reply that names another home address registers neither.
CASE(test_other_home_address)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, RRP_ID("00", "0258", HOA2, HA, ID1) REP48 MHAE);
	g_assert_true(e->pair == request);
	g_assert_cmpuint(talk_count(t, request), ==, 0);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
}

#define A_NONCE "12345678 9abcdef1 "
#define ITS_ANSWER "87654321 9abcdef1 "

// The low half of a nonce tells whose reply it is, if it is random and the home address or the sender is the right one;
// the reply names a node that is known, so that it might be that one's (RFC 5944 5.7.2).
CASE(test_other_home_agent_of_known_node)
{
	talk(t, MN_HA2, 0, RRQ_ID("22", "0258", HOA, HA2, COA, ID1) MHAE);
	const dsmipv4_event_t *request = talk(t, FA_HA, 5000, RRQ_ID("02", "0258", HOA, HA, FA, A_NONCE) MHAE);
	g_assert_true(talk(t, HA_FA, 5050, RRP_ID("00", "0258", HOA, HA2, ITS_ANSWER) MHAE)->pair == request);
}

CASE(test_other_home_address_of_known_node)
{
	talk(t, MN2_HA, 0, RRQ_ID("22", "0258", HOA2, HA, COA2, ID1) MHAE);
	const dsmipv4_event_t *request = talk(t, MN_HA, 5000, RRQ_ID("22", "0258", HOA, HA, COA, A_NONCE) MHAE);
	g_assert_true(talk(t, HA_MN, 5050, RRP_ID("00", "0258", HOA2, HA, ITS_ANSWER) MHAE)->pair == request);
	// Not for a request that a foreign agent relays for many nodes.
	talk(t, FA_HA, 9000, RRQ_ID("02", "0258", HOA, HA, FA, "12345678 9abcdef2") MHAE);
	g_assert_null(talk(t, HA_FA, 9050, RRP_ID("00", "0258", HOA2, HA, "87654321 9abcdef2") MHAE)->pair);
}

// A foreign agent sends the reply to the home address where the request came from no address (RFC 5944 3.7.2.3), and
// not to another one.
CASE(test_reply_to_assigned_address)
{
	static const hop_t fa_to_other = {0xc0000241, 0xc633644e, 434, 434};
	const dsmipv4_event_t *request = talk(t, BARE_FA, 0, RRQ_ID("02", "0258", NO_ADDRESS, HA, FA, ID1) NAI MHAE);
	g_assert_null(talk(t, fa_to_other, 50, RRP_ID("00", "0258", HOA, HA, ID1) MHAE)->pair);
	g_assert_true(talk(t, FA_MN, 60, RRP_ID("00", "0258", HOA, HA, ID1) MHAE)->pair == request);
}

// Which hop it is.
CASE(test_legs)
{
	static const hop_t all_agents = {HOA_ADDR, 0xe000000b, 40000, 434};
	g_assert_cmpint(talk(t, MN_FA, 0, VIA_FA MHAE)->leg, ==, DSMIPV4_LEG_MN_FA);
	g_assert_cmpint(talk(t, all_agents, 0, VIA_FA MHAE)->leg, ==, DSMIPV4_LEG_MN_FA);
	g_assert_cmpint(talk(t, BARE_FA, 0, VIA_FA MHAE)->leg, ==, DSMIPV4_LEG_MN_FA);
	g_assert_cmpint(talk(t, FA_HA, 0, VIA_FA MHAE)->leg, ==, DSMIPV4_LEG_FA_HA);
	g_assert_cmpint(talk(t, MN_HA, 0, COLOCATED MHAE)->leg, ==, DSMIPV4_LEG_MN_HA);
	g_assert_cmpint(talk(t, MN_FA, 0, COLOCATED MHAE)->leg, ==, DSMIPV4_LEG_MN_FA); // R bit
	g_assert_cmpint(talk(t, MN_HA, 0, RRQ("00", "0000", HOA, HA, HOA) MHAE)->leg, ==, DSMIPV4_LEG_MN_HA);
	g_assert_cmpint(talk(t, MN_FA, 0, RRQ("02", "0258", HOA, NO_ADDRESS, FA) MHAE)->leg, ==, DSMIPV4_LEG_UNKNOWN);
	g_assert_cmpint(talk(t, MN_FA, 0, RRQ("02", "0258", HOA, "ffffffff", FA) MHAE)->leg, ==, DSMIPV4_LEG_UNKNOWN);
	g_assert_cmpint(talk(t, MN_FA, 0, RRQ("02", "0258", HOA, "c63364ff", FA) MHAE)->leg, ==, DSMIPV4_LEG_UNKNOWN);
}

static bool count_visit(G_GNUC_UNUSED const dsmipv4_node_t *node, void *user)
{
	++*(unsigned *)user;
	return true;
}

static unsigned size_of(const talk_t *t, dsmipv4_node_set_t set)
{
	unsigned n = 0;
	g_assert_true(dsmipv4_node_set_visit(t->bindings, set, UINT32_MAX, count_visit, &n));
	return n;
}

// A node is in a set once if it is among the latest ones, and only those are looked at.
CASE(test_set_of_nodes)
{
	enum { N = DSMIPV4_LOOK_BACK + 1 };
	const dsmipv4_node_t *nodes[N];
	dsmipv4_node_set_t set = 0;
	for (unsigned i = 0; i < N; i++) {
		nodes[i] = dsmipv4_node_of(t->bindings, HA_ADDR, HOA_ADDR, i + 1);
		set = dsmipv4_node_set_add(t->bindings, set, nodes[i]);
	}
	g_assert_cmpuint(size_of(t, set), ==, N);
	g_assert_cmpuint(size_of(t, dsmipv4_node_set_add(t->bindings, set, nodes[1])), ==, N);
	g_assert_cmpuint(size_of(t, dsmipv4_node_set_add(t->bindings, set, nodes[0])), ==, N + 1);
}

void add_node_tests(void)
{
	ADD("two home agents", test_two_home_agents);
	ADD("two home addresses", test_two_home_addresses);
	ADD("two identities", test_two_identities);
	ADD("shared home address revoked", test_shared_home_address_revoked);
	ADD("identity from request", test_identity_from_request);
	ADD("identity tells replies apart", test_identity_tells_replies_apart);
	ADD("assigned address", test_assigned_address);
	ADD("assigned address without identity", test_assigned_address_without_identity);
	ADD("assigned address relayed", test_assigned_address_relayed);
	ADD("no address denied", test_no_address_denied);
	ADD("reply only", test_reply_only);
	ADD("reply only, denied", test_reply_only_denied);
	ADD("reply only after binding", test_reply_only_after_binding);
	ADD("zero reply only", test_zero_reply_only);
	ADD("request only", test_request_only);
	ADD("truncated request", test_truncated_request);
	ADD("truncated request, second prefix", test_truncated_request_second_prefix);
	ADD("truncated reply", test_truncated_reply);
	ADD("other home address", test_other_home_address);
	ADD("other home agent of known node", test_other_home_agent_of_known_node);
	ADD("other home address of known node", test_other_home_address_of_known_node);
	ADD("reply to assigned address", test_reply_to_assigned_address);
	ADD("legs", test_legs);
	ADD("set of nodes", test_set_of_nodes);
}
