// SPDX-License-Identifier: GPL-2.0-or-later
// The overlap check at each activation (RFC 5454 3.3). The rule's rows are in
// test_rules_exchange.c; here is what the table itself finds.
#include "table.h"

#define ASK_AS(hoa, id) RRQ_ID("22", "0258", hoa, HA, COA2, id)
#define GET_AS(hoa, id) RRP_ID("00", "0258", hoa, HA, id)

// The binding that the reply's first prefix collides with.
static const dsmipv4_binding_t *collision(const dsmipv4_event_t *reply)
{
	return reply->overlaps ? reply->overlaps[0].binding : NULL;
}

// Another node asks for 2001:db8:a:1::/64 and gets it.
static const dsmipv4_event_t *other_gets_64(talk_t *t, int64_t at)
{
	talk(t, MN2_HA, at, ASK_AS(HOA2, ID4) REQ("40", P64) MODE MHAE);
	return talk(t, HA_MN2, at + 50, GET_AS(HOA2, ID4) REP("01", "40", P64) MHAE);
}

CASE(test_live)
{
	const dsmipv4_event_t *a = registered(t, 0), *b = other_gets_64(t, 5000);
	g_assert_true(collision(b) == a->binding);
	g_assert_null(a->overlaps);
	g_assert_nonnull(b->binding); // it is registered all the same
}

CASE(test_last_moment)
{
	const dsmipv4_event_t *a = registered(t, 0);
	g_assert_true(collision(other_gets_64(t, 600000)) == a->binding);
}

CASE(test_expired)
{
	registered(t, 0);
	g_assert_null(other_gets_64(t, 600001)->overlaps);
}

CASE(test_infinite_overlap)
{
	talk(t, MN_HA, 0, RRQ_ID("22", "ffff", HOA, HA, COA, ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *a = talk(t, HA_MN, 50, RRP_ID("00", "ffff", HOA, HA, ID1) REP48 MHAE);
	g_assert_true(collision(other_gets_64(t, INT64_C(900000000))) == a->binding);
}

CASE(test_deregistered)
{
	registered(t, 0);
	talk(t, MN_HA, 2000, RRQ_ID("22", "0000", HOA, HA, COA, ID2) MHAE);
	talk(t, HA_MN, 2050, RRP_ID("00", "0000", HOA, HA, ID2) MHAE);
	g_assert_null(other_gets_64(t, 5000)->overlaps);
}

CASE(test_revoked)
{
	static const hop_t ha_mn = {HA_ADDR, COA_ADDR, 434, 434}, mn_ha = {COA_ADDR, HA_ADDR, 434, 434};
	registered(t, 0);
	talk(t, ha_mn, 2000, REVOCATION MHAE);
	talk(t, mn_ha, 2050, REVOCATION_ACK MHAE);
	g_assert_null(other_gets_64(t, 5000)->overlaps);
}

CASE(test_left_out)
{
	registered(t, 0);
	talk(t, MN_HA, 2000, ASK(ID2) MHAE);
	talk(t, HA_MN, 2050, GET(ID2) MHAE);
	g_assert_null(other_gets_64(t, 5000)->overlaps);
}

CASE(test_moved)
{
	registered(t, 0);
	talk(t, MN2_HA, 2000, ASK2(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *moved = talk(t, HA_MN2, 2050, GET(ID2) REP48 MHAE);
	g_assert_null(moved->overlaps);
	g_assert_true(collision(other_gets_64(t, 5000)) == moved->binding);
}

CASE(test_same_node)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ48 REQ("40", P64) MODE MHAE);
	g_assert_null(talk(t, HA_MN, 50, GET(ID1) REP48 REP("01", "40", P64) MHAE)->overlaps);
	talk(t, MN2_HA, 2000, ASK2_S(ID2) REQ48 MODE MHAE);
	g_assert_null(talk(t, HA_MN2, 2050, GET(ID2) REP48 MHAE)->overlaps);
}

CASE(test_link_local)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ_LL MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP_LL MHAE);
	talk(t, MN2_HA, 2000, ASK_AS(HOA2, ID2) REQ_LL MHAE);
	g_assert_null(talk(t, HA_MN2, 2050, GET_AS(HOA2, ID2) REP_LL MHAE)->overlaps);
}

