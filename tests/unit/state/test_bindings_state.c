// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: what a registration changes (doc/bindings.md; RFC 3344 3.6-3.8,
// 4.2.3; RFC 5454 3.2, 3.3, 3.5, 3.8; RFC 3543).
#include "state/changes.h"
#include "table.h"

// A denial changes nothing.

CASE(test_denial_keeps_binding)
{
	const dsmipv4_event_t *old = registered(t, 0);
	talk(t, MN2_HA, 5000, ASK2(ID2) REQ48B MHAE);
	const dsmipv4_event_t *denial = talk(t, HA_MN2, 5050, RRP_ID("83", "0000", HOA, HA, ID2) MHAE);
	g_assert_true(denial->pair && !denial->binding);
	g_assert_true(talk_state(t, denial) == state_after(old));
	const dsmipv4_binding_t *b = binding_of(t, denial, COA_ADDR);
	g_assert_true(b->reply == old);
	g_assert_cmpint(b->removal, ==, DSMIPV4_REMOVED_NOT);
	// It lives until its own expiry.
	g_assert_true(dsmipv4_binding_is_live(b, BEGIN + 600050 * MS, 0));
	g_assert_false(dsmipv4_binding_is_live(b, BEGIN + 600051 * MS, 0));
}

CASE(test_denial_makes_nothing)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MHAE);
	const dsmipv4_event_t *denial = talk(t, HA_MN, 50, RRP_ID("81", "0258", HOA, HA, ID1) REP48 MHAE);
	g_assert_cmpuint(talk_count(t, denial), ==, 0);
	g_assert_null(denial->binding);
}

// Code 133 clears the greatest identification, no other denial does.
CASE(test_denial_133_clears_maximum)
{
	talk(t, MN_HA, 0, ASK(ID3) MHAE);
	talk(t, HA_MN, 50, RRP_ID("83", "0000", HOA, HA, ID3) MHAE);
	g_assert_cmphex(talk(t, MN_HA, 2000, ASK(ID2) MHAE)->max_id, ==, 0xe8fe6f8200000003);
	talk(t, HA_MN, 2050, RRP_ID("85", "0000", HOA, HA, "e8fe7000 00000002") MHAE);
	g_assert_cmphex(talk(t, MN_HA, 4000, ASK(ID1) MHAE)->max_id, ==, 0);
}

CASE(test_denial_69_offers)
{
	talk(t, MN_FA, 0, RRQ_ID("02", "ffff", HOA, HA, FA, ID1) MHAE);
	talk(t, FA_MN, 50, RRP_ID("45", "012c", HOA, HA, ID1));
	const dsmipv4_event_t *next = talk(t, MN_FA, 2000, RRQ_ID("02", "012c", HOA, HA, FA, ID2) MHAE);
	g_assert_true(next->has_offer);
	g_assert_cmpuint(next->offered, ==, 300);
	g_assert_false(talk(t, MN_FA, 4000, RRQ_ID("02", "ffff", HOA, HA, FA, ID3) MHAE)->has_offer);
}

// Deregistration.

CASE(test_zero_lifetime_at_home_removes_all)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) REQ48B MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 1050, GET(ID2) REP48B MHAE);
	g_assert_cmpuint(talk_count(t, b), ==, 2);
	talk(t, MN_FA, 9000, RRQ_ID("00", "0000", HOA, HA, HOA, ID3) MHAE);
	const dsmipv4_event_t *e = talk(t, FA_MN, 9050, RRP_ID("00", "0000", HOA, HA, ID3) MHAE);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
	g_assert_cmpint(state_after(e)->removal, ==, DSMIPV4_REMOVED_DEREGISTERED);
	g_assert_cmpint(a->binding->removal, ==, DSMIPV4_REMOVED_DEREGISTERED);
	g_assert_cmpint(b->binding->removal, ==, DSMIPV4_REMOVED_DEREGISTERED);
	g_assert_true(a->binding->removed_by == e && b->binding->removed_by == e);
}

