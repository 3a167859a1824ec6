// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of tunneled packets, in cases that the scenarios do not have.
#include "form.h"

#include <string.h>

// A registration, the reply 50 ms after the request; either may be missing.
typedef struct {
	const hop_t *up, *down;
	int64_t at;
	const char *request, *reply;
} registration_t;

#define MOST_REGISTRATIONS 3

typedef struct {
	const char *name;
	registration_t told[MOST_REGISTRATIONS];
	data_t data;
	const char *rules; // that it breaks, in the order of rules.def
} data_row_t;

#define COLOC_COA                                                                                                      \
	{                                                                                                              \
		&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MODE MHAE, GET(ID1) REP48 MHAE                                       \
	}
#define COLOC_HOA                                                                                                      \
	{                                                                                                              \
		&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MHAE, GET(ID1) REP("00", "30", P48) MHAE                             \
	}
#define REPLY_ALONE                                                                                                    \
	{                                                                                                              \
		NULL, &HA_MN, 0, NULL, GET(ID1) REP48 MHAE                                                             \
	}
#define ASK_NAT RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID1) REQ48 MODE
#define NAT_COA                                                                                                        \
	{                                                                                                              \
		&NAT_HA, &HA_NAT, 0, ASK_NAT UTRQ MHAE, GET(ID1) REP48 UTRP MHAE                                       \
	}
#define NAT_HOA                                                                                                        \
	{                                                                                                              \
		&NAT_HA, &HA_NAT, 0, ASK_NAT UTRQ MHAE, GET(ID1) REP("00", "30", P48) UTRP MHAE                        \
	}
#define NAT_GRE                                                                                                        \
	{                                                                                                              \
		&NAT_HA, &HA_NAT, 0, RRQ_ID("2a(D,G,T)", "0258", HOA, HA, PRIVATE, ID1) REQ48 MODE UTRQ MHAE,          \
			GET(ID1) REP48 UTRP MHAE                                                                       \
	}
#define MN2_COA                                                                                                        \
	{                                                                                                              \
		&MN2_HA, &HA_MN2, 1000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) REQ48B MODE MHAE,                    \
			RRP_ID("00", "0258", HOA2, HA, ID2) REP48B MHAE                                                \
	}
#define VIA_AGENT                                                                                                      \
	{                                                                                                              \
		&FA_HA, &HA_FA, 0, VIA_FA REQ48 MHAE, GET(ID) REP("00", "30", P48) MHAE                                \
	}
#define AGENT_IMPLICIT                                                                                                 \
	{                                                                                                              \
		&FA_HA, &HA_FA, 0, VIA_FA MHAE, GET(ID) MHAE                                                           \
	}
#define KEY(key) "30 00 0004 " key " "
#define KEYED(up, down)                                                                                                \
	{                                                                                                              \
		&FA_HA, &HA_FA, 0, RRQ_ID("0a(G,T)", "0258", HOA, HA, FA, ID1) REQ48 MHAE KEY(up),                     \
			GET(ID1) REP("00", "30", P48) MHAE KEY(down)                                                   \
	}
// Both a link-local address and a prefix, or only the former.
#define LINK_AND_PREFIX                                                                                                \
	{                                                                                                              \
		&MN_HA, &HA_MN, 1000, ASK(ID2) REQ_LL REQ48 MODE MHAE, GET(ID2) REP_LL REP48 MHAE                      \
	}
#define LINK_ONLY                                                                                                      \
	{                                                                                                              \
		&MN_HA, &HA_MN, 1000, ASK(ID2) REQ_LL MHAE, GET(ID2) REP_LL MHAE                                       \
	}
#define HOA_ALONE                                                                                                      \
	{                                                                                                              \
		&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) MHAE                                                        \
	}
#define MOBILE_NETWORK "94 06 00 18 0a000000 "
#define UTRQ_R "90 06 00 00 40(R) 00 0000 "
#define UTRQ_GRE "90 06 00 00 00 2f 0000 "
#define LEAVE(id) RRQ_ID("20", "0000", HOA, HA, HOA, id) MHAE
#define REVOKED                                                                                                        \
	{                                                                                                              \
		&HA_MN, NULL, 1000, REVOCATION MHAE, NULL                                                              \
	}
#define REVOCATION_ACKNOWLEDGED                                                                                        \
	{                                                                                                              \
		&MN_HA, NULL, 2500, REVOCATION_ACK MHAE, NULL                                                          \
	}
#define LATER_AT 5000

