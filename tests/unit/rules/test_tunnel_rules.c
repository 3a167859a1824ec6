// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of tunnel headers and of the tunnel as a link, on packets laid out byte by byte (RFC 4213 3; RFC 2003 3;
// RFC 2004; RFC 2784; RFC 3168 9.1; RFC 6040 4.1; RFC 4861; RFC 2710; RFC 3810).
#include <string.h>

#include "form.h"
#include "rules/check.h"
#include "rules/rules.h"
#include "wire/tunnel.h"

typedef enum {
	COA_MODE, // co-located care-of address, prefix by care-of address mode
	HOA_MODE, // the same by home address mode
	GRE_MODE, // care-of address mode with GRE
	MIN_MODE, // home address mode with minimal encapsulation
	MODES,
	OF_A_FRAGMENT = MODES, // added: the outermost header is that of a fragment which was not put together
} registered_t;

static const char *const requests[] = {
	[COA_MODE] = ASK(ID1) REQ48 MODE MHAE,
	[HOA_MODE] = ASK(ID1) REQ48 MHAE,
	[GRE_MODE] = RRQ_ID("2a(D,G,T)", "0258", HOA, HA, COA, ID1) REQ48 MODE MHAE,
	[MIN_MODE] = RRQ_ID("32(D,M,T)", "0258", HOA, HA, COA, ID1) REQ48 MHAE,
};

static const char *const replies[] = {
	[COA_MODE] = GET(ID1) REP48 MHAE,
	[HOA_MODE] = GET(ID1) REP("00", "30", P48) MHAE,
	[GRE_MODE] = GET(ID1) REP48 MHAE,
	[MIN_MODE] = GET(ID1) REP("00", "30", P48) MHAE,
};

typedef struct {
	const char *name;
	unsigned how;      // registered_t
	const char *hex;   // from the outermost IPv4 header on; what is between < and > is the place
	const char *rules; // that it breaks, in the order of rules.def; the first is at that place
} packet_row_t;

// IPv4 (RFC 791 3.1): TOS, total length, flags with offset, protocol.
#define IP(tos, total, off, protocol, src, dst) "45 " tos " " total " 0001 " off " 40 " protocol " 0000 " src dst
#define DOWN(total, protocol) IP("00", total, "0000", protocol, HA, COA)
#define UP(total, protocol) IP("00", total, "0000", protocol, COA, HA)
#define HOA_DOWN(total) IP("00", total, "0000", "29", HA, HOA)

// IPv6 (RFC 8200 3) and 8 bytes of ICMPv6 echo (RFC 4443 4.1).
#define CN6 "20010db800cc0000 0000000000000001 "
#define MN6 "20010db8000a0000 0000000000000001 "
#define LL_HA "fe80000000000000 00000000c6336401 "
#define LL_MN "fe80000000000000 00000000c633644d "
#define ECHO "80 00 0000 0001 0001 "
#define V6(class, len, hop, src, dst) "6" class "00000 " len " 3a " hop " " src dst
#define DATA V6("00", "0008", "40", CN6, MN6) ECHO
#define DATA_UP V6("00", "0008", "40", MN6, CN6) ECHO

// The first 16 bytes of a UDP datagram.
#define UDP_PART "9c41 9c41 0020 0000 0000 0000 0000 0000 "

