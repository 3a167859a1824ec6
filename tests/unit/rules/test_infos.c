// SPDX-License-Identifier: GPL-2.0-or-later
// Information items of rules.def: each where it is given, and where it is not.
#include <string.h>

#include "table.h"

typedef struct {
	hop_t hop;
	int at; // milliseconds
	const char *hex;
} line_t;

typedef struct {
	dsmipv4_rule_id_t info;
	const char *id, *name;
	const line_t *lines; // the conversation; the last message is judged
	bool reported;
	const char *words; // NULL: not compared
} info_row_t;

#define ROW(id_, name_, said_, words_, ...)                                                                            \
	{                                                                                                              \
		DSMIPV4_RULE_##id_, #id_, name_, (const line_t[]){__VA_ARGS__, {{0, 0, 0, 0}, 0, NULL}}, said_, words_ \
	}
#define SAID(id, name, words, ...) ROW(id, name, true, words, __VA_ARGS__)
#define NOT_SAID(id, name, ...) ROW(id, name, false, NULL, __VA_ARGS__)

#define UP(...)                                                                                                        \
	{                                                                                                              \
		{COA_ADDR, HA_ADDR, 40000, 434}, __VA_ARGS__                                                           \
	}
#define DOWN(...)                                                                                                      \
	{                                                                                                              \
		{HA_ADDR, COA_ADDR, 434, 40000}, __VA_ARGS__                                                           \
	}
#define UP2(...)                                                                                                       \
	{                                                                                                              \
		{COA2_ADDR, HA_ADDR, 40000, 434}, __VA_ARGS__                                                          \
	}
#define DOWN2(...)                                                                                                     \
	{                                                                                                              \
		{HA_ADDR, COA2_ADDR, 434, 40000}, __VA_ARGS__                                                          \
	}
#define NAT_UP(...)                                                                                                    \
	{                                                                                                              \
		{NAT_ADDR, HA_ADDR, 61000, 434}, __VA_ARGS__                                                           \
	}
#define NAT_DOWN(...)                                                                                                  \
	{                                                                                                              \
		{HA_ADDR, NAT_ADDR, 434, 61000}, __VA_ARGS__                                                           \
	}
#define MN_TO_AGENT(...)                                                                                               \
	{                                                                                                              \
		{HOA_ADDR, FA_ADDR, 40000, 434}, __VA_ARGS__                                                           \
	}
#define COA_TO_AGENT(...)                                                                                              \
	{                                                                                                              \
		{COA_ADDR, FA_ADDR, 40000, 434}, __VA_ARGS__                                                           \
	}
#define AGENT_UP(...)                                                                                                  \
	{                                                                                                              \
		{FA_ADDR, HA_ADDR, 434, 434}, __VA_ARGS__                                                              \
	}
#define AGENT_DOWN(...)                                                                                                \
	{                                                                                                              \
		{HA_ADDR, FA_ADDR, 434, 434}, __VA_ARGS__                                                              \
	}

// Where the words belong; without it they are about the message as a whole.
#define PLACE(hex) "<" hex ">"
#define REP48_HOA REP("00", "30", P48)
#define REGISTERED UP(0, ASK(ID1) REQ48 MODE MHAE), DOWN(50, GET(ID1) REP48 MHAE)

