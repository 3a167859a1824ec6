// SPDX-License-Identifier: GPL-2.0-or-later
// The table of requests: relay copies (catalogue 0a ruling 13) and the request that a reply answers.
#include <glib.h>

#include "bindings.h"
#include "hex.h"

#define MN_ADDR 0xc633644du  // 198.51.100.77
#define FA_ADDR 0xcb007109u  // 203.0.113.9
#define HA_ADDR 0xc6336401u  // 198.51.100.1
#define COA_ADDR 0xc0000221u // 192.0.2.33
#define NAT_ADDR 0xc00002c8u // 192.0.2.200

// Request and reply up to the Identification; requests end with it.
#define REQUEST(hoa, ha) "01 02 0258 " hoa ha "cb007109"
#define REPLY(hoa, ha) "03 00 0258 " hoa ha
#define HOA "c633644d"
#define HA "c6336401"
#define UTRQ "90 06 00 00 80 00 0000"
#define MN_AAA "24 01 0014 00000002 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define MHAE "20 14 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_bindings_t *bindings;
} table_t;

static void setup(table_t *t, const void *data)
{
	(void)data;
	t->alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	t->bindings = dsmipv4_bindings_new(t->alloc);
}

static void teardown(table_t *t, const void *data)
{
	(void)data;
	wmem_destroy_allocator(t->alloc);
}

static const dsmipv4_exchange_t *send_over(table_t *t, bool ipv4, uint32_t src, uint32_t dst, const char *text)
{
	hex_t hex = hex_parse(text);
	dsmipv4_packet_t packet = {.ipv4 = ipv4, .src = src, .dst = dst, .sport = 434, .dport = 434};
	dsmipv4_message_t *m = dsmipv4_message_decode(t->alloc, hex.bytes, hex.captured, hex.reported, false);
	const dsmipv4_exchange_t *exchange = dsmipv4_bindings_message(t->bindings, &packet, m);
	hex_free(&hex);
	return exchange;
}

static const dsmipv4_exchange_t *send(table_t *t, uint32_t src, uint32_t dst, const char *text)
{
	return send_over(t, true, src, dst, text);
}

static bool is_relay_copy(const dsmipv4_exchange_t *exchange)
{
	return exchange && exchange->relay_copy;
}

static bool is_answer(const dsmipv4_exchange_t *exchange)
{
	return exchange && exchange->request_known;
}

static void test_relay_copy(table_t *t, const void *data)
{
	(void)data;
	const char *request = REQUEST(HOA, HA) "e8fe6f80 00000001" MHAE;
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, request)));
	g_assert_true(is_relay_copy(send(t, FA_ADDR, HA_ADDR, request)));
}

// The copy may differ behind MHAE: the agent takes MFAE off and puts FHAE on.
static void test_relay_copy_with_other_extensions(table_t *t, const void *data)
{
	(void)data;
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" MHAE "82 00")));
	g_assert_true(is_relay_copy(send(t, FA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" MHAE)));
}

static void test_retransmission(table_t *t, const void *data)
{
	(void)data;
	const char *request = REQUEST(HOA, HA) "e8fe6f80 00000001" MHAE;
	g_assert_false(is_relay_copy(send(t, COA_ADDR, HA_ADDR, request)));
	g_assert_false(is_relay_copy(send(t, COA_ADDR, HA_ADDR, request)));
	g_assert_false(is_relay_copy(send(t, COA_ADDR, HA_ADDR, request)));
}

// Nonces are sent again unchanged (RFC 3344 3.6.3). Ruling 13: the same header is a retransmission,
// also where the agent's copy of the first transmission came between.
static void test_retransmission_after_relay_copy(table_t *t, const void *data)
{
	(void)data;
	const char *request = REQUEST(HOA, HA) "12345678 9abcdef0" MHAE;
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, request)));
	g_assert_true(is_relay_copy(send(t, FA_ADDR, HA_ADDR, request)));
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, request)));
	g_assert_true(is_relay_copy(send(t, FA_ADDR, HA_ADDR, request)));
}

