// SPDX-License-Identifier: GPL-2.0-or-later
// Requests, their copies, and which reply answers which (RFC 3344 3.6-3.8, 5.7; RFC 3519 4.4, 4.5).
#include "table.h"

// Everything in a request is stored.
CASE(test_pending)
{
	const dsmipv4_event_t *e = talk(t, MN_HA, 1234, RRQ("aa(S,D,G,T)", "0258", HOA, HA, COA) REQ48 MODE UTRQ MHAE);
	g_assert_cmpint(e->type, ==, DSMIPV4_REGISTRATION_REQUEST);
	g_assert_cmpint(e->time, ==, BEGIN + 1234 * MS);
	g_assert_cmpuint(e->frame, ==, 1);
	g_assert_cmphex(e->id, ==, 0xe8fe6f8000000001);
	g_assert_cmphex(e->hoa, ==, HOA_ADDR);
	g_assert_cmphex(e->ha, ==, HA_ADDR);
	g_assert_cmphex(e->coa, ==, COA_ADDR);
	g_assert_cmphex(e->src, ==, COA_ADDR);
	g_assert_cmphex(e->dst, ==, HA_ADDR);
	g_assert_cmpuint(e->sport, ==, 40000);
	g_assert_cmpuint(e->lifetime, ==, 600);
	g_assert_cmphex(e->flags, ==, 0xaa);
	g_assert_cmpint(e->leg, ==, DSMIPV4_LEG_MN_HA);
	g_assert_true(e->captured_whole && dsmipv4_has_timestamp(e) && e->mode_asked);
	g_assert_cmpint(e->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_MN);
	g_assert_cmpuint(e->n_prefixes, ==, 1);
	g_assert_true(!e->first && !e->relay_of && !e->pair && !state_after(e));
	g_assert_cmpuint(talk_count(t, e), ==, 0); // a request changes no binding
}

// A request alone leaves the bindings of the node as they are.
CASE(test_pending_changes_nothing)
{
	const dsmipv4_event_t *reply = registered(t, 0);
	const dsmipv4_event_t *e = talk(t, MN2_HA, 5000, ASK2(ID2) MHAE);
	g_assert_true(state_after(e) == state_after(reply));
	g_assert_true(talk_state(t, e) == state_after(reply));
	g_assert_nonnull(binding_of(t, e, COA_ADDR));
}

CASE(test_several_pending)
{
	const dsmipv4_event_t *a = talk(t, MN_HA, 0, ASK(ID1) REQ48 MHAE);
	const dsmipv4_event_t *b = talk(t, MN_HA, 1000, ASK(ID2) REQ48 MHAE);
	const dsmipv4_event_t *c = talk(t, MN_HA, 2000, ASK(ID3) REQ48 MHAE);
	g_assert_true(talk(t, HA_MN, 2100, GET(ID2) MHAE)->pair == b);
	g_assert_true(talk(t, HA_MN, 2200, GET(ID3) MHAE)->pair == c);
	g_assert_true(talk(t, HA_MN, 2300, GET(ID1) MHAE)->pair == a);
	g_assert_cmpuint(a->pair->frame, ==, 6);
	g_assert_cmpuint(b->pair->frame, ==, 4);
	g_assert_cmpuint(c->pair->frame, ==, 5);
	g_assert_true(c->previous == b && b->previous == a && !a->previous);
}

CASE(test_relay_copy)
{
	const dsmipv4_event_t *first = talk(t, MN_FA, 0, VIA_FA REQ48 MHAE EDS MFAE);
	const dsmipv4_event_t *copy = talk(t, FA_HA, 10, VIA_FA REQ48 MHAE FHAE);
	g_assert_null(first->relay_of);
	g_assert_true(copy->relay_of == first);
	g_assert_true(first->relayed == copy);
	g_assert_null(copy->first);
	g_assert_cmpint(first->leg, ==, DSMIPV4_LEG_MN_FA);
	g_assert_cmpint(copy->leg, ==, DSMIPV4_LEG_FA_HA);
}