static const info_row_t rows[] = {
	SAID(state_unread, "cut",
	     "Not followed: the state of the earlier part of this capture could not be read (part1.state: cut)",
	     UP(0, ASK(ID1) MHAE)),
	NOT_SAID(state_unread, "read", UP(0, ASK(ID1) MHAE)),

	SAID(retransmission, "identical", "Retransmission of the request in frame 1", UP(0, ASK(ID1) MHAE),
	     UP(2000, ASK(ID1) MHAE)),
	SAID(retransmission, "third", "Retransmission of the request in frame 1", UP(0, ASK(ID1) MHAE),
	     UP(2000, ASK(ID1) MHAE), UP(6000, ASK(ID1) MHAE)),
	NOT_SAID(retransmission, "first", UP(0, ASK(ID1) MHAE)),
	NOT_SAID(retransmission, "new", UP(0, ASK(ID1) MHAE), UP(2000, ASK(ID2) MHAE)),
	NOT_SAID(retransmission, "other leg", MN_TO_AGENT(0, VIA_FA MHAE), AGENT_UP(10, VIA_FA MHAE)),

	SAID(relay_copy, "request", "Relayed copy of the message in frame 1", MN_TO_AGENT(0, VIA_FA MHAE),
	     AGENT_UP(10, VIA_FA MHAE FHAE)),
	NOT_SAID(relay_copy, "first copy", MN_TO_AGENT(0, VIA_FA MHAE)),
	NOT_SAID(relay_copy, "retransmission", UP(0, ASK(ID1) MHAE), UP(2000, ASK(ID1) MHAE)),

	SAID(handoff, "another care-of address",
	     "Care-of address changed from 192.0.2.33, registered 10.0 s ago in frame 2", REGISTERED,
	     UP2(10050, RRQ_ID("22", "0258", HOA, HA, PLACE(COA2), ID2) MHAE)),
	NOT_SAID(handoff, "the same", REGISTERED, UP(10050, ASK(ID2) MHAE)),
	NOT_SAID(handoff, "nothing registered", UP2(0, ASK2(ID2) MHAE)),
	NOT_SAID(handoff, "expired before", REGISTERED, UP2(700000, ASK2(ID2) MHAE)),
	NOT_SAID(handoff, "deregistration", REGISTERED, UP(10050, RRQ_ID("22", "0000", HOA, HA, HOA, ID2) MHAE)),
	NOT_SAID(handoff, "back and forth of two simultaneous ones is no move", REGISTERED,
		 UP2(10000, ASK2_S(ID2) MHAE), DOWN2(10050, GET(ID2) MHAE),
		 UP(20000, RRQ_ID("a2", "0258", HOA, HA, COA, ID3) MHAE)),
	NOT_SAID(handoff, "relay copy", REGISTERED, MN_TO_AGENT(9000, RRQ_ID("02", "0258", HOA, HA, FA, ID2) MHAE),
		 AGENT_UP(9010, RRQ_ID("02", "0258", HOA, HA, FA, ID2) MHAE)),

	SAID(nat_detected, "co-located, another source",
	     "Sent from 192.0.2.200, not from the care-of address: there is a NAT on the path",
	     NAT_UP(0, RRQ("22", "0258", HOA, HA, PLACE(PRIVATE)) UTRQ MHAE)),
	SAID(nat_detected, "accepted", "Behind a NAT: UDP tunneling accepted, packets go to 192.0.2.200 port 61000",
	     NAT_UP(0, BEHIND_NAT REQ48 MODE UTRQ MHAE), NAT_DOWN(50, ACCEPTED REP48 UTRP MHAE)),
	SAID(nat_detected, "accepted, half-bound",
	     "Behind a NAT: UDP tunneling accepted, packets go to 192.0.2.200, the node's first packet tells the port",
	     NAT_UP(0, BEHIND_NAT REQ48 MODE "90 06 00 00 40(R) 00 0000 " MHAE),
	     NAT_DOWN(50, ACCEPTED REP48 UTRP MHAE)),
	SAID(nat_detected, "declined",
	     "Behind a NAT: UDP tunneling declined (code 64), packets go to the care-of address 10.0.0.33",
	     NAT_UP(0, BEHIND_NAT REQ48 MODE UTRQ MHAE),
	     NAT_DOWN(50, ACCEPTED REP48 "2c 06 00 40(64) 0000 0000 " MHAE)),
	SAID(nat_detected, "not answered",
	     "Behind a NAT: UDP tunneling not answered, packets go to the care-of address 10.0.0.33",
	     NAT_UP(0, BEHIND_NAT REQ48 MODE UTRQ MHAE), NAT_DOWN(50, ACCEPTED REP48 MHAE)),
	SAID(nat_detected, "captured on both sides",
	     "Sent from 192.0.2.200, not from the care-of address: there is a NAT on the path",
	     {{PRIVATE_ADDR, HA_ADDR, 434, 434}, 0, BEHIND_NAT UTRQ MHAE},
	     NAT_UP(10, RRQ("22", "0258", HOA, HA, PLACE(PRIVATE)) UTRQ MHAE)),
	NOT_SAID(nat_detected, "not asked for, another source alone proves nothing",
		 NAT_UP(0, BEHIND_NAT REQ48 MODE MHAE)),
	NOT_SAID(nat_detected, "not asked for, accepted", NAT_UP(0, BEHIND_NAT REQ48 MODE MHAE),
		 NAT_DOWN(50, ACCEPTED REP48 MHAE)),
	NOT_SAID(nat_detected, "relayed by an agent that signs",
		 {{FA_ADDR, HA_ADDR, 434, 434}, 0, COLOCATED UTRQ MHAE FHAE}),
	NOT_SAID(nat_detected, "denied", NAT_UP(0, BEHIND_NAT REQ48 MODE UTRQ MHAE),
		 NAT_DOWN(50, RRP("81", "0000") MHAE)),
	NOT_SAID(nat_detected, "44 may follow", NAT_UP(0, BEHIND_NAT REQ48 MODE UTRQ MHAE),
		 NAT_DOWN(50, ACCEPTED REP48 "|" UTRP MHAE)),
	NOT_SAID(nat_detected, "deregistration", NAT_UP(0, RRQ("22", "0000", HOA, HA, PRIVATE) MHAE),
		 NAT_DOWN(50, RRP("00", "0000") MHAE)),
	NOT_SAID(nat_detected, "granted without a NAT", UP(0, ASK(ID1) REQ48 MODE UTRQ MHAE),
		 DOWN(50, GET(ID1) REP48 UTRP MHAE)),
	NOT_SAID(nat_detected, "foreign agent behind a NAT", {{NAT_ADDR, HA_ADDR, 61000, 434}, 0, VIA_FA MHAE UTRQ},
		 NAT_DOWN(50, ACCEPTED MHAE UTRP)),
	NOT_SAID(nat_detected, "the care-of address", UP(0, COLOCATED MHAE)),
	NOT_SAID(nat_detected, "foreign agent", AGENT_UP(0, VIA_FA MHAE)),
	NOT_SAID(nat_detected, "relayed by an agent (R bit)", COA_TO_AGENT(0, COLOCATED MHAE),
		 AGENT_UP(10, COLOCATED MHAE)),
	NOT_SAID(nat_detected, "back home", {{HOA_ADDR, HA_ADDR, 40000, 434}, 0, RRQ("22", "0000", HOA, HA, COA) MHAE}),

	SAID(dereg_all, "home address", "Deregistration of all bindings",
	     UP(0, RRQ("02", PLACE("0000"), HOA, HA, HOA) MHAE)),
	NOT_SAID(dereg_all, "care-of address", UP(0, RRQ("22", "0000", HOA, HA, COA) MHAE)),
	NOT_SAID(dereg_all, "with a lifetime", UP(0, RRQ("22", "0258", HOA, HA, HOA) MHAE)),
	SAID(dereg_coa, "care-of address", "Deregistration of one care-of address",
	     UP(0, RRQ("22", PLACE("0000"), HOA, HA, COA) MHAE)),
	NOT_SAID(dereg_coa, "home address", UP(0, RRQ("02", "0000", HOA, HA, HOA) MHAE)),
	NOT_SAID(dereg_coa, "with a lifetime", UP(0, COLOCATED MHAE)),

	SAID(ha_no_support, "no prefix reply", NULL, UP(0, ASK(ID1) REQ48 MHAE), DOWN(50, GET(ID1) MHAE)),
	NOT_SAID(ha_no_support, "denied", UP(0, ASK(ID1) REQ48 MHAE),
		 DOWN(50, RRP_ID("81", "0000", HOA, HA, ID1) MHAE)),
	NOT_SAID(ha_no_support, "rejected one by one", UP(0, ASK(ID1) REQ48 MHAE),
		 DOWN(50, GET(ID1) REP("09", "30", P48) MHAE)),
	NOT_SAID(ha_no_support, "cut", UP(0, ASK(ID1) REQ48 MHAE), DOWN(50, GET(ID1) "|" REP48 MHAE)),
	NOT_SAID(ha_no_support, "deregistration", UP(0, RRQ("22", "0000", HOA, HA, COA) REQ48 MHAE),
		 DOWN(50, RRP("00", "0000") MHAE)),

	SAID(prefix_rejected, "8", "2001:db8:a::/48 rejected: code 8 (reason unspecified)",
	     DOWN(0, ACCEPTED REP(PLACE("08"), "30", P48) MHAE)),
	SAID(prefix_rejected, "9", "2001:db8:a::/48 rejected: code 9 (administratively prohibited)",
	     DOWN(0, ACCEPTED REP(PLACE("09"), "30", P48) MHAE)),
	SAID(prefix_rejected, "10", "2001:db8:a::/48 rejected: code 10 (reserved code)",
	     DOWN(0, ACCEPTED REP(PLACE("0a"), "30", P48) MHAE)),
	SAID(prefix_rejected, "link-local", "link-local fe80::c633:644d rejected: code 8 (reason unspecified)",
	     DOWN(0, ACCEPTED REP(PLACE("08"), "ff", LINK_LOCAL) MHAE)),
	NOT_SAID(prefix_rejected, "7 is reserved for acceptance", DOWN(0, ACCEPTED REP("07", "30", P48) MHAE)),

	SAID(partial_accept, "one of each", "Accepted prefixes: 1, rejected: 1, without a reply: 1",
	     UP(0, ASK(ID1) REQ48 REQ48B REQ("40", "20010db8000c0000 0000000000000000") MODE MHAE),
	     DOWN(50, GET(ID1) REP48 REP("08", "30", P48B) MHAE)),
	NOT_SAID(partial_accept, "all", REGISTERED),
	NOT_SAID(partial_accept, "none", UP(0, ASK(ID1) REQ48 REQ48B MHAE),
		 DOWN(50, GET(ID1) REP("08", "30", P48) REP("08", "30", P48B) MHAE)),
	NOT_SAID(partial_accept, "cut", UP(0, ASK(ID1) REQ48 REQ48B MODE MHAE),
		 DOWN(50, GET(ID1) REP48 "|" REP48B MHAE)),

	SAID(hoa_mode_despite_request, "code 0 with 152/3", NULL, UP(0, ASK(ID1) REQ48 MODE MHAE),
	     DOWN(50, GET(ID1) REP(PLACE("00"), "30", P48) MHAE)),
	NOT_SAID(hoa_mode_despite_request, "code 1", REGISTERED),
	NOT_SAID(hoa_mode_despite_request, "denied by the header", UP(0, ASK(ID1) REQ48 MODE MHAE),
		 DOWN(50, RRP_ID("81", "0000", HOA, HA, ID1) REP48_HOA MHAE)),
	NOT_SAID(hoa_mode_despite_request, "not asked", UP(0, ASK(ID1) REQ48 MHAE), DOWN(50, GET(ID1) REP48_HOA MHAE)),
	NOT_SAID(hoa_mode_despite_request, "link-local address", UP(0, ASK(ID1) REQ_LL MODE MHAE),
		 DOWN(50, GET(ID1) REP_LL MHAE)),

	SAID(lifetime_reduced, "300 for 600", "Lifetime 300 s granted, 600 s were requested", UP(0, ASK(ID1) MHAE),
	     DOWN(50, RRP_ID("00", PLACE("012c"), HOA, HA, ID1) MHAE)),
	NOT_SAID(lifetime_reduced, "600 for 600", REGISTERED),
	NOT_SAID(lifetime_reduced, "denied", UP(0, ASK(ID1) MHAE), DOWN(50, RRP_ID("83", "0000", HOA, HA, ID1) MHAE)),

	SAID(simultaneous_unsupported, "S, code 1", NULL, UP2(0, ASK2_S(ID1) MHAE),
	     DOWN2(50, RRP_ID(PLACE("01"), "0258", HOA, HA, ID1) MHAE)),
	NOT_SAID(simultaneous_unsupported, "S, code 0", UP2(0, ASK2_S(ID1) MHAE), DOWN2(50, GET(ID1) MHAE)),
	NOT_SAID(simultaneous_unsupported, "no S, code 1", UP2(0, ASK2(ID1) MHAE),
		 DOWN2(50, RRP_ID("01", "0258", HOA, HA, ID1) MHAE)),

	SAID(dereg_prefix, "one of two", "Omitted from the re-registration, so deregistered: 2001:db8:b::/48",
	     UP(0, ASK(ID1) REQ48 REQ48B MODE MHAE), DOWN(50, GET(ID1) REP48 REP48B MHAE),
	     UP(9000, ASK(ID2) REQ48 MODE MHAE), DOWN(9050, GET(ID2) REP48 MHAE)),
	SAID(dereg_prefix, "both", "Omitted from the re-registration, so deregistered: 2001:db8:a::/48 2001:db8:b::/48",
	     UP(0, ASK(ID1) REQ48 REQ48B MODE MHAE), DOWN(50, GET(ID1) REP48 REP48B MHAE), UP(9000, ASK(ID2) MHAE),
	     DOWN(9050, GET(ID2) MHAE)),
	NOT_SAID(dereg_prefix, "the same", REGISTERED, UP(9000, ASK(ID2) REQ48 MODE MHAE),
		 DOWN(9050, GET(ID2) REP48 MHAE)),
	NOT_SAID(dereg_prefix, "denied", REGISTERED, UP(9000, ASK(ID2) MHAE),
		 DOWN(9050, RRP_ID("81", "0000", HOA, HA, ID2) MHAE)),
	NOT_SAID(dereg_prefix, "it had been rejected", UP(0, ASK(ID1) REQ48 MODE MHAE),
		 DOWN(50, GET(ID1) REP("08", "30", P48) MHAE), UP(9000, ASK(ID2) MHAE), DOWN(9050, GET(ID2) MHAE)),
	NOT_SAID(dereg_prefix, "expired before", REGISTERED, UP(700000, ASK(ID2) MHAE), DOWN(700050, GET(ID2) MHAE)),

	SAID(mode_changed, "care-of to home address", NULL, REGISTERED, UP(9000, ASK(ID2) REQ48 MHAE),
	     DOWN(9050, GET(ID2) REP(PLACE("00"), "30", P48) MHAE)),
	SAID(mode_changed, "with a handoff to a co-located address", NULL, AGENT_UP(0, VIA_FA REQ48 MHAE),
	     AGENT_DOWN(50, ACCEPTED REP48_HOA MHAE), UP(9000, ASK(ID2) REQ48 MODE MHAE),
	     DOWN(9050, GET(ID2) REP(PLACE("01"), "30", P48) MHAE)),
	NOT_SAID(mode_changed, "the same", REGISTERED, UP(9000, ASK(ID2) REQ48 MODE MHAE),
		 DOWN(9050, GET(ID2) REP48 MHAE)),
	NOT_SAID(mode_changed, "rejected now", REGISTERED, UP(9000, ASK(ID2) REQ48 MODE MHAE),
		 DOWN(9050, GET(ID2) REP("08", "30", P48) MHAE)),
	NOT_SAID(mode_changed, "a new prefix", REGISTERED, UP(9000, ASK(ID2) REQ48B MHAE),
		 DOWN(9050, GET(ID2) REP("00", "30", P48B) MHAE)),
};

