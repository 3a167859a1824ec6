// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about a reply and its request, about relay copies, and about prefixes of different nodes:
// RFC 5454 3.2-3.5; RFC 3344 3.4, 3.7, 3.8, 5.7; RFC 3519 3.2, 4.6.
#include <glib.h>

#include "rows.h"

#define LEG_MN_FA .src = "198.51.100.77", .dst = "203.0.113.9"
#define LEG_FA_MN .src = "203.0.113.9", .dst = "198.51.100.77"
#define LEG_FA_HA FA_TO_HA
#define LEG_HA_FA .src = "198.51.100.1", .dst = "203.0.113.9"
#define LEG_NAT_HA .src = "192.0.2.200"
#define LEG_HA_NAT .dst = "192.0.2.200"
#define LEG_MN2_HA .src = "192.0.2.34"
#define LEG_HA_MN2 .dst = "192.0.2.34"

#define ASKED_48 BEFORE(SAID(COLOCATED REQ48 MODE MHAE, ))
#define ASKED_NAT BEFORE(SAID(COLOCATED REQ48 MODE UTRQ MHAE, ))
#define ASKED_NOTHING BEFORE(SAID(COLOCATED MHAE, ))
#define ASKED_BY_FA BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA), SAID(VIA_FA REQ48 MHAE FHAE, LEG_FA_HA))
#define REP48_HOA REP("00", "30", P48)
#define P48C "20010db8000c0000 0000000000000000"
#define UTRQ_F "90 06 00 00 80(F) 00 0000 "
#define UTRQ_R "90 06 00 00 40(R) 00 0000 "
#define UTRP_DECLINED "2c 06 00 40(64) 0000 0000 "

#define NONCE_ASKED "12345678 9abcdef0 "
#define NONCE_ANSWERED "23456789 9abcdef0 "
#define COLOCATED_NONCE RRQ_ID("22", "0258", HOA, HA, COA, NONCE_ASKED)
#define VIA_FA_NONCE RRQ_ID("02", "0258", HOA, HA, FA, NONCE_ASKED)

// Other registrations, by their identification.
#define ID_OLD "e8fe6cc4(700 s before) 00000009 "
#define ID_2 "e8fe6f80 00000002 "
#define BEHIND_ID "e8fe6f44(60 s before) 00000001 "
#define BEHIND_TIME RRQ_ID("22", "0258", HOA, HA, COA, BEHIND_ID)
#define COLOCATED_OLD RRQ_ID("22", "0258", HOA, HA, COA, ID_OLD)
#define ACCEPTED_OLD RRP_ID("00", "0258", HOA, HA, ID_OLD)
#define MN2_ASKS RRQ_ID("22", "0258", HOA2, HA, COA2, ID_2)
#define MN2_GETS RRP_ID("00", "0258", HOA2, HA, ID_2)
#define REP64(code) REP(code, "40", P64)

static const row_t nat_rows[] = {
	VIOLATION(utrp_unrequested, ERROR, "44 without 144", ACCEPTED REP48 "<" UTRP ">" MHAE, ASKED_48,
		  .words = "UDP Tunnel Reply with code 0, but the request in frame 1 has no UDP Tunnel Request [RFC "
			   "3519 3.2]"),
	VIOLATION(utrp_unrequested, ERROR, "declined without having been asked",
		  ACCEPTED REP48 "<" UTRP_DECLINED ">" MHAE, ASKED_48),
	NEAR_MISS(utrp_unrequested, "44 with 144", ACCEPTED REP48 UTRP MHAE, ASKED_NAT, HOLDS),
	TRAP(utrp_unrequested, "request not seen", ACCEPTED REP48 UTRP MHAE, SILENT),
	TRAP(utrp_unrequested, "the foreign agent asked on its leg", ACCEPTED REP48_HOA MHAE UTRP, LEG_HA_FA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA), SAID(VIA_FA REQ48 MHAE UTRQ, LEG_FA_HA)), HOLDS),
	TRAP(utrp_unrequested, "the request of that leg is not captured", ACCEPTED REP48_HOA MHAE UTRP, LEG_HA_FA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), SILENT),
	TRAP(utrp_unrequested, "144 may follow", ACCEPTED REP48 UTRP MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE "|" UTRQ MHAE, )), SILENT),

	VIOLATION(
		utrp_force, WARN, "F for no F", ACCEPTED REP48 "2c 06 00 00 <8000> 006e" MHAE, ASKED_NAT,
		.words =
			"F flag of the UDP Tunnel Reply is 1, should be 0 as in the request in frame 1 [RFC 3519 3.2]"),
	NEAR_MISS(utrp_force, "F for F", ACCEPTED REP48 "2c 06 00 00 8000 006e" MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE UTRQ_F MHAE, )), HOLDS),
	NEAR_MISS(utrp_force, "no F for F, with a NAT", ACCEPTED REP48 UTRP MHAE,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ_F MHAE, LEG_NAT_HA)), LEG_HA_NAT, SILENT),
	TRAP(utrp_force, "without 144 it is utrp_unrequested", ACCEPTED REP48 "2c 06 00 00 8000 006e" MHAE, ASKED_48,
	     .also = "utrp_unrequested", SILENT),

	VIOLATION(utrp_missing, ERROR, "no 44", "03 <00> 0258" HOA HA ID REP48 MHAE,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT,
		  .words = "Registration accepted without a UDP Tunnel Reply (type 44): the request in frame 1 asks "
			   "for UDP tunneling and comes from 192.0.2.200, not from its care-of address 10.0.0.33, so "
			   "the node behind that NAT cannot be reached [RFC 3519 4.6]"),
	NEAR_MISS(utrp_missing, "granted", ACCEPTED REP48 UTRP MHAE,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, HOLDS),
	NEAR_MISS(utrp_missing, "declined", ACCEPTED REP48 UTRP_DECLINED MHAE,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, HOLDS),
	NEAR_MISS(utrp_missing, "denied", RRP("81(129)", "0000") MHAE,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, .also = "reply_denied",
		  SILENT),
	NEAR_MISS(utrp_missing, "not asked", ACCEPTED REP48 MHAE, BEFORE(SAID(BEHIND_NAT REQ48 MODE MHAE, LEG_NAT_HA)),
		  LEG_HA_NAT, SILENT),
	TRAP(utrp_missing, "no NAT: the source is the care-of address", ACCEPTED REP48 MHAE, ASKED_NAT, SILENT),
	TRAP(utrp_missing, "44 may follow", ACCEPTED REP48 "|" UTRP MHAE,
	     BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, SILENT),
	TRAP(utrp_missing, "R: relayed by a foreign agent", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ_R MHAE, LEG_NAT_HA)), LEG_HA_NAT, SILENT),
	TRAP(utrp_missing, "relayed by a foreign agent that signs", ACCEPTED REP48 MHAE, LEG_HA_FA,
	     BEFORE(SAID(COLOCATED REQ48 MODE UTRQ MHAE FHAE, LEG_FA_HA)), SILENT),
	TRAP(utrp_missing, "deregistration", RRP("00", "0000") MHAE,
	     BEFORE(SAID(RRQ("22", "0000", HOA, HA, PRIVATE) UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, SILENT),
	TRAP(utrp_missing, "no NAT anywhere", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, .no_nat = true, SILENT),

	VIOLATION(utrp_assent_no_nat, NOTE, "source is the care-of address", ACCEPTED REP48 "<" UTRP ">" MHAE,
		  ASKED_NAT,
		  .words = "UDP tunneling granted with code 0, should be declined: no NAT was seen, the request in "
			   "frame 1 came from its care-of address 192.0.2.33 [RFC 3519 4.6]"),
	NEAR_MISS(utrp_assent_no_nat, "source is another", ACCEPTED REP48 UTRP MHAE,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA)), LEG_HA_NAT, HOLDS),
	NEAR_MISS(utrp_assent_no_nat, "declined", ACCEPTED REP48 UTRP_DECLINED MHAE, ASKED_NAT, SILENT),
	NEAR_MISS(utrp_assent_no_nat, "F", ACCEPTED REP48 UTRP MHAE, BEFORE(SAID(COLOCATED REQ48 MODE UTRQ_F MHAE, )),
		  SILENT),
	NEAR_MISS(utrp_assent_no_nat, "R", ACCEPTED REP48 UTRP MHAE, BEFORE(SAID(COLOCATED REQ48 MODE UTRQ_R MHAE, )),
		  SILENT),
};

