// SPDX-License-Identifier: GPL-2.0-or-later
// Messages as large as UDP allows, with thousands of prefixes: what becomes of each. What they cost is tests/growth's.
#include "table.h"

#include <stdlib.h>
#include <string.h>

#define N_PREFIXES 2970 // the reply has 65 360 bytes

static void put32(uint8_t *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

// Behind the fixed part the prefixes 2001:<first + i as 32 bits>::/64.
static hex_t with_prefixes(const char *fixed_part, uint32_t first, bool reply)
{
	static const uint8_t request_head[] = {152, 18, 1, 64}, reply_head[] = {152, 20, 2, 0, 64, 0};
	size_t head_len = reply ? sizeof reply_head : sizeof request_head;
	hex_t hex = hex_parse(fixed_part);
	size_t len = hex.captured;
	hex.bytes = realloc(hex.bytes, len + N_PREFIXES * (head_len + 16));
	for (uint32_t i = 0; i < N_PREFIXES; i++) {
		uint8_t *ext = hex.bytes + len;
		memcpy(ext, reply ? reply_head : request_head, head_len);
		memset(ext + head_len, 0, 16);
		ext[head_len] = 0x20;
		ext[head_len + 1] = 0x01;
		put32(ext + head_len + 2, first + i);
		len += head_len + 16;
	}
	hex.captured = hex.reported = (uint32_t)len;
	return hex;
}

// Take and judge a message.
static const dsmipv4_event_t *say(talk_t *t, const char *fixed_part, uint32_t first, bool reply)
{
	uint32_t here = reply ? HA_ADDR : COA_ADDR, there = reply ? COA_ADDR : HA_ADDR;
	dsmipv4_packet_t packet = {.ipv4 = true, .src = here, .dst = there, .sport = 434, .dport = 434};
	packet.time = TALK_BEGIN;
	hex_t hex = with_prefixes(fixed_part, first, reply);
	const dsmipv4_event_t *e = talk_packet(t, &packet, &hex, false);
	talk_judge(t, NULL);
	hex_free(&hex);
	return e;
}

static unsigned count_states(const dsmipv4_event_t *e, dsmipv4_prefix_state_t state)
{
	unsigned n = 0;
	for (unsigned i = 0; i < e->n_prefixes; i++)
		n += e->prefixes[i].state == state;
	return n;
}

// Everything that was asked is answered; then another node gets the same.
CASE(test_all_answered)
{
	const dsmipv4_event_t *request = say(t, ASK(ID1), 0, false);
	g_assert_cmpuint(request->n_prefixes, ==, N_PREFIXES);
	const dsmipv4_event_t *reply = say(t, GET(ID1), 0, true);
	g_assert_cmpuint(reply->n_prefixes, ==, N_PREFIXES);
	g_assert_cmpuint(count_states(reply, DSMIPV4_PREFIX_ACTIVE), ==, N_PREFIXES);
	g_assert_null(reply->overlaps);
	say(t, RRQ_ID("22", "0258", HOA2, HA, COA, ID2), 0, false);
	reply = say(t, RRP_ID("00", "0258", HOA2, HA, ID2), 0, true);
	g_assert_nonnull(reply->overlaps);
	g_assert_nonnull(reply->overlaps ? reply->overlaps[0].binding : NULL);
}

// Nothing that was asked is answered, and what is answered was not asked: no search ends early.
CASE(test_nothing_answered)
{
	say(t, ASK(ID1), 0, false);
	const dsmipv4_event_t *reply = say(t, GET(ID1), 1 << 20, true);
	g_assert_cmpuint(count_states(reply, DSMIPV4_PREFIX_IGNORED), ==, N_PREFIXES);
}

// Without its request, a reply alone counts.
CASE(test_reply_alone)
{
	const dsmipv4_event_t *reply = say(t, GET(ID1), 0, true);
	g_assert_cmpuint(count_states(reply, DSMIPV4_PREFIX_ACTIVE), ==, N_PREFIXES);
}

// A request is answered once: the first few replies get its prefixes, as those that were captured twice do, and
// thousands of others do not, however they differ.
CASE(test_one_answer)
{
	say(t, ASK(ID1), 0, false);
	unsigned n = 0;
	for (unsigned i = 0; i < 40; i++) {
		const dsmipv4_event_t *e = talk(t, HA_MN, 50 + i, GET(ID1) REP48 MHAE);
		g_assert_cmpuint(e->n_prefixes, <=, N_PREFIXES + 1);
		n += e->n_prefixes;
	}
	g_assert_cmpuint(n, <=, 4 * N_PREFIXES + 40);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("large: all answered", test_all_answered);
	ADD("large: nothing answered", test_nothing_answered);
	ADD("large: reply alone", test_reply_alone);
	ADD("large: one answer", test_one_answer);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