// In a merged file the relayed copy may come first.
CASE(test_relay_copy_reversed)
{
	const dsmipv4_event_t *ha_side = talk(t, FA_HA, 0, VIA_FA REQ48 MHAE FHAE);
	const dsmipv4_event_t *reply = talk(t, HA_FA, 10, ACCEPTED REP("00", "30", P48) MHAE);
	const dsmipv4_event_t *mn_side = talk(t, MN_FA, 20, VIA_FA REQ48 MHAE);
	const dsmipv4_event_t *mn_reply = talk(t, FA_MN, 30, ACCEPTED REP("00", "30", P48) MHAE);
	g_assert_true(mn_side->relay_of == ha_side);
	g_assert_true(reply->pair == ha_side);
	g_assert_true(mn_reply->pair == mn_side);
	g_assert_true(mn_reply->relay_of == reply);
	g_assert_cmpuint(talk_count(t, reply), ==, 1);
	g_assert_true(binding_of(t, reply, FA_ADDR)->reply == reply);
}

CASE(test_retransmission)
{
	const dsmipv4_event_t *first = talk(t, MN_HA, 0, ASK(NONCE1) MHAE);
	const dsmipv4_event_t *second = talk(t, MN_HA, 1000, ASK(NONCE1) MHAE);
	const dsmipv4_event_t *third = talk(t, MN_HA, 3000, ASK(NONCE1) MHAE);
	g_assert_true(!first->first && second->first == first && third->first == first);
	g_assert_true(!second->relay_of && !third->relay_of);
	g_assert_cmpint(first->replay, ==, DSMIPV4_REPLAY_UNKNOWN);
	// The reply is linked to the last transmission before it, and all of them are answered.
	const dsmipv4_event_t *reply = talk(t, HA_MN, 3100, GET(NONCE1) MHAE);
	g_assert_true(reply->pair == third);
	g_assert_true(third->pair == reply);
	g_assert_true(first->pair == reply);
}

// The style of replay protection after each request of a node, with these high halves and times; a reply to each.
typedef struct {
	uint32_t high;
	int at; // seconds
	unsigned replay;
	uint8_t code; // of the reply; 255: none
} style_t;

static void expect_styles(talk_t *t, const style_t *styles, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const style_t *s = &styles[i];
		g_autofree char *request = g_strdup_printf(RRQ_ID("22", "0258", HOA, HA, COA, "%08x 000000%02x") MHAE,
							   s->high, (unsigned)i);
		g_autofree char *reply =
			g_strdup_printf("03 %02x 0258" HOA HA "%08x 000000%02x" MHAE, s->code, s->high, (unsigned)i);
		g_assert_cmpuint(talk(t, MN_HA, s->at * 1000, request)->replay, ==, s->replay);
		if (s->code != 255)
			talk(t, HA_MN, s->at * 1000 + 50, reply);
	}
}

#define TALK_CLOCK 0xe8fe6f80u // when talk() begins, as in the identification ID

CASE(test_replay)
{
	enum { UNKNOWN = DSMIPV4_REPLAY_UNKNOWN, STAMP = DSMIPV4_REPLAY_TIMESTAMP, NONCE = DSMIPV4_REPLAY_NONCE };
	static const style_t right_clock[] = {
		{TALK_CLOCK, 0, STAMP, 0}, {TALK_CLOCK + 60, 60, STAMP, 0}, {0x12345678, 120, STAMP, 0}};
	static const style_t wrong_clock[] = {
		{0x83aa7e80, 0, UNKNOWN, 0}, {0x83aa7e80 + 61, 60, STAMP, 0}, {0x12345678, 120, STAMP, 0}};
	static const style_t nonces[] = {
		{0x12345678, 0, UNKNOWN, 0}, {0xabcdef01, 60, NONCE, 0}, {TALK_CLOCK + 120, 120, NONCE, 0}};
	static const style_t same_nonce[] = {
		{0x12345678, 0, UNKNOWN, 0}, {0x12345678, 2, UNKNOWN, 0}, {0x12345678, 60, UNKNOWN, 0}};
	static const style_t counter[] = {{0x12345678, 0, UNKNOWN, 0}, {0x12345679, 300, UNKNOWN, 0}};
	static const style_t clock_set[] = {{0x83aa7e80, 0, UNKNOWN, 133},
					    {TALK_CLOCK - 2 * 86400, 10, UNKNOWN, 0},
					    {TALK_CLOCK - 2 * 86400 + 60, 70, STAMP, 0}};
	static const style_t one_direction[] = {{0x83aa7e80, 0, UNKNOWN, 255},
						{TALK_CLOCK - 2 * 86400, 10, UNKNOWN, 255}};
#define EXPECT(styles)                                                                                                 \
	expect_styles(t, styles, G_N_ELEMENTS(styles));                                                                \
	talk_end(t);                                                                                                   \
	talk_begin(t)
	EXPECT(right_clock);
	EXPECT(wrong_clock);
	EXPECT(nonces);
	EXPECT(same_nonce);
	EXPECT(counter);
	EXPECT(clock_set);
	EXPECT(one_direction);
}

