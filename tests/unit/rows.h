// SPDX-License-Identifier: GPL-2.0-or-later
// Tables of messages and the verdict that the catalogue asks for each, row by row.
//
// The bytes are put together by hand from the figures of the RFCs; what is expected comes from the
// RFCs and the catalogue, never from a run of the code under test. Besides its own verdict each row
// fixes the whole set of rules that its message breaks, so that a rule which speaks out of turn
// fails the rows of all the others.
#ifndef DSMIPV4_TEST_ROWS_H
#define DSMIPV4_TEST_ROWS_H

#include "rules.h"

typedef enum {
	ROW_VIOLATION, // breaks the rule
	ROW_NEAR_MISS, // looks much the same, and is right (or breaks the rule more mildly)
	ROW_TRAP,      // where a careless check goes wrong
} row_kind_t;

typedef enum {
	SUM_GOOD,
	SUM_NONE,
	SUM_BAD,
	SUM_UNKNOWN,
} row_sum_t;

typedef struct {
	row_kind_t kind;
	dsmipv4_rule_id_t rule;
	const char *id;
	const char *name;
	const char *hex; // see hex.h; the place it marks is where the finding points
	dsmipv4_verdict_t verdict;
	dsmipv4_severity_t severity; // of a BROKEN
	unsigned times;              // how often the rule is broken, 0 for once
	const char *words;           // of the finding, whole; NULL where they are not compared
	const char *also;            // ids of the other rules that the message breaks

	// The headers around the message; zero and NULL stand for what row_packet() says.
	const char *src, *dst;
	uint16_t sport, dport;
	int ttl;
	row_sum_t sum;
	bool no_ipv4, no_ttl, no_time;
	int64_t clock;   // seconds from the request's timestamp to the capture
	int64_t time;    // of capture, where that matters by itself
	bool fragment;   // a lone IP fragment
	bool relay_copy; // the request was seen before with another IP header
	bool strict;     // preference: RFC 3344 to the letter
	bool request_known;
	dsmipv4_tunnel_asked_t asked; // by the request that is known
} row_t;

#define ROW(kind_, id_, name_, hex_, ...)                                                                              \
	{                                                                                                              \
		.kind = kind_, .rule = DSMIPV4_RULE_##id_, .id = #id_, .name = name_, .hex = hex_, __VA_ARGS__         \
	}
#define BREAKS(severity_) .verdict = DSMIPV4_BROKEN, .severity = DSMIPV4_##severity_
#define HOLDS .verdict = DSMIPV4_HOLDS
#define SILENT .verdict = DSMIPV4_NOT_APPLICABLE

#define VIOLATION(id_, severity_, name_, ...) ROW(ROW_VIOLATION, id_, name_, __VA_ARGS__, BREAKS(severity_))
#define NEAR_MISS(id_, name_, ...) ROW(ROW_NEAR_MISS, id_, name_, __VA_ARGS__)
#define TRAP(id_, name_, ...) ROW(ROW_TRAP, id_, name_, __VA_ARGS__)

// Addresses of the catalogue's section 0.
#define HOA "c633644d(198.51.100.77) "
#define HA "c6336401(198.51.100.1) "
#define COA "c0000221(192.0.2.33) "
#define FA "cb007109(203.0.113.9) "
#define PRIVATE "0a000021(10.0.0.33) "
#define ID "e8fe6f80(2023-11-14 22:13:20) 00000001 "

// Legs of a registration, where they are not the default: a co-located node straight to its agent.
#define MN_TO_FA .src = "198.51.100.77", .dst = "203.0.113.9", .ttl = 255
#define FA_TO_HA .src = "203.0.113.9", .dst = "198.51.100.1"

// Fixed parts: request RFC 3344 3.3, reply RFC 3344 3.4, revocation and its answer RFC 3543 3.3, 3.4.
#define RRQ(flags, life, hoa, ha, coa) "01 " flags " " life " " hoa ha coa ID
#define COLOCATED RRQ("22(D,T)", "0258", HOA, HA, COA)
#define BEHIND_NAT RRQ("22(D,T)", "0258", HOA, HA, PRIVATE)
#define VIA_FA RRQ("02(T)", "0258", HOA, HA, FA)
#define RRP(code, life) "03 " code " " life " " HOA HA ID
#define ACCEPTED RRP("00", "0258")
#define REVOCATION "07 00 8000(A) " HOA HA COA "00000001 "
#define REVOCATION_ACK "0f 00 0000 " HOA "00000001 "
#define TUNNEL_DATA "04 29(IPv6) 0000 "

// Extensions: RFC 5454 2.1, 2.2, 2.3; RFC 3344 3.5.2-3.5.4; RFC 4721 5; RFC 3519 3.1, 3.2.
#define REQ(len, prefix) "98 12 01 " len " " prefix " "
#define REP(code, len, prefix) "98 14 02 " code " " len " 00 " prefix " "
#define P48 "20010db8000a0000 0000000000000000"
#define P64 "20010db8000a0001 0000000000000000"
#define LINK_LOCAL "fe80000000000000 00000000c633644d"
#define REQ48 REQ("30(/48)", P48)
#define REP48 REP("01", "30(/48)", P48)
#define MODE "98 02 03 00 "
#define DIGEST "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf "
#define MHAE "20 14 00000100 " DIGEST
#define MFAE "21 14 00000101 " DIGEST
#define FHAE "22 14 00000102 " DIGEST
#define MN_AAA "24 01 0014 00000002(CHAP_SPI) " DIGEST
#define NAI "83 05 6d6e406578(mn@ex) "
#define EDS "82 00 "
#define CHALLENGE "84 04 01020304 "
#define UTRQ "90 06 00 00 00 00 0000 "
#define UTRP "2c 06 00 00 0000 006e(110 s) "

typedef struct {
	const char *layer;
	const row_t *rows;
	size_t n_rows;
} row_table_t;

extern const row_table_t rows_of_message;
extern const row_table_t rows_of_extension;
extern const row_table_t rows_of_request;
extern const row_table_t rows_of_reply;

// The ids, blanks between them, hold this one.
bool ids_name(const char *ids, const char *id);

// The test function of one row, for g_test_add_data_func().
void row_test(const void *row);

#endif
