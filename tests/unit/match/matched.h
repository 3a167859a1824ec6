// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of matching ask of a packet's match.
#ifndef DSMIPV4_TEST_MATCHED_H
#define DSMIPV4_TEST_MATCHED_H

#include "form.h"

#define ASK_HOA(id) RRQ_ID("22", "0258", HOA, HA, COA, id) REQ48 MHAE
#define REP48_HOA REP("00", "30", P48)
#define LEAVE(id) RRQ_ID("20", "0000", HOA, HA, HOA, id) MHAE
#define LEFT(id) RRP_ID("00", "0000", HOA, HA, id) MHAE
#define NO_BITS 0x20010db8dddd0000u // of nobody's prefix

#undef ADD
#define ADD(name, function) g_test_add("/match/" name, talk_t, NULL, talk_setup, function, talk_teardown)

// That of the latest packet.
extern dsmipv4_tunnel_t tunnel;

// The match of a packet; its tunnel lasts until the next one.
dsmipv4_match_t match(talk_t *t, const data_t *data);

// Whether a packet is not matched.
bool nobodys(talk_t *t, const data_t *data);

// There are so many candidates, all of this status.
void expect_candidates(const dsmipv4_match_t *m, unsigned n, dsmipv4_binding_status_t status);

// There is one candidate, whose binding ended for this reason, by this message.
void expect_removal(const dsmipv4_match_t *m, dsmipv4_removal_t why, const dsmipv4_event_t *by);

// Which care-of addresses the candidates have, the first one first; `second` 0: there is one.
void expect_coas(const dsmipv4_match_t *m, uint32_t first, uint32_t second);

#endif