CASE(test_zero_lifetime_for_one)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) REQ48B MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 1050, GET(ID2) REP48B MHAE);
	talk(t, MN_HA, 9000, RRQ_ID("22", "0000", HOA, HA, COA, ID3) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 9050, RRP_ID("00", "0000", HOA, HA, ID3) MHAE);
	g_assert_cmpuint(talk_count(t, e), ==, 1);
	g_assert_null(binding_of(t, e, COA_ADDR));
	expect_prefix(binding_of(t, e, COA2_ADDR), 48, BITS48B, DSMIPV4_PREFIX_ACTIVE, 1);
	g_assert_true(a->binding->removed_by == e);
	g_assert_null(b->binding->removed_by);
}

// Nobody asked the home agent yet, or it refused.
CASE(test_zero_lifetime_not_accepted)
{
	const dsmipv4_event_t *a = registered(t, 0);
	const dsmipv4_event_t *request = talk(t, MN_HA, 9000, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE);
	g_assert_true(talk_state(t, request) == state_after(a));
	const dsmipv4_event_t *e = talk(t, HA_MN, 9050, RRP_ID("83", "0000", HOA, HA, ID2) MHAE);
	g_assert_true(talk_state(t, e) == state_after(a));
}

// dereg_lifetime: a lifetime in the answer to a deregistration does not undo it.
CASE(test_zero_lifetime_answered_with_lifetime)
{
	registered(t, 0);
	talk(t, MN_HA, 9000, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 9050, RRP_ID("00", "0258", HOA, HA, ID2) MHAE);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
}

// Registration and refresh.

CASE(test_accept_creates)
{
	const dsmipv4_event_t *request =
		talk(t, MN_HA, 0, RRQ("2a(D,G,T)", "0258", HOA, HA, COA) REQ48 REQ48B MODE MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 50, RRP("00", "012c") REP48 REP("08", "30", P48B) MHAE);
	const dsmipv4_binding_t *b = binding_of(t, reply, COA_ADDR);
	g_assert_nonnull(b);
	g_assert_true(reply->binding == b && dsmipv4_binding_request(b) == request && b->reply == reply &&
		      b->created == reply);
	g_assert_null(b->before);
	g_assert_cmpint(expiry(b), ==, BEGIN + 300050 * MS); // the lifetime granted, from the reply on
	g_assert_cmpuint(reply->n_prefixes, ==, 2);
	expect_prefix(b, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
	expect_prefix(b, 48, BITS48B, DSMIPV4_PREFIX_REFUSED, 8);
	g_assert_true(state_after(reply)->event == reply);
	g_assert_cmpint(state_after(reply)->removal, ==, DSMIPV4_REMOVED_NOT);
}

CASE(test_accept_refreshes)
{
	const dsmipv4_event_t *old = registered(t, 0);
	talk(t, MN_HA, 300000, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 300050, GET(ID2) REP48 MHAE);
	const dsmipv4_binding_t *b = binding_of(t, e, COA_ADDR);
	g_assert_cmpuint(talk_count(t, e), ==, 1);
	g_assert_true(b->reply == e && b->created == old && b->before == old->binding);
	g_assert_cmpint(expiry(b), ==, BEGIN + 900050 * MS);
	g_assert_cmpint(old->binding->removal, ==, DSMIPV4_REMOVED_REFRESHED);
	g_assert_cmpint(expiry(old->binding), ==, BEGIN + 600050 * MS);
}

// After its expiry it is registered anew.
CASE(test_accept_after_expiry)
{
	registered(t, 0);
	talk(t, MN_HA, 700000, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 700050, GET(ID2) REP48 MHAE);
	g_assert_true(e->binding->created == e && !e->binding->before);
	g_assert_cmpuint(talk_count(t, e), ==, 1);
}

CASE(test_accept_replaces_prefixes)
{
	registered(t, 0);
	talk(t, MN_HA, 5000, ASK(ID2) REQ48B REQ("40", P64) MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 5050, GET(ID2) REP("00", "30", P48B) REP("09", "40", P64) MHAE);
	const dsmipv4_binding_t *b = binding_of(t, e, COA_ADDR);
	g_assert_null(prefix_of(b, 48, BITS48)); // left out: removed
	expect_prefix(b, 48, BITS48B, DSMIPV4_PREFIX_ACTIVE, 0);
	expect_prefix(b, 64, BITS64, DSMIPV4_PREFIX_REFUSED, 9);
}

// RFC 5454 3.8: omission removes; without any prefix the node is implicit.
CASE(test_omission)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ48B REQ_LL MODE MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP48 REP48B REP_LL MHAE);
	talk(t, MN_HA, 5000, ASK(ID2) REQ48B MODE MHAE);
	const dsmipv4_event_t *some = talk(t, HA_MN, 5050, GET(ID2) REP48B MHAE);
	const dsmipv4_binding_t *b = binding_of(t, some, COA_ADDR);
	g_assert_cmpuint(some->n_prefixes, ==, 1);
	expect_prefix(b, 48, BITS48B, DSMIPV4_PREFIX_ACTIVE, 1);
	g_assert_null(prefix_of(b, 255, BITS_LL));
	talk(t, MN_HA, 9000, ASK(ID3) MHAE);
	const dsmipv4_event_t *none = talk(t, HA_MN, 9050, GET(ID3) MHAE);
	b = binding_of(t, none, COA_ADDR);
	g_assert_nonnull(b); // the home address itself stays registered
	g_assert_cmpuint(none->n_prefixes, ==, 0);
	g_assert_cmpuint(dsmipv4_binding_request(b)->n_prefixes, ==, 0);
}