// One of several paths (RFC 7629 4.1).
#define MULTIPATH(path, flags) "9a 01 0004 06(Wi-Fi) 01 " path " " flags " "
#define HOP &MN_HA, &HA_MN
#define HOP2 &MN2_HA, &HA_MN2
#define PATH(path, at_, hop, coa, id, flags)                                                                           \
	{                                                                                                              \
		hop, at_, RRQ_ID("22", "0258", HOA, HA, coa, id) REQ48 MODE MULTIPATH("0" #path, flags) MHAE,          \
			GET(id) REP48 MHAE                                                                             \
	}

#define LINK_LOCAL_MN .bits = BITS_LL, .low = 0xc633644d

#define DATA(form_, ...) .data = {.form = form_, .at = LATER_AT, ##__VA_ARGS__}

static const data_row_t data_rows[] = {
	// What is not certain breaks no rule.
	{"reply_alone_direct", {REPLY_ALONE}, DATA("H>C"), ""},
	{"reply_alone_hoa", {REPLY_ALONE}, DATA("H>C H>O"), ""},
	{"reply_alone_gre", {REPLY_ALONE}, DATA("C>H gre"), ""},
	{"reply_alone_udp", {REPLY_ALONE}, DATA("C>H udp", .next = 47), ""},
	{"reply_alone_anywhere", {REPLY_ALONE}, DATA("X>H O>H"), ""},
	{"reply_alone_other_prefix", {REPLY_ALONE}, DATA("O>H", .bits = BITS48B), "tun_inner_src:warn"},
	{"reply_alone_replaces",
	 {COLOC_COA, {NULL, &HA_MN, 1000, NULL, RRP_ID("00", "0000", HOA, HA, ID2) MHAE}},
	 DATA("H>C"),
	 ""},
	{"request_cut",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) "|" REQ48 MHAE, GET(ID1) REP48 MHAE}},
	 DATA("C>H", .bits = BITS48B),
	 "tun_inner_src:warn"},
	{"reply_cut",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 REQ48B MODE MHAE, GET(ID1) REP48 "|" REP48B MHAE}},
	 DATA("C>H", .bits = BITS48B),
	 ""},
	{"reply_cut_link_local",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MODE MHAE, GET(ID1) "|" REP48 MHAE}},
	 DATA("C>H", .bits = BITS_LL),
	 ""},
	{"no_address_in_the_reply", {{NULL, &HA_MN, 0, NULL, GET(ID1) MHAE}}, DATA("O>H"), ""},

	// Encapsulation.
	{"minimal_direct",
	 {{&MN_HA, &HA_MN, 0, RRQ_ID("2a(D,G,T)", "0258", HOA, HA, COA, ID1) REQ48 MODE MHAE, GET(ID1) REP48 MHAE}},
	 DATA("H>C min"),
	 ""},
	{"minimal_asked_for", // the answer may have been lost
	 {COLOC_HOA, {&MN_HA, NULL, 4000, RRQ_ID("32(D,M,T)", "0258", HOA, HA, COA, ID2) REQ48 MHAE, NULL}},
	 DATA("C>H min", .ipv4 = true),
	 ""},
	{"minimal_not_asked_for",
	 {COLOC_HOA, {&MN_HA, NULL, 4000, ASK(ID2) REQ48 MHAE, NULL}},
	 DATA("C>H min", .ipv4 = true),
	 "tun_encap_reverse"},
	{"hoa_minimal", {COLOC_COA}, DATA("H>O min"), "tun_coa_expected"},
	{"hoa_of_a_stranger", {COLOC_HOA}, DATA("H>C H>X gre"), ""},
	{"gre_from_a_stranger", {COLOC_HOA}, DATA("X>H gre O>H"), "tun_outer_src"},

	// Addresses.
	{"private_care_of_address",
	 {{&NAT_HA, &HA_NAT, 0, ASK_NAT MHAE, GET(ID1) REP48 MHAE}},
	 DATA("X>H O>H"),
	 "tun_coa_expected:note"},
	{"private_care_of_address_no_nat", // the node's own: the request comes from it
	 {{&PRIVATE_HA, &HA_PRIVATE, 0, ASK_NAT MHAE, GET(ID1) REP48 MHAE}},
	 DATA("L>H"),
	 "tun_outer_src"},
	{"private_care_of_address_captured_beyond", // a public address may be that of a NAT
	 {{&PRIVATE_HA, &HA_PRIVATE, 0, ASK_NAT MHAE, GET(ID1) REP48 MHAE}},
	 DATA("X>H"),
	 ""},
	{"source_asked_for",
	 {COLOC_COA, {&MN_HA, NULL, 4000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL}},
	 DATA("C>H", .bits = BITS48B),
	 ""},
	{"source_asked_for_reply_lost",
	 {COLOC_COA, {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL}},
	 DATA("C>H", .bits = BITS48B),
	 ""},
	{"source_asked_for_elsewhere", // a simultaneous binding leaves open what was asked for the other address
	 {COLOC_COA,
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL},
	  {&MN2_HA, &HA_MN2, 2000, ASK2_S(ID3) REQ48 MODE MHAE, GET(ID3) REP48 MHAE}},
	 DATA("C>H", .bits = BITS48B),
	 ""},
	{"source_asked_for_and_settled", // what is registered for the same address settles it
	 {COLOC_COA,
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL},
	  {&MN_HA, &HA_MN, 2000, ASK(ID3) REQ48 MODE MHAE, GET(ID3) REP48 MHAE}},
	 DATA("C>H", .bits = BITS48B),
	 "tun_inner_src:warn"},
	{"source_asked_for_and_refreshed", // a third of the lifetime later: the node may have got the second prefix
	 {COLOC_COA,
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL},
	  {&MN_HA, NULL, 201000, ASK(ID3) REQ48 MODE MHAE, NULL}},
	 .data = {.form = "C>H", .at = 202000, .bits = BITS48B},
	 ""},
	{"source_asked_for_in_vain_for_long", // a sixth of the lifetime later it asks again: it has got no answer
	 {COLOC_COA,
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL},
	  {&MN_HA, NULL, 101000, ASK(ID3) REQ48 MODE MHAE, NULL}},
	 .data = {.form = "C>H", .at = 102000, .bits = BITS48B},
	 "tun_inner_src:warn"},
	{"source_asked_for_again", // the node did not miss the second answer, so the capture may have
	 {COLOC_COA,
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL},
	  {&MN_HA, NULL, 2000, ASK(ID3) REQ48 REQ48B MODE MHAE, NULL}},
	 DATA("C>H", .bits = BITS48B),
	 ""},
	{"source_asked_for_in_vain",
	 {COLOC_COA,
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL},
	  {&MN_HA, NULL, 2000, ASK(ID3) REQ48 MODE MHAE, NULL}},
	 DATA("C>H", .bits = BITS48B),
	 "tun_inner_src:warn"},
	{"source_asked_for_and_denied",
	 {COLOC_COA, {&MN_HA, &HA_MN, 1000, ASK(ID2) REQ48 REQ48B MODE MHAE, RRP_ID("82", "0000", HOA, HA, ID2) MHAE}},
	 DATA("C>H", .bits = BITS48B),
	 "tun_inner_src:warn"},
	{"source_not_asked_for",
	 {COLOC_COA, {&MN_HA, NULL, 4000, ASK(ID2) REQ48 MODE MHAE, NULL}},
	 DATA("C>H", .bits = BITS48B),
	 "tun_inner_src:warn"},
	{"source_asked_for_later",
	 {COLOC_COA, {&MN_HA, NULL, 5001, ASK(ID2) REQ48 REQ48B MODE MHAE, NULL}},
	 DATA("C>H", .bits = BITS48B, .frame = 2),
	 "tun_inner_src:warn"},
	{"source_unspecified", {COLOC_COA}, DATA("C>H", .bits = 0xff, .low = 0xff), "tun_inner_src:warn"},
	{"destination_of_nobody", {COLOC_COA}, DATA("H>C", .bits = BITS48B), "tun_inner_dst:chat"},
	{"destination_of_nobody_home_address", {COLOC_HOA}, DATA("H>C H>O", .bits = BITS48B), "tun_inner_dst:chat"},
	{"destination_multicast", {COLOC_COA}, DATA("H>C", .bits = 0xff05000000000000), ""},
	{"destination_in_an_unknown_prefix", {REPLY_ALONE}, DATA("H>O", .bits = BITS48B), "tun_inner_dst:chat"},
	{"destination_implicit", {{&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) MHAE}}, DATA("H>O", .bits = BITS48B), ""},
	{"destination_of_another_node", {COLOC_COA, MN2_COA}, DATA("H>C", .bits = BITS48B), "tun_inner_dst"},
	{"source_of_another_node", {COLOC_COA, MN2_COA}, DATA("C>H", .bits = BITS48B), "tun_inner_src"},
	// IPv4 inside.
	{"ipv4_to_home_address", {COLOC_COA}, DATA("H>C", .ipv4 = true), ""},
	{"ipv4_from_home_address", {COLOC_COA}, DATA("C>H", .ipv4 = true), ""},
	{"ipv4_from_care_of_address", {COLOC_COA}, DATA("C>H", .ipv4 = true, .hoa = COA_ADDR), "tun_inner_src_ipv4"},
	{"ipv4_from_another_node",
	 {COLOC_COA, MN2_COA},
	 DATA("C>H", .ipv4 = true, .hoa = HOA2_ADDR),
	 "tun_inner_src_ipv4:error"},
	{"ipv4_to_another_node",
	 {COLOC_COA, MN2_COA},
	 DATA("H>C", .ipv4 = true, .hoa = HOA2_ADDR),
	 "tun_inner_src_ipv4"},
	{"ipv4_to_nobody", {COLOC_COA}, DATA("H>C", .ipv4 = true, .hoa = 0x0a000001), "tun_inner_src_ipv4:note"},
	{"ipv4_from_nobody_minimal",
	 {{&MN_HA, &HA_MN, 0, RRQ_ID("32(D,M,T)", "0258", HOA, HA, COA, ID1) REQ48 MHAE, GET(ID1) REP48 MHAE}},
	 DATA("C>H min", .ipv4 = true, .hoa = 0x0a000001),
	 "tun_inner_src_ipv4"},
	{"ipv4_broadcast", {COLOC_COA}, DATA("H>C", .ipv4 = true, .hoa = 0xc63364ff), ""},
	{"ipv4_limited_broadcast", {COLOC_COA}, DATA("H>C", .ipv4 = true, .hoa = UINT32_MAX), ""},
	{"ipv4_multicast", {COLOC_COA}, DATA("H>C", .ipv4 = true, .hoa = 0xe0000001), ""},
	{"ipv4_from_broadcast", {COLOC_COA}, DATA("C>H", .ipv4 = true, .hoa = 0xc63364ff), "tun_inner_src_ipv4"},
	{"ipv4_mobile_router",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) MOBILE_NETWORK MHAE, GET(ID1) MHAE}},
	 DATA("C>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},
	{"ipv4_mobile_router_acknowledged", // implicit mode of RFC 5177: the networks are configured
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) MOBILE_NETWORK MHAE}},
	 DATA("C>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},
	{"ipv4_mobile_router_soon",
	 {COLOC_COA, {&MN_HA, NULL, 4000, ASK(ID2) MOBILE_NETWORK MHAE, NULL}},
	 DATA("C>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},
	{"ipv4_request_cut",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) "|" MOBILE_NETWORK MHAE, GET(ID1) MHAE}},
	 DATA("C>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},
	{"ipv4_reply_cut",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) "|" MOBILE_NETWORK MHAE}},
	 DATA("C>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},
	{"ipv4_reply_alone", {REPLY_ALONE}, DATA("C>H", .ipv4 = true, .hoa = 0x0a000001), "-"},
	{"ipv4_in_grace",
	 {COLOC_COA},
	 .data = {.form = "C>H", .at = 1000, .ipv4 = true, .hoa = 0x0a000001},
	 ""}, // before the capture the node may have been a mobile router
	{"ipv4_although_udp", {NAT_COA}, DATA("N>H", .ipv4 = true, .hoa = 0x0a000001), "natt_not_used"},
	{"ipv4_in_udp", {NAT_COA}, DATA("N>H udp", .ipv4 = true, .next = 4, .hoa = 0x0a000001), "tun_inner_src_ipv4"},
	{"ipv4_in_tunnel_of_guest", {COLOC_COA}, DATA("C>H X>J", .ipv4 = true, .hoa = 0x0a000001), ""},
	{"ipv4_from_stranger", {COLOC_COA}, DATA("X>H", .ipv4 = true), "tun_outer_src"},
	{"ipv4_from_stranger_without_t",
	 {{&MN_HA, &HA_MN, 0, RRQ_ID("20", "0258", HOA, HA, COA, ID1) REQ48 MODE MHAE, GET(ID1) REP48 MHAE}},
	 DATA("X>H", .ipv4 = true),
	 ""},
	{"ipv4_of_stranger", {COLOC_COA}, DATA("X>H", .ipv4 = true, .hoa = 0x0a000001), "-"},
	{"ipv4_to_stranger", {COLOC_COA}, DATA("H>X", .ipv4 = true), ""},
	{"ipv4_via_agent", {VIA_AGENT}, DATA("F>H", .ipv4 = true), ""},
	{"ipv4_via_agent_unknown", {VIA_AGENT}, DATA("F>H", .ipv4 = true, .hoa = HOA2_ADDR), "tun_inner_src_ipv4:chat"},
	{"ipv4_via_agent_itself", {VIA_AGENT}, DATA("F>H", .ipv4 = true, .hoa = FA_ADDR), ""},
	{"ipv4_via_agent_router",
	 {VIA_AGENT, {&MN2_HA, &HA_MN2, 1000, ASK2_S(ID2) MOBILE_NETWORK MHAE, GET(ID2) MHAE}},
	 DATA("F>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},
	{"ipv4_via_agent_at_shared_address", // a NAT that is also the agent's address
	 {VIA_AGENT,
	  {&FA_HA, &HA_FA, 1000, RRQ_ID("22", "0258", HOA2, HA, FA, ID2) MHAE,
	   RRP_ID("00", "0258", HOA2, HA, ID2) MHAE}},
	 DATA("F>H", .ipv4 = true, .hoa = 0x0a000001),
	 ""},

	// Multicast.
	{"multicast_hoa_form_in_coa_mode", {COLOC_COA}, DATA("H>C H>O", .bits = 0xff05000000000000), "tun_mcast_form"},
	{"multicast_of_realm_hoa_form_in_coa_mode",
	 {COLOC_COA},
	 DATA("H>C H>O", .bits = 0xff03000000000000),
	 "tun_mcast_form"},
	{"multicast_of_link_hoa_form_in_coa_mode",
	 {COLOC_COA},
	 DATA("H>C H>O", .bits = 0xff02000000000000),
	 "ll_not_registered"},
	{"multicast_coa_form_in_hoa_mode", {COLOC_HOA}, DATA("H>C", .bits = 0xff05000000000000), "tun_mcast_form"},
	{"multicast_coa_form_in_udp", {NAT_HOA}, DATA("H>N udp", .bits = 0xff05000000000000), "tun_mcast_form"},
	{"multicast_on_the_link",
	 {COLOC_COA},
	 DATA("H>C H>O", .bits = 0xff02000000000000, .udp = 5353),
	 "ll_not_registered"},
	{"multicast_from_node", {COLOC_COA}, DATA("C>H O>H", .source = 1), "tun_coa_expected:note"},
	{"multicast_mixed_codes",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 REQ48B MODE MHAE, GET(ID1) REP48 REP("00", "30", P48B) MHAE}},
	 DATA("H>C H>O", .bits = 0xff05000000000000),
	 ""},
	{"multicast_not_asked", // code 1 without the request for it: either form is right
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MHAE, GET(ID1) REP48 MHAE}},
	 DATA("H>C H>O", .bits = 0xff05000000000000),
	 ""},
	{"multicast_implicit",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) MHAE}},
	 DATA("H>O", .bits = 0xff05000000000000),
	 ""},

	// GRE keys.
	{"gre_key_absent", {KEYED("00001111", "00002222")}, DATA("H>F gre H>O"), "gre_key"},
	{"gre_key_not_granted",
	 {{&FA_HA, &HA_FA, 0, RRQ_ID("0a(G,T)", "0258", HOA, HA, FA, ID1) REQ48 MHAE KEY("00001111"),
	   GET(ID1) REP("00", "30", P48) MHAE}},
	 DATA("H>F gre H>O"),
	 ""},
	{"gre_key_zero_is_chosen", {KEYED("00000000", "00000000")}, DATA("H>F gre H>O"), "gre_key"},
	{"gre_key_ip_in_ip", {KEYED("00001111", "00002222")}, DATA("H>F H>O"), ""},

	// Directly to a foreign agent, whoever it is for.
	{"agent_implicit", {AGENT_IMPLICIT}, DATA("H>F"), "tun_fa_coa_direct:warn"},
	{"agent_implicit_from_node", {AGENT_IMPLICIT}, DATA("F>H"), "tun_fa_coa_direct:warn"},
	{"agent_implicit_home_address", {AGENT_IMPLICIT}, DATA("H>F H>O"), ""},
	{"agent_other_prefix", {VIA_AGENT}, DATA("H>F", .bits = BITS48B), "tun_fa_coa_direct:warn"},
	{"agent_own_prefix", {VIA_AGENT}, DATA("H>F"), "tun_fa_coa_direct"},
	{"agent_multicast", {VIA_AGENT}, DATA("H>F", .bits = 0xff05000000000000), "tun_fa_coa_direct:warn"},
	{"agent_delegation",
	 {VIA_AGENT},
	 DATA("H>F", .bits = BITS_LL, .udp = 546, .dhcp = 2),
	 "tun_fa_coa_direct:warn"},
	{"agent_neighbor",
	 {VIA_AGENT},
	 DATA("H>F", .bits = BITS_LL, .icmp = 135),
	 "tun_nd_hoplimit tun_fa_coa_direct:warn"},
	{"agent_router_advertisement", {VIA_AGENT}, DATA("H>F", .bits = BITS_LL, .icmp = 134), "tun_nd_hoplimit"},
	{"agent_router_solicitation", {VIA_AGENT}, DATA("F>H", .bits = BITS_LL, .icmp = 133), "tun_nd_hoplimit"},
	{"agent_in_udp", {VIA_AGENT}, DATA("H>F udp", .bits = BITS48B), ""},
	{"agent_elsewhere", {VIA_AGENT}, DATA("H>X", .bits = BITS48B), "-"},
	{"agent_of_node_elsewhere", // of a node that never was at the agent
	 {VIA_AGENT,
	  {&MN2_HA, &HA_MN2, 1000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) REQ48B MODE MHAE,
	   RRP_ID("00", "0258", HOA2, HA, ID2) REP48B MHAE}},
	 DATA("H>F", .bits = BITS48B),
	 "tun_fa_coa_direct:warn"},
	{"agent_before_it_is_known",
	 {{&FA_HA, &HA_FA, 6000, VIA_FA REQ48 MHAE, GET(ID) REP("00", "30", P48) MHAE}},
	 DATA("H>F", .bits = BITS48B, .frame = 1),
	 "-"},
	{"agent_behind_nat",
	 {{&NAT_HA, &HA_NAT, 0, RRQ_ID("02", "0258", HOA, HA, PRIVATE, ID1) REQ48 MHAE UTRQ, GET(ID1) REP48 UTRP MHAE}},
	 DATA("H>N", .bits = BITS48B),
	 ""},
	{"agent_at_shared_address",
	 {VIA_AGENT,
	  {&FA_HA, &HA_FA, 1000, RRQ_ID("22", "0258", HOA2, HA, FA, ID2) REQ48B MODE MHAE,
	   RRP_ID("00", "0258", HOA2, HA, ID2) REP48B MHAE}},
	 DATA("H>F", .bits = 0x20010db8dead0000),
	 ""},
	{"agent_at_shared_address_of_node",
	 {VIA_AGENT,
	  {&FA_HA, &HA_FA, 1000, RRQ_ID("22", "0258", HOA2, HA, FA, ID2) REQ48B MODE MHAE,
	   RRP_ID("00", "0258", HOA2, HA, ID2) REP48B MHAE}},
	 DATA("H>F", .bits = BITS48B),
	 ""},

	{"strange_agent_home_address", {COLOC_HOA}, DATA("X>C X>O"), "tun_ha_addr"},

	// UDP tunneling.
	{"next_header_asked_in_144",
	 {{&NAT_HA, &HA_NAT, 0, ASK_NAT UTRQ_GRE MHAE, GET(ID1) REP48 UTRP MHAE}},
	 DATA("H>N udp", .next = 47),
	 ""},
	{"other_port_named_by_its_prefix", {NAT_COA}, DATA("N>H udp", .port = 61001), "natt_ports"},
	{"keepalive_from_other_port",
	 {NAT_COA},
	 DATA("N>H udp", .port = 61001, .ipv4 = true),
	 "natt_keepalive_port:note"},
	{"keepalive", {NAT_COA}, DATA("N>H udp", .ipv4 = true), ""},
	{"keepalive_inside_the_nat", {NAT_COA}, DATA("P>H udp", .port = 61001, .ipv4 = true), ""},
	{"other_port_is_a_neighbor", {NAT_COA}, DATA("N>H udp", .port = 61001, .bits = BITS48B), ""},
	{"other_port_is_a_neighbor_in_gre",
	 {NAT_GRE},
	 DATA("N>H udp N>H gre", .next = 47, .port = 61001, .bits = BITS48B),
	 ""},
	{"other_port_to_a_neighbor_in_gre",
	 {NAT_GRE},
	 DATA("H>N udp H>N gre", .next = 47, .port = 61001, .ipv4 = true, .hoa = 0x0a010000),
	 ""},
	{"other_port_to_a_neighbor_in_minimal",
	 {NAT_COA},
	 DATA("H>N udp H>N min", .next = 55, .port = 61001, .ipv4 = true, .hoa = 0x0a010000),
	 ""},
	{"other_port_to_a_neighbor", {NAT_COA}, DATA("H>N udp", .port = 61001, .bits = BITS48B), ""},
	{"before_the_capture_by_udp",
	 {{&NAT_HA, &HA_NAT, 0, ASK_NAT MHAE, GET(ID1) REP48 MHAE}},
	 .data = {.form = "H>N udp", .at = 2040},
	 ""},
	{"before_the_capture_in_the_other_mode", {COLOC_HOA}, .data = {.form = "H>C", .at = 2040}, ""},
	{"after_the_grace_in_the_other_mode", {COLOC_HOA}, .data = {.form = "H>C", .at = 2060}, "tun_hoa_expected"},
	{"mode_hoa_to_node", {NAT_HOA}, DATA("H>N udp"), "natt_mode"},
	{"mode_hoa_from_node", {NAT_HOA}, DATA("N>H udp"), "natt_mode:warn"},
	{"mode_coa_to_node", {NAT_COA}, DATA("H>N udp H>O"), "natt_mode:warn"},
	{"mode_coa_from_node", {NAT_COA}, DATA("N>H udp O>H"), "natt_mode:note"},
	{"gre_direct_to_node", {NAT_GRE}, DATA("H>N udp H>N gre", .next = 47), "natt_nexthdr:note"},
	{"gre_direct_from_node", {NAT_GRE}, DATA("N>H udp N>H gre", .next = 47), "natt_nexthdr:note"},
	{"gre_asked_but_as_rfc5454_says", {NAT_GRE}, DATA("H>N udp"), ""},
	{"gre_of_the_home_address_tunnel", {NAT_GRE}, DATA("H>N udp H>N gre H>O", .next = 47), "natt_mode:warn"},
	{"next_header_not_asked", {NAT_COA}, DATA("H>N udp", .next = 47), "natt_nexthdr"},
	{"inside_the_nat", {NAT_COA}, DATA("P>H udp"), ""},
	{"to_another_address", {NAT_COA}, DATA("H>X udp"), "natt_ports"},
	{"port_open_from_another_address",
	 {{&NAT_HA, &HA_NAT, 0, ASK_NAT UTRQ_R MHAE, GET(ID1) REP48 UTRP MHAE}},
	 DATA("X>H udp"),
	 "natt_ports:error natt_keepalive_form"},
	{"keepalive_in_time", {NAT_COA}, .data = {.form = "N>H udp", .at = 121000}, ""},
	{"keepalive_late", {NAT_COA}, .data = {.form = "N>H udp", .at = 121001}, "natt_keepalive_late"},
	{"udp_to_the_home_address", {NAT_COA}, DATA("H>O udp"), "tun_hoa_encap"},
	{"udp_to_the_home_address_fragmented", {NAT_COA}, DATA("H>O udp", .fragment = true), "tun_hoa_encap"},
	{"udp_fragmented", {NAT_COA}, DATA("H>N udp", .fragment = true), "natt_reserved natt_frag:warn"},

	// Endings.
	{"denied",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MHAE, RRP_ID("82", "0000", HOA, HA, ID1) MHAE}},
	 DATA("H>O"),
	 "tun_no_binding:note"},
	{"denied_direct",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MHAE, RRP_ID("82", "0000", HOA, HA, ID1) MHAE}},
	 DATA("H>C"),
	 "tun_no_binding:note"},
	{"denied_direct_in_flight",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MHAE, RRP_ID("82", "0000", HOA, HA, ID1) MHAE}},
	 .data = {.form = "C>H", .at = 1000},
	 ""},
	{"denied_direct_then_asked_again",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MODE MHAE, RRP_ID("82", "0000", HOA, HA, ID1) MHAE},
	  {&MN_HA, NULL, 1000, ASK(ID2) REQ48 MODE MHAE, NULL}},
	 DATA("H>C"),
	 ""},
	{"denied_delegation",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) REQ48 MHAE, RRP_ID("82", "0000", HOA, HA, ID1) MHAE}},
	 DATA("O>H", .bits = BITS_LL, .udp = 547, .dhcp = 1, .pd = BITS48),
	 "tun_no_binding:note"},
	{"revoked", {COLOC_COA, REVOKED}, .data = {.form = "H>C", .at = 3001}, "tun_no_binding"},
	// Long after the end the node may be back, registered unseen.
	{"revoked_a_while_ago", {COLOC_COA, REVOKED}, .data = {.form = "H>C", .at = 16000}, "tun_no_binding"},
	{"revoked_long_ago", {COLOC_COA, REVOKED}, .data = {.form = "H>C", .at = 16001}, "tun_no_binding:note"},
	{"revoked_in_flight", {COLOC_COA, REVOKED}, .data = {.form = "H>C", .at = 2999}, ""},
	{"revocation_acknowledged",
	 {COLOC_COA, REVOKED, REVOCATION_ACKNOWLEDGED},
	 .data = {.form = "H>C", .at = 4501},
	 "tun_no_binding"},
	{"revocation_acknowledged_in_flight",
	 {COLOC_COA, REVOKED, REVOCATION_ACKNOWLEDGED},
	 .data = {.form = "H>C", .at = 4499},
	 ""},
	{"replaced",
	 {COLOC_COA, {&MN2_HA, &HA_MN2, 950, ASK2(ID2) REQ48 MODE MHAE, GET(ID2) REP48 MHAE}},
	 .data = {.form = "H>C", .at = 3001},
	 "tun_no_binding"},
	// The node went on to where no registration was captured.
	{"ended_and_elsewhere", {COLOC_COA, REVOKED}, DATA("H>X H>O"), "tun_no_binding:note"},
	{"reply_alone_and_elsewhere",
	 {REPLY_ALONE, {&MN2_HA, &HA_MN2, 950, ASK2(ID2) REQ48 MODE MHAE, GET(ID2) REP48 MHAE}},
	 DATA("H>X H>O"),
	 "tun_no_binding:note"},
	// It asks for its home address once more through a foreign agent, and the answer was not captured.
	{"asks_for_address_again",
	 {{&MN_HA, &HA_MN, 0, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) NAI REQ48 MODE MHAE,
	   GET(ID1) NAI REP48 MHAE},
	  {&BARE_FA, NULL, 1000, RRQ_ID("02", "0258", NO_ADDRESS, HA, FA, ID2) NAI REQ48 MHAE, NULL}},
	 DATA("H>O"),
	 ""},
	{"another_asks_for_address",
	 {{&MN_HA, &HA_MN, 0, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) NAI REQ48 MODE MHAE,
	   GET(ID1) NAI REP48 MHAE},
	  {&BARE_FA, NULL, 1000, RRQ_ID("02", "0258", NO_ADDRESS, HA, FA, ID2) NAI2 REQ48 MHAE, NULL}},
	 DATA("H>O"),
	 "tun_coa_expected"},
	{"replaced_in_flight",
	 {COLOC_COA, {&MN2_HA, &HA_MN2, 950, ASK2(ID2) REQ48 MODE MHAE, GET(ID2) REP48 MHAE}},
	 .data = {.form = "H>C", .at = 2999},
	 ""},
	{"zero_granted",
	 {COLOC_COA, {&MN_HA, &HA_MN, 1000, ASK(ID2) REQ48 MHAE, RRP_ID("00", "0000", HOA, HA, ID2) MHAE}},
	 DATA("H>C"),
	 "tun_no_binding"},

	{"handoff_reply_lost",
	 {COLOC_COA,
	  {&MN_HA, &HA_MN, 1000, LEAVE(ID2), RRP_ID("00", "0000", HOA, HA, ID2) MHAE},
	  {&MN_HA, NULL, 2000, ASK(ID3) REQ48 MODE MHAE, NULL}},
	 DATA("H>C"),
	 ""},
	{"left_for_good",
	 {COLOC_COA,
	  {&MN_HA, &HA_MN, 1000, LEAVE(ID2), RRP_ID("00", "0000", HOA, HA, ID2) MHAE},
	  {&MN_HA, NULL, 2000, LEAVE(ID3), NULL}},
	 DATA("H>C"),
	 "tun_no_binding"},
	{"refresh_lost",
	 {COLOC_COA, {&MN_HA, NULL, 500000, ASK(ID2) REQ48 MODE MHAE, NULL}},
	 .data = {.form = "H>C", .at = 700000},
	 ""},
	{"refresh_lost_again",
	 {COLOC_COA,
	  {&MN_HA, NULL, 500000, ASK(ID2) REQ48 MODE MHAE, NULL},
	  {&MN_HA, NULL, 501000, ASK(ID2) REQ48 MODE MHAE, NULL}},
	 .data = {.form = "H>C", .at = 700000},
	 ""},
	{"refresh_lost_and_over",
	 {COLOC_COA, {&MN_HA, NULL, 500000, ASK(ID2) REQ48 MODE MHAE, NULL}},
	 .data = {.form = "H>C", .at = 1102001},
	 "tun_expired:note"},
	{"refresh_of_another_address_lost",
	 {COLOC_COA, {&NAT_HA, NULL, 500000, RRQ_ID("22", "0258", HOA, HA, COA2, ID2) REQ48 MODE MHAE, NULL}},
	 .data = {.form = "H>C", .at = 700000},
	 "tun_expired:note"},
	{"next_refresh_not_seen", {COLOC_COA}, .data = {.form = "H>C", .at = 1200049}, "tun_expired:note"},
	{"next_refresh_not_there", {COLOC_COA}, .data = {.form = "H>C", .at = 1200050}, "tun_expired"},

	// Several paths: flag B of RFC 7629 renews them all, or ends them.
	{"path_expired",
	 {PATH(1, 0, HOP, COA, ID1, "00"), PATH(2, 1000, HOP2, COA2, ID2, "00"),
	  PATH(2, 500000, HOP2, COA2, ID3, "00")},
	 .data = {.form = "H>C", .at = 700000},
	 "tun_expired:note"},
	{"path_renewed_in_bulk",
	 {PATH(1, 0, HOP, COA, ID1, "00"), PATH(2, 1000, HOP2, COA2, ID2, "00"),
	  PATH(2, 500000, HOP2, COA2, ID3, "80(B)")},
	 .data = {.form = "H>C", .at = 700000},
	 ""},
	{"path_renewed_in_bulk_over",
	 {PATH(1, 0, HOP, COA, ID1, "00"), PATH(2, 1000, HOP2, COA2, ID2, "00"),
	  PATH(2, 500000, HOP2, COA2, ID3, "80(B)")},
	 .data = {.form = "H>C", .at = 1103000},
	 "tun_expired:note"},
	{"paths_ended_in_bulk",
	 {PATH(1, 0, HOP, COA, ID1, "00"),
	  PATH(2, 1000, HOP2, COA2, ID2, "00"),
	  {HOP2, 2000, RRQ_ID("22", "0000", HOA, HA, COA2, ID3) MULTIPATH("02", "80(B)") MHAE,
	   RRP_ID("00", "0000", HOA, HA, ID3) MHAE}},
	 DATA("H>C"),
	 "tun_no_binding"},
	{"path_ended",
	 {PATH(1, 0, HOP, COA, ID1, "00"),
	  PATH(2, 1000, HOP2, COA2, ID2, "00"),
	  {HOP2, 2000, RRQ_ID("22", "0000", HOA, HA, COA2, ID3) MULTIPATH("02", "00") MHAE,
	   RRP_ID("00", "0000", HOA, HA, ID3) MHAE}},
	 DATA("H>C"),
	 ""},

	// Link-local addresses and delegation. The registered address ends with the home address.
	{"link_local_direct", {HOA_ALONE, LINK_AND_PREFIX}, DATA("C>H", LINK_LOCAL_MN), "ll_via_coa:warn"},
	{"link_local_in_the_home_address_tunnel", {HOA_ALONE, LINK_AND_PREFIX}, DATA("C>H O>H", LINK_LOCAL_MN), ""},
	{"link_local_of_another_address",
	 {HOA_ALONE, LINK_AND_PREFIX},
	 DATA("C>H O>H", .bits = BITS_LL),
	 "ll_wrong_source"},
	{"link_local_advertised_direct", // Neighbor Discovery belongs to any tunnel once there is a prefix
	 {HOA_ALONE, LINK_AND_PREFIX},
	 DATA("C>H", LINK_LOCAL_MN, .icmp = 136),
	 "tun_nd_hoplimit"},
	{"link_local_stage_direct", {HOA_ALONE, LINK_ONLY}, DATA("C>H", LINK_LOCAL_MN), "ll_via_coa"},
	{"link_local_stage_in_the_home_address_tunnel", {HOA_ALONE, LINK_ONLY}, DATA("C>H O>H", LINK_LOCAL_MN), ""},
	{"delegated_to_another", // prefixes in DHCPv6 are not advertised on a link
	 {COLOC_HOA, MN2_COA},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B),
	 ""},
	{"delegation_at_once",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) MHAE},
	  {&MN_HA, &HA_MN, 4000, ASK(ID2) REQ_LL MHAE, GET(ID2) REP_LL MHAE}},
	 DATA("C>H", .bits = BITS_LL, .low = 0xc633644d, .udp = 547, .dhcp = 1, .pd = BITS48),
	 "dhcp6_via_coa"},
	{"delegation_without_an_address",
	 {COLOC_COA},
	 DATA("C>H O>H", .bits = BITS_LL, .udp = 547, .dhcp = 1, .pd = BITS48),
	 "dhcp6_before_ll"},
	{"delegated_implicit",
	 {{&MN_HA, &HA_MN, 0, ASK(ID1) MHAE, GET(ID1) MHAE}},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B, .end = 100000),
	 ""},
	{"delegated_and_forgotten",
	 {COLOC_HOA},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B, .end = 35000),
	 "pd_not_registered"},
	{"delegated_at_the_end",
	 {COLOC_HOA},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B, .end = 34999),
	 ""},
	{"delegated_again",
	 {COLOC_HOA},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48, .end = 100000),
	 ""},
	{"delegated_and_asked_for",
	 {COLOC_HOA, {&MN_HA, NULL, 34900, ASK(ID2) REQ48B MHAE, NULL}},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B, .end = 100000, .frame = 2),
	 ""},
	{"delegated_and_perhaps_asked_for",
	 {COLOC_HOA, {&MN_HA, NULL, 34900, ASK(ID2) "|" REQ48B MHAE, NULL}},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B, .end = 100000, .frame = 2),
	 ""},
	{"delegated_and_asked_for_late",
	 {COLOC_HOA, {&MN_HA, NULL, 35100, ASK(ID2) REQ48B MHAE, NULL}},
	 DATA("H>O", .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B, .end = 100000, .frame = 2),
	 "pd_not_registered"},
};