const row_table_t rows_of_nat = {"nat", nat_rows, G_N_ELEMENTS(nat_rows)};

static const row_t pair_rows[] = {
	VIOLATION(
		reply_unsolicited, NOTE, "after another exchange",
		RRP_ID("00", "0258", HOA, HA, "<e8fe6f80 00000001>") REP48 MHAE,
		BEFORE(SAID(COLOCATED_OLD REQ48 MODE MHAE, .at = -30000), SAID(ACCEPTED_OLD REP48 MHAE, .at = -29900)),
		.words = "Reply with identification 0xe8fe6f8000000001, but no request with it was seen, the latest is "
			 "0xe8fe6cc400000009 in frame 1 [RFC 5944 3.7, 3.8, 4.2.3]"),
	VIOLATION(reply_unsolicited, NOTE, "61 s late", RRP_ID("00", "0258", HOA, HA, "<e8fe6f80 00000001>") REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -61000))),
	NEAR_MISS(reply_unsolicited, "59 s late", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -59000)), HOLDS),
	NEAR_MISS(reply_unsolicited, "answers the older of two requests", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -4000),
			 SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f82 00000007") REQ48 MODE MHAE, .at = -2000)),
		  HOLDS),
	TRAP(reply_unsolicited, "first packet of the capture", ACCEPTED REP48 MHAE, SILENT),
	TRAP(reply_unsolicited, "requests of another node alone", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(MN2_ASKS REQ48 MHAE, LEG_MN2_HA)), SILENT),
	TRAP(reply_unsolicited, "the reply a second time", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -61000), SAID(ACCEPTED REP48 MHAE, .at = -60900)), SILENT),
	TRAP(reply_unsolicited, "relayed reply, the node's own leg not captured", ACCEPTED REP48_HOA MHAE, LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA), SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA)), SILENT),
	TRAP(reply_unsolicited, "the reply's clock is behind", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = 3000)), HOLDS),
	TRAP(reply_unsolicited, "the reply's clock is behind, other requests since", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = 3000),
		    SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f82 00000007") REQ48 MODE MHAE, .at = 5000)),
	     HOLDS),

	VIOLATION(id_low, ERROR, "low half + 1", "03 00 0258" HOA HA "e8fe6f80 <00000002>" REP48 MHAE, ASKED_48,
		  .words = "Low half of the identification is 0x00000002, should be 0x00000001 as in the request in "
			   "frame 1 [RFC 5944 5.7, 3.6.2.1, 3.7.3.1]"),
	VIOLATION(id_low, WARN, "perhaps a late answer to an older request",
		  "03 00 0258" HOA HA "e8fe6f70 <00000007>" REP48 MHAE, ASKED_48),
	VIOLATION(id_low, ERROR, "on the home agent's leg, both legs captured",
		  "03 00 0258" HOA HA "e8fe6f80 <00000002>" REP48_HOA MHAE, LEG_HA_FA, ASKED_BY_FA),
	VIOLATION(id_low, WARN, "perhaps the answer to a later request that was lost",
		  "03 00 0258" HOA HA "e8fe6f82 <00000009>" REP48 MHAE, ASKED_48),
	VIOLATION(id_low, NOTE, "perhaps the answer to a retransmission that was lost",
		  "03 00 0258" HOA HA "e8fe6f82 <00000009>" REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -900))),
	VIOLATION(id_low, WARN, "nonces do not tell which request is older",
		  "03 00 0258" HOA HA "12345678 <9abcdef1>" REP48 MHAE,
		  BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "12345678 9abcdef0") REQ48 MODE MHAE, ))),
	NEAR_MISS(id_low, "high half differs", RRP_ID("00", "0258", HOA, HA, "e8fe6f81 00000001") REP48 MHAE, ASKED_48,
		  .also = "id_high", HOLDS),
	NEAR_MISS(id_low, "another open request has it", RRP_ID("00", "0258", HOA, HA, "e8fe6f70 00000007") REP48 MHAE,
		  BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f70 00000007") REQ48 MODE MHAE, .at = -16000),
			 SAID(COLOCATED REQ48 MODE MHAE, )),
		  HOLDS),
	TRAP(id_low, "another port: not that conversation",
	     RRP_ID("00", "0258", HOA, HA, "e8fe6f80 00000002") REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .sport = 40001)), .also = "reply_unsolicited", SILENT),
	TRAP(id_low, "answered already", RRP_ID("00", "0258", HOA, HA, "e8fe6f80 00000002") REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -100), SAID(ACCEPTED REP48 MHAE, .at = -60)),
	     .also = "reply_unsolicited", SILENT),

	VIOLATION(id_high, NOTE, "high half + 1", "03 00 0258" HOA HA "<e8fe6f81> 00000001" REP48 MHAE, ASKED_48,
		  .words = "High half of the identification is 0xe8fe6f81, should be 0xe8fe6f80 as in the request in "
			   "frame 1 [RFC 5944 5.7.1]"),
	NEAR_MISS(id_high, "copied", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(id_high, "133 brings the agent's clock", RRP_ID("85(133)", "0000", HOA, HA, "e8fe6fff 00000001") MHAE,
		  ASKED_48, .also = "reply_denied", SILENT),
	NEAR_MISS(id_high, "nonces", RRP_ID("00", "0258", HOA, HA, "23456789 9abcdef0") REP48 MHAE,
		  BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "12345678 9abcdef0") REQ48 MODE MHAE, )), SILENT),
	TRAP(id_high, "the answer to a request that was lost",
	     RRP_ID("00", "0258", HOA, HA, "e8fe6f8a 00000001") REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -10100), SAID(ACCEPTED REP48 MHAE, .at = -10000)), SILENT),

	VIOLATION(id_resync, NOTE, "the node's own time", "03 85(133) 0000" HOA HA "<e8fe6f44> 00000001" MHAE,
		  BEFORE(SAID(BEHIND_TIME MHAE, )), .also = "reply_denied",
		  .words = "High half of the identification is 0xe8fe6f44 as in the request in frame 1, which is 59 s "
			   "behind the time of capture; should be the home agent's time, by which the node sets its "
			   "clock [RFC 5944 5.7.1]"),
	VIOLATION(id_resync, WARN, "others are in step", "03 85(133) 0000" HOA HA "<e8fe6f44> 00000001" MHAE,
		  BEFORE(SAID(MN2_ASKS MHAE, LEG_MN2_HA, .at = -400), SAID(MN2_GETS MHAE, LEG_HA_MN2, .at = -300),
			 SAID(BEHIND_TIME MHAE, )),
		  .also = "reply_denied"),
	VIOLATION(id_resync, WARN, "a node without a clock, others are in step",
		  "03 85(133) 0000" HOA HA "<83aa7e80(1970)> 00000001" MHAE,
		  BEFORE(SAID(MN2_ASKS MHAE, LEG_MN2_HA, .at = -400), SAID(MN2_GETS MHAE, LEG_HA_MN2, .at = -300),
			 SAID(RRQ_ID("22", "0258", HOA, HA, COA, "83aa7e80 00000001") MHAE, )),
		  .also = "reply_denied"),
	NEAR_MISS(id_resync, "the agent's time", RRP_ID("85(133)", "0000", HOA, HA, "e8fe6f80 00000001") MHAE,
		  BEFORE(SAID(BEHIND_TIME MHAE, )), .also = "reply_denied", HOLDS),
	NEAR_MISS(id_resync, "denied for another reason", RRP_ID("81(129)", "0000", HOA, HA, BEHIND_ID) MHAE,
		  BEFORE(SAID(BEHIND_TIME MHAE, )), .also = "reply_denied", SILENT),
	TRAP(id_resync, "both clocks agree", RRP("85(133)", "0000") MHAE, ASKED_48, .also = "reply_denied", SILENT),
	TRAP(id_resync, "perhaps a nonce, or the capture's clock is off",
	     RRP_ID("85(133)", "0000", HOA, HA, "83aa7e80 00000001") MHAE,
	     BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "83aa7e80 00000001") MHAE, )), .also = "reply_denied",
	     SILENT),
	TRAP(id_resync, "the capture's clock is off", RRP_ID("85(133)", "0000", HOA, HA, BEHIND_ID) MHAE,
	     BEFORE(SAID(RRQ_ID("22", "0258", HOA2, HA, COA2, "e8fe6f42 00000002") MHAE, LEG_MN2_HA, .at = -400),
		    SAID(RRP_ID("00", "0258", HOA2, HA, "e8fe6f42 00000002") MHAE, LEG_HA_MN2, .at = -300),
		    SAID(BEHIND_TIME MHAE, )),
	     .also = "reply_denied", SILENT),
	TRAP(id_resync, "without times of capture", RRP_ID("85(133)", "0000", HOA, HA, BEHIND_ID) MHAE,
	     BEFORE(SAID(BEHIND_TIME MHAE, )), .no_time = true, .also = "reply_denied", SILENT),

	VIOLATION(lifetime_increase, ERROR, "601 for 600", "03 00 <0259>" HOA HA ID REP48 MHAE, ASKED_48,
		  .words = "Lifetime 601 s granted, should be at most the 600 s requested in frame 1 [RFC 5944 3.4, "
			   "3.8.2.2]"),
	VIOLATION(lifetime_increase, ERROR, "infinity for 600", "03 00 <ffff>" HOA HA ID REP48 MHAE, ASKED_48),
	VIOLATION(lifetime_increase, ERROR, "code 1", "03 01 <0259>" HOA HA ID REP48 MHAE, ASKED_48),
	NEAR_MISS(lifetime_increase, "300 for 600", RRP("00", "012c") REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(lifetime_increase, "600 for 600", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(lifetime_increase, "infinity for infinity", RRP("00", "ffff") REP48 MHAE,
		  BEFORE(SAID(RRQ("22", "ffff", HOA, HA, COA) REQ48 MODE MHAE, )), HOLDS),
	NEAR_MISS(lifetime_increase, "69 offers the agent's maximum", RRP("45(69)", "fffe"), LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), .also = "reply_denied", SILENT),
	TRAP(lifetime_increase, "request not seen", RRP("00", "fffe") REP48 MHAE, SILENT),

	VIOLATION(dereg_lifetime, ERROR, "600 for 0", "03 00 <0258>" HOA HA ID MHAE,
		  BEFORE(SAID(RRQ("22", "0000", HOA, HA, COA) MHAE, )),
		  .words = "Lifetime 600 s granted to the deregistration in frame 1, should be 0 [RFC 5944 3.8.3.2]"),
	NEAR_MISS(dereg_lifetime, "0 for 0", RRP("00", "0000") MHAE,
		  BEFORE(SAID(RRQ("22", "0000", HOA, HA, COA) MHAE, )), HOLDS),
	NEAR_MISS(dereg_lifetime, "denied", RRP("83(131)", "0258") MHAE,
		  BEFORE(SAID(RRQ("22", "0000", HOA, HA, COA) MHAE, )), .also = "reply_denied", SILENT),

	VIOLATION(zero_grant, NOTE, "0 for 600", "03 00 <0000>" HOA HA ID MHAE, ASKED_NOTHING,
		  .words = "Registration accepted with lifetime 0, which deregisters; 600 s were requested in frame 1 "
			   "[RFC 5944 3.4]"),
	NEAR_MISS(zero_grant, "1 for 600", RRP("00", "0001") MHAE, ASKED_NOTHING, HOLDS),
	NEAR_MISS(zero_grant, "0 for 0", RRP("00", "0000") MHAE, BEFORE(SAID(RRQ("22", "0000", HOA, HA, COA) MHAE, )),
		  SILENT),
	NEAR_MISS(zero_grant, "denied", RRP("83(131)", "0000") MHAE, ASKED_NOTHING, .also = "reply_denied", SILENT),

	VIOLATION(hoa_mismatch, ERROR, "another", "03 00 0258 <c633644e>" HA ID REP48 MHAE, ASKED_48,
		  .words = "Home address is 198.51.100.78, should be 198.51.100.77 as in the request in frame 1 [RFC "
			   "5944 3.8.3.2, 3.7.2.3]"),
	VIOLATION(hoa_mismatch, ERROR, "another, with nonces", "03 00 0258 <c633644e>" HA NONCE_ANSWERED MHAE,
		  BEFORE(SAID(COLOCATED_NONCE MHAE, ))),
	VIOLATION(hoa_mismatch, ERROR, "another, denied with the agent's time",
		  "03 85(133) 0000 <c633644e>" HA "e8fe6fff 9abcdef0" MHAE,
		  BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f80 9abcdef0") MHAE, )), .also = "reply_denied"),
	VIOLATION(hoa_mismatch, ERROR, "nobody's, with nonces, via a foreign agent",
		  "03 00 0258 <c633644e>" HA NONCE_ANSWERED MHAE, LEG_HA_FA,
		  BEFORE(SAID(VIA_FA_NONCE MHAE, LEG_FA_HA))),
	NEAR_MISS(hoa_mismatch, "copied", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(hoa_mismatch, "copied, with nonces", RRP_ID("00", "0258", HOA, HA, NONCE_ANSWERED) MHAE,
		  BEFORE(SAID(COLOCATED_NONCE MHAE, )), HOLDS),
	TRAP(hoa_mismatch, "another node of that foreign agent, whose request was lost",
	     RRP_ID("00", "0258", HOA2, HA, NONCE_ANSWERED) MHAE, LEG_HA_FA,
	     BEFORE(SAID(RRQ_ID("02", "0258", HOA2, HA, FA, ID_OLD) MHAE, LEG_FA_HA, .at = -700000),
		    SAID(VIA_FA_NONCE MHAE, LEG_FA_HA)),
	     .also = "reply_unsolicited", SILENT),
	TRAP(hoa_mismatch, "a counter as nonce, which others may use as well",
	     RRP_ID("00", "0258", HOA2, HA, "23456789 00000003") MHAE,
	     BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "12345678 00000003") MHAE, )), SILENT),
	TRAP(hoa_mismatch, "a clock that repeats its fraction",
	     RRP_ID("00", "0258", HOA2, HA, "e8fe6f8a 80000000") MHAE,
	     BEFORE(SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f80 80000000") MHAE, )), SILENT),
	NEAR_MISS(hoa_mismatch, "0.0.0.0 gets an address", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(RRQ("22", "0258", NO_ADDRESS, HA, COA) NAI REQ48 MODE MHAE, )), SILENT),

	VIOLATION(ha_mismatch, WARN, "another", "03 00 0258" HOA "<c6336402>" ID REP48 MHAE, ASKED_48,
		  .words = "Home agent is 198.51.100.2, should be 198.51.100.1 as in the request in frame 1 [RFC 5944 "
			   "3.8.3.2]"),
	VIOLATION(ha_mismatch, WARN, "another, with nonces", "03 00 0258" HOA "<c6336402>" NONCE_ANSWERED MHAE,
		  BEFORE(SAID(COLOCATED_NONCE MHAE, ))),
	VIOLATION(ha_mismatch, WARN, "another, with nonces, via a foreign agent",
		  "03 00 0258" HOA "<c6336402>" NONCE_ANSWERED MHAE, LEG_HA_FA,
		  BEFORE(SAID(VIA_FA_NONCE MHAE, LEG_FA_HA))),
	NEAR_MISS(ha_mismatch, "copied", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(ha_mismatch, "copied, with nonces", RRP_ID("00", "0258", HOA, HA, NONCE_ANSWERED) MHAE,
		  BEFORE(SAID(COLOCATED_NONCE MHAE, )), HOLDS),
	NEAR_MISS(ha_mismatch, "255.255.255.255 gets 136 and an address", RRP("88(136)", "0000") MHAE,
		  BEFORE(SAID(RRQ("22", "0258", HOA, "ffffffff", COA) REQ48 MODE MHAE, )), .also = "reply_denied",
		  SILENT),
	TRAP(ha_mismatch, "a home agent behind a NAT names its own address",
	     RRP_ID("00", "0258", HOA, "0a000001", ID) MHAE, ASKED_NOTHING, SILENT),
	VIOLATION(ha_mismatch, WARN, "another private one", "03 00 0258" HOA "<0a000002>" ID MHAE, .src = "10.0.0.1",
		  BEFORE(SAID(RRQ("22", "0258", HOA, "0a000001", COA) MHAE, .dst = "10.0.0.1"))),
	NEAR_MISS(ha_mismatch, "denied by another", RRP_ID("81(129)", "0000", HOA, HA2, ID) MHAE, ASKED_48,
		  .also = "reply_denied", SILENT),

	VIOLATION(reply_addr, WARN, "to another port", ACCEPTED REP48 MHAE, ASKED_48, .dport = 40001,
		  .words = "Reply goes to port 40001, should go to 40000, where the request in frame 1 came from [RFC "
			   "5944 3.8.3.1, 3.7.2.3]"),
	VIOLATION(reply_addr, WARN, "to another address", ACCEPTED REP48 MHAE, ASKED_48, .dst = "192.0.2.99",
		  .words = "Reply goes to 192.0.2.99, should go to 192.0.2.33, where the request in frame 1 came from "
			   "[RFC 5944 3.8.3.1, 3.7.2.3]"),
	VIOLATION(reply_addr, WARN, "from another address", ACCEPTED REP48 MHAE, ASKED_48, .src = "198.51.100.9",
		  .words = "Reply comes from 198.51.100.9, should come from 198.51.100.1, where the request in frame 1 "
			   "went [RFC 5944 3.8.3.1, 3.7.2.3]"),
	NEAR_MISS(reply_addr, "mirrored", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(reply_addr, "to the home address after 0.0.0.0", ACCEPTED REP48_HOA MHAE, LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, .src = "0.0.0.0", .dst = "203.0.113.9")), HOLDS),
	NEAR_MISS(reply_addr, "broadcast after 0.0.0.0", ACCEPTED REP48_HOA MHAE, .src = "203.0.113.9",
		  .dst = "255.255.255.255", BEFORE(SAID(VIA_FA REQ48 MHAE, .src = "0.0.0.0", .dst = "203.0.113.9")),
		  HOLDS),
	TRAP(reply_addr, "agent's address after 224.0.0.11", ACCEPTED REP48_HOA MHAE, LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, .src = "198.51.100.77", .dst = "224.0.0.11")), SILENT),
	TRAP(reply_addr, "inside and outside of a NAT", ACCEPTED REP48 MHAE, LEG_HA_NAT,
	     BEFORE(SAID(BEHIND_NAT REQ48 MODE MHAE, .src = "10.0.0.33")), SILENT),
	VIOLATION(reply_addr, WARN, "the same, and no NAT anywhere", ACCEPTED REP48 MHAE, LEG_HA_NAT,
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE MHAE, .src = "10.0.0.33")), .no_nat = true),
	TRAP(reply_addr, "from one private range to another", ACCEPTED REP48 MHAE, .dst = "100.64.0.200",
	     BEFORE(SAID(BEHIND_NAT REQ48 MODE MHAE, .src = "10.0.0.33")), SILENT),
	VIOLATION(reply_addr, WARN, "private addresses, to another port", ACCEPTED REP48 MHAE, .dst = "10.0.0.33",
		  .dport = 40001, BEFORE(SAID(BEHIND_NAT REQ48 MODE MHAE, .src = "10.0.0.33"))),
	VIOLATION(reply_addr, WARN, "private addresses, to another one", ACCEPTED REP48 MHAE, .dst = "10.0.0.34",
		  BEFORE(SAID(BEHIND_NAT REQ48 MODE MHAE, .src = "10.0.0.33"))),
	TRAP(reply_addr, "request on one leg, reply on the other", ACCEPTED REP48_HOA MHAE, LEG_HA_FA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), SILENT),
	TRAP(reply_addr, "request on the other leg, reply on the one", ACCEPTED REP48_HOA MHAE, LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), SILENT),

	VIOLATION(fa_deny_copy, WARN, "high half", "03 41 0000" HOA HA "<e8fe6f81> 00000001", LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), .also = "reply_denied",
		  .words = "High half of the identification in the foreign agent's denial is 0xe8fe6f81, should be "
			   "0xe8fe6f80 as in the request in frame 1 [RFC 5944 3.7.2.3]"),
	VIOLATION(fa_deny_copy, WARN, "home agent", "03 41 0000" HOA "<c6336402>" ID, LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), .also = "reply_denied",
		  .words = "Home agent in the foreign agent's denial is 198.51.100.2, should be 198.51.100.1 as in the "
			   "request in frame 1 [RFC 5944 3.7.2.3]"),
	VIOLATION(fa_deny_copy, WARN, "home address", "03 41 0000 <c633644e>" HA ID, LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), .also = "reply_denied",
		  .words = "Home address in the foreign agent's denial is 198.51.100.78, should be 198.51.100.77 as in "
			   "the request in frame 1 [RFC 5944 3.7.2.3]"),
	NEAR_MISS(fa_deny_copy, "copied", RRP("41(65)", "0000"), LEG_FA_MN, BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)),
		  .also = "reply_denied", HOLDS),
	NEAR_MISS(fa_deny_copy, "133 of the home agent", RRP_ID("85(133)", "0000", HOA, HA, "e8fe6fff 00000001") MHAE,
		  LEG_HA_FA, BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), .also = "reply_denied", SILENT),
	TRAP(fa_deny_copy, "the request of that leg is not captured",
	     RRP_ID("41(65)", "0000", HOA, HA, "e8fe6f81 00000001"), LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), .also = "reply_denied", SILENT),

	VIOLATION(code_agent, NOTE, "65", "03 <41> 0000" HOA HA ID MHAE, ASKED_NOTHING, .also = "reply_denied",
		  .words = "Home agent denies with code 65 (administratively prohibited) of a foreign agent, should be "
			   "one of a home agent (128 to "
			   "192) [RFC 5944 3.4]"),
	NEAR_MISS(code_agent, "129", RRP("81", "0000") MHAE, ASKED_NOTHING, .also = "reply_denied", HOLDS),
	NEAR_MISS(code_agent, "accepted", ACCEPTED MHAE, ASKED_NOTHING, SILENT),
	TRAP(code_agent, "R bit: by way of a foreign agent", RRP("41", "0000"), .src = "203.0.113.9",
	     BEFORE(SAID(COLOCATED MHAE, .dst = "203.0.113.9")), .also = "reply_denied", SILENT),

	VIOLATION(nonskip_accepted, NOTE, "120", RRP("<00>", "0258") REP48 MHAE,
		  BEFORE(SAID(COLOCATED "78(120) 02 0000" REQ48 MODE MHAE, )),
		  .words = "Code 0 accepts the request in frame 1, which has an extension of the unassigned "
			   "non-skippable type 120; "
			   "should not be answered [RFC 5944 1.8]"),
	NEAR_MISS(nonskip_accepted, "200", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED "c8(200) 02 0000" REQ48 MODE MHAE, )), SILENT),
	NEAR_MISS(nonskip_accepted, "denied", RRP("86(134)", "0000") MHAE,
		  BEFORE(SAID(COLOCATED "78(120) 02 0000" REQ48 MODE MHAE, )), .also = "reply_denied", HOLDS),
	TRAP(nonskip_accepted, "after MHAE it is not the home agent's", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE "78(120) 02 0000", )), SILENT),

	VIOLATION(reserved_accepted, NOTE, "x", RRP("<00>", "0258") REP48 MHAE,
		  BEFORE(SAID(RRQ("23(D,T,x)", "0258", HOA, HA, COA) REQ48 MODE MHAE, )),
		  .words = "Code 0 accepts the request in frame 1 with reserved flags 0x01 set, should be code 134 "
			   "(poorly formed request) "
			   "[RFC 5944 3.8.2.3]"),
	NEAR_MISS(reserved_accepted, "134", RRP("86", "0000") MHAE,
		  BEFORE(SAID(RRQ("23(D,T,x)", "0258", HOA, HA, COA) REQ48 MODE MHAE, )), .also = "reply_denied",
		  HOLDS),
	NEAR_MISS(reserved_accepted, "none set", ACCEPTED REP48 MHAE, ASKED_48, SILENT),

	VIOLATION(dup_lifetime, WARN, "600 s again after 10 s", "03 00 <0258>" HOA HA ID REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -10100), SAID(ACCEPTED REP48 MHAE, .at = -10000),
			 SAID(COLOCATED REQ48 MODE MHAE, )),
		  .words = "Lifetime 600 s granted to a duplicate request, should be at most 590 s, what is left of "
			   "the 600 s granted in frame 2 [RFC 5944 3.8.2.2]"),
	VIOLATION(dup_lifetime, WARN, "infinity now", "03 00 <ffff>" HOA HA ID REP48 MHAE,
		  BEFORE(SAID(RRQ("22", "ffff", HOA, HA, COA) REQ48 MODE MHAE, .at = -10100),
			 SAID(ACCEPTED REP48 MHAE, .at = -10000),
			 SAID(RRQ("22", "ffff", HOA, HA, COA) REQ48 MODE MHAE, ))),
	NEAR_MISS(dup_lifetime, "590 s after 10 s", RRP("00", "024e") REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -10100), SAID(ACCEPTED REP48 MHAE, .at = -10000),
			 SAID(COLOCATED REQ48 MODE MHAE, )),
		  HOLDS),
	NEAR_MISS(dup_lifetime, "591 s after 10 s: seconds are rounded", RRP("00", "024f") REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -10100), SAID(ACCEPTED REP48 MHAE, .at = -10000),
			 SAID(COLOCATED REQ48 MODE MHAE, .at = -50)),
		  HOLDS),
	VIOLATION(dup_lifetime, WARN, "592 s after 10 s", "03 00 <0250>" HOA HA ID REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -10100), SAID(ACCEPTED REP48 MHAE, .at = -10000),
			 SAID(COLOCATED REQ48 MODE MHAE, .at = -50))),
	NEAR_MISS(dup_lifetime, "the capture has it twice", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, ), SAID(ACCEPTED REP48 MHAE, .at = -1)), HOLDS),
	TRAP(dup_lifetime, "late, and nothing was asked since", ACCEPTED REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -5100), SAID(ACCEPTED REP48 MHAE, .at = -5000)), HOLDS),
	NEAR_MISS(dup_lifetime, "infinity again", RRP("00", "ffff") REP48 MHAE,
		  BEFORE(SAID(RRQ("22", "ffff", HOA, HA, COA) REQ48 MODE MHAE, .at = -10100),
			 SAID(RRP("00", "ffff") REP48 MHAE, .at = -10000),
			 SAID(RRQ("22", "ffff", HOA, HA, COA) REQ48 MODE MHAE, )),
		  SILENT),
	NEAR_MISS(dup_lifetime, "another registration", RRP_ID("00", "0258", HOA, HA, "e8fe6f80 00000002") REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -10100), SAID(ACCEPTED REP48 MHAE, .at = -10000),
			 SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f80 00000002") REQ48 MODE MHAE, )),
		  SILENT),
	TRAP(dup_lifetime, "a deregistration answered twice", RRP("00", "0000") MHAE,
	     BEFORE(SAID(RRQ("22", "0000", HOA, HA, COA) MHAE, .at = -10100),
		    SAID(RRP("00", "0000") MHAE, .at = -10000), SAID(RRQ("22", "0000", HOA, HA, COA) MHAE, .at = -100)),
	     SILENT),
	TRAP(dup_lifetime, "the relay copy 2 s later", ACCEPTED REP48_HOA MHAE, LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA, .at = -3000),
		    SAID(VIA_FA REQ48 MHAE FHAE, LEG_FA_HA, .at = -2500),
		    SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA, .at = -2000)),
	     SILENT),
};