// A denied request that omits a prefix removes nothing.
CASE(test_omission_denied)
{
	registered(t, 0);
	talk(t, MN_HA, 5000, ASK(ID2) REQ48B MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 5050, RRP_ID("81", "0000", HOA, HA, ID2) MHAE);
	expect_prefix(binding_of(t, e, COA_ADDR), 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
}

CASE(test_prefix_states)
{
	talk(t, MN_HA, 0,
	     ASK(ID1) REQ48 REQ48B REQ("30", "20010db8000c0000 00000000 00000001")
		     REQ("40", "20010db8000d0000 0000000000000000") MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50,
					GET(ID1) REP("07", "30", P48) REP("ff", "30", P48B)
						REP("01", "30", "20010db8000c0000 0000000000000000") MHAE);
	const dsmipv4_binding_t *b = binding_of(t, e, COA_ADDR);
	expect_prefix(b, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 7);             // reserved for acceptance
	expect_prefix(b, 48, BITS48B, DSMIPV4_PREFIX_REFUSED, 255);         // reserved for rejection
	expect_prefix(b, 48, 0x20010db8000c0000, DSMIPV4_PREFIX_ACTIVE, 1); // Host bits do not count
	expect_prefix(b, 64, 0x20010db8000d0000, DSMIPV4_PREFIX_IGNORED, 0);
	g_assert_cmpuint(e->n_prefixes, ==, 4);
}

// A reply for /48 answers no request for /64, where both were asked (RFC 5454 3.3: prefixes).
CASE(test_prefix_of_another_length)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ("40", P48) REQ("40", P64) MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	const dsmipv4_binding_t *b = binding_of(t, e, COA_ADDR);
	expect_prefix(b, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
	expect_prefix(b, 64, BITS48, DSMIPV4_PREFIX_IGNORED, 0);
	expect_prefix(b, 64, BITS64, DSMIPV4_PREFIX_IGNORED, 0);
}

// rep_len_mismatch: alone, it is the answer to the request with equal bits.
CASE(test_prefix_answered_with_another_length)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP("01", "40", P48) MHAE);
	expect_prefix(binding_of(t, e, COA_ADDR), 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
}

// A prefix nobody asked for is not registered.
CASE(test_prefix_not_requested)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP48 REP48B MHAE);
	g_assert_null(prefix_of(binding_of(t, e, COA_ADDR), 48, BITS48B));
}