static void tell(talk_t *t, const registration_t *told, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (told[i].request)
			talk(t, *told[i].up, told[i].at, told[i].request);
		if (told[i].reply)
			talk(t, *told[i].down, told[i].at + 50, told[i].reply);
	}
}

static void data_row_test(const void *data)
{
	const data_row_t *row = data;
	talk_t t;
	talk_begin(&t);
	tell(&t, row->told, MOST_REGISTRATIONS);
	g_assert_cmpstr(form_rules(&t, NULL, &row->data), ==, row->rules);
	talk_end(&t);
}

// Who put the outer headers on.

typedef struct {
	registration_t told;
	data_t data;
	dsmipv4_rule_id_t rule;
	dsmipv4_actor_t actor;
} actor_row_t;

static const actor_row_t actor_rows[] = {
	{COLOC_HOA, DATA("C>H gre O>H"), DSMIPV4_RULE_tun_encap_reverse, DSMIPV4_ACTOR_MN},
	{COLOC_HOA, DATA("H>C gre H>O"), DSMIPV4_RULE_tun_encap_forward, DSMIPV4_ACTOR_HA},
	{VIA_AGENT, DATA("F>H gre O>H"), DSMIPV4_RULE_tun_encap_reverse, DSMIPV4_ACTOR_FA},
	{VIA_AGENT, DATA("H>F"), DSMIPV4_RULE_tun_fa_coa_direct, DSMIPV4_ACTOR_HA},
	{VIA_AGENT, DATA("F>H"), DSMIPV4_RULE_tun_fa_coa_direct, DSMIPV4_ACTOR_FA},
	{NAT_COA, DATA("N>H udp", .fragment = true), DSMIPV4_RULE_natt_reserved, DSMIPV4_ACTOR_MN},
	{NAT_COA, DATA("X>N udp", .fragment = true), DSMIPV4_RULE_natt_reserved, DSMIPV4_ACTOR_UNKNOWN},
	{REPLY_ALONE, DATA("C>H udp", .fragment = true), DSMIPV4_RULE_natt_reserved, DSMIPV4_ACTOR_UNKNOWN},
};

