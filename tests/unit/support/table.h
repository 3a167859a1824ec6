// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of the binding table share: messages, described by what varies in them, and checks of the
// table's state. Each file of test_bindings adds its own cases.
#ifndef DSMIPV4_TEST_TABLE_H
#define DSMIPV4_TEST_TABLE_H

#include "talk.h"

#define HOA_ADDR 0xc633644du
#define HOA2_ADDR 0xc633644eu
#define HA_ADDR 0xc6336401u
#define HA2_ADDR 0xc6336402u
#define FA_ADDR 0xcb007109u
#define COA_ADDR 0xc0000221u
#define COA2_ADDR 0xc0000222u
#define NAT_ADDR 0xc00002c8u
#define PRIVATE_ADDR 0x0a000021u

#define MS INT64_C(1000000)
#define BEGIN (TALK_BEGIN * INT64_C(1000000000)) // nanoseconds

// Identifications of successive registrations.
#define ID1 "e8fe6f80 00000001 "
#define ID2 "e8fe6f81 00000002 "
#define ID3 "e8fe6f82 00000003 "
#define ID4 "e8fe6f83 00000004 "
#define NONCE1 "12345678 9abcdef0 "

#define ASK(id) RRQ_ID("22", "0258", HOA, HA, COA, id)
#define ASK2(id) RRQ_ID("22", "0258", HOA, HA, COA2, id)
#define ASK2_S(id) RRQ_ID("a2(S,D,T)", "0258", HOA, HA, COA2, id)
#define GET(id) RRP_ID("00", "0258", HOA, HA, id)
#define REP48B REP("01", "30", P48B)
#define REP_LL REP("00", "ff", LINK_LOCAL)

// The live binding of a care-of address as of the latest frame; NULL if there is none.
const dsmipv4_binding_t *binding_of(const talk_t *t, const dsmipv4_event_t *event, uint32_t coa);

// The prefix of that Prefix Length and these first 8 bytes in the binding, NULL if it is not there.
const dsmipv4_registered_prefix_t *prefix_of(const dsmipv4_binding_t *binding, uint8_t len, uint64_t bits);

// When the binding ends, -1 without one.
int64_t expiry(const dsmipv4_binding_t *binding);

// What is known about the event's node from its frame on.
const dsmipv4_version_t *state_after(const dsmipv4_event_t *event);

#define BITS48 0x20010db8000a0000u
#define BITS48B 0x20010db8000b0000u
#define BITS64 0x20010db8000a0001u
#define BITS_LL 0xfe80000000000000u

// Assert that it exists in this state, with this code if it was answered.
void expect_prefix(const dsmipv4_binding_t *binding, uint8_t len, uint64_t bits, dsmipv4_prefix_state_t state,
		   uint8_t code);

// Register the home address with a prefix: request at `at`, reply 50 ms later, which is returned.
const dsmipv4_event_t *registered(talk_t *t, int64_t at);

void add_message_tests(void);
void add_state_tests(void);
void add_node_tests(void);
void add_overlap_tests(void);
void add_history_tests(void);
void add_lookup_tests(void);
void add_restore_tests(void);

#define ADD(name, function) g_test_add("/bindings/" name, talk_t, NULL, talk_setup, function, talk_teardown)
#define CASE(name) static void name(talk_t *t, G_GNUC_UNUSED const void *unused)

#endif