CASE(test_simultaneous)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 1050, GET(ID2) REP48 MHAE);
	g_assert_cmpuint(talk_count(t, b), ==, 2);
	g_assert_true(binding_of(t, b, COA_ADDR) == a->binding);
	// Refreshing one keeps the other, if S is set again.
	talk(t, MN2_HA, 300000, ASK2_S(ID3) REQ48 MODE MHAE);
	const dsmipv4_event_t *c = talk(t, HA_MN2, 300050, GET(ID3) REP48 MHAE);
	g_assert_cmpuint(talk_count(t, c), ==, 2);
	g_assert_true(binding_of(t, c, COA2_ADDR)->before == b->binding);
	g_assert_true(binding_of(t, c, COA_ADDR) == a->binding);
	g_assert_cmpint(expiry(binding_of(t, c, COA_ADDR)), ==, BEGIN + 600050 * MS);
}

// Bits beyond its length are no part of a prefix (RFC 4291 2.3).
CASE(test_bits_beyond_a_prefix)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ("30", "20010db8000a0001 0000000000000001") MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, GET(ID1) REP("00", "30", P48) MHAE);
	const dsmipv4_binding_t *b = binding_of(t, e, COA_ADDR);
	static const uint8_t bytes[16] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a};
	g_assert_cmpuint(b->reply->n_prefixes, ==, 1);
	expect_prefix(b, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 0);
	g_assert_cmpmem(b->reply->prefixes[0].prefix.bytes, 16, bytes, 16);
	talk(t, MN_HA, 1000, ASK(ID2) REQ("2d", "20010db8000f0001 0000000000000001") MHAE); // 45 bits: 0008
	e = talk(t, HA_MN, 1050, GET(ID2) REP("00", "2d", "20010db8000f0001 0000000000000001") MHAE);
	expect_prefix(binding_of(t, e, COA_ADDR), 45, 0x20010db800080000u, DSMIPV4_PREFIX_ACTIVE, 0);
}

// More care-of addresses than any agent keeps: the oldest goes.
CASE(test_most_bindings)
{
	const dsmipv4_event_t *reply = NULL;
	for (unsigned i = 0; i <= DSMIPV4_MOST_BINDINGS; i++) {
		hop_t up = {COA_ADDR + i, HA_ADDR, 434, 434}, down = {HA_ADDR, COA_ADDR + i, 434, 434};
		char *id = g_strdup_printf("e8fe6f%02x 0000 00%02x ", 0x80 + i, i + 1);
		char *coa = g_strdup_printf("%08x ", COA_ADDR + i);
		char *request = g_strconcat("01 a2 0258 ", HOA HA, coa, id, REQ48 MHAE, NULL);
		char *answer = g_strconcat("03 00 0258 ", HOA HA, id, REP48 MHAE, NULL);
		talk(t, up, 1000 * i, request);
		reply = talk(t, down, 1000 * i + 50, answer);
		g_assert_cmpuint(talk_count(t, reply), ==, MIN(i + 1, DSMIPV4_MOST_BINDINGS));
		g_free(id);
		g_free(coa);
		g_free(request);
		g_free(answer);
	}
	g_assert_null(binding_of(t, reply, COA_ADDR));
	g_assert_nonnull(binding_of(t, reply, COA_ADDR + 1));
	g_assert_true(binding_of(t, reply, COA_ADDR + DSMIPV4_MOST_BINDINGS)->reply == reply);
}

CASE(test_handoff)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 1050, GET(ID2) REP48 MHAE);
	g_assert_cmpuint(talk_count(t, b), ==, 1);
	g_assert_null(binding_of(t, b, COA_ADDR));
	g_assert_cmpint(a->binding->removal, ==, DSMIPV4_REMOVED_REPLACED);
	g_assert_true(a->binding->removed_by == b);
	g_assert_true(b->binding->created == b && b->binding->before == a->binding);
}

// S, but code 1: simultaneous bindings unsupported, the others go.
CASE(test_code_1)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 1050, RRP_ID("01", "0258", HOA, HA, ID2) REP48 MHAE);
	g_assert_cmpuint(talk_count(t, b), ==, 1);
	g_assert_nonnull(binding_of(t, b, COA2_ADDR));
	g_assert_cmpint(a->binding->removal, ==, DSMIPV4_REMOVED_REPLACED);
}