const row_table_t rows_of_exchange = {"exchange", pair_rows, G_N_ELEMENTS(pair_rows)};

static const row_t prefix_rows[] = {
	VIOLATION(rep_not_requested, ERROR, "another", ACCEPTED "<" REP("01", "30", P48C) ">" MHAE, ASKED_48,
		  .also = "rep_missing_some",
		  .words = "Reply for 2001:db8:c::/48, but requested in frame 1: 2001:db8:a::/48 [RFC 5454 3.3, 3.5]"),
	VIOLATION(rep_not_requested, ERROR, "another beside the right one",
		  ACCEPTED REP48 "<" REP("01", "30", P48C) ">" MHAE, ASKED_48),
	VIOLATION(rep_not_requested, ERROR, "rejected, and yet not requested",
		  ACCEPTED REP48 "<" REP("09", "30", P48C) ">" MHAE, ASKED_48),
	VIOLATION(rep_not_requested, ERROR, "255 compares all 128 bits",
		  ACCEPTED REP48 "<" REP("00", "ff", "fe80000000000000 0000000000000001") ">" MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ_LL MODE MHAE, )), .also = "rep_missing_some"),
	VIOLATION(rep_not_requested, ERROR, "nothing was", ACCEPTED "<" REP("00", "30", P48) ">" MHAE, ASKED_NOTHING),
	NEAR_MISS(rep_not_requested, "host bits in the request", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ("30", "20010db8000a0000 0000000000000001") MODE MHAE, )), HOLDS),
	NEAR_MISS(rep_not_requested, "another length alone", ACCEPTED REP("01", "40", P48) MHAE, ASKED_48,
		  .also = "rep_len_mismatch", HOLDS),
	TRAP(rep_not_requested, "request not seen", ACCEPTED REP("01", "30", P48C) MHAE, SILENT),
	TRAP(rep_not_requested, "the request is not captured whole", ACCEPTED REP48 REP("01", "30", P48B) MHAE,
	     BEFORE(SAID(COLOCATED REQ48 "|" REQ48B MODE MHAE, )), SILENT),

	VIOLATION(rep_len_mismatch, WARN, "/64 for /48", ACCEPTED "98 14 02 01 <40> 00" P48 MHAE, ASKED_48,
		  .words = "Reply for 2001:db8:a::/64, should be for 2001:db8:a::/48 as requested in frame 1 [advice: "
			   "RFC 5454 3.3]"),
	VIOLATION(rep_len_mismatch, WARN, "/32 for /48",
		  ACCEPTED "98 14 02 01 <20> 00 20010db800000000 0000000000000000" MHAE, ASKED_48),
	NEAR_MISS(rep_len_mismatch, "/48 for /48", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(rep_len_mismatch, "/48 and its /64, both requested", ACCEPTED REP48 REP("01", "40", P48) MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ("40", P48) MODE MHAE, )), HOLDS),
	NEAR_MISS(rep_len_mismatch, "not requested at all", ACCEPTED REP48 REP("01", "40", P48C) MHAE, ASKED_48,
		  .also = "rep_not_requested", HOLDS),
	TRAP(rep_len_mismatch, "the request is not captured whole", ACCEPTED REP48 REP("01", "40", P48) MHAE,
	     BEFORE(SAID(COLOCATED REQ48 "|" REQ("40", P48) MODE MHAE, )), SILENT),

	VIOLATION(rep_missing_some, NOTE, "1 of 2", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ48B MODE MHAE, )),
		  .words = "No reply for 2001:db8:b::/48 requested in frame 1: rejected [RFC 5454 3.3, 3.5]"),
	VIOLATION(rep_missing_some, NOTE, "the /64 inside an answered /48", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ("40", P64) MODE MHAE, ))),
	VIOLATION(rep_missing_some, NOTE, "the /64 of the same bits as an answered /48", ACCEPTED REP48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ("40", P48) MODE MHAE, ))),
	NEAR_MISS(rep_missing_some, "2 of 2, one rejected", ACCEPTED REP48 REP("08", "30", P48B) MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ48B MODE MHAE, )), HOLDS),
	NEAR_MISS(rep_missing_some, "none: ha_no_support", ACCEPTED MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ48B MODE MHAE, )), .also = "ha_no_support", SILENT),
	NEAR_MISS(rep_missing_some, "denied", RRP("81", "0000") REP("09", "30", P48) MHAE,
		  BEFORE(SAID(COLOCATED REQ48 REQ48B MODE MHAE, )), .also = "reply_denied", SILENT),
	TRAP(rep_missing_some, "the reply is not captured whole", ACCEPTED REP48 "|" REP("01", "30", P48B) MHAE,
	     BEFORE(SAID(COLOCATED REQ48 REQ48B MODE MHAE, )), SILENT),
	TRAP(rep_missing_some, "request not seen", ACCEPTED REP48 MHAE, SILENT),

	VIOLATION(ha_no_support, NOTE, "accepted without prefix reply", ACCEPTED MHAE, ASKED_48,
		  .words = "No reply for 2001:db8:a::/48 requested in frame 1: the home agent 198.51.100.1 does not "
			   "support IPv6 extensions [RFC 5454 2.2, 3.2, 3.5]"),
	NEAR_MISS(ha_no_support, "denied", RRP("81", "0000") MHAE, ASKED_48, .also = "reply_denied", SILENT),
	NEAR_MISS(ha_no_support, "deregistration", RRP("00", "0000") MHAE,
		  BEFORE(SAID(RRQ("22", "0000", HOA, HA, COA) REQ48 MHAE, )), SILENT),
	NEAR_MISS(ha_no_support, "all rejected", ACCEPTED REP("09", "30", P48) MHAE, ASKED_48, HOLDS),
	NEAR_MISS(ha_no_support, "no prefix asked", ACCEPTED MHAE, ASKED_NOTHING, SILENT),
	TRAP(ha_no_support, "the prefix reply is not captured", ACCEPTED "|" REP48 MHAE, ASKED_48, SILENT),
	TRAP(ha_no_support, "zero granted", RRP("00", "0000") MHAE, ASKED_48, .also = "zero_grant", SILENT),

	VIOLATION(coa_mode_unasked, ERROR, "code 1 without 152/3", ACCEPTED "98 14 02 <01> 30 00" P48 MHAE,
		  BEFORE(SAID(COLOCATED REQ48 MHAE, )),
		  .words = "Code 1 for 2001:db8:a::/48 grants tunneling to the care-of address, should be 0: the "
			   "request in frame 1 has no IPv6 tunneling mode extension [RFC 5454 3.3.2, 3.5]"),
	VIOLATION(coa_mode_unasked, ERROR, "an earlier request had it", ACCEPTED "98 14 02 <01> 30 00" P48 MHAE,
		  BEFORE(SAID(COLOCATED_OLD REQ48 MODE MHAE, .at = -9000), SAID(ACCEPTED_OLD REP48 MHAE, .at = -8900),
			 SAID(COLOCATED REQ48 MHAE, ))),
	NEAR_MISS(coa_mode_unasked, "code 0 with 152/3", ACCEPTED REP48_HOA MHAE, ASKED_48, SILENT),
	NEAR_MISS(coa_mode_unasked, "code 1 with 152/3", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	TRAP(coa_mode_unasked, "request not seen", ACCEPTED REP48 MHAE, SILENT),
	TRAP(coa_mode_unasked, "152/3 may follow", ACCEPTED REP48 MHAE, BEFORE(SAID(COLOCATED REQ48 "|" MODE MHAE, )),
	     SILENT),
	TRAP(coa_mode_unasked, "denied by the header, which counts (RFC 5454 3.2)", RRP("81", "0000") REP48 MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MHAE, )), .also = "reply_denied rep_accept_in_deny", SILENT),
	TRAP(coa_mode_unasked, "a link-local address has no mode (decision row 22)",
	     ACCEPTED REP("01", "ff", LINK_LOCAL) MHAE, BEFORE(SAID(COLOCATED REQ_LL MHAE, )), .also = "rep_ll_coa",
	     SILENT),
	TRAP(coa_mode_unasked, "code 2 says nothing of the mode", ACCEPTED REP("02", "30", P48) MHAE,
	     BEFORE(SAID(COLOCATED REQ48 MHAE, )), .also = "code_reserved", SILENT),

	VIOLATION(coa_mode_fa, WARN, "D=0, code 1", ACCEPTED "98 14 02 <01> 30 00" P48 MHAE, LEG_HA_FA,
		  BEFORE(SAID(VIA_FA REQ48 MODE MHAE, LEG_FA_HA)),
		  .words =
			  "Code 1 for 2001:db8:a::/48 grants tunneling to the foreign agent's care-of address "
			  "203.0.113.9, should be 0 (request without D flag in frame 1) [advice: RFC 5454 3.5, 3.3.2]"),
	VIOLATION(coa_mode_fa, WARN, "nor was it asked (decision row 4)", ACCEPTED "98 14 02 <01> 30 00" P48 MHAE,
		  LEG_HA_FA, BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), .also = "coa_mode_unasked"),
	NEAR_MISS(coa_mode_fa, "D=1, code 1", ACCEPTED REP48 MHAE, ASKED_48, HOLDS),
	NEAR_MISS(coa_mode_fa, "D=0, code 0", ACCEPTED REP48_HOA MHAE, LEG_HA_FA,
		  BEFORE(SAID(VIA_FA REQ48 MODE MHAE, LEG_FA_HA)), SILENT),
	TRAP(coa_mode_fa, "denied by the header, which counts (RFC 5454 3.2)", RRP("81", "0000") REP48 MHAE, LEG_HA_FA,
	     BEFORE(SAID(VIA_FA REQ48 MODE MHAE, LEG_FA_HA)), .also = "reply_denied rep_accept_in_deny", SILENT),
	TRAP(coa_mode_fa, "request not seen", ACCEPTED REP48 MHAE, LEG_HA_FA, SILENT),

	VIOLATION(mode_mixed, NOTE, "code 0 and code 1", ACCEPTED REP48_HOA "98 14 02 <01> 30 00" P48B MHAE,
		  .words = "2001:db8:b::/48 accepted with code 1, should be code 0 as for 2001:db8:a::/48: a node uses "
			   "one tunneling mode [advice: RFC 5454 3.3.2]"),
	VIOLATION(mode_mixed, NOTE, "code 1 and code 0", ACCEPTED REP48 "98 14 02 <00> 30 00" P48B MHAE),
	NEAR_MISS(mode_mixed, "code 1, link-local address code 0", ACCEPTED REP48 REP("00", "ff", LINK_LOCAL) MHAE,
		  HOLDS),
	NEAR_MISS(mode_mixed, "code 1 and a rejection", ACCEPTED REP48 REP("08", "30", P48B) MHAE, HOLDS),
	NEAR_MISS(mode_mixed, "code 1 and reserved acceptance", ACCEPTED REP48 REP("02", "30", P48B) MHAE,
		  .also = "code_reserved", HOLDS),
	TRAP(mode_mixed, "all rejected by the header", RRP("81", "0000") REP48_HOA REP("01", "30", P48B) MHAE,
	     .also = "reply_denied rep_accept_in_deny", SILENT),
};

