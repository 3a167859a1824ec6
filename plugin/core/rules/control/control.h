// SPDX-License-Identifier: GPL-2.0-or-later
// What the checks of control messages share.
#ifndef DSMIPV4_CONTROL_H
#define DSMIPV4_CONTROL_H

#include "rules/check.h"

// Which hop a request travels.
dsmipv4_leg_t dsmipv4_leg_of(const dsmipv4_check_t *c);

// The message was seen before with another IP header: a foreign agent relayed it.
bool dsmipv4_is_relay_copy(const dsmipv4_check_t *c);

// The request that the reply answers, NULL if it is not known.
const dsmipv4_event_t *dsmipv4_answered_request(const dsmipv4_check_t *c);

// The message is a reply that accepts, or one that denies.
bool dsmipv4_is_accepted(const dsmipv4_check_t *c);
bool dsmipv4_is_denied(const dsmipv4_check_t *c);

// Fill in c->among and c->requested.
void dsmipv4_find_prefix_matches(dsmipv4_check_t *c);

// The message is a reply that a foreign agent made by itself, which its code tells.
bool dsmipv4_is_by_fa(const dsmipv4_check_t *c);

// Lifetime of a registration request or reply in seconds, 0 for other messages.
uint16_t dsmipv4_lifetime_of(const dsmipv4_check_t *c);

// Request and reply are on the same leg, with none missing between them. The request must be known.
bool dsmipv4_is_same_leg(const dsmipv4_check_t *c);

// The reply accepts a registration that is no deregistration, and both were captured whole. The request must be known.
bool dsmipv4_accepts_live(const dsmipv4_check_t *c);

// The extension has a prefix whose value is to be judged: a rejection rightly echoes a senseless one.
bool dsmipv4_is_judged_prefix(const dsmipv4_ext_t *ext);

#define ALL_MOBILITY_AGENTS 0xe000000b // 224.0.0.11, RFC 5944 3.6.1.1

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
	REPLY_HOA_AT = 4,
	REPLY_HA_AT = 8,
	REPLY_ID_AT = 12,
};

#endif
