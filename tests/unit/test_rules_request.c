// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about the registration request: RFC 5454 3.1, 3.3-3.9; RFC 3344 3.6, 5.7; RFC 3024; RFC 3519.
#include <glib.h>

#include "rows.h"

#define FROM_NAT_INSIDE .src = "10.0.0.33"
#define ALL_AGENTS .src = "198.51.100.77", .dst = "224.0.0.11"
#define TO_FA_FROM_ZERO .src = "0.0.0.0", .dst = "203.0.113.9"
#define ZERO "00000000 "
#define UTRQ_ENCAP(encap) "90 06 00 00 00 " encap " 0000 "
#define PMIPV4_ID "93(147) 08 02 00 020000000001 "
#define MOBILE_NETWORK "94 06 00 18 0a010000(10.1.0.0/24) "

static const row_t rows[] = {
	VIOLATION(rrq_reserved_bits, WARN, "x", "01 <23> 0258" HOA HA COA ID REQ48 MHAE,
		  .words = "Reserved flags 0x01 of the request are set, should be 0 [RFC 3344 3.3, 3.7.2.1, 3.8.2.3]"),
	VIOLATION(rrq_reserved_bits, WARN, "r", "01 <26> 0258" HOA HA COA ID REQ48 MHAE),
	NEAR_MISS(rrq_reserved_bits, "T", COLOCATED REQ48 MHAE, HOLDS),
	NEAR_MISS(rrq_reserved_bits, "all that are assigned", RRQ("fa(SBDMGT)", "0258", HOA, HA, COA) REQ48 MHAE,
		  HOLDS),
	TRAP(rrq_reserved_bits, "not asked of a reply", ACCEPTED MHAE, SILENT),

	VIOLATION(mode_no_prefix, NOTE, "mode alone", COLOCATED "<" MODE ">" MHAE,
		  .words = "IPv6 tunneling mode without an IPv6 prefix request, so it asks for nothing [advice: RFC "
			   "5454 3.3.2]"),
	NEAR_MISS(mode_no_prefix, "prefix and mode", COLOCATED REQ48 MODE MHAE, HOLDS),
	NEAR_MISS(mode_no_prefix, "mode and prefix", COLOCATED MODE REQ48 MHAE, HOLDS),
	TRAP(mode_no_prefix, "lifetime 0", RRQ("22(D,T)", "0000", HOA, HA, COA) MODE MHAE, SILENT),
	TRAP(mode_no_prefix, "the prefix may follow", COLOCATED MODE "|" REQ48 MHAE, SILENT),
	TRAP(mode_no_prefix, "the prefix may follow in the next fragment", COLOCATED MODE, .fragment = true, SILENT),
	TRAP(mode_no_prefix, "a prefix that cannot be read", COLOCATED MODE "98 01 01" MHAE, .also = "req_length",
	     HOLDS),

	VIOLATION(mode_m_only, NOTE, "M without G", RRQ("<32>", "0258", HOA, HA, COA) REQ48 MODE MHAE,
		  .words = "Care-of address mode requested with M and without G (flags 0x32), but minimal "
			   "encapsulation cannot carry IPv6 [advice: RFC 5454 3.3.2]"),
	NEAR_MISS(mode_m_only, "M and G", RRQ("3a(D,M,G,T)", "0258", HOA, HA, COA) REQ48 MODE MHAE, HOLDS),
	NEAR_MISS(mode_m_only, "neither", COLOCATED REQ48 MODE MHAE, HOLDS),
	NEAR_MISS(mode_m_only, "M without the mode", RRQ("32(D,M,T)", "0258", HOA, HA, COA) REQ48 MHAE, SILENT),

	VIOLATION(mode_dup, WARN, "two", COLOCATED REQ48 MODE "<" MODE ">" MHAE,
		  .words = "IPv6 tunneling mode extension number 2 of the request, should be the only one [RFC 5454 "
			   "3.1, 3.5]"),
	VIOLATION(mode_dup, WARN, "three", COLOCATED MODE REQ48 "<" MODE ">" MODE MHAE, .times = 2),
	NEAR_MISS(mode_dup, "one", COLOCATED REQ48 MODE MHAE, HOLDS),

	VIOLATION(mode_fa_coa, ERROR, "sent to the foreign agent", VIA_FA REQ48 "<" MODE ">" MHAE, MN_TO_FA,
		  .words = "IPv6 tunneling mode with the care-of address 203.0.113.9 of a foreign agent (D flag 0), "
			   "should be with a co-located one only [RFC 5454 3.5]"),
	VIOLATION(mode_fa_coa, ERROR, "sent from 0.0.0.0", RRQ("00", "0258", ZERO, HA, FA) NAI REQ48 "<" MODE ">" MHAE,
		  TO_FA_FROM_ZERO),
	VIOLATION(mode_fa_coa, ERROR, "sent from the home address", VIA_FA REQ48 "<" MODE ">" MHAE,
		  .src = "198.51.100.77"),
	VIOLATION(mode_fa_coa, WARN, "at the home agent the D flag may have been forgotten",
		  VIA_FA REQ48 "<" MODE ">" MHAE, FA_TO_HA),
	VIOLATION(mode_fa_coa, WARN, "home agent unknown, as is the leg",
		  RRQ("02(T)", "0258", HOA, ZERO, FA) REQ48 "<" MODE ">" MHAE, FA_TO_HA),
	NEAR_MISS(mode_fa_coa, "D sent by way of a foreign agent", COLOCATED REQ48 MODE MHAE, .dst = "203.0.113.9",
		  .ttl = 255, HOLDS),
	NEAR_MISS(mode_fa_coa, "D sent to the home agent", COLOCATED REQ48 MODE MHAE, HOLDS),
	TRAP(mode_fa_coa, "lifetime 0", RRQ("02(T)", "0000", HOA, HA, FA) MODE MHAE, MN_TO_FA, SILENT),

	VIOLATION(req_ext_after_auth, ERROR, "prefix after MHAE", COLOCATED MHAE "<" REQ48 ">",
		  .words = "IPv6 prefix request is after the Mobile-Home Authentication that should cover it, should "
			   "be before it [RFC 5454 3.1]"),
	VIOLATION(req_ext_after_auth, ERROR, "mode after MHAE", COLOCATED REQ48 MHAE "<" MODE ">"),
	VIOLATION(req_ext_after_auth, ERROR, "between MHAE and MFAE", VIA_FA MHAE "<" REQ48 ">" MFAE, MN_TO_FA),
	VIOLATION(req_ext_after_auth, ERROR, "after MN-AAA", COLOCATED MN_AAA "<" REQ48 ">"),
	VIOLATION(req_ext_after_auth, ERROR, "both", COLOCATED MHAE "<" REQ48 ">" MODE, .times = 2),
	NEAR_MISS(req_ext_after_auth, "130 after MHAE", COLOCATED REQ48 MHAE EDS, HOLDS),
	NEAR_MISS(req_ext_after_auth, "reserved subtype after MHAE", COLOCATED REQ48 MHAE "98 02 04 00",
		  .also = "subtype_reserved", HOLDS),
	TRAP(req_ext_after_auth, "no authentication at all", COLOCATED REQ48, .also = "auth_missing", HOLDS),

	VIOLATION(req_dup_prefix, NOTE, "same /48 twice", COLOCATED REQ48 "<" REQ48 ">" MHAE,
		  .words = "2001:db8:a::/48 is requested twice, should be once [advice: RFC 5454 3.3]"),
	VIOLATION(req_dup_prefix, NOTE, "insignificant bits differ",
		  COLOCATED REQ48 "<" REQ("30", "20010db8000a0000 0000000000000001") ">" MHAE, .also = "prefix_bits"),
	VIOLATION(req_dup_prefix, NOTE, "with another between",
		  COLOCATED REQ48 REQ("30", "20010db8000b0000 0000000000000000") "<" REQ48 ">" MHAE),
	VIOLATION(req_dup_prefix, NOTE, "link-local address twice",
		  COLOCATED REQ("ff", LINK_LOCAL) "<" REQ("ff", LINK_LOCAL) ">" MHAE, .also = "ll_before_hoa"),
	NEAR_MISS(req_dup_prefix, "/48 and its /64", COLOCATED REQ48 REQ("40", P64) MHAE, .also = "req_overlap_self",
		  HOLDS),
	NEAR_MISS(req_dup_prefix, "two link-local addresses",
		  COLOCATED REQ("ff", LINK_LOCAL) REQ("ff", "fe80000000000000 0000000000000001") MHAE,
		  .also = "ll_before_hoa", HOLDS),
	TRAP(req_dup_prefix, "not asked of 152/2", ACCEPTED REP48 REP48 MHAE, .also = "rep_dup", SILENT),

	VIOLATION(req_overlap_self, CHAT, "/64 in its /48", COLOCATED REQ48 "<" REQ("40", P64) ">" MHAE,
		  .words = "2001:db8:a:1::/64 overlaps 2001:db8:a::/48 of the same request [advice]"),
	VIOLATION(req_overlap_self, CHAT, "/48 around its /64", COLOCATED REQ("40", P64) "<" REQ48 ">" MHAE),
	NEAR_MISS(req_overlap_self, "two disjoint /64", COLOCATED REQ("40", P48) REQ("40", P64) MHAE, HOLDS),
	NEAR_MISS(req_overlap_self, "the same prefix twice", COLOCATED REQ48 REQ48 MHAE, .also = "req_dup_prefix",
		  HOLDS),
	TRAP(req_overlap_self, "a link-local address is in no prefix",
	     COLOCATED REQ("09", "fe80000000000000 0000000000000000") REQ("ff", LINK_LOCAL) MHAE,
	     .also = "ll_before_hoa", HOLDS),

	VIOLATION(ll_no_hoa, ERROR, "home address 0.0.0.0",
		  RRQ("22(D,T)", "0258", ZERO, HA, COA) NAI "<" REQ("ff", LINK_LOCAL) ">" MHAE,
		  .words = "Link-local address fe80::c633:644d requested with home address 0.0.0.0, should be after a "
			   "home address is registered [RFC 5454 3.7.1]"),
	NEAR_MISS(ll_no_hoa, "home address known", COLOCATED REQ("ff", LINK_LOCAL) MHAE, .also = "ll_before_hoa",
		  HOLDS),
	NEAR_MISS(ll_no_hoa, "home address 0.0.0.0 with a /48", RRQ("22(D,T)", "0258", ZERO, HA, COA) NAI REQ48 MHAE,
		  SILENT),

	VIOLATION(dereg_with_prefix, NOTE, "lifetime 0 with a prefix",
		  RRQ("22(D,T)", "0000", HOA, HA, COA) "<" REQ48 ">" MHAE,
		  .words = "Deregistration (lifetime 0) names 2001:db8:a::/48, which it ends anyway; should name no "
			   "prefix [advice: RFC 5454 3.8]"),
	VIOLATION(dereg_with_prefix, NOTE, "named once for two prefixes",
		  RRQ("22(D,T)", "0000", HOA, HA, COA) "<" REQ("40", P48) ">" REQ("40", P64) MHAE),
	NEAR_MISS(dereg_with_prefix, "lifetime 0 without", RRQ("22(D,T)", "0000", HOA, HA, COA) MHAE, HOLDS),
	NEAR_MISS(dereg_with_prefix, "lifetime 1 with a prefix", RRQ("22(D,T)", "0001", HOA, HA, COA) REQ48 MHAE,
		  SILENT),

	VIOLATION(fhae_dereg, NOTE, "lifetime 0", RRQ("02(T)", "0000", HOA, HA, FA) MHAE "<" FHAE ">", FA_TO_HA,
		  .words = "Foreign-Home Authentication (type 34) on a deregistration (lifetime 0), should be left out "
			   "[RFC 5944 3.5.4]"),
	NEAR_MISS(fhae_dereg, "lifetime 600", VIA_FA REQ48 MHAE FHAE, FA_TO_HA, HOLDS),
	NEAR_MISS(fhae_dereg, "lifetime 0 with MFAE", RRQ("02(T)", "0000", HOA, HA, FA) MHAE MFAE, MN_TO_FA, SILENT),

	VIOLATION(rrq_coa_is_hoa, WARN, "lifetime 600", "01 02 0258" HOA HA "<" HOA ">" ID MHAE, .src = "198.51.100.77",
		  .words = "Care-of address 198.51.100.77 equals the home address, with lifetime 600 s; should be "
			   "another, or lifetime 0 [RFC 3344 3.6.1.2]"),
	NEAR_MISS(rrq_coa_is_hoa, "lifetime 0 removes all", RRQ("02(T)", "0000", HOA, HA, HOA) MHAE,
		  .src = "198.51.100.77", SILENT),
	NEAR_MISS(rrq_coa_is_hoa, "another address", COLOCATED MHAE, HOLDS),

	VIOLATION(rrq_d_at_home, NOTE, "D back home", "01 <22> 0000" HOA HA HOA ID MHAE, .src = "198.51.100.77",
		  .words = "D flag is 1, should be 0: the care-of address 198.51.100.77 is the home address [RFC 3344 "
			   "3.6.1.2]"),
	NEAR_MISS(rrq_d_at_home, "D with lifetime 0 for a care-of address", RRQ("22(D,T)", "0000", HOA, HA, COA) MHAE,
		  HOLDS),
	NEAR_MISS(rrq_d_at_home, "no D back home", RRQ("02(T)", "0000", HOA, HA, HOA) MHAE, .src = "198.51.100.77",
		  SILENT),

	VIOLATION(rrq_addr_kind, WARN, "care-of address 224.0.0.11", "01 00 0258" HOA HA "<e000000b>" ID MHAE, MN_TO_FA,
		  .words = "Care-of address 224.0.0.11 is not a unicast host address [advice: RFC 3344 3.3, 3.6.1.2]"),
	VIOLATION(rrq_addr_kind, WARN, "care-of address 127.0.0.1", "01 00 0258" HOA HA "<7f000001>" ID MHAE, MN_TO_FA),
	VIOLATION(rrq_addr_kind, WARN, "care-of address 0.0.0.1", "01 00 0258" HOA HA "<00000001>" ID MHAE, MN_TO_FA),
	VIOLATION(rrq_addr_kind, WARN, "care-of address 255.255.255.255", "01 00 0258" HOA HA "<ffffffff>" ID MHAE,
		  MN_TO_FA),
	VIOLATION(rrq_addr_kind, WARN, "home address 127.0.0.1", "01 00 0258 <7f000001>" HA FA ID MHAE, TO_FA_FROM_ZERO,
		  .words = "Home address 127.0.0.1 is not a unicast host address [advice: RFC 3344 3.3, 3.6.1.2]"),
	VIOLATION(rrq_addr_kind, WARN, "home address 239.1.2.3", "01 00 0258 <ef010203>" HA FA ID MHAE,
		  TO_FA_FROM_ZERO),
	VIOLATION(rrq_addr_kind, WARN, "home agent 224.0.0.1", "01 00 0258" HOA "<e0000001>" FA ID MHAE, MN_TO_FA,
		  .words = "Home agent 224.0.0.1 is not a unicast host address [advice: RFC 3344 3.3, 3.6.1.2]"),
	VIOLATION(rrq_addr_kind, WARN, "home agent 127.0.0.1", "01 00 0258" HOA "<7f000001>" FA ID MHAE, MN_TO_FA),
	NEAR_MISS(rrq_addr_kind, "home agent 255.255.255.255 (RFC 4433)", RRQ("00", "0258", HOA, "ffffffff", FA) MHAE,
		  MN_TO_FA, HOLDS),
	NEAR_MISS(rrq_addr_kind, "home agent 0.0.0.0 (RFC 4433)", RRQ("00", "0258", HOA, ZERO, FA) MHAE, MN_TO_FA,
		  HOLDS),
	NEAR_MISS(rrq_addr_kind, "home agent 198.51.100.255 (RFC 3344 3.6.1.2)",
		  RRQ("00", "0258", HOA, "c63364ff", FA) MHAE, MN_TO_FA, HOLDS),
	NEAR_MISS(rrq_addr_kind, "home address 0.0.0.0 with NAI", RRQ("00", "0258", ZERO, HA, FA) NAI MHAE,
		  TO_FA_FROM_ZERO, HOLDS),
	NEAR_MISS(rrq_addr_kind, "care-of address 223.255.255.254", RRQ("00", "0258", HOA, HA, "dffffffe") MHAE,
		  MN_TO_FA, HOLDS),
	TRAP(rrq_addr_kind, "care-of address 0.0.0.0", RRQ("00", "0258", HOA, HA, ZERO) MHAE, MN_TO_FA, HOLDS),

	VIOLATION(rrq_hoa_zero_no_nai, NOTE, "no NAI", "01 22 0258 <00000000>" HA COA ID REQ48 MHAE,
		  .words = "Home address is 0.0.0.0, should be with a Mobile Node NAI (type 131), or not 0 [RFC 3344 "
			   "3.6; RFC 2794 2]"),
	NEAR_MISS(rrq_hoa_zero_no_nai, "NAI", RRQ("22(D,T)", "0258", ZERO, HA, COA) NAI REQ48 MHAE, HOLDS),
	NEAR_MISS(rrq_hoa_zero_no_nai, "home address", COLOCATED REQ48 MHAE, SILENT),
	NEAR_MISS(rrq_hoa_zero_no_nai, "an identifier of RFC 5563",
		  RRQ("22(D,T)", "0258", ZERO, HA, COA) PMIPV4_ID REQ48 MHAE, HOLDS),
	TRAP(rrq_hoa_zero_no_nai, "the NAI may follow", RRQ("22(D,T)", "0258", ZERO, HA, COA) REQ48 "|" NAI MHAE,
	     SILENT),
	TRAP(rrq_hoa_zero_no_nai, "the NAI may follow in the next fragment",
	     RRQ("22(D,T)", "0258", ZERO, HA, COA) REQ48, .fragment = true, SILENT),

	VIOLATION(
		rrq_src_coloc, NOTE, "other source", "01 22 0258" HOA HA "<" COA ">" ID REQ48 MHAE, .src = "192.0.2.99",
		.words =
			"Source is 192.0.2.99, should be the co-located care-of address 192.0.2.33 [RFC 3344 3.6.1.1]"),
	VIOLATION(rrq_src_coloc, NOTE, "home address with a lifetime", "01 22 0258" HOA HA "<" COA ">" ID REQ48 MHAE,
		  .src = "198.51.100.77"),
	NEAR_MISS(rrq_src_coloc, "other source with 144: chat", "01 22 0258" HOA HA "<" PRIVATE ">" ID REQ48 UTRQ MHAE,
		  .src = "192.0.2.200", BREAKS(CHAT)),
	NEAR_MISS(rrq_src_coloc, "care-of address", COLOCATED REQ48 MHAE, HOLDS),
	NEAR_MISS(rrq_src_coloc, "back home, deregisters the old care-of address",
		  RRQ("22(D,T)", "0000", HOA, HA, COA) MHAE, .src = "198.51.100.77", HOLDS),
	TRAP(rrq_src_coloc, "relayed by a foreign agent (R bit)", COLOCATED REQ48 MHAE, FA_TO_HA,
	     BEFORE(SAID(COLOCATED REQ48 MHAE, .dst = "203.0.113.9")), SILENT),
	TRAP(rrq_src_coloc, "sent to a foreign agent", COLOCATED REQ48 MHAE, .src = "192.0.2.99", .dst = "203.0.113.9",
	     .ttl = 255, SILENT),
	TRAP(rrq_src_coloc, "144 may follow", COLOCATED REQ48 "|" UTRQ MHAE, .src = "192.0.2.99", SILENT),
	TRAP(rrq_src_coloc, "not over IPv4", COLOCATED REQ48 MHAE, .no_ipv4 = true, SILENT),

	VIOLATION(rrq_src_fa, WARN, "other source", VIA_FA REQ48 MHAE, .src = "192.0.2.9", .dst = "203.0.113.9",
		  .ttl = 255,
		  .words = "Request to the foreign agent comes from 192.0.2.9, should come from the home address "
			   "198.51.100.77 or from 0.0.0.0 [RFC 3344 3.6.1.1]"),
	VIOLATION(rrq_src_fa, WARN, "other source to all agents", VIA_FA REQ48 MHAE, .src = "192.0.2.9",
		  .dst = "224.0.0.11", .ttl = 1),
	NEAR_MISS(rrq_src_fa, "home address", VIA_FA REQ48 MHAE, MN_TO_FA, HOLDS),
	NEAR_MISS(rrq_src_fa, "0.0.0.0", VIA_FA REQ48 MHAE, TO_FA_FROM_ZERO, .ttl = 255, HOLDS),
	NEAR_MISS(rrq_src_fa, "home address to all agents", VIA_FA REQ48 MHAE, ALL_AGENTS, .ttl = 1, HOLDS),
	TRAP(rrq_src_fa, "relay copy between foreign agents", VIA_FA REQ48 MHAE, .src = "203.0.113.9",
	     .dst = "203.0.113.10", BEFORE(SAID(VIA_FA REQ48 MHAE, .src = "198.51.100.77", .dst = "203.0.113.9")),
	     .also = "relay_dst", SILENT),
	TRAP(rrq_src_fa, "from one foreign agent to the next, the node's own leg not captured", VIA_FA REQ48 MHAE FHAE,
	     .src = "203.0.113.9", .dst = "203.0.113.10", SILENT),
	TRAP(rrq_src_fa, "34 may follow", VIA_FA REQ48 MHAE "|" FHAE, .src = "203.0.113.9", .dst = "203.0.113.10",
	     SILENT),
	TRAP(rrq_src_fa, "FA-HA leg", VIA_FA REQ48 MHAE, FA_TO_HA, SILENT),
	TRAP(rrq_src_fa, "D goes by rrq_src_coloc", COLOCATED REQ48 MHAE, .dst = "203.0.113.9", .ttl = 255, SILENT),
	TRAP(rrq_src_fa, "home agent 0.0.0.0", RRQ("02(T)", "0258", HOA, ZERO, FA) REQ48 MHAE, .src = "192.0.2.9",
	     .dst = "203.0.113.9", SILENT),
	TRAP(rrq_src_fa, "home agent 255.255.255.255", RRQ("02(T)", "0258", HOA, "ffffffff", FA) REQ48 MHAE,
	     .src = "192.0.2.9", .dst = "203.0.113.9", SILENT),
	TRAP(rrq_src_fa, "home agent is a subnet broadcast", RRQ("02(T)", "0258", HOA, "c63364ff", FA) REQ48 MHAE,
	     .src = "192.0.2.9", .dst = "203.0.113.9", SILENT),

	VIOLATION(rrq_ttl_mcast, WARN, "64", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE, ALL_AGENTS,
		  .words = "Request to All Mobility Agents has TTL 64, should be 1 [RFC 3344 3.6.1.1]"),
	VIOLATION(rrq_ttl_mcast, WARN, "255 without T", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE, ALL_AGENTS,
		  .ttl = 255),
	VIOLATION(rrq_ttl_mcast, WARN, "64 with T", VIA_FA REQ48 MHAE, ALL_AGENTS),
	NEAR_MISS(rrq_ttl_mcast, "1", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE, ALL_AGENTS, .ttl = 1, HOLDS),
	NEAR_MISS(rrq_ttl_mcast, "255 with T (RFC 3024)", VIA_FA REQ48 MHAE, ALL_AGENTS, .ttl = 255, HOLDS),
	NEAR_MISS(rrq_ttl_mcast, "1 with T", VIA_FA REQ48 MHAE, ALL_AGENTS, .ttl = 1, HOLDS),
	NEAR_MISS(rrq_ttl_mcast, "64 to the agent itself", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE,
		  .src = "198.51.100.77", .dst = "203.0.113.9", SILENT),
	TRAP(rrq_ttl_mcast, "TTL unknown", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE, ALL_AGENTS, .no_ttl = true,
	     SILENT),

	VIOLATION(rrq_ttl_rt, WARN, "64 to the foreign agent", "01 <02> 0258" HOA HA FA ID REQ48 MHAE,
		  .src = "198.51.100.77", .dst = "203.0.113.9",
		  .words = "Reverse tunneling requested from a foreign agent with TTL 64, should be 255 [RFC 3024 3.2, "
			   "4.1.1]"),
	VIOLATION(rrq_ttl_rt, WARN, "254", "01 <02> 0258" HOA HA FA ID REQ48 MHAE, .src = "198.51.100.77",
		  .dst = "203.0.113.9", .ttl = 254),
	NEAR_MISS(rrq_ttl_rt, "64 to the home agent", COLOCATED REQ48 MHAE, SILENT),
	NEAR_MISS(rrq_ttl_rt, "255 to the foreign agent", VIA_FA REQ48 MHAE, MN_TO_FA, HOLDS),
	NEAR_MISS(rrq_ttl_rt, "64 without T", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE, .src = "198.51.100.77",
		  .dst = "203.0.113.9", SILENT),
	TRAP(rrq_ttl_rt, "FA-HA leg", VIA_FA REQ48 MHAE, FA_TO_HA, SILENT),
	TRAP(rrq_ttl_rt, "relay copy to another foreign agent", VIA_FA REQ48 MHAE, .src = "203.0.113.9",
	     .dst = "203.0.113.10", BEFORE(SAID(VIA_FA REQ48 MHAE, .src = "198.51.100.77", .dst = "203.0.113.9")),
	     .also = "relay_dst", SILENT),
	TRAP(rrq_ttl_rt, "from one foreign agent to the next, the node's own leg not captured", VIA_FA REQ48 MHAE FHAE,
	     .src = "203.0.113.9", .dst = "203.0.113.10", SILENT),
	TRAP(rrq_ttl_rt, "leg unknown", RRQ("02(T)", "0258", HOA, ZERO, FA) REQ48 MHAE, .src = "198.51.100.77",
	     .dst = "203.0.113.9", SILENT),
	TRAP(rrq_ttl_rt, "TTL unknown", VIA_FA REQ48 MHAE, .src = "198.51.100.77", .dst = "203.0.113.9", .no_ttl = true,
	     SILENT),

	VIOLATION(ident_clock, NOTE, "60 s late", "01 22 0258" HOA HA COA "<" ID ">" REQ48 MHAE, .clock = 60,
		  .words = "Timestamp of the request is 60 s behind the time of capture, should be within 7 s [advice: "
			   "RFC 3344 5.7.1]"),
	VIOLATION(ident_clock, NOTE, "60 s early", "01 22 0258" HOA HA COA "<" ID ">" REQ48 MHAE, .clock = -60,
		  .words = "Timestamp of the request is 60 s ahead of the time of capture, should be within 7 s "
			   "[advice: RFC 3344 5.7.1]"),
	VIOLATION(ident_clock, NOTE, "8 s", "01 22 0258" HOA HA COA "<" ID ">" REQ48 MHAE, .clock = 8),
	VIOLATION(ident_clock, NOTE, "nearly a day", "01 22 0258" HOA HA COA "<" ID ">" REQ48 MHAE, .clock = 86399),
	VIOLATION(ident_clock, NOTE, "beyond NTP's era",
		  "01 22 0258" HOA HA COA "<00000010(2036-02-07 06:28:32) 00000001>" REQ48 MHAE, .time = 2085978556),
	NEAR_MISS(ident_clock, "3 s late", COLOCATED REQ48 MHAE, .clock = 3, HOLDS),
	NEAR_MISS(ident_clock, "7 s late", COLOCATED REQ48 MHAE, .clock = 7, HOLDS),
	NEAR_MISS(ident_clock, "3 s early", COLOCATED REQ48 MHAE, .clock = -3, HOLDS),
	TRAP(ident_clock, "two days: a nonce", COLOCATED REQ48 MHAE, .clock = 2 * 86400, SILENT),
	TRAP(ident_clock, "a nonce", "01 22 0258" HOA HA COA "12345678 9abcdef0" REQ48 MHAE, SILENT),
	TRAP(ident_clock, "capture without time", COLOCATED REQ48 MHAE, .no_time = true, SILENT),
	TRAP(ident_clock, "negative time", "01 22 0258" HOA HA COA "83aa7e30 00000001" REQ48 MHAE, .time = -50, SILENT),

	VIOLATION(eds_no_t, WARN, "without T", RRQ("20(D)", "0258", HOA, HA, COA) REQ48 MHAE "<" EDS ">",
		  .words = "Encapsulating Delivery Style in a request with T flag 0 (flags 0x20), should be 1 [RFC "
			   "3024 3.3]"),
	NEAR_MISS(eds_no_t, "with T", COLOCATED REQ48 MHAE EDS, HOLDS),

	VIOLATION(eds_order, WARN, "before MHAE", VIA_FA REQ48 "<" EDS ">" MHAE, MN_TO_FA,
		  .words = "Encapsulating Delivery Style is before the Mobile-Home Authentication, should be after it "
			   "[RFC 3024 3.3]"),
	VIOLATION(eds_order, WARN, "after MFAE", VIA_FA REQ48 MHAE MFAE "<" EDS ">", MN_TO_FA),
	NEAR_MISS(eds_order, "32, 130, 33", VIA_FA REQ48 MHAE EDS MFAE, MN_TO_FA, HOLDS),
	NEAR_MISS(eds_order, "32, 130", VIA_FA REQ48 MHAE EDS, MN_TO_FA, HOLDS),

	VIOLATION(eds_length, WARN, "1", VIA_FA REQ48 MHAE "82 <01> 00", MN_TO_FA,
		  .words = "Encapsulating Delivery Style Length is 1, should be 0 [RFC 3024 3.3]"),
	NEAR_MISS(eds_length, "0", VIA_FA REQ48 MHAE EDS, MN_TO_FA, HOLDS),

	VIOLATION(eds_relayed, WARN, "FA-HA leg", VIA_FA REQ48 MHAE "<" EDS ">", FA_TO_HA,
		  .words = "Encapsulating Delivery Style relayed by the foreign agent 203.0.113.9, should be removed "
			   "[RFC 3024 3.3]"),
	VIOLATION(eds_relayed, WARN, "known as a relay copy", VIA_FA REQ48 MHAE "<" EDS ">" FHAE, FA_TO_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE EDS, .src = "198.51.100.77", .dst = "203.0.113.9"))),
	NEAR_MISS(eds_relayed, "MN-FA leg", VIA_FA REQ48 MHAE EDS, MN_TO_FA, HOLDS),
	NEAR_MISS(eds_relayed, "co-located node to its home agent", COLOCATED REQ48 MHAE EDS, HOLDS),
	NEAR_MISS(eds_relayed, "from the home address", VIA_FA REQ48 MHAE EDS, .src = "198.51.100.77", HOLDS),

	VIOLATION(utrq_encap_dsmip, ERROR, "4 with mode", BEHIND_NAT REQ48 MODE "90 06 00 00 00 <04> 0000" MHAE,
		  FROM_NAT_INSIDE,
		  .words = "UDP Tunnel Request asks for encapsulation 4 along with IPv6 prefixes, should be 0 [RFC "
			   "5454 3.9]"),
	VIOLATION(utrq_encap_dsmip, WARN, "47 without mode", BEHIND_NAT REQ48 "90 06 00 00 00 <2f> 0000" MHAE,
		  FROM_NAT_INSIDE),
	VIOLATION(utrq_encap_dsmip, WARN, "after MHAE it is the foreign agent's",
		  BEHIND_NAT REQ48 MODE MHAE "90 06 00 00 00 <04> 0000", FROM_NAT_INSIDE, .also = "utrq_fa_d"),
	VIOLATION(utrq_encap_dsmip, ERROR, "144 in front of the prefix",
		  BEHIND_NAT "90 06 00 00 00 <04> 0000" MODE REQ48 MHAE, FROM_NAT_INSIDE),
	NEAR_MISS(utrq_encap_dsmip, "0 with mode", BEHIND_NAT REQ48 MODE UTRQ MHAE, FROM_NAT_INSIDE, HOLDS),
	NEAR_MISS(utrq_encap_dsmip, "4 without prefixes", BEHIND_NAT UTRQ_ENCAP("04") MHAE, FROM_NAT_INSIDE, SILENT),

	VIOLATION(utrq_no_d, ERROR, "before MHAE", VIA_FA REQ48 "<90 06 00 00 80 00 0000>" MHAE, MN_TO_FA,
		  .words = "Mobile node's UDP Tunnel Request in a request with D flag 0 (flags 0x02), should be 1 [RFC "
			   "3519 3.1.5, 4.4, 4.6.1]"),
	VIOLATION(utrq_no_d, ERROR, "after MN-AAA, yet before MHAE",
		  VIA_FA REQ48 MN_AAA "<90 06 00 00 80 00 0000>" MHAE, MN_TO_FA, .also = "auth_multiple"),
	NEAR_MISS(utrq_no_d, "after MHAE (foreign agent)", VIA_FA REQ48 MHAE "90 06 00 00 80 00 0000", FA_TO_HA,
		  SILENT),
	NEAR_MISS(utrq_no_d, "D", BEHIND_NAT REQ48 UTRQ MHAE, FROM_NAT_INSIDE, HOLDS),

	VIOLATION(utrq_fa_d, WARN, "after MHAE", BEHIND_NAT REQ48 MHAE "<" UTRQ ">", FROM_NAT_INSIDE,
		  .words =
			  "UDP Tunnel Request after the Mobile-Home Authentication, so by a foreign agent, with D flag "
			  "1; should be left out for the co-located care-of address 10.0.0.33 [RFC 3519 4.5, 4.6.1]"),
	NEAR_MISS(utrq_fa_d, "before MHAE", BEHIND_NAT REQ48 UTRQ MHAE, FROM_NAT_INSIDE, SILENT),
	NEAR_MISS(utrq_fa_d, "after MHAE without D", VIA_FA REQ48 MHAE "90 06 00 00 80 00 0000", FA_TO_HA, HOLDS),
	TRAP(utrq_fa_d, "after MN-AAA, yet before MHAE", BEHIND_NAT REQ48 MN_AAA UTRQ MHAE, FROM_NAT_INSIDE,
	     .also = "auth_multiple", SILENT),

	VIOLATION(utrq_fa_src, NOTE, "10.0.0.2 for 10.0.0.1",
		  RRQ("02(T)", "0258", HOA, HA, "0a000001") REQ48 MHAE "<" UTRQ ">", .src = "10.0.0.2",
		  .words = "Foreign agent's UDP Tunnel Request comes from 10.0.0.2, should come from the care-of "
			   "address 10.0.0.1 [RFC 3519 4.5]"),
	NEAR_MISS(utrq_fa_src, "care-of address", RRQ("02(T)", "0258", HOA, HA, "0a000001") REQ48 MHAE UTRQ,
		  .src = "10.0.0.1", HOLDS),
	TRAP(utrq_fa_src, "behind the NAT the source differs",
	     RRQ("02(T)", "0258", HOA, HA, "0a000001") REQ48 MHAE UTRQ, .src = "192.0.2.200", SILENT),
	TRAP(utrq_fa_src, "the mobile node's own", BEHIND_NAT UTRQ MHAE, FROM_NAT_INSIDE, SILENT),
	TRAP(utrq_fa_src, "D: not the foreign agent's to add (utrq_fa_d)", BEHIND_NAT MHAE UTRQ, .src = "10.0.0.2",
	     .also = "utrq_fa_d rrq_src_coloc", SILENT),
	TRAP(utrq_fa_src, "not over IPv4", RRQ("02(T)", "0258", HOA, HA, "0a000001") REQ48 MHAE UTRQ, .src = "10.0.0.2",
	     .no_ipv4 = true, SILENT),

	VIOLATION(utrq_no_t, NOTE, "without T", RRQ("20(D)", "0258", HOA, HA, PRIVATE) REQ48 "<" UTRQ ">" MHAE,
		  FROM_NAT_INSIDE,
		  .words = "UDP Tunnel Request in a request with T flag 0 (flags 0x20), should be 1 [RFC 3519 3.1.5]"),
	NEAR_MISS(utrq_no_t, "with T", BEHIND_NAT REQ48 UTRQ MHAE, FROM_NAT_INSIDE, HOLDS),

	VIOLATION(utrq_public_coa, CHAT, "192.0.2.33", COLOCATED REQ48 "<" UTRQ ">" MHAE,
		  .words = "UDP tunneling requested for the public care-of address 192.0.2.33, needed only behind a "
			   "NAT [RFC 5454 3.9]"),
	VIOLATION(utrq_public_coa, CHAT, "172.32.0.1",
		  RRQ("22(D,T)", "0258", HOA, HA, "ac200001") REQ48 "<" UTRQ ">" MHAE, .src = "172.32.0.1"),
	NEAR_MISS(utrq_public_coa, "10.0.0.33", BEHIND_NAT REQ48 UTRQ MHAE, FROM_NAT_INSIDE, HOLDS),
	NEAR_MISS(utrq_public_coa, "172.31.255.254", RRQ("22(D,T)", "0258", HOA, HA, "ac1ffffe") REQ48 UTRQ MHAE,
		  .src = "172.31.255.254", HOLDS),
	NEAR_MISS(utrq_public_coa, "100.64.0.1 (RFC 6598)", RRQ("22(D,T)", "0258", HOA, HA, "64400001") REQ48 UTRQ MHAE,
		  .src = "100.64.0.1", HOLDS),
	NEAR_MISS(utrq_public_coa, "F: forced", COLOCATED REQ48 "90 06 00 00 80 00 0000" MHAE, HOLDS),
	NEAR_MISS(utrq_public_coa, "without prefixes", COLOCATED UTRQ MHAE, SILENT),

	VIOLATION(mne_order, WARN, "after MHAE", COLOCATED REQ48 MHAE "<" MOBILE_NETWORK ">",
		  .words = "Mobile Network extension is after the Mobile-Home Authentication, should be before it [RFC "
			   "5177 10]"),
	VIOLATION(mne_order, WARN, "after MN-AAA", COLOCATED REQ48 MN_AAA "<" MOBILE_NETWORK ">"),
	VIOLATION(mne_order, WARN, "beside a tunneling mode", COLOCATED MODE MHAE "<" MOBILE_NETWORK ">",
		  .also = "mode_no_prefix"),
	NEAR_MISS(mne_order, "before MHAE", COLOCATED REQ48 MOBILE_NETWORK MHAE, HOLDS),
	TRAP(mne_order, "IPv4 alone is not this project's", COLOCATED MHAE MOBILE_NETWORK, SILENT),
};

const row_table_t rows_of_request = {"request", rows, G_N_ELEMENTS(rows)};