static const packet_row_t rows[] = {
	{"right", COA_MODE, DOWN("0044", "29") DATA, ""},
	{"right_from_mn", COA_MODE, UP("0044", "29") DATA_UP, ""},

	// Lengths (RFC 4213 3.5, 3.6).
	{"length_16_in_8", COA_MODE, DOWN("0044", "29") "60000000 <0010> 3a 40 " CN6 MN6 ECHO, "tun_outer_length"},
	{"padding", COA_MODE, DOWN("0048", "29") "60000000 <0008> 3a 40 " CN6 MN6 ECHO "00000000",
	 "tun_outer_length:chat"},
	{"jumbogram", COA_MODE, DOWN("0044", "29") "60000000 0000 3a 40 " CN6 MN6 ECHO, ""},
	{"length_of_a_fragment", COA_MODE + OF_A_FRAGMENT, DOWN("0044", "29") "60000000 0010 3a 40 " CN6 MN6 ECHO, ""},
	{"options", COA_MODE, "46 00 0048 0001 0000 40 29 0000 " HA COA "01010100 " DATA, "tun_outer_options"},

	// Static MTU: 1480 by default (RFC 4213 3.2.1), 1500 at most on Ethernet.
	{"mtu_1480", COA_MODE, DOWN("05dc", "29") "60000000 05a0 3a 40 " CN6 MN6 ECHO, ""},
	{"mtu_1481", COA_MODE, DOWN("05dd", "29") "60000000 <05a1> 3a 40 " CN6 MN6 ECHO, "tun_mtu"},
	{"mtu_1500", COA_MODE, DOWN("05f0", "29") "60000000 <05b4> 3a 40 " CN6 MN6 ECHO, "tun_mtu"},
	{"mtu_1501", COA_MODE, DOWN("05f1", "29") "60000000 <05b5> 3a 40 " CN6 MN6 ECHO, "tun_mtu:warn"},
	{"mtu_dynamic", COA_MODE, IP("00", "05dd", "4000(DF)", "29", HA, COA) "60000000 05a1 3a 40 " CN6 MN6 ECHO,
	 "tun_df"},
	{"fragment", COA_MODE, IP("00", "0044", "2000(MF)", "29", HA, COA) DATA, "tun_frag"},

	{"hop_limit_0", COA_MODE, DOWN("0044", "29") "60000000 0008 3a <00> " CN6 MN6 ECHO, "tun_hop_zero"},
	{"hop_limit_1", COA_MODE, DOWN("0044", "29") V6("00", "0008", "01", CN6, MN6) ECHO, ""},

	// DSCP (RFC 2983 3.1): 46 is b8 in the TOS field, traffic class b8.
	{"dscp_outside", COA_MODE, IP("b8", "0044", "0000", "29", HA, COA) DATA, "tun_dscp"},
	{"dscp_inside", COA_MODE, DOWN("0044", "29") V6("b8", "0008", "40", CN6, MN6) ECHO, "tun_dscp"},
	{"dscp_equal", COA_MODE, IP("b8", "0044", "0000", "29", HA, COA) V6("b8", "0008", "40", CN6, MN6) ECHO, ""},

	// IPv4 in IPv4 (RFC 2003 3.1, 3.2).
	{"home_address", HOA_MODE, DOWN("0058", "04") HOA_DOWN("0044") DATA, ""},
	{"df_inside", HOA_MODE, DOWN("0058", "04") IP("00", "0044", "4000", "29", HA, HOA) DATA, "tun_df tun_ip4_df"},
	{"df_inside_and_outside", HOA_MODE,
	 IP("00", "0058", "4000", "04", HA, COA) IP("00", "0044", "4000", "29", HA, HOA) DATA, "tun_df"},
	{"df_outside", HOA_MODE, IP("00", "0058", "4000", "04", HA, COA) HOA_DOWN("0044") DATA, ""},
	{"tos_outside", HOA_MODE, IP("b8", "0058", "0000", "04", HA, COA) HOA_DOWN("0044") DATA, "tun_ip4_tos"},
	{"tos_of_both", HOA_MODE,
	 IP("b8", "0058", "0000", "04", HA, COA) IP("b8", "0044", "0000", "29", HA, HOA)
		 V6("b8", "0008", "40", CN6, MN6) ECHO,
	 ""},

	{"ecn_of_the_middle", HOA_MODE,
	 IP("02", "0058", "0000", "04", HA, COA) "45 <02> 0044 0001 0000 40 29 0000 " HA HOA DATA, "tun_ecn:warn"},

	// GRE (RFC 2784 2). Checksums as in test_tunnel.c.
	{"gre", GRE_MODE, DOWN("0048", "2f") "0000 86dd " DATA, ""},
	{"gre_checksum", GRE_MODE, DOWN("004c", "2f") "8000(C) 86dd 828c 0000 " DATA, ""},
	{"gre_wrong_checksum", GRE_MODE, DOWN("004c", "2f") "8000(C) 86dd <828d> 0000 " DATA, "gre_checksum"},
	{"gre_version_1", GRE_MODE, DOWN("0048", "2f") "<0001> 86dd " DATA, "gre_version"},
	{"gre_reserved_bit", GRE_MODE, DOWN("0048", "2f") "<0400> 86dd " DATA, "gre_reserved:error"},
	{"gre_reserved_low_bit", GRE_MODE, DOWN("0048", "2f") "<0008> 86dd " DATA, "gre_reserved"},
	// 828c - 1
	{"gre_reserved1", GRE_MODE, DOWN("004c", "2f") "8000(C) 86dd 828b <0001> " DATA, "gre_reserved"},
	{"gre_of_ipv4", GRE_MODE, DOWN("0048", "2f") "0000 <0800> " DATA, "gre_proto"},

	// Protocol and version (RFC 4213 3.5, RFC 2003 3.1).
	{"ipv6_by_protocol_4", COA_MODE, DOWN("0044", "04") DATA, "tun_ip4_carries_ip6"},

	// Minimal encapsulation (RFC 2004 3.1): 2900 + c000 + 0221 = eb21, complement 14de.
	{"minimal", MIN_MODE, DOWN("004c", "37") "29 00 ac7e " HOA DATA, ""},
	{"minimal_to_care_of_address", MIN_MODE, DOWN("004c", "37") "29 00 14de " COA DATA,
	 "tun_minenc_ipv6:warn tun_hoa_expected"},
	{"minimal_reserved_bit", MIN_MODE, DOWN("004c", "37") "29 <01> ac7d " HOA DATA, "minenc_fragment:warn"},
	{"minimal_reserved_bits_from_mn", MIN_MODE, UP("0050", "37") "29 <fe> 814b " HA HOA DATA_UP,
	 "minenc_fragment:warn"},
	// 1180 + c633 + 644d + cb00 + 7150 = 7852 (carries added), complement 87ad.
	{"minimal_of_a_fragment", MIN_MODE + OF_A_FRAGMENT,
	 IP("00", "0030", "2000(MF)", "37", HA, COA) "11 80 87ad " HOA "cb007150 " UDP_PART, "minenc_fragment"},
	{"minimal_then_fragmented", MIN_MODE + OF_A_FRAGMENT,
	 IP("00", "002c", "2000(MF)", "37", HA, COA) "11 80 87ad " HOA "cb007150 "
						     "9c41 9c41 0020 0000 0000 0000 ",
	 ""},
	{"minimal_of_any_fragment", MIN_MODE + OF_A_FRAGMENT,
	 IP("00", "002c", "2000(MF)", "37", HA, COA) "11 00 c47e " HOA UDP_PART, ""},
	{"minimal_put_together", MIN_MODE, DOWN("0030", "37") "11 80 87ad " HOA "cb007150 " UDP_PART, ""},
	{"minimal_without_header", MIN_MODE, DOWN("0044", "37") DATA, "tun_minenc_ipv6 tun_hoa_expected"},

	// Sources that no packet has (RFC 4213 3.6).
	{"from_multicast", COA_MODE,
	 UP("0044", "29") "60000000 0008 3a 40 <ff02000000000000 0000000000000001> " CN6 ECHO, "tun_src_invalid:error"},
	{"from_loopback", COA_MODE,
	 UP("0044", "29") "60000000 0008 3a 40 <0000000000000000 0000000000000001> " CN6 ECHO, "tun_src_invalid"},

// Neighbor Discovery: a solicitation (RFC 4861 4.3).
#define SOLICITATION "87 00 0000 00000000 " LL_MN
	{"nd", HOA_MODE, DOWN("0068", "04") HOA_DOWN("0054") V6("00", "0018", "ff", LL_HA, LL_MN) SOLICITATION, ""},
	{"nd_hop_limit_254", HOA_MODE,
	 DOWN("0068", "04") HOA_DOWN("0054") "60000000 0018 3a <fe> " LL_HA LL_MN SOLICITATION, "tun_nd_hoplimit"},
	{"nd_link_layer_address", HOA_MODE,
	 DOWN("0070", "04") HOA_DOWN("005c") V6("00", "0020", "ff", LL_HA, LL_MN) SOLICITATION "<01 01 020000000001>",
	 "tun_nd_lladdr"},
	{"nd_nonce", HOA_MODE, // an option that is none (RFC 3971 5.3.2)
	 DOWN("0070", "04") HOA_DOWN("005c") V6("00", "0020", "ff", LL_HA, LL_MN) SOLICITATION "0e 01 020000000001",
	 ""},

// MLD (RFC 2710 3, RFC 3810 5): a query behind a router alert (RFC 2711).
#define ALERT "3a 00 05 02 0000 01 00 "
#define QUERY "82 00 0000 0000 0000 0000000000000000 0000000000000000 "
#define ALL_NODES "ff02000000000000 0000000000000001 "
	{"mld", HOA_MODE, DOWN("0070", "04") HOA_DOWN("005c") "60000000 0020 00 01 " LL_HA ALL_NODES ALERT QUERY, ""},
	{"mld_without_alert", HOA_MODE,
	 DOWN("0068", "04") HOA_DOWN("0054") "60000000 0018 3a 01 " LL_HA ALL_NODES QUERY, "mld_router_alert"},
	{"mld_hop_limit_2", HOA_MODE,
	 DOWN("0070", "04") HOA_DOWN("005c") "60000000 0020 00 <02> " LL_HA ALL_NODES ALERT QUERY, "mld_hoplimit"},
	{"mld_query_from_global", HOA_MODE,
	 DOWN("0070", "04") HOA_DOWN("005c") "60000000 0020 00 01 <" CN6 ">" ALL_NODES ALERT QUERY, "mld_src"},
	{"mld_query_from_nobody", HOA_MODE,
	 DOWN("0070", "04")
		 HOA_DOWN("005c") "60000000 0020 00 01 <0000000000000000 0000000000000000> " ALL_NODES ALERT QUERY,
	 "mld_src"},
	{"mld_direct", COA_MODE, DOWN("005c", "29") "60000000 0020 00 01 " LL_HA ALL_NODES ALERT QUERY, "mld_not_hoa"},
};