static void actor_row_test(const void *data)
{
	const actor_row_t *row = data;
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match;
	const dsmipv4_verdicts_t *v = NULL;
	bool found = false;
	talk_t t;
	talk_begin(&t);
	tell(&t, &row->told, 1);
	g_assert_true(form_match(&t, &match, &tunnel, &row->data));
	const char *rules = form_judge(&t, NULL, &match, 0, &v);
	g_test_message("%s: %s", row->data.form, rules);
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		if (dsmipv4_finding(v, i)->rule != row->rule)
			continue;
		found = true;
		g_assert_cmpint(dsmipv4_finding(v, i)->actor, ==, row->actor);
	}
	g_assert_true(found);
	talk_end(&t);
}

// Packets of the node that were seen before.

CASE(test_keepalive_first)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	talk(t, NAT_HA, 0, ASK_NAT UTRQ_R MHAE);
	talk(t, HA_NAT, 50, GET(ID1) REP48 UTRP MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("H>N udp", 900)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 3000)), ==, "natt_keepalive_form");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 3100)), ==, "");
	talk(t, NAT_HA, 10000, RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID2) REQ48 MODE UTRQ_R MHAE);
	talk(t, HA_NAT, 10050, GET(ID2) REP48 UTRP MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 15000, .ipv4 = true)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 16000)), ==, ""); // the keepalive was right
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 137001)), ==, "natt_keepalive_late");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 137002)), ==, "");
}