const row_table_t rows_of_prefixes = {"prefixes", prefix_rows, G_N_ELEMENTS(prefix_rows)};

#define MN1_HOLDS_48 SAID(COLOCATED REQ48 MODE MHAE, .at = -9000), SAID(ACCEPTED REP48 MHAE, .at = -8900)
#define MN2_ASKS_64 SAID(MN2_ASKS REQ("40", P64) MODE MHAE, LEG_MN2_HA)

static const row_t overlap_rows[] = {
	VIOLATION(prefix_overlap, ERROR, "/64 inside a /48", MN2_GETS "98 14 02 01 40 00 <" P64 ">" MHAE, LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48, MN2_ASKS_64),
		  .words = "2001:db8:a:1::/64 overlaps 2001:db8:a::/48 of the mobile node 198.51.100.77 (registered in "
			   "frame 2) [RFC 5454 3.3]"),
	VIOLATION(prefix_overlap, ERROR, "/48 around a /64", MN2_GETS "98 14 02 01 30 00 <" P48 ">" MHAE, LEG_HA_MN2,
		  BEFORE(SAID(COLOCATED REQ("40", P64) MODE MHAE, .at = -9000),
			 SAID(ACCEPTED REP64("01") MHAE, .at = -8900), SAID(MN2_ASKS REQ48 MODE MHAE, LEG_MN2_HA))),
	VIOLATION(prefix_overlap, ERROR, "the same /48", MN2_GETS "98 14 02 01 30 00 <" P48 ">" MHAE, LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48, SAID(MN2_ASKS REQ48 MODE MHAE, LEG_MN2_HA))),
	VIOLATION(prefix_overlap, ERROR, "code 2 accepts too", MN2_GETS "98 14 02 02 40 00 <" P64 ">" MHAE, LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48, MN2_ASKS_64), .also = "code_reserved"),
	VIOLATION(prefix_overlap, ERROR, "neither request was captured", MN2_GETS "98 14 02 01 40 00 <" P64 ">" MHAE,
		  LEG_HA_MN2, BEFORE(SAID(ACCEPTED REP48 MHAE, ))),
	VIOLATION(prefix_overlap, ERROR, "second of two",
		  MN2_GETS REP("01", "30", P48B) "98 14 02 01 40 00 <" P64 ">" MHAE, LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48, SAID(MN2_ASKS REQ48B REQ("40", P64) MODE MHAE, LEG_MN2_HA))),
	VIOLATION(prefix_overlap, ERROR, "both of two",
		  MN2_GETS "98 14 02 01 40 00 <" P64 ">" REP("01", "40", "20010db8000a0002 0000000000000000") MHAE,
		  LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48,
			 SAID(MN2_ASKS REQ("40", P64) REQ("40", "20010db8000a0002 0000000000000000") MODE MHAE,
			      LEG_MN2_HA)),
		  .times = 2),
	VIOLATION(prefix_overlap, ERROR, "shared home address, another NAI",
		  RRP_ID("00", "0258", HOA, HA, ID_2) NAI2 "98 14 02 01 40 00 <" P64 ">" MHAE, LEG_HA_MN2,
		  BEFORE(SAID(COLOCATED NAI REQ48 MODE MHAE, .at = -9000), SAID(ACCEPTED NAI REP48 MHAE, .at = -8900),
			 SAID(RRQ_ID("22", "0258", HOA, HA, COA2, ID_2) NAI2 REQ("40", P64) MODE MHAE, LEG_MN2_HA))),
	VIOLATION(prefix_overlap, ERROR, "a second before the other expires",
		  MN2_GETS "98 14 02 01 40 00 <" P64 ">" MHAE, LEG_HA_MN2,
		  BEFORE(SAID(COLOCATED_OLD REQ48 MODE MHAE, .at = -599100),
			 SAID(ACCEPTED_OLD REP48 MHAE, .at = -599000), MN2_ASKS_64)),
	NEAR_MISS(prefix_overlap, "rejected", MN2_GETS REP64("09") MHAE, LEG_HA_MN2, BEFORE(MN1_HOLDS_48, MN2_ASKS_64),
		  SILENT),
	NEAR_MISS(prefix_overlap, "a second after the other expired: no grace", MN2_GETS REP64("01") MHAE, LEG_HA_MN2,
		  BEFORE(SAID(COLOCATED_OLD REQ48 MODE MHAE, .at = -601100),
			 SAID(ACCEPTED_OLD REP48 MHAE, .at = -601000), MN2_ASKS_64),
		  HOLDS),
	NEAR_MISS(prefix_overlap, "the other deregistered", MN2_GETS REP64("01") MHAE, LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48, SAID(RRQ_ID("22", "0000", HOA, HA, HOA, "e8fe6f81 00000005") MHAE, .at = -2000),
			 SAID(RRP_ID("00", "0000", HOA, HA, "e8fe6f81 00000005") MHAE, .at = -1900), MN2_ASKS_64),
		  HOLDS),
	NEAR_MISS(
		prefix_overlap, "the other left it out", MN2_GETS REP64("01") MHAE, LEG_HA_MN2,
		BEFORE(MN1_HOLDS_48,
		       SAID(RRQ_ID("22", "0258", HOA, HA, COA, "e8fe6f81 00000005") REQ48B MODE MHAE, .at = -2000),
		       SAID(RRP_ID("00", "0258", HOA, HA, "e8fe6f81 00000005") REP("01", "30", P48B) MHAE, .at = -1900),
		       MN2_ASKS_64),
		HOLDS),
	NEAR_MISS(prefix_overlap, "the other was revoked", MN2_GETS REP64("01") MHAE, LEG_HA_MN2,
		  BEFORE(MN1_HOLDS_48, SAID(REVOCATION MHAE, .src = "198.51.100.1", .dst = "192.0.2.33", .at = -4000),
			 SAID(REVOCATION_ACK MHAE, .src = "192.0.2.33", .dst = "198.51.100.1", .at = -3900),
			 MN2_ASKS_64),
		  HOLDS),
	NEAR_MISS(prefix_overlap, "the other was rejected", MN2_GETS REP64("01") MHAE, LEG_HA_MN2,
		  BEFORE(SAID(COLOCATED REQ48 MODE MHAE, .at = -9000),
			 SAID(ACCEPTED REP("08", "30", P48) MHAE, .at = -8900), MN2_ASKS_64),
		  HOLDS),
	NEAR_MISS(prefix_overlap, "neighbors", MN2_GETS REP64("01") MHAE, LEG_HA_MN2,
		  BEFORE(SAID(COLOCATED REQ("40", P48) MODE MHAE, .at = -9000),
			 SAID(ACCEPTED REP("01", "40", P48) MHAE, .at = -8900), MN2_ASKS_64),
		  HOLDS),
	VIOLATION(prefix_overlap, NOTE, "at another home agent",
		  RRP_ID("00", "0258", HOA2, HA2, ID_2) "98 14 02 01 40 00 <" P64 ">" MHAE, .src = "198.51.100.2",
		  .dst = "192.0.2.34",
		  BEFORE(MN1_HOLDS_48, SAID(RRQ_ID("22", "0258", HOA2, HA2, COA2, ID_2) REQ("40", P64) MODE MHAE,
					    .src = "192.0.2.34", .dst = "198.51.100.2")),
		  .words = "2001:db8:a:1::/64 overlaps 2001:db8:a::/48 of the mobile node 198.51.100.77 at the home "
			   "agent 198.51.100.1 (registered in frame 2) [RFC 5454 3.3]"),
	VIOLATION(prefix_overlap, ERROR, "at another home agent, and at this one",
		  RRP_ID("00", "0258", HOA2, HA2, ID_2) "98 14 02 01 40 00 <" P64 ">" MHAE, .src = "198.51.100.2",
		  .dst = "192.0.2.34",
		  BEFORE(SAID(RRQ_ID("22", "0258", "c633644f", HA2, COA, ID_OLD) REQ48 MODE MHAE, .dst = "198.51.100.2",
			      .at = -9000),
			 SAID(RRP_ID("00", "0258", "c633644f", HA2, ID_OLD) REP48 MHAE, .src = "198.51.100.2",
			      .at = -8900),
			 MN1_HOLDS_48,
			 SAID(RRQ_ID("22", "0258", HOA2, HA2, COA2, ID_2) REQ("40", P64) MODE MHAE, .src = "192.0.2.34",
			      .dst = "198.51.100.2"))),
	TRAP(prefix_overlap, "at another home agent, of the same identity",
	     RRP_ID("00", "0258", HOA2, HA2, ID_2) NAI REP64("01") MHAE, .src = "198.51.100.2", .dst = "192.0.2.33",
	     BEFORE(SAID(COLOCATED NAI REQ48 MODE MHAE, .at = -9000), SAID(ACCEPTED NAI REP48 MHAE, .at = -8900),
		    SAID(RRQ_ID("22", "0258", HOA2, HA2, COA, ID_2) NAI REQ("40", P64) MODE MHAE,
			 .dst = "198.51.100.2")),
	     HOLDS),
	TRAP(prefix_overlap, "at another home agent", RRP_ID("00", "0258", HOA, HA2, ID_2) REP64("01") MHAE,
	     .src = "198.51.100.2", .dst = "192.0.2.33",
	     BEFORE(MN1_HOLDS_48,
		    SAID(RRQ_ID("22", "0258", HOA, HA2, COA, ID_2) REQ("40", P64) MODE MHAE, .dst = "198.51.100.2")),
	     HOLDS),
	TRAP(prefix_overlap, "nested prefixes of one node", RRP_ID("00", "0258", HOA, HA, ID_2) REP48 REP64("01") MHAE,
	     BEFORE(MN1_HOLDS_48, SAID(RRQ_ID("22", "0258", HOA, HA, COA, ID_2) REQ48 REQ("40", P64) MODE MHAE, )),
	     HOLDS),
	TRAP(prefix_overlap, "two care-of addresses of one node", RRP_ID("00", "0258", HOA, HA, ID_2) REP48 MHAE,
	     LEG_HA_MN2,
	     BEFORE(MN1_HOLDS_48, SAID(RRQ_ID("a2(S,D,T)", "0258", HOA, HA, COA2, ID_2) REQ48 MODE MHAE, LEG_MN2_HA)),
	     HOLDS),
	TRAP(prefix_overlap, "link-local addresses may clash (RFC 3775 10.4.3)",
	     MN2_GETS REP("00", "ff", LINK_LOCAL) MHAE, LEG_HA_MN2,
	     BEFORE(SAID(COLOCATED REQ_LL MHAE, .at = -9000),
		    SAID(ACCEPTED REP("00", "ff", LINK_LOCAL) MHAE, .at = -8900),
		    SAID(MN2_ASKS REQ_LL MHAE, LEG_MN2_HA)),
	     SILENT),
	TRAP(prefix_overlap, "the relay copy does not say it again",
	     RRP_ID("00", "0258", HOA2, HA, ID_2) REP64("00") MHAE, .src = "203.0.113.9", .dst = "198.51.100.78",
	     BEFORE(MN1_HOLDS_48, SAID(RRQ_ID("02", "0258", HOA2, HA, FA, ID_2) REQ("40", P64) MHAE, LEG_FA_HA),
		    SAID(RRP_ID("00", "0258", HOA2, HA, ID_2) REP64("00") MHAE, LEG_HA_FA)),
	     SILENT),
};

