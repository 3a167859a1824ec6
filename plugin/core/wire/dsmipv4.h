// SPDX-License-Identifier: GPL-2.0-or-later
// Wire constants of RFC 5454 and of the Mobile IPv4 family it extends.
//
// This file and the rule ids of rules.def are all that plugin and generator share, so that the same
// misreading of an RFC does not go unnoticed in both. Lengths are in bytes; offsets count from the start of
// the UDP payload (messages) or of the extension (extensions). All fields are big-endian.
#ifndef DSMIPV4_DSMIPV4_H
#define DSMIPV4_DSMIPV4_H

#define DSMIPV4_UDP_PORT 434 // RFC 5944 3.3

// Message types (first byte of the UDP payload).
enum dsmipv4_message_type {
	DSMIPV4_REGISTRATION_REQUEST = 1, // RFC 5944 3.3
	DSMIPV4_REGISTRATION_REPLY = 3,   // RFC 5944 3.4
	DSMIPV4_TUNNEL_DATA = 4,          // RFC 3519 3.3
	DSMIPV4_REVOCATION = 7,           // RFC 3543 3.3
	DSMIPV4_REVOCATION_ACK = 15,      // RFC 3543 3.4
	DSMIPV4_NOTIFICATION = 22,        // RFC 6098 4.1
	DSMIPV4_NOTIFICATION_ACK = 23,    // RFC 6098 4.2
};

// Fixed parts: where the extensions (or, in tunnel data, the payload) begin.
#define DSMIPV4_REQUEST_LEN 24
#define DSMIPV4_REPLY_LEN 20
#define DSMIPV4_TUNNEL_DATA_LEN 4
#define DSMIPV4_REVOCATION_LEN 20
#define DSMIPV4_REVOCATION_ACK_LEN 12
#define DSMIPV4_NOTIFICATION_LEN 24 // that of the acknowledgment, too

// Flags of the registration request, second byte (RFC 5944 3.3; T: RFC 3024 3.2).
enum dsmipv4_request_flag {
	DSMIPV4_FLAG_S = 0x80, // simultaneous bindings
	DSMIPV4_FLAG_B = 0x40, // broadcast datagrams
	DSMIPV4_FLAG_D = 0x20, // decapsulation by the mobile node: co-located care-of address
	DSMIPV4_FLAG_M = 0x10, // minimal encapsulation
	DSMIPV4_FLAG_G = 0x08, // GRE encapsulation
	DSMIPV4_FLAG_r = 0x04, // reserved, sent as zero
	DSMIPV4_FLAG_T = 0x02, // reverse tunneling
	DSMIPV4_FLAG_x = 0x01, // reserved, sent as zero
};

#define DSMIPV4_LIFETIME_INFINITE 0xffff // RFC 5944 3.3

// Codes of the registration reply that the rules name (RFC 5944 3.4); all of them: reply_codes.def.
enum dsmipv4_reply_code {
	DSMIPV4_REPLY_ACCEPTED = 0,
	DSMIPV4_REPLY_ACCEPTED_NO_SIMULTANEOUS = 1,
	DSMIPV4_REPLY_FIRST_DENIAL = 64,
	DSMIPV4_REPLY_LIFETIME_TOO_LONG = 69, // a foreign agent's, with the lifetime that it offers
	DSMIPV4_REPLY_IDENTIFICATION_MISMATCH = 133,
	DSMIPV4_REPLY_REDIRECT_HA = 143, // RFC 4433 3.4.2
};

// Extension types that the rules name; all of them, with their layouts: extension_types.def.
enum dsmipv4_ext_type {
	DSMIPV4_EXT_MN_HA_AUTH = 32,          // RFC 5944 3.5.2
	DSMIPV4_EXT_MN_FA_AUTH = 33,          // RFC 5944 3.5.3
	DSMIPV4_EXT_FA_HA_AUTH = 34,          // RFC 5944 3.5.4
	DSMIPV4_EXT_GENERALIZED_AUTH = 36,    // RFC 4721 5, long layout
	DSMIPV4_EXT_UDP_TUNNEL_REPLY = 44,    // RFC 3519 3.2
	DSMIPV4_EXT_GRE_KEY = 48,             // RFC 6245 5, long layout
	DSMIPV4_EXT_ENCAPS_DELIVERY = 130,    // RFC 3024 3.3
	DSMIPV4_EXT_NAI = 131,                // RFC 2794 2
	DSMIPV4_EXT_CHALLENGE = 132,          // RFC 4721 4
	DSMIPV4_EXT_DYNAMIC_HA = 139,         // RFC 4433 3.4, long layout
	DSMIPV4_EXT_UDP_TUNNEL_REQUEST = 144, // RFC 3519 3.1
	DSMIPV4_EXT_PMIPV4 = 147,             // RFC 5563
	DSMIPV4_EXT_MOBILE_NETWORK = 148,     // RFC 5177 4.1
	DSMIPV4_EXT_DSMIPV4 = 152,            // RFC 5454 5
	DSMIPV4_EXT_MULTIPATH = 154,          // RFC 7629 4.1, 4.2, long layout
};