// Without S it says nothing and is normal.
CASE(test_code_1_without_s)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, RRP_ID("01", "0258", HOA, HA, ID1) REP48 MHAE);
	expect_prefix(binding_of(t, e, COA_ADDR), 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 1);
}

// What a registration with NAT traversal leaves: who asked, with which flags, from where.
CASE(test_nat_traversal)
{
	talk(t, NAT_HA, 0, BEHIND_NAT REQ48 MODE "90 06 00 00 40(R) 00 0000" MHAE);
	const dsmipv4_event_t *e = talk(t, HA_NAT, 50, ACCEPTED REP48 UTRP MHAE);
	const dsmipv4_event_t *request = dsmipv4_binding_request(binding_of(t, e, PRIVATE_ADDR));
	g_assert_cmpint(request->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_MN);
	g_assert_cmpuint(request->tunnel_flags, ==, 1);
	g_assert_cmphex(request->src, ==, NAT_ADDR);
	talk(t, MN_HA, 5000, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *plain = talk(t, HA_MN, 5050, GET(ID2) REP48 MHAE);
	g_assert_cmpint(dsmipv4_binding_request(plain->binding)->tunnel_asked, ==, DSMIPV4_TUNNEL_NOT_ASKED);
}

// Lifetime 0 granted.

CASE(test_zero_granted)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) REQ48B MODE MHAE);
	talk(t, HA_MN2, 1050, GET(ID2) REP48B MHAE);
	talk(t, MN_HA, 5000, ASK(ID3) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 5050, RRP_ID("00", "0000", HOA, HA, ID3) MHAE);
	g_assert_null(binding_of(t, e, COA_ADDR));
	g_assert_nonnull(binding_of(t, e, COA2_ADDR)); // as deregistration of that care-of address
	g_assert_cmpint(a->binding->removal, ==, DSMIPV4_REMOVED_ZERO_GRANTED);
	g_assert_null(e->binding);
}

CASE(test_one_second_granted)
{
	talk(t, MN_HA, 0, ASK(ID1) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, RRP_ID("00", "0001", HOA, HA, ID1) MHAE);
	g_assert_cmpint(expiry(binding_of(t, e, COA_ADDR)), ==, BEGIN + 1050 * MS);
}

// Duplicates.

CASE(test_duplicate_keeps_expiry)
{
	talk(t, MN_HA, 0, ASK(NONCE1) REQ48 MODE MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 50, GET(NONCE1) REP48 MHAE);
	talk(t, MN_HA, 10000, ASK(NONCE1) REQ48 MODE MHAE);
	const dsmipv4_event_t *again = talk(t, HA_MN, 10050, GET(NONCE1) REP48 MHAE);
	g_assert_true(again->first == reply);
	g_assert_true(binding_of(t, again, COA_ADDR)->reply == reply);
	g_assert_cmpint(expiry(binding_of(t, again, COA_ADDR)), ==, BEGIN + 600050 * MS);
	g_assert_cmpuint(reply->node->n_versions, ==, 1);
}

// Nonces: the agent's own half is new in each reply, the request is the same.
CASE(test_duplicate_with_other_nonce)
{
	talk(t, MN_HA, 0, ASK(NONCE1) REQ48 MODE MHAE);
	talk(t, HA_MN, 50, GET("aaaaaaaa 9abcdef0") REP48 MHAE);
	talk(t, MN_HA, 10000, ASK(NONCE1) REQ48 MODE MHAE);
	const dsmipv4_event_t *again = talk(t, HA_MN, 10050, GET("bbbbbbbb 9abcdef0") REP48 MHAE);
	g_assert_cmpint(expiry(binding_of(t, again, COA_ADDR)), ==, BEGIN + 600050 * MS);
}