// Retransmissions and copies have the style that was learned from other requests.
CASE(test_replay_of_copies)
{
	talk(t, MN_FA, 0, RRQ_ID("02", "0258", HOA, HA, FA, "12345678 00000001") MHAE);
	talk(t, FA_MN, 50, RRP_ID("00", "0258", HOA, HA, "12345678 00000001") MHAE);
	const dsmipv4_event_t *learned =
		talk(t, MN_FA, 60000, RRQ_ID("02", "0258", HOA, HA, FA, "abcdef01 00000002") MHAE);
	const dsmipv4_event_t *copy =
		talk(t, FA_HA, 60005, RRQ_ID("02", "0258", HOA, HA, FA, "abcdef01 00000002") MHAE);
	const dsmipv4_event_t *again =
		talk(t, MN_FA, 62000, RRQ_ID("02", "0258", HOA, HA, FA, "abcdef01 00000002") MHAE);
	g_assert_true(copy->relay_of == learned && again->first == learned);
	g_assert_cmpuint(learned->replay, ==, DSMIPV4_REPLAY_NONCE);
	g_assert_cmpuint(copy->replay, ==, DSMIPV4_REPLAY_NONCE);
	g_assert_cmpuint(again->replay, ==, DSMIPV4_REPLAY_NONCE);
}

// A request with the same header is a retransmission, even after the agent's copy of the first one.
CASE(test_retransmission_relayed)
{
	const dsmipv4_event_t *first = talk(t, MN_FA, 0, RRQ_ID("02", "0258", HOA, HA, FA, NONCE1) MHAE);
	const dsmipv4_event_t *copy = talk(t, FA_HA, 5, RRQ_ID("02", "0258", HOA, HA, FA, NONCE1) MHAE);
	const dsmipv4_event_t *again = talk(t, MN_FA, 2000, RRQ_ID("02", "0258", HOA, HA, FA, NONCE1) MHAE);
	const dsmipv4_event_t *copy_again = talk(t, FA_HA, 2005, RRQ_ID("02", "0258", HOA, HA, FA, NONCE1) MHAE);
	g_assert_true(!again->relay_of && again->first == first);
	g_assert_true(copy_again->relay_of == first && copy_again->first == copy);
	g_assert_true(first->relayed == copy);
}

CASE(test_next_request_is_no_copy)
{
	talk(t, MN_FA, 0, RRQ_ID("02", "0258", HOA, HA, FA, "e8fe6f80 00000001") MHAE);
	g_assert_null(talk(t, FA_HA, 10, RRQ_ID("02", "0258", HOA, HA, FA, "e8fe6f81 00000001") MHAE)->relay_of);
	g_assert_null(talk(t, MN_FA, 20, RRQ_ID("02", "0258", HOA, HA, FA, "e8fe6f81 00000002") MHAE)->relay_of);
	g_assert_null(talk(t, FA_HA, 30, RRQ_ID("02", "0258", HOA2, HA, FA, "e8fe6f80 00000001") MHAE)->relay_of);
	g_assert_null(talk(t, FA_HA, 40, RRQ_ID("02", "0258", HOA, HA2, FA, "e8fe6f80 00000001") MHAE)->relay_of);
}

