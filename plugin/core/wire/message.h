// SPDX-License-Identifier: GPL-2.0-or-later
// Mobile IPv4 control message: bytes -> struct with the offset and length of everything in it.
#ifndef DSMIPV4_MESSAGE_H
#define DSMIPV4_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "wire/dsmipv4.h"

// What an extension's body was understood as; OPAQUE where its type is not interpreted, where its
// Length does not leave room for the fields, or where the capture ends before they do.
typedef enum {
	DSMIPV4_BODY_OPAQUE,
	DSMIPV4_BODY_PREFIX_REQUEST,     // 152/1: prefix
	DSMIPV4_BODY_PREFIX_REPLY,       // 152/2: prefix, code, reserved
	DSMIPV4_BODY_TUNNELING_MODE,     // 152/3: reserved
	DSMIPV4_BODY_AUTH,               // 32, 33, 34, 36: spi, authenticator
	DSMIPV4_BODY_UDP_TUNNEL_REQUEST, // 144: udp_request
	DSMIPV4_BODY_UDP_TUNNEL_REPLY,   // 44: udp_reply
	DSMIPV4_BODY_MOBILE_NETWORK,     // 148/0: network_len
	DSMIPV4_BODY_MULTIPATH_REQUEST,  // 154/1: multipath
	DSMIPV4_BODY_GRE_KEY,            // 48/0: gre_key
	DSMIPV4_BODY_DYNAMIC_HA,         // 139/1, 139/2: home_agent
} dsmipv4_body_t;

typedef struct {
	uint8_t bytes[16]; // network order, exactly as sent: mask before comparing
	uint8_t len;       // Prefix Length field, 255 = link-local address
} dsmipv4_prefix_t;

// One extension. Offsets count from the first byte of the message.
typedef struct {
	uint32_t offset; // of the Type byte
	uint8_t type;
	uint8_t header_len; // 2, or 4 in the long layouts; less where the message ends inside it
	bool header_whole;  // Length was sent: `length` is what it says
	bool has_subtype;   // the type has a subtype byte and it was captured
	uint8_t subtype;
	uint16_t length;      // Length field; in the short layout it counts the subtype byte
	uint32_t body_offset; // of the first byte after the header
	uint32_t body_len;    // body bytes inside the message: length, or less where it overruns
	bool overrun;         // Length reaches beyond the end of the message
	bool captured;        // every byte of header and body is in the capture
	dsmipv4_body_t body;
	union {
		struct {
			dsmipv4_prefix_t prefix;
			uint32_t prefix_offset; // of the 16 bytes
			uint32_t prefix_len_offset;
			uint8_t code;     // 152/2
			uint8_t reserved; // 152/2
		} prefix;
		struct {
			uint8_t reserved;
		} mode;
		struct {
			uint32_t spi;
			uint32_t authenticator_len;
		} auth;
		struct {
			uint8_t reserved1;
			uint8_t flags; // DSMIPV4_UDP_TUNNEL_REQUEST_F, _R, and Reserved 2
			uint8_t encapsulation;
			uint16_t reserved3;
		} udp_request; // 144, RFC 3519 3.1
		struct {
			uint8_t code;
			uint16_t flags;     // DSMIPV4_UDP_TUNNEL_REPLY_F, and Reserved
			uint16_t keepalive; // seconds; 0: the mobile node's default
		} udp_reply;                // 44, RFC 3519 3.2
		struct {
			uint8_t prefix_len;
		} network;
		struct {
			uint8_t flags; // DSMIPV4_MULTIPATH_O, and others
		} multipath;           // 154/1, RFC 7629 4.1
		uint32_t gre_key;      // 48/0, RFC 6245 5
		uint32_t home_agent;   // 139, RFC 4433 3.4
	};
} dsmipv4_ext_t;

#define DSMIPV4_NO_EXT UINT32_MAX

