// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about the registration reply: RFC 5454 3.2-3.4, 3.7.1, 3.8; RFC 3344 3.4, 3.8.3; RFC 3519 4.
#include <glib.h>

#include "rows.h"

#define DENIED RRP("81(129)", "0000")
#define DENIED_BY_FA RRP("41(65)", "0000")
#define MN_ASKED BEFORE(SAID(COLOCATED REQ48 MODE UTRQ MHAE))
#define FA_ASKED .src = "198.51.100.1", .dst = "203.0.113.9", BEFORE(SAID(VIA_FA REQ48 MHAE UTRQ, FA_TO_HA_STEP))
#define FA_TO_HA_STEP .src = "203.0.113.9", .dst = "198.51.100.1"

#define REQUESTED_HA "8b 01 0004 c6336401 "
#define REDIRECTED_HA(address) "8b 02 0004 " address " "
#define ASKED_ANY(ha) BEFORE(SAID(RRQ("22", "0258", HOA, ha, COA) REQUESTED_HA MHAE, ))

static const row_t rows[] = {
	VIOLATION(dynha_mismatch, ERROR, "143 without 139", "03 <8f(143)> 0000" HOA HA ID MHAE, .also = "reply_denied",
		  .words = "Code 143 (register with the redirected home agent) without a Redirected HA extension "
			   "(139/2), should name the home agent to register with [RFC 4433 3.4.2, 4.1, 5.3]"),
	VIOLATION(dynha_mismatch, WARN, "143 with itself", RRP("8f(143)", "0000") "8b 02 0004 <c6336401>" MHAE,
		  .also = "reply_denied"),
	VIOLATION(dynha_mismatch, ERROR, "143 with a Requested HA", "03 <8f(143)> 0000" HOA HA ID REQUESTED_HA MHAE,
		  .also = "reply_denied"),
	VIOLATION(dynha_mismatch, WARN, "accepted by another", "03 00 0258" HOA "<c6336402>" ID MHAE,
		  ASKED_ANY("ffffffff"),
		  .words = "Home agent is 198.51.100.2, should be 198.51.100.1, the Requested HA of the request in "
			   "frame 1, or the request should be denied with code 136 (unknown home agent address) [RFC "
			   "4433 3.4.2, 4.1, 5.3]"),
	NEAR_MISS(dynha_mismatch, "143 with another", RRP("8f(143)", "0000") REDIRECTED_HA("c6336402") MHAE,
		  .also = "reply_denied", HOLDS),
	NEAR_MISS(dynha_mismatch, "accepted by the Requested HA", ACCEPTED MHAE, ASKED_ANY("00000000"), HOLDS),
	NEAR_MISS(dynha_mismatch, "denied by another", RRP_ID("88(136)", "0000", HOA, HA2, ID) MHAE,
		  ASKED_ANY("00000000"), .also = "reply_denied", SILENT),
	TRAP(dynha_mismatch, "143 cut by the capture", RRP("8f(143)", "0000") "|" REDIRECTED_HA("c6336402") MHAE,
	     .also = "reply_denied", SILENT),
	TRAP(dynha_mismatch, "without a wish any agent may accept", RRP_ID("00", "0258", HOA, HA2, ID) MHAE,
	     BEFORE(SAID(RRQ("22", "0258", HOA, "00000000", COA) MHAE, )), SILENT),
	TRAP(dynha_mismatch, "a private address of a home agent behind a NAT",
	     RRP_ID("00", "0258", HOA, "0a000001", ID) MHAE, ASKED_ANY("00000000"), SILENT),

	VIOLATION(code_unknown, NOTE, "63", "03 <3f> 0258 " HOA HA ID MHAE,
		  .words = "Reply code 63 is unassigned [RFC 5944 3.4, 6.4; IANA Mobile IPv4 Numbers]"),
	VIOLATION(code_unknown, NOTE, "200", "03 <c8> 0000 " HOA HA ID MHAE, .also = "reply_denied"),
	NEAR_MISS(code_unknown, "142 of RFC 3519", RRP("8e", "0000") MHAE, .also = "reply_denied", HOLDS),
	NEAR_MISS(code_unknown, "0", ACCEPTED MHAE, HOLDS),
	NEAR_MISS(code_unknown, "1", RRP("01", "0258") MHAE, HOLDS),
	NEAR_MISS(code_unknown, "76 of RFC 3024", RRP("4c", "0000"), .also = "reply_denied", HOLDS),
	NEAR_MISS(code_unknown, "194 of RFC 5944", RRP("c2", "0000"), .also = "reply_denied", HOLDS),
	NEAR_MISS(code_unknown, "2 of RFC 6521", RRP("02", "0258") MHAE, HOLDS),
	NEAR_MISS(code_unknown, "116 of RFC 5944", RRP("74", "0000"), .also = "reply_denied", HOLDS),
	NEAR_MISS(code_unknown, "153 of RFC 7629", RRP("99", "0000") MHAE, .also = "reply_denied", HOLDS),
	NEAR_MISS(code_unknown, "203 of RFC 6521", RRP("cb", "0000"), .also = "reply_denied", HOLDS),
	VIOLATION(code_unknown, NOTE, "3", "03 <03> 0258 " HOA HA ID MHAE),

	VIOLATION(reply_denied, NOTE, "131", "03 <83> 0000 " HOA HA ID MHAE,
		  .words = "Registration denied by the home agent: code 131 (mobile node failed authentication) "
			   "[RFC 5944 3.4]"),
	VIOLATION(reply_denied, NOTE, "64 by the foreign agent", "03 <40> 0000 " HOA HA ID,
		  .words = "Registration denied by the foreign agent: code 64 (reason unspecified) [RFC 5944 3.4]"),
	VIOLATION(reply_denied, NOTE, "194 by the foreign agent", "03 <c2> 0000 " HOA HA ID,
		  .words = "Registration denied by the foreign agent: code 194 (invalid home agent address) "
			   "[RFC 5944 3.4]"),
	VIOLATION(reply_denied, NOTE, "193 by the gateway foreign agent", "03 <c1> 0000 " HOA HA ID,
		  .words = "Registration denied by the gateway foreign agent: code 193 (no home registration) "
			   "[RFC 5944 3.4]"),
	VIOLATION(reply_denied, NOTE, "220, of which nobody knows whose it is", "03 <dc> 0000 " HOA HA ID,
		  .also = "code_unknown", .words = "Registration denied: code 220 (unassigned) [RFC 5944 3.4]"),
	NEAR_MISS(reply_denied, "1 accepts", RRP("01", "0258") MHAE, HOLDS),
	NEAR_MISS(reply_denied, "63 would accept", RRP("3f", "0258") MHAE, .also = "code_unknown", HOLDS),

	VIOLATION(rep_ext_after_auth, ERROR, "after MHAE", ACCEPTED MHAE "<" REP48 ">",
		  .words = "IPv6 prefix reply is after the Mobile-Home Authentication that should cover it, should be "
			   "before it [RFC 5944 3.8.3.3]"),
	VIOLATION(rep_ext_after_auth, ERROR, "after MHAE and MFAE", ACCEPTED MHAE MFAE "<" REP48 ">"),
	VIOLATION(rep_ext_after_auth, ERROR, "one before, one after",
		  ACCEPTED REP48 MHAE "<" REP("01", "40", P48B) ">"),
	VIOLATION(rep_ext_after_auth, ERROR, "too short to be read", ACCEPTED MHAE "<98 02 02 00>",
		  .also = "rep_length"),
	NEAR_MISS(rep_ext_after_auth, "FA error extension (45) after MHAE", ACCEPTED REP48 MHAE "2d 02 00 01", HOLDS),
	NEAR_MISS(rep_ext_after_auth, "before MHAE", ACCEPTED REP48 MHAE, HOLDS),
	TRAP(rep_ext_after_auth, "foreign agent's denial without any", DENIED_BY_FA REP("09", "30", P48),
	     .also = "reply_denied rep_by_fa", SILENT),
	TRAP(rep_ext_after_auth, "foreign agent's denial without MHAE, after MFAE",
	     DENIED_BY_FA MFAE REP("09", "30", P48), .also = "reply_denied rep_by_fa", SILENT),
	TRAP(rep_ext_after_auth, "cut after the prefix reply", ACCEPTED REP48 "|" MHAE, HOLDS),

	VIOLATION(rep_accept_in_deny, NOTE, "129 with code 0", DENIED "98 14 02 <00> 30 00" P48 MHAE,
		  .also = "reply_denied",
		  .words = "2001:db8:a::/48 accepted with code 0 in a reply that denies the registration with code 129 "
			   "(administratively prohibited) "
			   "[RFC 5454 3.2]"),
	VIOLATION(rep_accept_in_deny, NOTE, "129 with reserved acceptance 7", DENIED "98 14 02 <07> 30 00" P48 MHAE,
		  .also = "reply_denied code_reserved"),
	NEAR_MISS(rep_accept_in_deny, "129 with code 9", DENIED REP("09", "30", P48) MHAE, .also = "reply_denied",
		  HOLDS),
	NEAR_MISS(rep_accept_in_deny, "accepted", ACCEPTED REP48 MHAE, SILENT),

	VIOLATION(rep_by_fa, NOTE, "65", DENIED_BY_FA "<" REP("09", "30", P48) ">", .also = "reply_denied",
		  .words = "IPv6 prefix reply in a foreign agent's denial with code 65 (administratively prohibited), "
			   "should be the home agent's alone "
			   "[advice: RFC 5454 3.4; RFC 5944 3.7.2.3]"),
	VIOLATION(rep_by_fa, NOTE, "194", RRP("c2", "0000") "<" REP("09", "30", P48) ">", .also = "reply_denied"),
	NEAR_MISS(rep_by_fa, "129", DENIED REP("09", "30", P48) MHAE, .also = "reply_denied", HOLDS),
	NEAR_MISS(rep_by_fa, "65 without prefixes", DENIED_BY_FA, .also = "reply_denied", SILENT),

	VIOLATION(rep_dup, ERROR, "same prefix twice", ACCEPTED REP48 "<" REP48 ">" MHAE,
		  .words = "Second reply for 2001:db8:a::/48, should be one [RFC 5454 3.3]"),
	VIOLATION(rep_dup, ERROR, "with different codes", ACCEPTED REP48 "<" REP("08", "30", P48) ">" MHAE),
	VIOLATION(rep_dup, ERROR, "insignificant bits differ",
		  ACCEPTED REP48 "<" REP("01", "30", "20010db8000a0000 0000000000000001") ">" MHAE,
		  .also = "prefix_bits"),
	VIOLATION(rep_dup, ERROR, "three times is two too many", ACCEPTED REP48 "<" REP48 ">" REP48 MHAE, .times = 2),
	VIOLATION(rep_dup, ERROR, "link-local address twice",
		  ACCEPTED REP("00", "ff", LINK_LOCAL) "<" REP("00", "ff", LINK_LOCAL) ">" MHAE),
	NEAR_MISS(rep_dup, "/48 and /64 of the same bits", ACCEPTED REP48 REP("01", "40", P48) MHAE, HOLDS),
	VIOLATION(rep_dup, NOTE, "two lengths for a third that was asked",
		  ACCEPTED REP48 "<" REP("01", "40", P48) ">" MHAE,
		  BEFORE(SAID(COLOCATED REQ("38(/56)", P48) MODE MHAE, )), .also = "rep_len_mismatch",
		  .words = "Replies for 2001:db8:a::/48 and for 2001:db8:a::/64, neither of which was requested in "
			   "frame 1 [RFC 5454 3.3]"),
	NEAR_MISS(rep_dup, "two lengths, one was asked", ACCEPTED REP48 REP("01", "40", P48) MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, )), .also = "rep_len_mismatch", HOLDS),
	NEAR_MISS(rep_dup, "two lengths, both were asked", ACCEPTED REP48 REP("01", "40", P48) MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ("40", P48) MODE MHAE, )), HOLDS),
	NEAR_MISS(rep_dup, "a prefix inside another, for a third that was asked",
		  ACCEPTED REP48 REP("01", "40", P64) MHAE, BEFORE(SAID(COLOCATED REQ("2f(/47)", P48) MODE MHAE, )),
		  .also = "rep_len_mismatch", HOLDS),
	TRAP(rep_dup, "both may have been asked", ACCEPTED REP48 REP("01", "40", P48) MHAE,
	     BEFORE(SAID(COLOCATED REQ("38(/56)", P48) "|" REQ48 MODE MHAE, )), HOLDS),
	NEAR_MISS(rep_dup, "two prefixes", ACCEPTED REP("01", "40", P48) REP("01", "40", P64) MHAE, HOLDS),
	TRAP(rep_dup, "255 compares all 128 bits",
	     ACCEPTED REP("00", "ff", LINK_LOCAL) REP("00", "ff", "fe80000000000000 00000000c633644e") MHAE, HOLDS),
	TRAP(rep_dup, "the second is not captured whole",
	     ACCEPTED REP48 "98 14 02 01 30 00 2001 | 0db8000a0000 0000000000000000" MHAE, HOLDS),

	VIOLATION(rep_in_dereg, NOTE, "lifetime 0 with code 0", RRP("00", "0000") "<" REP("00", "30", P48) ">" MHAE,
		  .words = "2001:db8:a::/48 accepted with code 0 in a reply with lifetime 0, which registers nothing "
			   "[advice: RFC 5454 3.3, 3.8]"),
	VIOLATION(rep_in_dereg, NOTE, "lifetime 0 with code 1", RRP("00", "0000") "<" REP48 ">" MHAE),
	NEAR_MISS(rep_in_dereg, "lifetime 0 without prefixes", RRP("00", "0000") MHAE, SILENT),
	NEAR_MISS(rep_in_dereg, "lifetime 0 with code 8", RRP("00", "0000") REP("08", "30", P48) MHAE, HOLDS),
	NEAR_MISS(rep_in_dereg, "lifetime 1", RRP("00", "0001") REP48 MHAE, SILENT),
	TRAP(rep_in_dereg, "a denial has no lifetime", DENIED REP("00", "30", P48) MHAE,
	     .also = "reply_denied rep_accept_in_deny", SILENT),

	VIOLATION(rep_ll_coa, WARN, "255 with code 1", ACCEPTED "98 14 02 <01> ff 00" LINK_LOCAL MHAE,
		  .words = "Code 1 for the link-local address fe80::c633:644d grants tunneling to the care-of address, "
			   "should be 0 [advice: RFC 5454 3.7.1]"),
	NEAR_MISS(rep_ll_coa, "255 with code 0", ACCEPTED REP("00", "ff", LINK_LOCAL) MHAE, HOLDS),
	NEAR_MISS(rep_ll_coa, "255 with code 9", ACCEPTED REP("09", "ff", LINK_LOCAL) MHAE, HOLDS),
	NEAR_MISS(rep_ll_coa, "/48 with code 1", ACCEPTED REP48 MHAE, SILENT),

	VIOLATION(utrp_order, NOTE, "44 after MHAE, asked by the mobile node", ACCEPTED REP48 MHAE "<" UTRP ">",
		  MN_ASKED,
		  .words = "UDP Tunnel Reply for the mobile node is after the Mobile-Home Authentication, should be "
			   "before it [RFC 5944 3.8.3.3; RFC 3519 4.4, 4.5, 4.6]"),
	NEAR_MISS(utrp_order, "44 after MHAE, asked by the foreign agent", ACCEPTED REP("00", "30", P48) MHAE UTRP,
		  FA_ASKED, SILENT),
	NEAR_MISS(utrp_order, "44 before MHAE", ACCEPTED REP48 UTRP MHAE, MN_ASKED, HOLDS),
	TRAP(utrp_order, "the request was not seen", ACCEPTED REP48 MHAE UTRP, SILENT),
	TRAP(utrp_order, "the request did not ask", ACCEPTED REP48 MHAE UTRP, BEFORE(SAID(COLOCATED REQ48 MODE MHAE)),
	     .also = "utrp_unrequested", SILENT),
	TRAP(utrp_order, "44 captured, MHAE not", ACCEPTED REP48 UTRP "|" MHAE, MN_ASKED, HOLDS),

	VIOLATION(utrp_keepalive, NOTE, "5 s", ACCEPTED "2c 06 00 00 0000 <0005>" MHAE,
		  .words = "Keepalive interval is 5 s, should be at least 10 s, or 0 [RFC 3519 4.10]"),
	VIOLATION(utrp_keepalive, NOTE, "9 s", ACCEPTED "2c 06 00 00 8000 <0009>" MHAE),
	VIOLATION(utrp_keepalive, NOTE, "1 s with the last accepting code", ACCEPTED "2c 06 00 3f 0000 <0001>" MHAE),
	NEAR_MISS(utrp_keepalive, "0 leaves it to the mobile node", ACCEPTED "2c 06 00 00 0000 0000" MHAE, HOLDS),
	NEAR_MISS(utrp_keepalive, "10 s", ACCEPTED "2c 06 00 00 0000 000a" MHAE, HOLDS),
	NEAR_MISS(utrp_keepalive, "110 s", ACCEPTED UTRP MHAE, HOLDS),
	TRAP(utrp_keepalive, "declined (code 64)", ACCEPTED "2c 06 00 40 0000 0005" MHAE, SILENT),
};

const row_table_t rows_of_reply = {"reply", rows, G_N_ELEMENTS(rows)};
