// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators: which key and algorithm, and whether they verify (RFC 5944 3.5, RFC 2002 3.5).
#ifndef DSMIPV4_AUTH_H
#define DSMIPV4_AUTH_H

#include "wire/ipv4_header.h"
#include "wire/message.h"

// Outcome of verifying an authenticator, as far as keys are known.
typedef enum {
	DSMIPV4_AUTH_NOT_CHECKED,
	DSMIPV4_AUTH_GOOD,
	DSMIPV4_AUTH_BAD,
	DSMIPV4_AUTH_MISSING,
} dsmipv4_auth_state_t;

typedef enum {
	DSMIPV4_HMAC_MD5,  // RFC 5944 3.5.1, the default
	DSMIPV4_KEYED_MD5, // RFC 2002 3.5.1: key before and after the data
	DSMIPV4_HMAC_SHA1, // as some stacks use it
} dsmipv4_algorithm_t;

// In place of an SPI: a key for whatever SPI (0 to 255 are reserved, RFC 5944 1.6).
#define DSMIPV4_ANY_SPI 0

// A security association between two nodes, which chose its SPI (RFC 5944 1.6), as a row of the user's table. Addresses
// in host byte order. `agent` is a home agent or, with that of a mobile node as `peer`, a foreign agent; `peer` is a
// home address or, with that of a home agent as `agent`, a foreign agent. As agent 0 stands for any home agent, as peer
// for any mobile node.
typedef struct {
	uint32_t agent, peer;
	uint32_t spi; // or DSMIPV4_ANY_SPI
	dsmipv4_algorithm_t algorithm;
	const uint8_t *secret;
	size_t secret_len;
} dsmipv4_key_t;

typedef struct {
	const dsmipv4_key_t *keys;
	size_t n_keys;
} dsmipv4_keys_t;

// Verify an authentication extension of a request or reply by the first key of its two ends and SPI: home agent and
// mobile node for types 32 and 36, foreign agent and mobile node for 33, home agent and foreign agent for 34. The
// foreign agent is the care-of address unless that is co-located, or where `packet` comes from or goes to. NOT_CHECKED
// without such a key, where bytes are missing, or where the library refuses the algorithm (MD5 in FIPS mode). BAD only
// if it is certain. `packet` NULL: its addresses are not known.
dsmipv4_auth_state_t dsmipv4_auth_verify(const dsmipv4_keys_t *keys, const dsmipv4_packet_t *packet,
					 const dsmipv4_message_t *message, const dsmipv4_ext_t *ext);

// For an authenticator that is BAD: with what it does verify, "verifies with keyed-md5 instead" or "verifies with the
// key of 198.51.100.78, SPI 0x100". NULL: with nothing that is known.
const char *dsmipv4_auth_diagnosis(wmem_allocator_t *alloc, const dsmipv4_keys_t *keys, const dsmipv4_packet_t *packet,
				   const dsmipv4_message_t *message, const dsmipv4_ext_t *ext);

// The state of the message's Mobile-Home Authentication; MISSING if a message that was captured whole has none and a
// key for its addresses is known.
dsmipv4_auth_state_t dsmipv4_auth_message(const dsmipv4_keys_t *keys, const dsmipv4_message_t *message);

#endif