// A control message on UDP 434. IPv4 addresses are in host byte order.
typedef struct {
	const uint8_t *bytes; // the caller's, captured_len of them
	uint8_t type;
	uint32_t captured_len; // of the UDP payload
	uint32_t reported_len; // of the UDP payload; more than captured_len if the snaplen cut it
	bool fragment;         // a lone IP fragment, so that the length of the payload is not known
	bool captured_whole;   // all of the payload is captured, and it is no fragment
	bool fixed;            // the fixed part is captured whole: the members below are valid
	uint32_t fixed_len;    // length of the fixed part, 0 for types that have none here

	union {
		struct {
			uint8_t flags;
			uint16_t lifetime; // seconds
			uint32_t hoa, ha, coa;
			uint64_t id;
		} request;
		struct {
			uint8_t code;
			uint16_t lifetime; // seconds
			uint32_t hoa, ha;
			uint64_t id;
		} reply;
		struct {
			uint8_t next_header;
			uint16_t reserved;
		} tunnel_data;
		struct {
			uint16_t flags;
			uint32_t hoa;
			uint32_t ha;  // home domain address
			uint32_t coa; // foreign domain address
			uint32_t id;  // Revocation Identifier
		} revocation;         // the acknowledgment has no ha and coa
		struct {
			uint8_t direction; // Message Direction: 0, 1 from the home agent, 2, 3 from the mobile
					   // node, 4, 5 from the foreign agent
			uint32_t hoa, ha;
		} notification; // and its acknowledgment, RFC 6098 4.1, 4.2
	};

	const dsmipv4_ext_t *exts;
	uint32_t n_exts;
	uint32_t trailing; // bytes after the last extension, too few for another
	uint32_t trailing_offset;

	// Index of the first extension of a kind, DSMIPV4_NO_EXT if there is none. The lists are walked
	// once, here, so that no check is quadratic in a message of thousands of extensions.
	uint32_t first_auth;           // 32, 33, 34 or 36
	uint32_t first_mn_ha;          // 32
	uint32_t first_link_auth;      // 33 or 34
	uint32_t first_mn_fa;          // 33
	uint32_t first_fa_ha;          // 34
	uint32_t first_mn_aaa;         // 36 subtype 1
	uint32_t first_nai;            // 131
	uint32_t first_dsmipv4;        // 152
	uint32_t first_prefix_request; // 152/1, readable or not
	uint32_t first_mode;           // 152/3, readable or not
	uint32_t n_mn_ha;              // how many 32

	// Digests that tell copies apart: of all captured bytes, and of those up to the end of the first
	// Mobile-Home Authentication (0 where there is none or it is not captured whole).
	uint64_t digest;
	uint64_t signed_digest;
	uint64_t nai_digest; // of the first NAI's text, 0 where there is none
} dsmipv4_message_t;

// Decode the UDP payload `bytes` of a packet to or from port 434. `captured_len` bytes are readable,
// `reported_len` were on the wire (>= captured_len). `fragment` says that the datagram is known only
// in part. Never fails: what is missing is marked so. The result lives in `alloc`
// and points to `bytes`, which must last as long. RFC 5944 1.8-1.11, 3.3, 3.4; RFC 3519 3.3; RFC 3543 3.3, 3.4;
// RFC 6098 4.1, 4.2.
dsmipv4_message_t *dsmipv4_message_decode(wmem_allocator_t *alloc, const uint8_t *bytes, uint32_t captured_len,
					  uint32_t reported_len, bool fragment);

// The extension is type 152 with this subtype, whether or not its fields could be read.
bool dsmipv4_ext_is(const dsmipv4_ext_t *ext, enum dsmipv4_subtype subtype);

// The message has an extension of this type, whether or not its fields could be read.
bool dsmipv4_message_has(const dsmipv4_message_t *message, uint8_t type);

// The type is one of the authentication extensions 32, 33, 34, 36.
bool dsmipv4_ext_type_is_auth(uint8_t type);

// A mobile node's prefix is a 152/1 or 152/2 whose fields were read.
bool dsmipv4_ext_has_prefix(const dsmipv4_ext_t *ext);

// Prefix bits beyond the prefix length are zero. True for 255 and for senseless lengths (129-254),
// in which no bit is insignificant. RFC 5454 2.1, 2.2.
bool dsmipv4_prefix_is_masked(const dsmipv4_prefix_t *prefix);

// `outer` and `inner` agree in the first outer->len bits (255 and senseless lengths: in all 128),
// and inner is at least as long. Insignificant bits are ignored. A 255 contains only an equal 255.
bool dsmipv4_prefix_contains(const dsmipv4_prefix_t *outer, const dsmipv4_prefix_t *inner);

// One of the two contains the other.
bool dsmipv4_prefix_overlaps(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b);

// Index of the authentication that separates the mobile node's extensions from those that a foreign
// agent may add: the Mobile-Home Authentication, in its absence the first of any kind (RFC 5944
// 3.6.1.3). DSMIPV4_NO_EXT where there is none, or where the capture ends before it can be known.
uint32_t dsmipv4_signing_ext(const dsmipv4_message_t *message);

// Same length and same significant bits.
bool dsmipv4_prefix_equal(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b);

// Same bits under the shorter of the two lengths; addresses (255) must be equal.
bool dsmipv4_prefix_similar(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b);

// The first `bits` bits (at most 128) of the prefix equal those of `bytes`; the prefix's own length is ignored.
bool dsmipv4_prefix_in(const dsmipv4_prefix_t *prefix, const uint8_t bytes[16], unsigned bits);

// The code of a 152/2 accepts: 0..7 (RFC 5454 2.2, 5).
bool dsmipv4_code_accepts(uint8_t code);

// The header code of a registration reply accepts: below 64 (RFC 5944 3.4).
bool dsmipv4_reply_accepts(const dsmipv4_message_t *message);

// The header code is one of a foreign agent, or of a gateway foreign agent, that answers by itself
// (RFC 5944 3.4, 3.7.2.3; RFC 4857 5).
bool dsmipv4_reply_from_fa(const dsmipv4_message_t *message);

// The header code is one of the home agent: it accepts, or denies as a home agent does.
bool dsmipv4_reply_from_ha(const dsmipv4_message_t *message);

#endif