// An echo reply, or a new registration, starts the count anew.
CASE(test_keepalives_unanswered)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	talk(t, NAT_HA, 0, ASK_NAT UTRQ MHAE);
	talk(t, HA_NAT, 50, GET(ID1) REP48 UTRP MHAE);
	for (unsigned i = 0; i < 3; i++)
		g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 10000 + 2000 * i, .ipv4 = true)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 16000, .ipv4 = true)), ==,
			"natt_keepalive_unanswered");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>N udp", 16100, .ipv4 = true)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 18000, .ipv4 = true)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 18100, .ipv4 = true)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 18200, .ipv4 = true)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 18300, .ipv4 = true)), ==, ""); // too soon to tell
	talk(t, NAT_HA, 20000, RRQ_ID("22", "0258", HOA, HA, PRIVATE, ID2) REQ48 MODE UTRQ MHAE);
	talk(t, HA_NAT, 20050, GET(ID2) REP48 UTRP MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 25000, .ipv4 = true)), ==, "");
}

// Of two care-of addresses behind one NAT the packet is the first of the latest.
CASE(test_keepalive_of_the_latest)
{
	static const char request[] = RRQ_ID("a2(S,D,T)", "0258", HOA, HA, PRIVATE, ID1) REQ48 MODE UTRQ_R MHAE;
	static const char request2[] = RRQ_ID("a2(S,D,T)", "0258", HOA, HA, "0a000022 ", ID2) REQ48 MODE UTRQ_R MHAE;
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	talk(t, NAT_HA, 0, request);
	talk(t, HA_NAT, 50, GET(ID1) REP48 UTRP MHAE);
	talk(t, NAT_HA, 1000, request2);
	talk(t, HA_NAT, 1050, GET(ID2) REP48 UTRP MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 2500)), ==, "natt_keepalive_form");
	talk(t, NAT_HA, 3000, RRQ_ID("22", "0000", HOA, HA, PRIVATE, ID3) UTRQ MHAE);
	talk(t, HA_NAT, 3050, RRP_ID("00", "0000", HOA, HA, ID3) UTRP MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 10000)), ==, "");
}

