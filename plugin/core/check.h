// SPDX-License-Identifier: GPL-2.0-or-later
// Inside the rules: what a check is given, how it answers, and how each file offers its checks.
//
// A check is a pure function, `static dsmipv4_verdict_t check_<id>(const check_t *c, finding_t *f)`.
// It is called only for what its layer says (see rules.def), with the fixed part of the message
// decoded; in the _EXT layers c->ext is set. Absence may be concluded only where c->message->complete.
#ifndef DSMIPV4_CHECK_H
#define DSMIPV4_CHECK_H

#include "rules.h"

typedef struct {
	wmem_allocator_t *alloc;
	const dsmipv4_options_t *options;
	const dsmipv4_packet_t *packet;
	const dsmipv4_message_t *message;
	const dsmipv4_exchange_t *exchange; // never NULL; all false where nothing is known
	const dsmipv4_ext_t *ext;           // layers EXTENSION and *_EXT
	uint32_t index;                     // of ext in message->exts
} check_t;

// What a check fills in with broken() and its kin. Preset: the row's severity and source, the whole
// extension (or message), and the row's text as words.
typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_severity_t severity;
	uint32_t offset, length;
	const char *source;
	const char *words;
} finding_t;

typedef dsmipv4_verdict_t (*check_fn)(const check_t *c, finding_t *f);

// Answer BROKEN at the place that is preset, in the row's words.
dsmipv4_verdict_t broken(finding_t *f);

// Answer BROKEN at these bytes of the message; words as in printf, NULL for the row's.
dsmipv4_verdict_t broken_at(finding_t *f, uint32_t offset, uint32_t length, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

// BROKEN in the row's words if `condition`, else HOLDS.
dsmipv4_verdict_t broken_if(finding_t *f, bool condition);

// Which hop of the registration a request travels (catalogue section 0).
typedef enum {
	LEG_UNKNOWN,
	LEG_MN_FA,
	LEG_FA_HA,
	LEG_MN_HA,
} leg_t;

leg_t request_leg(const check_t *c);

// The request names no particular home agent: 0.0.0.0 or a broadcast address (RFC 3344 3.6.1.2;
// whether x.x.x.255 is a subnet's broadcast address cannot be seen, so it counts as one).
bool home_agent_is_dynamic(uint32_t ha);

#define ALL_MOBILITY_AGENTS 0xe000000b // 224.0.0.11, RFC 3344 3.6.1.1

// Offsets of fixed fields, for the place of a finding.
enum {
	REQUEST_FLAGS_AT = 1,
	REQUEST_LIFETIME_AT = 2,
	REQUEST_HOA_AT = 4,
	REQUEST_HA_AT = 8,
	REQUEST_COA_AT = 12,
	REQUEST_ID_AT = 16,
	REPLY_CODE_AT = 1,
	REPLY_LIFETIME_AT = 2,
};

// One table a file, indexed by rule, NULL where the rule is another file's. A row of rules.def
// without a check_<id>() does not compile, nor does a check without a row.
extern const check_fn checks_of_message[DSMIPV4_RULE_COUNT];
extern const check_fn checks_of_extension[DSMIPV4_RULE_COUNT];
extern const check_fn checks_of_request[DSMIPV4_RULE_COUNT];
extern const check_fn checks_of_reply[DSMIPV4_RULE_COUNT];

#endif