// A senseless length names no prefix, and breaks nothing.
CASE(test_senseless_length)
{
	talk(t, MN_HA, 0, ASK(ID1) REQ("81(129)", P48) REQ("fe(254)", P48) MHAE);
	g_assert_null(talk(t, HA_MN, 50, GET(ID1) REP("00", "81", P48) REP("00", "fe", P48) MHAE)->overlaps);
	talk(t, MN2_HA, 2000, ASK_AS(HOA2, ID2) REQ("81(129)", P48) MHAE);
	g_assert_null(talk(t, HA_MN2, 2050, GET_AS(HOA2, ID2) REP("00", "81", P48) MHAE)->overlaps);
}

CASE(test_everything)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 2000, ASK_AS(HOA2, ID2) REQ("00", "0000000000000000 0000000000000000") MHAE);
	const dsmipv4_event_t *b =
		talk(t, HA_MN2, 2050, GET_AS(HOA2, ID2) REP("00", "00", "0000000000000000 0000000000000000") MHAE);
	g_assert_true(collision(b) == a->binding);
}

CASE(test_insignificant_bits)
{
	const dsmipv4_event_t *a = registered(t, 0);
	talk(t, MN2_HA, 2000, ASK_AS(HOA2, ID2) REQ("30", "20010db8000affff ffffffffffffffff") MHAE);
	const dsmipv4_event_t *b =
		talk(t, HA_MN2, 2050, GET_AS(HOA2, ID2) REP("00", "30", "20010db8000affff ffffffffffffffff") MHAE);
	g_assert_true(collision(b) == a->binding);
}

// The node that once held the same prefix, and those in between, do not hide the one that does now.
CASE(test_later_holder)
{
	registered(t, 0);
	talk(t, MN_HA, 1000, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE);
	talk(t, HA_MN, 1050, RRP_ID("00", "0000", HOA, HA, ID2) MHAE);
	const dsmipv4_event_t *holder = other_gets_64(t, 2000);
	talk(t, MN_HA, 3000, ASK(ID3) REQ48 MODE MHAE);
	g_assert_true(collision(talk(t, HA_MN, 3050, GET(ID3) REP48 MHAE)) == holder->binding);
}

#define N_MANY 300

// The 300th prefix of one message collides: its index, and the rule's words, are right.
CASE(test_many_prefixes)
{
	other_gets_64(t, 0);
	GString *request = g_string_new(ASK(ID1)), *reply = g_string_new(GET(ID1));
	for (unsigned i = 0; i < N_MANY; i++) {
		const char *last = i + 1 == N_MANY ? "20010db8000a0001" : NULL;
		char *bits = last ? g_strdup(last) : g_strdup_printf("20010db8%04x0000", 0x1000 + i);
		g_string_append_printf(request, "98 12 01 40 %s 0000000000000000", bits);
		g_string_append_printf(reply, "98 14 02 00 40 00 %s 0000000000000000", bits);
		g_free(bits);
	}
	g_string_append(request, MHAE);
	g_string_append(reply, MHAE);
	talk(t, MN_HA, 1000, request->str);
	const dsmipv4_event_t *e = talk(t, HA_MN, 1050, reply->str);
	g_assert_nonnull(e->overlaps);
	const dsmipv4_verdicts_t *v = talk_judge(t, NULL);
	g_assert_cmpint(v->verdict[DSMIPV4_RULE_prefix_overlap], ==, DSMIPV4_BROKEN);
	const dsmipv4_finding_t *f = wmem_array_get_raw(v->findings);
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		if (f[i].rule != DSMIPV4_RULE_prefix_overlap)
			continue;
		g_assert_cmpuint(f[i].offset, ==, 20 + (N_MANY - 1) * 22 + 6);
		g_assert_true(g_str_has_prefix(f[i].words, "2001:db8:a:1::/64 overlaps"));
	}
	g_string_free(request, TRUE);
	g_string_free(reply, TRUE);
}

#define OVERLAP "overlap: "

void add_overlap_tests(void)
{
	ADD(OVERLAP "live", test_live);
	ADD(OVERLAP "last moment", test_last_moment);
	ADD(OVERLAP "expired", test_expired);
	ADD(OVERLAP "infinite", test_infinite_overlap);
	ADD(OVERLAP "deregistered", test_deregistered);
	ADD(OVERLAP "revoked", test_revoked);
	ADD(OVERLAP "left out", test_left_out);
	ADD(OVERLAP "moved", test_moved);
	ADD(OVERLAP "same node", test_same_node);
	ADD(OVERLAP "link-local", test_link_local);
	ADD(OVERLAP "senseless length", test_senseless_length);
	ADD(OVERLAP "everything", test_everything);
	ADD(OVERLAP "insignificant bits", test_insignificant_bits);
	ADD(OVERLAP "later holder", test_later_holder);
	ADD(OVERLAP "many prefixes", test_many_prefixes);
}