// The same care-of address with a new identification is a new registration.
CASE(test_refresh_is_no_duplicate)
{
	registered(t, 0);
	talk(t, MN_HA, 10000, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 10050, GET(ID2) REP48 MHAE);
	g_assert_cmpint(expiry(binding_of(t, e, COA_ADDR)), ==, BEGIN + 610050 * MS);
}

// ident_reuse: with another care-of address it is another registration, though the number is the same.
CASE(test_reuse_is_no_duplicate)
{
	talk(t, MN_FA, 0, VIA_FA MHAE);
	talk(t, FA_MN, 50, ACCEPTED MHAE);
	talk(t, MN_FA, 10000, RRQ("02", "0258", HOA, HA, "cb00710a") MHAE);
	const dsmipv4_event_t *e = talk(t, FA_MN, 10050, ACCEPTED MHAE);
	g_assert_nonnull(binding_of(t, e, 0xcb00710a));
}

// Expiry.

CASE(test_expiry)
{
	const dsmipv4_binding_t *b = registered(t, 0)->binding;
	g_assert_true(dsmipv4_binding_is_live(b, BEGIN + 50 * MS, 0));
	g_assert_true(dsmipv4_binding_is_live(b, BEGIN + 600050 * MS, 0));
	g_assert_false(dsmipv4_binding_is_live(b, BEGIN + 600050 * MS + 1, 0));
	g_assert_true(dsmipv4_binding_is_live(b, BEGIN + 602050 * MS, 2000 * MS));
	g_assert_false(dsmipv4_binding_is_live(b, BEGIN + 602051 * MS, 2000 * MS));
}

// A lifetime without end.
CASE(test_infinite)
{
	talk(t, MN_HA, 0, RRQ_ID("22", "ffff", HOA, HA, COA, ID1) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 50, RRP_ID("00", "ffff", HOA, HA, ID1) MHAE);
	g_assert_cmpint(expiry(e->binding), ==, INT64_MAX);
	g_assert_true(dsmipv4_binding_is_live(e->binding, INT64_MAX, 0));
	talk(t, MN_HA, 1000, RRQ_ID("22", "fffe", HOA, HA, COA, ID2) MHAE);
	e = talk(t, HA_MN, 1050, RRP_ID("00", "fffe", HOA, HA, ID2) MHAE);
	g_assert_cmpint(expiry(e->binding), ==, BEGIN + (1050 + INT64_C(65534000)) * MS);
}

// RFC 3344 4.2.3: of several bindings only the expired one ends, and it stays known.
CASE(test_expiry_of_one)
{
	registered(t, 0);
	talk(t, MN2_HA, 500000, ASK2_S(ID2) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN2, 500050, GET(ID2) MHAE);
	g_assert_false(dsmipv4_binding_is_live(binding_of(t, e, COA_ADDR), BEGIN + 700000 * MS, 0));
	g_assert_true(dsmipv4_binding_is_live(binding_of(t, e, COA2_ADDR), BEGIN + 700000 * MS, 0));
}

// Revocation. This does not fix when exactly the binding ends between revocation and acknowledgment.

static const hop_t HA_TO_MN_434 = {HA_ADDR, COA_ADDR, 434, 434}, MN_TO_HA_434 = {COA_ADDR, HA_ADDR, 434, 434};

CASE(test_revocation)
{
	const dsmipv4_event_t *a = registered(t, 0);
	const dsmipv4_event_t *revocation = talk(t, HA_TO_MN_434, 9000, REVOCATION MHAE);
	const dsmipv4_event_t *ack = talk(t, MN_TO_HA_434, 9050, REVOCATION_ACK MHAE);
	g_assert_true(revocation->node == a->node && ack->node == a->node);
	g_assert_cmpuint(talk_count(t, ack), ==, 0);
	g_assert_cmpint(a->binding->removal, ==, DSMIPV4_REMOVED_REVOKED);
	g_assert_true(a->binding->removed_by == revocation || a->binding->removed_by == ack);
}