#define DSMIPV4_EXT_FIRST_SKIPPABLE 128 // RFC 5944 1.8
#define DSMIPV4_EXT_SHORT_HEADER_LEN 2  // Type, Length: RFC 5944 1.9, 1.11
#define DSMIPV4_EXT_LONG_HEADER_LEN 4   // Type, Subtype, Length (16 bits): RFC 5944 1.10

// Generalized authentication (type 36) subtype (RFC 4721 5).
#define DSMIPV4_GENERALIZED_MN_AAA 1

// GRE Key extension (type 48) subtype (RFC 6245 5).
#define DSMIPV4_GRE_KEY 0

// Dynamic HA extension (type 139) subtypes (RFC 4433 3.4).
enum dsmipv4_dynamic_ha {
	DSMIPV4_REQUESTED_HA = 1,
	DSMIPV4_REDIRECTED_HA = 2,
};

// Multipath extension (type 154): subtype of the one in requests, and bits of its last byte (RFC 7629 4.1).
#define DSMIPV4_MULTIPATH_REQUEST 1
#define DSMIPV4_MULTIPATH_B 0x80 // renew all bindings, or deregister all
#define DSMIPV4_MULTIPATH_O 0x40 // overwrite all other bindings

// Subtypes of type 152 (RFC 5454 2, 5).
enum dsmipv4_subtype {
	DSMIPV4_PREFIX_REQUEST = 1,
	DSMIPV4_PREFIX_REPLY = 2,
	DSMIPV4_TUNNELING_MODE = 3,
};

// Length field of type 152, subtype byte included (RFC 5454 2.1, 2.2, 2.3).
#define DSMIPV4_PREFIX_REQUEST_LENGTH 18
#define DSMIPV4_PREFIX_REPLY_LENGTH 20
#define DSMIPV4_TUNNELING_MODE_LENGTH 2

// Codes of the IPv6 prefix reply extension (RFC 5454 2.2, 5).
enum dsmipv4_prefix_code {
	DSMIPV4_PREFIX_ACCEPTED_HOA = 0,
	DSMIPV4_PREFIX_ACCEPTED_COA = 1,
	DSMIPV4_PREFIX_FIRST_REJECT = 8, // 2..7 are reserved for acceptance, 10..255 for rejection
	DSMIPV4_PREFIX_REJECTED = 8,
	DSMIPV4_PREFIX_PROHIBITED = 9,
};

#define DSMIPV4_PREFIX_LEN_LINK_LOCAL 255 // RFC 5454 2.2, 3.7.1

// UDP Tunnel Request (144) and Reply (44): Length field, and bits (RFC 3519 3.1, 3.2).
#define DSMIPV4_UDP_TUNNEL_LENGTH 6
#define DSMIPV4_UDP_TUNNEL_REQUEST_F 0x80 // byte of flags of type 144
#define DSMIPV4_UDP_TUNNEL_REQUEST_R 0x40
#define DSMIPV4_UDP_TUNNEL_REPLY_F 0x8000 // 16 bits of flags of type 44

// Authentication extensions (RFC 5944 3.5).
#define DSMIPV4_SPI_LEN 4
#define DSMIPV4_FIRST_FREE_SPI 256 // RFC 5944 1.6
#define DSMIPV4_HMAC_MD5_LEN 16

// Outer protocols that carry IPv6 (RFC 5454 3.3.2; RFC 2003, 4213, 2784, 2004).
enum dsmipv4_encapsulation {
	DSMIPV4_ENCAP_IPIP = 4,
	DSMIPV4_ENCAP_IPV6 = 41,
	DSMIPV4_ENCAP_GRE = 47,
	DSMIPV4_ENCAP_MINIMAL = 55,
};

#define DSMIPV4_GRE_IPV4 0x0800
#define DSMIPV4_GRE_IPV6 0x86dd

#endif