static void test_next_request(table_t *t, const void *data)
{
	(void)data;
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001")));
	g_assert_false(is_relay_copy(send(t, FA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f81 00000001"))); // high half
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f81 00000002"))); // low half
}

// T5, T6: other home agent or other home address, other node.
static void test_other_node(table_t *t, const void *data)
{
	(void)data;
	g_assert_false(is_relay_copy(send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001")));
	g_assert_false(is_relay_copy(send(t, FA_ADDR, HA_ADDR, REQUEST("c633644e", HA) "e8fe6f80 00000001")));
	g_assert_false(is_relay_copy(send(t, FA_ADDR, HA_ADDR, REQUEST(HOA, "c6336402") "e8fe6f80 00000001")));
}

static void test_answer(table_t *t, const void *data)
{
	(void)data;
	g_assert_false(is_answer(send(t, HA_ADDR, FA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001"))); // T1
	send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001");
	const dsmipv4_exchange_t *exchange = send(t, HA_ADDR, FA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001");
	g_assert_true(is_answer(exchange));
	g_assert_cmpint(exchange->tunnel_asked, ==, DSMIPV4_TUNNEL_NOT_ASKED);
	g_assert_false(exchange->relay_copy);
	g_assert_true(is_answer(send(t, FA_ADDR, MN_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001")));
	g_assert_false(is_answer(send(t, HA_ADDR, FA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000002")));
	g_assert_false(is_answer(send(t, HA_ADDR, FA_ADDR, REPLY("c633644e", HA) "e8fe6f80 00000001")));
	g_assert_false(is_answer(send(t, HA_ADDR, FA_ADDR, REPLY(HOA, "c6336402") "e8fe6f80 00000001")));
}

// RFC 3344 5.7: the high half of a reply's identification may be the home agent's own.
static void test_answer_with_other_high_half(table_t *t, const void *data)
{
	(void)data;
	send(t, COA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001");
	g_assert_true(is_answer(send(t, HA_ADDR, COA_ADDR, REPLY(HOA, HA) "e8fe7000 00000001")));
}

// RFC 2794 2: the home agent assigns the address, the reply names it.
static void test_answer_assigns_home_address(table_t *t, const void *data)
{
	(void)data;
	send(t, COA_ADDR, HA_ADDR, REQUEST("00000000", HA) "e8fe6f80 00000001");
	g_assert_true(is_answer(send(t, HA_ADDR, COA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001")));
	g_assert_false(is_answer(send(t, HA_ADDR, COA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000002")));
}

// T7: behind a NAT the reply goes to another address than the request named.
static void test_answer_through_nat(table_t *t, const void *data)
{
	(void)data;
	send(t, NAT_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" UTRQ MHAE);
	const dsmipv4_exchange_t *exchange = send(t, HA_ADDR, NAT_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001");
	g_assert_true(is_answer(exchange));
	g_assert_cmpint(exchange->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_MN);
}

// RFC 3519 4.4 counts from the Mobile-Home Authentication, whatever other authentication is there.
static void test_tunnel_asked_after_mn_aaa(table_t *t, const void *data)
{
	(void)data;
	send(t, COA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" MN_AAA UTRQ MHAE);
	const dsmipv4_exchange_t *exchange = send(t, HA_ADDR, COA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001");
	g_assert_true(is_answer(exchange));
	g_assert_cmpint(exchange->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_MN);
}

static void test_tunnel_asked_by_fa(table_t *t, const void *data)
{
	(void)data;
	send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" MHAE);
	send(t, FA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" MHAE UTRQ);
	const dsmipv4_exchange_t *exchange = send(t, HA_ADDR, FA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001");
	g_assert_true(is_answer(exchange));
	g_assert_cmpint(exchange->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_FA);
}

// What was said of a message stays true whatever comes later: any packet may be clicked again.
static void test_history_is_kept(table_t *t, const void *data)
{
	(void)data;
	send(t, COA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001" UTRQ MHAE);
	const dsmipv4_exchange_t *first = send(t, HA_ADDR, COA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001");
	send(t, COA_ADDR, HA_ADDR, REQUEST(HOA, HA) "e8fe6f99 00000001" MHAE);
	const dsmipv4_exchange_t *second = send(t, HA_ADDR, COA_ADDR, REPLY(HOA, HA) "e8fe6f99 00000001");
	g_assert_cmpint(first->tunnel_asked, ==, DSMIPV4_TUNNEL_ASKED_BY_MN);
	g_assert_cmpint(second->tunnel_asked, ==, DSMIPV4_TUNNEL_NOT_ASKED);
}

// Nothing is known of a message that is cut inside its fixed part, is of another type, or does not
// travel over IPv4; and such a one leaves nothing behind.
static void test_nothing_to_say(table_t *t, const void *data)
{
	(void)data;
	g_assert_null(send(t, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 000000 | 01"));
	g_assert_null(send_over(t, false, MN_ADDR, FA_ADDR, REQUEST(HOA, HA) "e8fe6f80 00000001"));
	g_assert_null(send(t, MN_ADDR, FA_ADDR, "04 29 0000 60"));
	g_assert_null(send(t, MN_ADDR, FA_ADDR, "07 00 8000" HOA HA "c0000221 00000001"));
	g_assert_null(send(t, MN_ADDR, FA_ADDR, ""));
	g_assert_false(is_answer(send(t, HA_ADDR, FA_ADDR, REPLY(HOA, HA) "e8fe6f80 00000001")));
}

// Many nodes at once: each reply finds its own request.
static void test_many_nodes(table_t *t, const void *data)
{
	(void)data;
	for (unsigned i = 0; i < 1000; i++) {
		char *request = g_strdup_printf(REQUEST("0a00%04x", HA) "e8fe6f80 %08x" UTRQ MHAE, i, i * 65536);
		send(t, COA_ADDR, HA_ADDR, request);
		g_free(request);
	}
	for (unsigned i = 0; i < 1000; i++) {
		char *reply = g_strdup_printf(REPLY("0a00%04x", HA) "e8fe6f80 %08x", i, i * 65536);
		char *stranger = g_strdup_printf(REPLY("0a01%04x", HA) "e8fe6f80 %08x", i, i * 65536);
		g_assert_true(is_answer(send(t, HA_ADDR, COA_ADDR, reply)));
		g_assert_false(is_answer(send(t, HA_ADDR, COA_ADDR, stranger)));
		g_free(reply);
		g_free(stranger);
	}
}

#define ADD(name, function) g_test_add("/bindings/" name, table_t, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("relay copy", test_relay_copy);
	ADD("relay copy with other extensions", test_relay_copy_with_other_extensions);
	ADD("retransmission", test_retransmission);
	ADD("retransmission after relay copy", test_retransmission_after_relay_copy);
	ADD("next request", test_next_request);
	ADD("other node", test_other_node);
	ADD("answer", test_answer);
	ADD("answer with other high half", test_answer_with_other_high_half);
	ADD("answer assigns home address", test_answer_assigns_home_address);
	ADD("answer through NAT", test_answer_through_nat);
	ADD("tunnel asked after MN-AAA", test_tunnel_asked_after_mn_aaa);
	ADD("tunnel asked by foreign agent", test_tunnel_asked_by_fa);
	ADD("history is kept", test_history_is_kept);
	ADD("nothing to say", test_nothing_to_say);
	ADD("many nodes", test_many_nodes);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