// Each leg has its own exchange.
CASE(test_pairs_by_leg)
{
	const dsmipv4_event_t *mn_fa = talk(t, MN_FA, 0, VIA_FA REQ48 MHAE);
	const dsmipv4_event_t *fa_ha = talk(t, FA_HA, 20, VIA_FA REQ48 MHAE);
	const dsmipv4_event_t *ha_fa = talk(t, HA_FA, 50, ACCEPTED REP("00", "30", P48) MHAE);
	const dsmipv4_event_t *fa_mn = talk(t, FA_MN, 70, ACCEPTED REP("00", "30", P48) MHAE);
	g_assert_true(ha_fa->pair == fa_ha && fa_ha->pair == ha_fa);
	g_assert_true(fa_mn->pair == mn_fa && mn_fa->pair == fa_mn);
	g_assert_true(fa_mn->relay_of == ha_fa && ha_fa->relayed == fa_mn);
	g_assert_cmpuint(ha_fa->node->n_versions, ==, 1); // registered once
	g_assert_true(state_after(fa_mn) == state_after(ha_fa));
	g_assert_cmpint(expiry(binding_of(t, ha_fa, FA_ADDR)), ==, BEGIN + 50 * MS + 600000 * MS);
}

// A foreign agent answers a node without address by broadcast, or at its home address.
CASE(test_pairs_with_bare_node)
{
	const dsmipv4_event_t *request = talk(t, BARE_FA, 0, VIA_FA MHAE);
	g_assert_true(talk(t, FA_BARE, 50, ACCEPTED MHAE)->pair == request);
	const dsmipv4_event_t *next = talk(t, BARE_FA, 1000, RRQ_ID("02", "0258", HOA, HA, FA, ID2) MHAE);
	g_assert_true(talk(t, FA_MN, 1050, GET(ID2) MHAE)->pair == next);
}

// So it does where the node has no home address yet, with its NAI or without it.
CASE(test_pairs_with_nameless_node)
{
	const hop_t from_nobody = {0, 0xe000000bu, BARE_FA.sport, 434};
	const dsmipv4_event_t *request = talk(t, BARE_FA, 0, RRQ("02", "0258", NO_ADDRESS, HA, FA) NAI MHAE);
	const dsmipv4_event_t *denial = talk(t, FA_BARE, 50, RRP_ID("43(67)", "0000", NO_ADDRESS, HA, ID) MHAE);
	g_assert_true(denial->pair == request && denial->certain_pair && request->pair == denial);
	const dsmipv4_event_t *next = talk(t, BARE_FA, 1000, RRQ_ID("02", "0258", NO_ADDRESS, HA, FA, ID2) NAI MHAE);
	g_assert_true(talk(t, FA_BARE, 1050, RRP_ID("43(67)", "0000", NO_ADDRESS, HA, ID2) NAI MHAE)->pair == next);
	const dsmipv4_event_t *to_group =
		talk(t, from_nobody, 2000, RRQ_ID("02", "0258", NO_ADDRESS, HA, FA, ID3) NAI MHAE);
	g_assert_true(talk(t, FA_BARE, 2050, RRP_ID("43(67)", "0000", NO_ADDRESS, HA, ID3) MHAE)->pair == to_group);
	g_assert_null(talk(t, FA_BARE, 3050, RRP_ID("43(67)", "0000", NO_ADDRESS, HA, NONCE1) MHAE)->pair);
}

// If the request on the reply's leg was not captured, one on any leg will do.
CASE(test_pairs_with_other_leg)
{
	const dsmipv4_event_t *request = talk(t, MN_FA, 0, VIA_FA REQ48 MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_FA, 50, ACCEPTED REP("00", "30", P48) MHAE);
	g_assert_true(reply->pair == request);
	g_assert_true(dsmipv4_binding_request(binding_of(t, reply, FA_ADDR)) == request);
}

// RFC 3344 5.7: the high half of a reply's identification may be the home agent's own.
CASE(test_pairs_by_low_half)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(NONCE1) MHAE);
	g_assert_true(talk(t, HA_MN, 50, GET("99999999 9abcdef0") MHAE)->pair == request);
	talk(t, MN_HA, 1000, ASK(ID2) MHAE);
	g_assert_cmpuint(talk_count(t, request), ==, 1);
}

CASE(test_pairs_through_nat)
{
	const dsmipv4_event_t *request = talk(t, NAT_HA, 0, BEHIND_NAT REQ48 UTRQ MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_NAT, 50, ACCEPTED REP48 UTRP MHAE);
	g_assert_true(reply->pair == request);
	g_assert_cmphex(request->coa, ==, PRIVATE_ADDR);
	g_assert_cmphex(request->src, ==, NAT_ADDR); // with request->sport the effective care-of address
	g_assert_cmpuint(request->sport, ==, 61000);
	g_assert_nonnull(binding_of(t, reply, PRIVATE_ADDR));
}