static dsmipv4_match_t *matched(talk_t *t, const packet_row_t *row)
{
	hex_t hex = hex_parse(row->hex);
	uint8_t header_len = (uint8_t)((hex.bytes[0] & 15) * 4);
	uint32_t total = (uint32_t)hex.bytes[2] << 8 | hex.bytes[3];
	dsmipv4_outer_t outer = dsmipv4_outer_read(hex.bytes, header_len, -(int32_t)header_len);
	dsmipv4_tunnel_t *tunnel = wmem_new0(t->alloc, dsmipv4_tunnel_t);
	dsmipv4_match_t *match = wmem_new0(t->alloc, dsmipv4_match_t);
	uint8_t *bytes = wmem_memdup(t->alloc, hex.bytes + header_len, hex.captured - header_len);
	outer.partial = row->how >= OF_A_FRAGMENT;
	g_assert_true(dsmipv4_tunnel_decode(tunnel, &outer, bytes, hex.captured - header_len,
					    MAX(total, hex.captured) - header_len));
	hex_free(&hex);
	g_assert_true(dsmipv4_match(match, t->bindings, tunnel, ++t->frame, BEGIN + 5000 * MS, DSMIPV4_GRACE));
	return match;
}

static const char *judge(talk_t *t, dsmipv4_tunnel_histories_t *histories, const packet_row_t *row,
			 const dsmipv4_verdicts_t **verdicts)
{
	return form_judge(t, histories, matched(t, row), 0, verdicts);
}