static void check_item(const info_row_t *row, const char *hex_text, const dsmipv4_finding_t *f)
{
	hex_t hex = hex_parse(hex_text);
	g_assert_cmpint(f->offset, ==, hex.has_place ? (int)hex.offset : 0);
	g_assert_cmpuint(f->length, ==, hex.has_place ? hex.length : 0);
	if (row->words)
		g_assert_cmpstr(f->words, ==, row->words);
	hex_free(&hex);
}

static void test_row(const void *data)
{
	const info_row_t *row = data;
	talk_t t;
	talk_begin(&t);
	const char *last = NULL;
	for (const line_t *line = row->lines; line->hex; line++) {
		talk(&t, line->hop, line->at, line->hex);
		last = line->hex;
	}
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	if (row->info == DSMIPV4_RULE_state_unread && row->reported)
		options.unread_state = "part1.state: cut";
	const dsmipv4_verdicts_t *v = talk_judge(&t, &options);
	const dsmipv4_finding_t *found = NULL;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(v, i);
		g_assert_cmpuint((uint64_t)f->offset + f->length, <=, t.message->reported_len);
		g_assert_true(i == 0 || dsmipv4_finding(v, i - 1)->rule <= f->rule);
		g_assert_true(f->words && *f->words);
		g_assert_true(f->length > 0 || f->offset == 0);
		if (f->rule == row->info)
			found = f;
	}
	g_assert_cmpint(found != NULL, ==, row->reported);
	if (found)
		check_item(row, last, found);
	talk_end(&t);
}

