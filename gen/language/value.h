// SPDX-License-Identifier: GPL-2.0-or-later
// Texts of a block -> typed values, with actor names and defaults filled in.
#ifndef DSMIPGEN_VALUE_H
#define DSMIPGEN_VALUE_H

#include "language/step.h"

typedef enum {
	VALUE_ABSENT,
	VALUE_SET,
	VALUE_AUTO,
	VALUE_NONE,
	VALUE_BAD,
	VALUE_FROM_TIME, // identification: number is microseconds relative to the packet, signed
	VALUE_FROM_STEP, // identification: bytes name a step, number is added
} value_state_t;

// A number that follows the time of a step: NTP time of the given width, in bits, and an addend.
typedef struct {
	bool runs;     // else the number is fixed
	guint step;    // of the scenario
	gint64 time;   // of the step as planned, microseconds since 1970
	gint64 offset; // microseconds after the step
	int width;
	guint64 addend;
} value_clock_t;

typedef struct {
	value_state_t state;
	guint64 number;      // numbers, flags, times in microseconds, IPv4 addresses, lengths of blocks
	guint8 octets[16];   // IPv6 and MAC addresses, addresses of blocks
	GBytes *bytes;       // texts and hex strings
	place_t place;       // where the scenario gives it; no file: it does not
	const char *fact;    // full name in the actors that it was read from, or NULL
	value_clock_t clock; // of an identification
	gsize at;            // where in its block encode_block() put it, if keys.def does not say
} value_t;

typedef struct {
	block_id_t id;
	place_t place;
	// Set by build_packet().
	gsize offset;       // in the packet
	gsize length;       // of the layer with all it carries, or of the extension
	bool by_libnet;     // libnet built the header
	bool sum_by_libnet; // and its checksum
	value_t v[KEYS_MAX];
} values_t;

typedef enum {
	ALGORITHM_HMAC_MD5,
	ALGORITHM_KEYED_MD5,
	ALGORITHM_HMAC_SHA1,
} algorithm_t;

// DHCPv6 message types that the generator makes (RFC 3315 5.3).
typedef enum {
	DHCPV6_SOLICIT = 1,
	DHCPV6_ADVERTISE = 2,
	DHCPV6_REQUEST = 3,
	DHCPV6_REPLY = 7,
} dhcpv6_message_t;

static inline bool dhcpv6_from_client(guint64 message)
{
	return message == DHCPV6_SOLICIT || message == DHCPV6_REQUEST;
}

typedef struct actors actors_t;

// The number that belongs to a time of its step.
guint64 clock_read(const value_clock_t *clock, gint64 time);

// Reads all keys of a block. Any wrong text is found here.
values_t *values_read(const block_t *block, const actors_t *actors, const char *node, GError **error);
void values_free(values_t *values);
// A copy of the values; what they refer to (places, facts) is shared. Free with values_free().
values_t *values_copy(const values_t *values);
// Makes them a copy of others of the same block.
void values_assign(values_t *to, const values_t *values);

// Reports a problem with one key of a block, at the place of its value if there is one, else of the block.
void values_fail(const values_t *values, unsigned key, const char *message, GError **error);

static inline bool value_is_set(const values_t *values, unsigned key)
{
	return values->v[key].state == VALUE_SET;
}

#endif
