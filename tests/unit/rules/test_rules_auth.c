// SPDX-License-Identifier: GPL-2.0-or-later
// Rules that need a key: RFC 3344 3.5.1, 3.8.2.1. The key is row_keys's, see rows.h.
#include <glib.h>

#include "rows.h"

// python3 -c 'import hmac; print(hmac.new(b"dsmipv4", bytes.fromhex("..."), "md5").hexdigest())' over the
// message up to and with the SPI.
#define REQUEST COLOCATED REQ48 MODE
#define REQUEST_MAC "44bacda43aac996f3b28abb6b6d1aae9 "
#define REPLY ACCEPTED REP48
#define REPLY_MAC "69a5598da99403e00d813408d578e1a6 "
#define DENIAL RRP("83(131)", "0000")
#define DENIAL_MAC "9335818a605461b030006acb4d07aa26 "
#define AUTH(mac) "20 14 00000100 " mac
#define KEYS .keys = true

static const row_t rows[] = {
	VIOLATION(auth_bad, ERROR, "request", REQUEST "20 14 00000100 <" DIGEST ">", KEYS,
		  .words = "Authenticator does not verify with the key for SPI 0x100 [RFC 5944 3.5.1]"),
	VIOLATION(auth_bad, ERROR, "prefix changed after signing",
		  COLOCATED REQ48B MODE "20 14 00000100 <" REQUEST_MAC ">", KEYS),
	VIOLATION(auth_bad, ERROR, "last byte", REQUEST "20 14 00000100 < 44bacda43aac996f3b28abb6b6d1aae8 >", KEYS),
	VIOLATION(auth_bad, ERROR, "reply", REPLY "20 14 00000100 <" DIGEST ">", KEYS),
	VIOLATION(auth_bad, NOTE, "131 tells of it", DENIAL "20 14 00000100 <" DIGEST ">", KEYS,
		  .also = "reply_denied"),
	VIOLATION(auth_bad, ERROR, "too short", REQUEST "20 13 00000100 < 44bacda43aac996f3b28abb6b6d1aa >", KEYS,
		  .also = "auth_size"),
	NEAR_MISS(auth_bad, "right", REQUEST AUTH(REQUEST_MAC), KEYS, HOLDS),
	NEAR_MISS(auth_bad, "reply right", REPLY AUTH(REPLY_MAC), KEYS, HOLDS),
	NEAR_MISS(auth_bad, "what follows MHAE is not covered", REQUEST AUTH(REQUEST_MAC) EDS, KEYS, HOLDS),
	TRAP(auth_bad, "no key at all", REQUEST AUTH(DIGEST), SILENT),
	TRAP(auth_bad, "another SPI", REQUEST "20 14 00000101 " DIGEST, KEYS, SILENT),
	TRAP(auth_bad, "another association of the foreign agent", REQUEST AUTH(REQUEST_MAC) MFAE, KEYS, HOLDS),
	TRAP(auth_bad, "one byte is not captured", REQUEST "20 14 00000100 44bacda43aac996f3b28abb6b6d1aa | e8", KEYS,
	     SILENT),
	TRAP(auth_bad, "a fragment", REQUEST AUTH(DIGEST), KEYS, .fragment = true, SILENT),
	TRAP(auth_bad, "overrun", REQUEST "20 15 00000100" DIGEST, KEYS, .also = "ext_overrun auth_size", SILENT),
	TRAP(auth_bad, "not asked of a revocation", REVOCATION AUTH(DIGEST), KEYS, SILENT),

	VIOLATION(auth_accepted_bad, ERROR, "bad", "03 <00> 0258" HOA HA ID REP48 AUTH(REPLY_MAC), KEYS,
		  BEFORE(SAID(REQUEST AUTH(DIGEST), )),
		  .words = "Code 0 accepts the request in frame 1, whose authenticator does not verify; should be code "
			   "131 (mobile node failed authentication) [RFC 5944 3.8.2.1]"),
	VIOLATION(auth_accepted_bad, ERROR, "missing", "03 <00> 0258" HOA HA ID REP48 AUTH(REPLY_MAC), KEYS,
		  BEFORE(SAID(REQUEST, ))),
	NEAR_MISS(auth_accepted_bad, "good", REPLY AUTH(REPLY_MAC), KEYS, BEFORE(SAID(REQUEST AUTH(REQUEST_MAC), )),
		  HOLDS),
	NEAR_MISS(auth_accepted_bad, "denied", DENIAL AUTH(DENIAL_MAC), KEYS, BEFORE(SAID(REQUEST AUTH(DIGEST), )),
		  .also = "reply_denied", SILENT),
	TRAP(auth_accepted_bad, "the reply does not verify either: our key is wrong", REPLY AUTH(DIGEST), KEYS,
	     BEFORE(SAID(REQUEST AUTH(DIGEST), )), .also = "auth_bad", SILENT),
	TRAP(auth_accepted_bad, "no key for the request's SPI", REPLY AUTH(REPLY_MAC), KEYS,
	     BEFORE(SAID(REQUEST "20 14 00000101 " DIGEST, )), SILENT),
	TRAP(auth_accepted_bad, "no key, none missing", REPLY AUTH(REPLY_MAC), BEFORE(SAID(REQUEST, )), SILENT),
	TRAP(auth_accepted_bad, "authorized by MN-AAA", REPLY AUTH(REPLY_MAC), KEYS, BEFORE(SAID(REQUEST MN_AAA, )),
	     SILENT),
	TRAP(auth_accepted_bad, "the request's authenticator is not captured", REPLY AUTH(REPLY_MAC), KEYS,
	     BEFORE(SAID(REQUEST "20 14 00000100 |" DIGEST, )), SILENT),
	TRAP(auth_accepted_bad, "the request ends before it", REPLY AUTH(REPLY_MAC), KEYS,
	     BEFORE(SAID(COLOCATED REQ48 MODE "|" MHAE, )), SILENT),
};

const row_table_t rows_of_auth = {"auth", rows, G_N_ELEMENTS(rows)};
