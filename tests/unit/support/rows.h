// SPDX-License-Identifier: GPL-2.0-or-later
// Tables of messages, and the verdict that is right for each.
//
// The bytes are written by hand from the figures of the RFCs. What is expected comes from the
// RFCs, never from a run of the code under test. Besides its own verdict each row fixes the whole set
// of rules that its message breaks, so that a rule that speaks out of turn fails the rows of all the
// others. Every message passes through a binding table. The messages before it in the conversation are
// taken first; those that come later must not change a verdict.
#ifndef DSMIPV4_TEST_ROWS_H
#define DSMIPV4_TEST_ROWS_H

#include "rules/dispatch.h"
#include "wire.h"

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

// Another message of the conversation.
typedef struct {
	const char *hex; // see hex.h
	const char *src, *dst;
	uint16_t sport, dport;
	int at; // milliseconds from the row's message on, negative before it; 0: 50 ms
} step_t;

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
	int64_t clock; // seconds from the request's timestamp to the capture
	int64_t time;  // of capture, where that matters by itself
	bool fragment; // a lone IP fragment
	bool strict;   // preference: RFC 3344 to the letter
	bool keys;     // the keys of row_keys are known
	bool no_nat;   // preference: there is no NAT

	// The conversation around the message, lists that end with an empty step.
	const step_t *before, *later;
	int end; // seconds from the message to the end of the capture, which is known then
} row_t;

#define ROW(kind_, id_, name_, hex_, ...)                                                                              \
	{                                                                                                              \
		.kind = kind_, .rule = DSMIPV4_RULE_##id_, .id = #id_, .name = name_, .hex = hex_, __VA_ARGS__         \
	}
#define BREAKS(severity_) .verdict = DSMIPV4_BROKEN, .severity = DSMIPV4_##severity_
#define HOLDS .verdict = DSMIPV4_HOLDS
#define SILENT .verdict = DSMIPV4_NOT_APPLICABLE
#define SAID(hex_, ...)                                                                                                \
	{                                                                                                              \
		.hex = hex_, __VA_ARGS__                                                                               \
	}
#define BEFORE(...)                                                                                                    \
	.before = (const step_t[])                                                                                     \
	{                                                                                                              \
		__VA_ARGS__,                                                                                           \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define LATER(...)                                                                                                     \
	.later = (const step_t[])                                                                                      \
	{                                                                                                              \
		__VA_ARGS__,                                                                                           \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}

#define VIOLATION(id_, severity_, name_, ...) ROW(ROW_VIOLATION, id_, name_, __VA_ARGS__, BREAKS(severity_))
#define NEAR_MISS(id_, name_, ...) ROW(ROW_NEAR_MISS, id_, name_, __VA_ARGS__)
#define TRAP(id_, name_, ...) ROW(ROW_TRAP, id_, name_, __VA_ARGS__)

typedef struct {
	const char *layer;
	const row_t *rows;
	size_t n_rows;
} row_table_t;

extern const row_table_t rows_of_message;
extern const row_table_t rows_of_extension;
extern const row_table_t rows_of_request;
extern const row_table_t rows_of_reply;
extern const row_table_t rows_of_nat;
extern const row_table_t rows_of_exchange;
extern const row_table_t rows_of_prefixes;
extern const row_table_t rows_of_overlap;
extern const row_table_t rows_of_relay;
extern const row_table_t rows_of_rate;
extern const row_table_t rows_of_ident;
extern const row_table_t rows_of_answer;
extern const row_table_t rows_of_auth;

// The key of a row with keys: HMAC-MD5 with the secret "dsmipv4" for SPI 0x100, any addresses.
extern const dsmipv4_keys_t row_keys;

// The ids, separated by blanks, contain this one.
bool ids_name(const char *ids, const char *id);

// The test function of one row, for g_test_add_data_func().
void row_test(const void *row);

#endif