CASE(test_revocation_by_foreign_agent)
{
	talk(t, FA_HA, 0, VIA_FA MHAE);
	const dsmipv4_event_t *a = talk(t, HA_FA, 50, ACCEPTED MHAE);
	talk(t, FA_HA, 9000, REVOCATION_OF(HOA, HA, FA) MHAE FHAE);
	const dsmipv4_event_t *ack = talk(t, HA_FA, 9050, REVOCATION_ACK FHAE);
	g_assert_true(ack->node == a->node);
	g_assert_cmpuint(talk_count(t, ack), ==, 0);
}

CASE(test_revocation_without_acknowledgement)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, HA_TO_MN_434, 9000, REVOCATION MHAE);
	talk(t, MN2_HA, 12000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) MHAE); // another node, 3 s later
	g_assert_cmpuint(talk_count(t, a), ==, 0);
}

// Only the binding of the foreign domain address, not the others of the node.
CASE(test_revocation_of_one)
{
	registered(t, 0);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN2, 1050, GET(ID2) MHAE);
	talk(t, HA_TO_MN_434, 9000, REVOCATION MHAE);
	g_assert_nonnull(binding_of(t, b, COA2_ADDR));
	talk(t, MN_TO_HA_434, 9050, REVOCATION_ACK MHAE);
	g_assert_null(binding_of(t, b, COA_ADDR));
	g_assert_nonnull(binding_of(t, b, COA2_ADDR));
	g_assert_cmpint(b->binding->removal, ==, DSMIPV4_REMOVED_NOT);
}

// What was registered after the revocation is not what it revoked.
CASE(test_revocation_acknowledged_late)
{
	registered(t, 0);
	talk(t, HA_TO_MN_434, 9000, REVOCATION MHAE);
	talk(t, MN_HA, 9010, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 9020, GET(ID2) REP48 MHAE);
	talk(t, MN_TO_HA_434, 9050, REVOCATION_ACK MHAE);
	g_assert_true(binding_of(t, e, COA_ADDR) == e->binding);
}

// Another node's binding, another home agent's, or none that is known.
CASE(test_revocation_of_others)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, HA_TO_MN_434, 9000, REVOCATION_OF(HOA2, HA, COA) MHAE);
	talk(t, HA_TO_MN_434, 9010, REVOCATION_OF(HOA, HA2, COA) MHAE);
	talk(t, HA_TO_MN_434, 9020, REVOCATION_OF(HOA, HA, COA2) MHAE);
	g_assert_true(binding_of(t, a, COA_ADDR) == a->binding);
	g_assert_null(talk(t, HA_TO_MN_434, 9030, REVOCATION_OF(NO_ADDRESS, HA, COA) MHAE)->node);
}

#define REVOKE(hoa, id) "07 00 8000(A) " hoa HA COA id
#define ACKNOWLEDGE(hoa, id) "0f 00 0000 " hoa id

// The acknowledgment copies identifier and home address (RFC 3543 3.4). Nodes are revoked by the same identifier.
CASE(test_revocation_is_paired)
{
	const dsmipv4_event_t *a = talk(t, HA_TO_MN_434, 9000, REVOKE(HOA, "00000001"));
	const dsmipv4_event_t *b = talk(t, HA_TO_MN_434, 9001, REVOKE(HOA2, "00000001"));
	const dsmipv4_event_t *other = talk(t, HA_TO_MN_434, 9002, REVOKE(HOA, "00000002"));
	const dsmipv4_event_t *again = talk(t, HA_TO_MN_434, 10000, REVOKE(HOA, "00000001"));
	const dsmipv4_event_t *ack = talk(t, MN_TO_HA_434, 10050, ACKNOWLEDGE(HOA, "00000001"));
	g_assert_true(again->first == a && !b->first && !other->first);
	g_assert_true(ack->pair == again && ack->certain_pair && again->pair == ack && a->pair == ack);
	g_assert_true(!b->pair && !other->pair);
	g_assert_true(talk(t, MN_TO_HA_434, 10060, ACKNOWLEDGE(HOA2, "00000001"))->pair == b);
	g_assert_null(talk(t, MN_TO_HA_434, 10070, ACKNOWLEDGE(HOA, "00000003"))->pair);
	g_assert_null(talk(t, HA_TO_MN_434, 10080, ACKNOWLEDGE(HOA, "00000002"))->pair); // from the wrong end
	g_assert_null(talk(t, MN_TO_HA_434, 90000, ACKNOWLEDGE(HOA, "00000002"))->pair); // after more than a minute
}