CASE(test_does_not_pair)
{
	talk(t, MN_HA, 0, ASK(ID1) MHAE);
	g_assert_null(talk(t, HA_MN, 10, RRP_ID("00", "0258", HOA2, HA, ID2) MHAE)->pair);
	g_assert_null(talk(t, HA_MN, 20, RRP_ID("00", "0258", HOA, HA2, ID2) MHAE)->pair);
	const dsmipv4_event_t *late = talk(t, HA_MN, 60001, GET(ID1) MHAE);
	g_assert_null(late->pair);
	g_assert_true(late->unsolicited);
}

// The clocks of two places of capture differ; by more than a minute it is no answer.
CASE(test_reply_before_its_request)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 60000, ASK(ID1) MHAE);
	g_assert_true(talk(t, HA_MN, 0, GET(ID1) MHAE)->pair == request);
	talk(t, MN2_HA, 60001, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) MHAE);
	g_assert_null(talk(t, HA_MN2, 0, RRP_ID("00", "0258", HOA2, HA, ID2) MHAE)->pair);
}

// With nonces, each reply comes a little before its request. The second is not a wrong answer to the first request.
CASE(test_replies_before_their_requests)
{
	talk(t, MN_HA, 0, ASK("11111111 00010203 ") MHAE);
	talk(t, HA_MN, 50, GET("22222222 00010203 ") MHAE);
	talk(t, HA_MN, 1000, GET("33333333 00040506 ") MHAE);
	const dsmipv4_event_t *request = talk(t, MN_HA, 1001, ASK("22222222 00040506 ") MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 2000, GET("44444444 00070809 ") REP48 MHAE);
	g_assert_null(reply->pair);
	g_assert_null(request->pair);
	g_assert_true(binding_of(t, reply, 0)->reply == reply);
}

// A node may send the next request after a second. A reply with another identification that comes later than that
// answers this next one, which was not captured, and tells where the node is registered.
CASE(test_reply_to_a_lost_request)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 1050, GET(ID2) REP48 MHAE);
	g_assert_null(request->pair);
	g_assert_false(reply->certain_pair);
	g_assert_true(binding_of(t, reply, 0)->reply == reply);
	const dsmipv4_event_t *answer = talk(t, HA_MN, 1100, GET(ID1) REP48 MHAE); // late, but its own
	g_assert_true(request->pair == answer);
	g_assert_true(binding_of(t, answer, COA_ADDR)->reply == answer);
}

CASE(test_reply_that_miscopies)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 850, GET(ID2) REP48 MHAE);
	g_assert_true(reply->pair == request && request->pair == reply);
	g_assert_cmpuint(talk_count(t, reply), ==, 0);
}

// The second reply is captured a little before its request, while the first request has no answer.
CASE(test_reply_before_its_request_and_another_open)
{
	const dsmipv4_event_t *open = talk(t, MN_HA, 0, ASK(ID1) REQ48 MODE MHAE);
	const dsmipv4_event_t *early = talk(t, HA_MN, 1010, GET(ID2) REP48 MHAE);
	const dsmipv4_event_t *request = talk(t, MN_HA, 1020, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *later = talk(t, HA_MN, 2500, GET(ID3) REP48 MHAE);
	g_assert_null(open->pair);
	g_assert_null(request->pair);
	g_assert_false(early->certain_pair || later->certain_pair);
	g_assert_true(binding_of(t, later, 0)->reply == later);
}

CASE(test_first_reply_is_not_unsolicited)
{
	const dsmipv4_event_t *e = talk(t, HA_MN, 0, GET(ID1) REP48 MHAE);
	g_assert_null(e->pair);
	g_assert_false(e->unsolicited);
}

// A late answer to a request before the capture must not take the place of the true one.
CASE(test_true_answer_wins)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *stray = talk(t, HA_MN, 20, GET("e8fe6f70 00000077 ") REP48 MHAE);
	const dsmipv4_event_t *answer = talk(t, HA_MN, 50, GET(ID2) REP48 MHAE);
	g_assert_true(stray->pair == NULL || stray->pair == request);
	g_assert_true(answer->pair == request);
	g_assert_true(request->pair == answer);
	g_assert_true(binding_of(t, answer, COA_ADDR)->reply == answer);
}

