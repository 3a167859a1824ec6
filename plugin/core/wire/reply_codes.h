// SPDX-License-Identifier: GPL-2.0-or-later
// Codes of the registration reply: what they mean, and who answers with them.
#ifndef DSMIPV4_REPLY_CODES_H
#define DSMIPV4_REPLY_CODES_H

#include <stdint.h>

typedef enum {
	DSMIPV4_REPLY_BY_UNKNOWN,
	DSMIPV4_REPLY_BY_HA,
	DSMIPV4_REPLY_BY_FA,
	DSMIPV4_REPLY_BY_GFA, // gateway foreign agent (RFC 4857)
	DSMIPV4_REPLY_BY_CN,  // correspondent node (RFC 6521)
} dsmipv4_reply_sender_t;

// In words, what IANA assigned to a code of the registration reply; NULL if it is unassigned.
const char *dsmipv4_reply_code_name(uint8_t code);

// Who answers with this code. For an unassigned one by the range it is in, UNKNOWN for codes of no range.
dsmipv4_reply_sender_t dsmipv4_reply_code_sender(uint8_t code);

// "home agent" and so on; NULL for UNKNOWN.
const char *dsmipv4_reply_sender_name(dsmipv4_reply_sender_t sender);

#endif