// Those of tunneled packets are tested by tests/test_tunnel_infos.py.
enum {
	OF_MESSAGES,
	OF_TUNNELS,
	OF_MESSAGE = OF_MESSAGES,
	OF_KNOWN_REQUEST = OF_MESSAGES,
	OF_KNOWN_REPLY = OF_MESSAGES,
	OF_KNOWN_REPLY_EXT = OF_MESSAGES,
	OF_REQUEST = OF_MESSAGES,
	OF_REPLY_EXT = OF_MESSAGES,
	OF_EXCHANGE = OF_MESSAGES,
	OF_EXCHANGE_EXT = OF_MESSAGES,
	OF_RELAY = OF_MESSAGES,
	OF_TUNNEL_IPV6 = OF_TUNNELS,
	OF_BINDING_IPV6 = OF_TUNNELS,
};

static const struct {
	const char *id;
	unsigned of;
} items[] = {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text)
#define INFO(id, layer, applies, group, severity, text) [DSMIPV4_RULE_##id] = {#id, OF_##layer},
#include "rules/rules.def"
};

// Each item has both: a row where it is given, and one where it is not.
static void test_coverage(void)
{
	unsigned reported[DSMIPV4_RULE_COUNT] = {0}, unsaid[DSMIPV4_RULE_COUNT] = {0};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		(rows[i].reported ? reported : unsaid)[rows[i].info]++;
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (i >= G_N_ELEMENTS(items) || !items[i].id || items[i].of == OF_TUNNELS)
			continue;
		if (!reported[i] || !unsaid[i])
			g_test_message("no row for %s", items[i].id);
		g_assert_cmpuint(reported[i], >, 0);
		g_assert_cmpuint(unsaid[i], >, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *path = g_strdup_printf("/infos/%s/%s: %s", rows[i].id, rows[i].reported ? "said" : "not said",
					     rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
		g_free(path);
	}
	g_test_add_func("/infos/coverage", test_coverage);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