static void test_row(gconstpointer data)
{
	const packet_row_t *row = data;
	const dsmipv4_verdicts_t *v;
	hex_t hex = hex_parse(row->hex);
	talk_t t;
	talk_begin(&t);
	talk(&t, MN_HA, 0, requests[row->how % MODES]);
	talk(&t, HA_MN, 50, replies[row->how % MODES]);
	g_assert_cmpstr(judge(&t, NULL, row, &v), ==, row->rules);
	if (hex.has_place) {
		const dsmipv4_finding_t *f = dsmipv4_finding(v, 0);
		g_assert_cmpint(f->offset, ==, (int)hex.offset - 4 * (hex.bytes[0] & 15));
		g_assert_cmpint(f->length, ==, (int)hex.length);
	}
	hex_free(&hex);
	talk_end(&t);
}

// Which outer field follows from which inner one (RFC 3168 9.1.1, RFC 6040 4.1): Not-ECT, ECT(1), ECT(0), CE, the inner
// ones from above. Routers turn ECT into CE; an encapsulator that does not use ECN sets Not-ECT.
static const char *const ecn[4][4] = {
	{"", "tun_ecn:warn", "tun_ecn:warn", "tun_ecn:warn"},
	{"tun_ecn:chat", "", "tun_ecn", ""},
	{"tun_ecn:chat", "tun_ecn", "", ""},
	{"tun_ecn:chat", "tun_ecn", "", ""},
};

static void test_ecn(talk_t *t, G_GNUC_UNUSED gconstpointer unused)
{
	talk(t, MN_HA, 0, requests[COA_MODE]);
	talk(t, HA_MN, 50, replies[COA_MODE]);
	for (unsigned inner = 0; inner < 4; inner++) {
		for (unsigned outer = 0; outer < 4; outer++) {
			char *text = g_strdup_printf("45 %02x 0044 0001 0000 40 29 0000 " HA COA
						     "60%x00000 0008 3a 40 " CN6 MN6 ECHO,
						     outer, inner);
			const packet_row_t row = {.hex = text};
			const dsmipv4_verdicts_t *v;
			g_assert_cmpstr(judge(t, NULL, &row, &v), ==, ecn[inner][outer]);
			g_free(text);
		}
	}
}