// A request with the same low half of its identification is something else.
CASE(test_revocation_and_request)
{
	static const hop_t ha_mn = {HA_ADDR, COA_ADDR, 434, 40000};
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK("e8fe6f80 00000001") MHAE);
	const dsmipv4_event_t *revocation = talk(t, (hop_t){COA_ADDR, HA_ADDR, 434, 434}, 10, REVOKE(HOA, "00000001"));
	g_assert_true(talk(t, ha_mn, 50, GET("e8fe6f80 00000001") MHAE)->pair == request);
	g_assert_true(talk(t, HA_TO_MN_434, 60, ACKNOWLEDGE(HOA, "00000001"))->pair == revocation);
}

CASE(test_revocation_of_nothing)
{
	talk(t, MN_HA, 0, ASK(ID1) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_TO_MN_434, 9000, REVOCATION MHAE);
	g_assert_nonnull(e->node);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
}

#define ZERO_LIFETIME "zero lifetime "

void add_state_tests(void)
{
	ADD("denial keeps binding", test_denial_keeps_binding);
	ADD("denial makes nothing", test_denial_makes_nothing);
	ADD("denial 133 clears maximum", test_denial_133_clears_maximum);
	ADD("denial 69 offers", test_denial_69_offers);
	ADD(ZERO_LIFETIME "at home removes all", test_zero_lifetime_at_home_removes_all);
	ADD(ZERO_LIFETIME "for one", test_zero_lifetime_for_one);
	ADD(ZERO_LIFETIME "not accepted", test_zero_lifetime_not_accepted);
	ADD(ZERO_LIFETIME "answered with lifetime", test_zero_lifetime_answered_with_lifetime);
	ADD("accept creates", test_accept_creates);
	ADD("accept refreshes", test_accept_refreshes);
	ADD("accept after expiry", test_accept_after_expiry);
	ADD("accept replaces prefixes", test_accept_replaces_prefixes);
	ADD("omission", test_omission);
	ADD("omission denied", test_omission_denied);
	ADD("prefix states", test_prefix_states);
	ADD("prefix of another length", test_prefix_of_another_length);
	ADD("prefix answered with another length", test_prefix_answered_with_another_length);
	ADD("prefix not requested", test_prefix_not_requested);
	ADD("simultaneous", test_simultaneous);
	ADD("bits beyond a prefix", test_bits_beyond_a_prefix);
	ADD("most bindings", test_most_bindings);
	ADD("handoff", test_handoff);
	ADD("code 1", test_code_1);
	ADD("code 1 without S", test_code_1_without_s);
	ADD("NAT traversal", test_nat_traversal);
	ADD("zero granted", test_zero_granted);
	ADD("one second granted", test_one_second_granted);
	ADD("duplicate keeps expiry", test_duplicate_keeps_expiry);
	ADD("duplicate with other nonce", test_duplicate_with_other_nonce);
	ADD("refresh is no duplicate", test_refresh_is_no_duplicate);
	ADD("reuse is no duplicate", test_reuse_is_no_duplicate);
	ADD("expiry", test_expiry);
	ADD("infinite", test_infinite);
	ADD("expiry of one", test_expiry_of_one);
	ADD("revocation", test_revocation);
	ADD("revocation by foreign agent", test_revocation_by_foreign_agent);
	ADD("revocation without acknowledgement", test_revocation_without_acknowledgement);
	ADD("revocation of one", test_revocation_of_one);
	ADD("revocation acknowledged late", test_revocation_acknowledged_late);
	ADD("revocation of others", test_revocation_of_others);
	ADD("revocation is paired", test_revocation_is_paired);
	ADD("revocation and request", test_revocation_and_request);
	ADD("revocation of nothing", test_revocation_of_nothing);
}