// From the home address itself: for the latest binding, which was refused the prefix, that is worse than for the other
// one, which should have used its care-of address. The lesser fault is reported.
CASE(test_lesser_fault)
{
	talk(t, MN_HA, 0, RRQ_ID("a2(S,D,T)", "0258", HOA, HA, COA, ID1) REQ48 MODE MHAE);
	talk(t, HA_MN, 50, GET(ID1) REP48 MHAE);
	talk(t, MN2_HA, 1000, ASK2_S(ID2) REQ48 MHAE);
	talk(t, HA_MN2, 1050, GET(ID2) REP("09", "30", P48) MHAE);
	g_assert_cmpstr(form_rules(t, NULL, FORM("C>H O>H", 5000)), ==, "tun_coa_expected:note");
	g_assert_cmpstr(form_rules(t, NULL, FORM("D>H O>H", 5000)), ==, "tun_prefix_rejected");
	g_assert_cmpstr(form_rules(t, NULL, FORM("O>H", 5000)), ==, "tun_coa_expected:note");
}

// The home agent knows the port, so there was a packet of the node before.
CASE(test_keepalive_lost)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	talk(t, NAT_HA, 0, ASK_NAT UTRQ_R MHAE);
	talk(t, HA_NAT, 50, GET(ID1) REP48 UTRP MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("H>N udp", 900, .port = 61001)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("N>H udp", 1000, .port = 61001)), ==, "");
}