const row_table_t rows_of_overlap = {"overlap", overlap_rows, G_N_ELEMENTS(overlap_rows)};

// A request through a foreign agent and its answer, both relayed, and what follows.
#define ANSWERED_TWICE(...)                                                                                            \
	BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA, .at = -10000), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA, .at = -9990),      \
	       SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA, .at = -9980),                                                  \
	       SAID(ACCEPTED REP48_HOA MHAE, LEG_FA_MN, .at = -9970), SAID(VIA_FA REQ48 MHAE, LEG_MN_FA, .at = -100),  \
	       __VA_ARGS__)
#define SHORTER RRP("00", "024e") REP48_HOA MHAE

static const row_t relay_rows[] = {
	VIOLATION(relay_request_modified, ERROR, "T cleared", RRQ("00", "0258", HOA, HA, FA) REQ48 MHAE, LEG_FA_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)),
		  .words = "Foreign agent changed the authenticated part of the request in frame 1: flags are 0x00, "
			   "were 0x02 [RFC 5944 3.7.2.2; RFC 5454 3.4]"),
	VIOLATION(relay_request_modified, ERROR, "prefix request left out", VIA_FA MHAE, LEG_FA_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA))),
	NEAR_MISS(relay_request_modified, "130 and 33 left out, 34 added", VIA_FA REQ48 MHAE FHAE, LEG_FA_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE EDS MFAE, LEG_MN_FA)), HOLDS),
	NEAR_MISS(relay_request_modified, "changed by the node itself: ident_reuse", VIA_FA REQ48B MHAE, MN_TO_FA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA, .at = -2000)), .also = "ident_reuse", SILENT),
	TRAP(relay_request_modified, "the authenticator is cut", VIA_FA REQ48 "20 14 00000100 | " DIGEST, LEG_FA_HA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), SILENT),
	TRAP(relay_request_modified, "the first copy is cut", VIA_FA REQ48 MHAE, LEG_FA_HA,
	     BEFORE(SAID(VIA_FA REQ48 "20 14 00000100 | " DIGEST, LEG_MN_FA)), SILENT),
	TRAP(relay_request_modified, "copies in reverse order", VIA_FA REQ48 MHAE MFAE, MN_TO_FA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE FHAE, LEG_FA_HA)), HOLDS),
	TRAP(relay_request_modified, "inside and outside of a NAT", BEHIND_NAT REQ48 MODE UTRQ MHAE, LEG_NAT_HA,
	     BEFORE(SAID(BEHIND_NAT REQ48 MODE UTRQ MHAE, .src = "10.0.0.33")), HOLDS),

	VIOLATION(relay_reply_modified, ERROR, "code of a prefix changed", ACCEPTED REP("08", "30", P48) MHAE,
		  LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA),
			 SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA)),
		  .words = "Foreign agent changed the authenticated part of the reply in frame 3: an extension differs "
			   "[RFC 5944 3.7.3.2]"),
	NEAR_MISS(relay_reply_modified, "33 added", ACCEPTED REP48_HOA MHAE MFAE, LEG_FA_MN,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA),
			 SAID(ACCEPTED REP48_HOA MHAE FHAE, LEG_HA_FA)),
		  HOLDS),
	NEAR_MISS(relay_reply_modified, "a second answer with what is left of the lifetime",
		  RRP("00", "024e") REP48_HOA MHAE, LEG_FA_MN, ANSWERED_TWICE(SAID(SHORTER, LEG_HA_FA)), HOLDS),
	TRAP(relay_reply_modified, "the same, and it was not captured", RRP("00", "024e") REP48_HOA MHAE, LEG_FA_MN,
	     ANSWERED_TWICE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), SILENT),
	VIOLATION(
		relay_reply_modified, ERROR, "lifetime shortened by more than the time passed",
		RRP("00", "0256(598 s)") REP48_HOA MHAE, LEG_FA_MN,
		BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA, .at = -1020), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA, .at = -1010),
		       SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA, .at = -1000)),
		.words = "Foreign agent changed the authenticated part of the reply in frame 3: lifetime is 598 s, was "
			 "600 s [RFC 5944 3.7.3.2]"),
	TRAP(relay_reply_modified, "shortened by the time passed: another answer",
	     RRP("00", "0256(598 s)") REP48_HOA MHAE, LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA, .at = -2020), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA, .at = -2010),
		    SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA, .at = -2000)),
	     SILENT),
	TRAP(relay_reply_modified, "the foreign agent's own denial", RRP("48(72)", "0000"), LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA),
		    SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA)),
	     .also = "reply_denied", SILENT),

	VIOLATION(relay_not_stripped, WARN, "33 to the home agent", VIA_FA REQ48 MHAE "<" MFAE ">", LEG_FA_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE MFAE, LEG_MN_FA)),
		  .words = "Mobile-Foreign Authentication (type 33) of the request in frame 1 is relayed to the home "
			   "agent, should be removed [RFC 5944 3.7.2.2]"),
	NEAR_MISS(relay_not_stripped, "34 in its place", VIA_FA REQ48 MHAE FHAE, LEG_FA_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE MFAE, LEG_MN_FA)), HOLDS),
	NEAR_MISS(relay_not_stripped, "there was none", VIA_FA REQ48 MHAE FHAE, LEG_FA_HA,
		  BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)), SILENT),
	TRAP(relay_not_stripped, "copies in reverse order", VIA_FA REQ48 MHAE MFAE, MN_TO_FA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE FHAE, LEG_FA_HA)), SILENT),

	VIOLATION(relay_dst, WARN, "another home agent", "01 02 0258" HOA "<" HA ">" FA ID REQ48 MHAE,
		  .src = "203.0.113.9", .dst = "198.51.100.2", BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)),
		  .words = "Request in frame 1 is relayed to 198.51.100.2, should be relayed to the home agent "
			   "198.51.100.1 [RFC 5944 3.7.2.2]"),
	NEAR_MISS(relay_dst, "the home agent", VIA_FA REQ48 MHAE, LEG_FA_HA, BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA)),
		  HOLDS),
	NEAR_MISS(relay_dst, "home agent 255.255.255.255", RRQ("02", "0258", HOA, "ffffffff", FA) REQ48 MHAE,
		  .src = "203.0.113.9", .dst = "198.51.100.2",
		  BEFORE(SAID(RRQ("02", "0258", HOA, "ffffffff", FA) REQ48 MHAE, LEG_MN_FA)), SILENT),
	TRAP(relay_dst, "copies in reverse order", VIA_FA REQ48 MHAE, MN_TO_FA,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), SILENT),
	TRAP(relay_dst, "copies in reverse order, from 0.0.0.0", VIA_FA REQ48 MHAE, .src = "0.0.0.0",
	     .dst = "203.0.113.9", .ttl = 255, BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_FA_HA)), SILENT),
	TRAP(relay_dst, "copies in reverse order, co-located with R bit", COLOCATED REQ48 MODE MHAE,
	     .dst = "203.0.113.9", .ttl = 255, BEFORE(SAID(COLOCATED REQ48 MODE MHAE, LEG_FA_HA)), SILENT),
	TRAP(relay_dst, "not asked of replies", ACCEPTED REP48_HOA MHAE, LEG_FA_MN,
	     BEFORE(SAID(VIA_FA REQ48 MHAE, LEG_MN_FA), SAID(VIA_FA REQ48 MHAE, LEG_FA_HA),
		    SAID(ACCEPTED REP48_HOA MHAE, LEG_HA_FA)),
	     SILENT),
};

const row_table_t rows_of_relay = {"relay", relay_rows, G_N_ELEMENTS(relay_rows)};