// One that is paired by the low half of its identification alone does not make the true answer a late one.
CASE(test_late)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID2) REQ48 MODE MHAE);
	const dsmipv4_event_t *stray = talk(t, HA_MN, 20, GET("e8fe6f70 00000002 ") REP48 MHAE);
	const dsmipv4_event_t *answer = talk(t, HA_MN, 50, GET(ID2) REP48 MHAE);
	const dsmipv4_event_t *again = talk(t, HA_MN, 70, RRP_ID("80", "0000", HOA, HA, ID2) MHAE);
	g_assert_true(stray->pair == request && !stray->late);
	g_assert_true(answer->pair == request && !answer->late);
	g_assert_true(again->pair == request && again->late);
}

CASE(test_duplicate_reply)
{
	const dsmipv4_event_t *reply = registered(t, 0);
	const dsmipv4_event_t *copy = talk(t, HA_MN, 51, GET(ID1) REP48 MHAE);
	g_assert_true(copy->first == reply && !copy->relay_of);
	g_assert_true(state_after(copy) == state_after(reply));
	g_assert_null(copy->binding);
}

// A request that left its address open is found by its reply's header: once, and not another time.
CASE(test_header_leads_once)
{
	static const hop_t group = {COA_ADDR, 0xe000000b, 40000, 434};
	const dsmipv4_event_t *open = talk(t, MN_HA, 0, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) MHAE);
	const dsmipv4_event_t *to_all = talk(t, group, 10, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID2) MHAE);
	g_assert_true(talk(t, HA_MN, 50, GET(ID1) MHAE)->pair == open);
	g_assert_null(talk(t, HA_MN, 60, RRP_ID("00", "0258", HOA2, HA, ID1) MHAE)->pair);
	g_assert_true(talk(t, HA_MN, 70, GET(ID2) MHAE)->pair == to_all);
	g_assert_null(talk(t, HA_MN, 80, RRP_ID("00", "0258", HOA2, HA, ID2) MHAE)->pair);
	// Sent again after the answer it awaits one once more.
	const dsmipv4_event_t *again = talk(t, MN_HA, 90, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) MHAE);
	g_assert_true(talk(t, HA_MN, 100, RRP_ID("00", "0258", HOA2, HA, ID1) MHAE)->pair == again);
}

// The answered request hides the one to the group that has the same identification.
CASE(test_answered_hides_group)
{
	static const hop_t group = {COA_ADDR, 0xe000000b, 40000, 434};
	talk(t, group, 0, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) MHAE);
	const dsmipv4_event_t *open = talk(t, MN_HA, 10, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) MHAE);
	g_assert_true(talk(t, HA_MN, 50, GET(ID1) MHAE)->pair == open);
	g_assert_null(talk(t, HA_MN, 60, RRP_ID("00", "0258", HOA2, HA, ID1) MHAE)->pair);
}

// RFC 3519 4.4 counts from the Mobile-Home Authentication, whatever other authentication is there.
CASE(test_tunnel_asked)
{
	g_assert_cmpint(talk(t, MN_HA, 0, ASK(ID1) MHAE)->tunnel_asked, ==, DSMIPV4_TUNNEL_NOT_ASKED);
	g_assert_cmpint(talk(t, MN_HA, 1, ASK(ID2) MN_AAA UTRQ MHAE)->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_MN);
	const dsmipv4_event_t *fa = talk(t, FA_HA, 2, VIA_FA MHAE "90 06 00 00 c0(F,R) 00 0000");
	g_assert_cmpint(fa->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_FA);
	g_assert_cmpuint(fa->tunnel_flags, ==, 3);
	g_assert_cmpuint(talk(t, MN_HA, 3, ASK(ID3) "90 06 00 00 80(F) 00 0000" MHAE)->tunnel_flags, ==, 2);
}

// Nothing is known of a message that is cut inside its fixed part, is of another type, or does not
// travel over IPv4; and such a one leaves nothing behind.
CASE(test_nothing_to_say)
{
	g_assert_null(talk(t, MN_HA, 0, "01 22 0258" HOA HA COA "e8fe6f80 000000 | 01"));
	g_assert_null(talk(t, MN_HA, 1, TUNNEL_DATA "60"));
	g_assert_null(talk(t, MN_HA, 2, ""));
	dsmipv4_packet_t packet = {.src = COA_ADDR, .dst = HA_ADDR, .sport = 40000, .dport = 434, .time = TALK_BEGIN};
	hex_t hex = hex_parse(ASK(ID1) MHAE);
	g_assert_null(talk_packet(t, &packet, &hex, false));
	hex_free(&hex);
	g_assert_null(talk(t, HA_MN, 3, GET(ID1) MHAE)->pair);
}