// Both ends go on after the end: they know of a refresh that was not captured. One end alone may not know the end.
CASE(test_expired_for_one_end)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	registered(t, 0);
	g_assert_cmpstr(form_rules(t, histories, FORM("C>H", 599000)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>C", 603000)), ==, "tun_expired:note");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>C", 1203000)), ==, "tun_expired");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>C", 1204000)), ==, "tun_expired");
	g_assert_cmpstr(form_rules(t, histories, FORM("C>H", 1204100)), ==, "tun_expired:note");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>C", 1205000)), ==, "tun_expired:note");
}

// So do packets within the grace period.
CASE(test_expired_for_no_end)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	registered(t, 0);
	g_assert_cmpstr(form_rules(t, histories, FORM("C>H", 601000)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>C", 1203000)), ==, "tun_expired:note");
	talk(t, MN_HA, 1300000, ASK(ID2) REQ48 MODE MHAE);
	talk(t, HA_MN, 1300050, GET(ID2) REP48 MHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("H>C", 2503000)), ==, "tun_expired"); // another binding
}

// The home agent sends to an address without a registration that was captured: it knows of one.
CASE(test_sent_to_a_stranger)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	registered(t, 0);
	g_assert_cmpstr(form_rules(t, histories, FORM("X>H", 5000)), ==, "tun_outer_src");
	g_assert_cmpstr(form_rules(t, histories, FORM("H>X", 6000)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("X>H", 7000)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("D>H", 8000)), ==, "tun_outer_src");
}