// A mismatch of DSCP is reported once for a node and direction, however many packets have it.
static void test_once(talk_t *t, G_GNUC_UNUSED gconstpointer unused)
{
	static const packet_row_t down = {.hex = IP("b8", "0044", "0000", "29", HA, COA) DATA};
	static const packet_row_t up = {.hex = IP("b8", "0044", "0000", "29", COA, HA) DATA_UP};
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	const dsmipv4_verdicts_t *v;
	talk(t, MN_HA, 0, requests[COA_MODE]);
	talk(t, HA_MN, 50, replies[COA_MODE]);
	g_assert_cmpstr(judge(t, histories, &down, &v), ==, "tun_dscp");
	g_assert_cmpstr(judge(t, histories, &down, &v), ==, "");
	g_assert_cmpstr(judge(t, histories, &up, &v), ==, "tun_dscp");
	g_assert_cmpstr(judge(t, histories, &up, &v), ==, "");
	g_assert_cmpstr(judge(t, histories, &down, &v), ==, "");
}

// What was right before is no reason to leave a fault out.
static void test_once_after_right_ones(talk_t *t, G_GNUC_UNUSED gconstpointer unused)
{
	static const packet_row_t right = {.hex = DOWN("0044", "29") DATA};
	static const packet_row_t wrong = {.hex = IP("b8", "0044", "0000", "29", HA, COA) DATA};
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	const dsmipv4_verdicts_t *v;
	talk(t, MN_HA, 0, requests[COA_MODE]);
	talk(t, HA_MN, 50, replies[COA_MODE]);
	g_assert_cmpstr(judge(t, histories, &right, &v), ==, "");
	g_assert_cmpstr(judge(t, histories, &wrong, &v), ==, "tun_dscp");
}

// What an MLD message says of which group (RFC 2710 3; RFC 3810 5.1, 5.2: the record's type, no data, no sources).
#define GROUP "ff0e000000000000 0000000000005454 "
#define MLD_OF(type) DOWN("0070", "04") HOA_DOWN("005c") "60000000 0020 00 01 " LL_HA GROUP ALERT type " 00 0000 "
#define REPORT2(type)                                                                                                  \
	DOWN("0074", "04")                                                                                             \
	HOA_DOWN("0060") "60000000 0024 00 01 " LL_HA GROUP ALERT "8f 00 0000 0000 0001 " type " 00 0000 " GROUP

static const struct {
	const char *hex;
	const char *action; // NULL: too short to tell
} mld_rows[] = {
	{MLD_OF("82") "0000 0000 " GROUP, "query for group"},
	{MLD_OF("82") "0000 0000 0000000000000000 0000000000000000 ", "query for all groups"},
	{MLD_OF("83") "0000 0000 " GROUP, "joins group"},
	{MLD_OF("84") "0000 0000 " GROUP, "leaves group"},
	{REPORT2("01"), "changes group"}, // MODE_IS_INCLUDE
	{REPORT2("02"), "joins group"},   // MODE_IS_EXCLUDE
	{REPORT2("03"), "leaves group"},  // CHANGE_TO_INCLUDE_MODE
	{REPORT2("04"), "joins group"},   // CHANGE_TO_EXCLUDE_MODE
	{REPORT2("05"), "changes group"}, // ALLOW_NEW_SOURCES
	{MLD_OF("83") "0000 0000 ff0e000000000000 00000000000054", NULL},
};

static void test_mld_item(talk_t *t, G_GNUC_UNUSED gconstpointer unused)
{
	talk(t, MN_HA, 0, requests[HOA_MODE]);
	talk(t, HA_MN, 50, replies[HOA_MODE]);
	for (size_t i = 0; i < G_N_ELEMENTS(mld_rows); i++) {
		const packet_row_t row = {.hex = mld_rows[i].hex};
		dsmipv4_check_t c = {.alloc = t->alloc, .match = matched(t, &row)};
		dsmipv4_answer_t f = {0};
		bool said = dsmipv4_info_mld(&c, &f);
		g_assert_cmpint(said, ==, mld_rows[i].action != NULL);
		if (!said)
			continue;
		g_test_message("%s: %s", mld_rows[i].action, f.words);
		g_assert_nonnull(strstr(f.words, mld_rows[i].action));
		g_assert_true(strstr(f.words, "all groups") || strstr(f.words, "ff0e::5454"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *path = g_strdup_printf("/tunnel_rules/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
		g_free(path);
	}
	g_test_add("/tunnel_rules/ecn", talk_t, NULL, talk_setup, test_ecn, talk_teardown);
	g_test_add("/tunnel_rules/mld_item", talk_t, NULL, talk_setup, test_mld_item, talk_teardown);
	g_test_add("/tunnel_rules/once", talk_t, NULL, talk_setup, test_once, talk_teardown);
	g_test_add("/tunnel_rules/once_after_right_ones", talk_t, NULL, talk_setup, test_once_after_right_ones,
		   talk_teardown);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