// A message of a pcapng file may have any time; nothing may overflow.
CASE(test_any_time)
{
	static const int64_t seconds[] = {0,
					  -1,
					  1,
					  INT64_C(4294967295),
					  INT64_C(9223372036),
					  INT64_C(-9223372037),
					  INT64_C(9223372036854775),
					  INT64_MAX,
					  INT64_MIN};
	hex_t request = hex_parse(ASK(ID1) MHAE), reply = hex_parse(GET(ID1) MHAE);
	for (unsigned i = 0; i < G_N_ELEMENTS(seconds); i++) {
		dsmipv4_packet_t packet = {.ipv4 = true, .src = COA_ADDR, .dst = HA_ADDR, .time = seconds[i]};
		packet.nsecs = 999999999;
		g_assert_nonnull(talk_packet(t, &packet, &request, false));
		talk_judge(t, NULL);
		packet.src = HA_ADDR;
		packet.dst = COA_ADDR;
		g_assert_nonnull(talk_packet(t, &packet, &reply, false));
		talk_judge(t, NULL);
	}
	hex_free(&request);
	hex_free(&reply);
}

// Many nodes at once: each reply finds its own request.
CASE(test_many_nodes)
{
	for (unsigned i = 0; i < 1000; i++) {
		char *request = g_strdup_printf("01 22 0258 0a00%04x" HA COA "e8fe6f80 %08x" MHAE, i, i * 65536);
		talk(t, MN_HA, 0, request);
		g_free(request);
	}
	for (unsigned i = 0; i < 1000; i++) {
		char *reply = g_strdup_printf("03 00 0258 0a00%04x" HA "e8fe6f80 %08x" MHAE, i, i * 65536);
		char *stranger = g_strdup_printf("03 00 0258 0a01%04x" HA "e8fe6f80 %08x" MHAE, i, i * 65536 + 1);
		g_assert_cmpuint(talk(t, HA_MN, 50, reply)->pair->frame, ==, i + 1);
		g_assert_null(talk(t, HA_MN, 50, stranger)->pair);
		g_free(reply);
		g_free(stranger);
	}
}

void add_message_tests(void)
{
	ADD("reply before its request", test_reply_before_its_request);
	ADD("replies before their requests", test_replies_before_their_requests);
	ADD("reply to a lost request", test_reply_to_a_lost_request);
	ADD("reply that miscopies", test_reply_that_miscopies);
	ADD("reply before its request and another open", test_reply_before_its_request_and_another_open);
	ADD("late", test_late);
	ADD("pending", test_pending);
	ADD("pending changes nothing", test_pending_changes_nothing);
	ADD("several pending", test_several_pending);
	ADD("relay copy", test_relay_copy);
	ADD("relay copy in reverse order", test_relay_copy_reversed);
	ADD("retransmission", test_retransmission);
	ADD("replay protection", test_replay);
	ADD("replay protection of copies", test_replay_of_copies);
	ADD("retransmission relayed", test_retransmission_relayed);
	ADD("next request is no copy", test_next_request_is_no_copy);
	ADD("pairs by leg", test_pairs_by_leg);
	ADD("pairs with bare node", test_pairs_with_bare_node);
	ADD("pairs with nameless node", test_pairs_with_nameless_node);
	ADD("pairs with other leg", test_pairs_with_other_leg);
	ADD("pairs by low half", test_pairs_by_low_half);
	ADD("pairs through NAT", test_pairs_through_nat);
	ADD("does not pair", test_does_not_pair);
	ADD("first reply is not unsolicited", test_first_reply_is_not_unsolicited);
	ADD("true answer wins", test_true_answer_wins);
	ADD("duplicate reply", test_duplicate_reply);
	ADD("tunnel asked", test_tunnel_asked);
	ADD("nothing to say", test_nothing_to_say);
	ADD("any time", test_any_time);
	ADD("header leads once", test_header_leads_once);
	ADD("answered hides group", test_answered_hides_group);
	ADD("many nodes", test_many_nodes);
}