// Messages are missing: a nonce that no reply in the capture gave, or a request that was refreshed though its answer
// was not seen.
CASE(test_lost_by_nonce)
{
	registered(t, 0); // another node's may be missing as well
	talk(t, MN2_HA, 1000, RRQ_ID("22", "0258", HOA2, HA, COA2, "11111111 00000001 ") MHAE);
	talk(t, HA_MN2, 1050, RRP_ID("00", "0258", HOA2, HA, "22222222 00000001 ") MHAE);
	talk(t, MN2_HA, 100000, RRQ_ID("22", "0258", HOA2, HA, COA2, "22222222 00000002 ") MHAE);
	talk(t, HA_MN2, 100050, RRP_ID("00", "0258", HOA2, HA, "33333333 00000002 ") MHAE);
	g_assert_cmpstr(form_rules(t, NULL, FORM("X>H", 101000)), ==, "tun_outer_src");
	talk(t, MN2_HA, 200000, RRQ_ID("22", "0258", HOA2, HA, COA2, "44444444 00000003 ") MHAE);
	g_assert_cmpstr(form_rules(t, NULL, FORM("X>H", 201000)), ==, "tun_outer_src:note");
}

CASE(test_lost_before_a_refresh)
{
	registered(t, 0);
	talk(t, MN2_HA, 1000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) MHAE);
	talk(t, MN2_HA, 5000, RRQ_ID("22", "0258", HOA2, HA, COA2, ID3) MHAE); // again, as there was no answer
	g_assert_cmpstr(form_rules(t, NULL, FORM("X>H", 6000)), ==, "tun_outer_src");
	talk(t, HA_MN2, 5050, RRP_ID("00", "0258", HOA2, HA, ID3) MHAE);
	talk(t, MN2_HA, 100000, RRQ_ID("22", "0258", HOA2, HA, COA2, "e8fe6fe4 00000004 ") MHAE);
	g_assert_cmpstr(form_rules(t, NULL, FORM("X>H", 101000)), ==, "tun_outer_src");
	talk(t, MN2_HA, 400000, RRQ_ID("22", "0258", HOA2, HA, COA2, "e8fe7110 00000005 ") MHAE);
	g_assert_cmpstr(form_rules(t, NULL, FORM("X>H", 401000)), ==, "tun_outer_src:note");
}

CASE(test_delivery)
{
	dsmipv4_tunnel_histories_t *histories = dsmipv4_tunnel_histories_new(t->alloc);
	talk(t, MN_FA, 0, RRQ_ID("02", "0258", HOA, HA, FA, ID1) REQ48 MHAE EDS MFAE);
	talk(t, FA_HA, 10, RRQ_ID("02", "0258", HOA, HA, FA, ID1) REQ48 MHAE FHAE);
	talk(t, HA_FA, 50, GET(ID1) REP("00", "30", P48) MHAE FHAE);
	g_assert_cmpstr(form_rules(t, histories, FORM("F>H O>H", 1000, .source = 1)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("O>F O>H", 2000, .source = 2)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("F>H O>H", 2010, .source = 2)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("O>H", 3000, .source = 3)), ==, "");
	g_assert_cmpstr(form_rules(t, histories, FORM("F>H O>H", 3010, .source = 4)), ==, ""); // another packet
	g_assert_cmpstr(form_rules(t, histories, FORM("F>H O>H", 5000, .source = 3)), ==, "rt_delivery");
	g_assert_cmpstr(form_rules(t, histories, FORM("F>H O>H", 5001, .source = 3)), ==, ""); // the same again, later
}

// The cost of a packet does not grow with the capture: older requests are not searched, and may have been granted.
CASE(test_delegated_long_ago)
{
	registered(t, 0);
	uint32_t frame = t->frame;
	for (unsigned i = 0; i < 1100; i++) {
		char *request = g_strdup_printf("01 22 0258 " HOA HA COA "e8fe6f90 %08x" REQ48 MODE MHAE, i);
		talk(t, MN_HA, 10000 + i, request);
		g_free(request);
	}
	const data_t *delegated = FORM("H>O", 5000, .udp = 546, .dhcp = DSMIPV4_DHCPV6_REPLY, .pd = BITS48B,
				       .end = 100000, .frame = frame);
	g_assert_null(strstr(form_rules(t, NULL, delegated), "pd_not_registered"));
}

void add_match_rule_tests(void);

void add_match_rule_tests(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(data_rows); i++) {
		char *path = g_strconcat("/match/rules/", data_rows[i].name, NULL);
		g_test_add_data_func(path, &data_rows[i], data_row_test);
		g_free(path);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(actor_rows); i++) {
		char *path = g_strdup_printf("/match/actors/%u", i);
		g_test_add_data_func(path, &actor_rows[i], actor_row_test);
		g_free(path);
	}
	g_test_add("/match/traces/keepalive", talk_t, NULL, talk_setup, test_keepalive_first, talk_teardown);
	g_test_add("/match/traces/keepalives_unanswered", talk_t, NULL, talk_setup, test_keepalives_unanswered,
		   talk_teardown);
	g_test_add("/match/traces/keepalive_of_the_latest", talk_t, NULL, talk_setup, test_keepalive_of_the_latest,
		   talk_teardown);
	g_test_add("/match/traces/lesser_fault", talk_t, NULL, talk_setup, test_lesser_fault, talk_teardown);
	g_test_add("/match/traces/keepalive_lost", talk_t, NULL, talk_setup, test_keepalive_lost, talk_teardown);
	g_test_add("/match/traces/expired_for_one_end", talk_t, NULL, talk_setup, test_expired_for_one_end,
		   talk_teardown);
	g_test_add("/match/traces/expired_for_no_end", talk_t, NULL, talk_setup, test_expired_for_no_end,
		   talk_teardown);
	g_test_add("/match/traces/sent_to_a_stranger", talk_t, NULL, talk_setup, test_sent_to_a_stranger,
		   talk_teardown);
	g_test_add("/match/traces/lost_by_nonce", talk_t, NULL, talk_setup, test_lost_by_nonce, talk_teardown);
	g_test_add("/match/traces/lost_before_a_refresh", talk_t, NULL, talk_setup, test_lost_before_a_refresh,
		   talk_teardown);
	g_test_add("/match/traces/delivery", talk_t, NULL, talk_setup, test_delivery, talk_teardown);
	g_test_add("/match/traces/delegation", talk_t, NULL, talk_setup, test_delegated_long_ago, talk_teardown);
}
