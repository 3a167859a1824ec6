// SPDX-License-Identifier: GPL-2.0-or-later
// Blocks and keys of the scenario language as enumerations and as a table.
#ifndef DSMIPGEN_KEYS_H
#define DSMIPGEN_KEYS_H

#include <glib.h>
#include <stdbool.h>

#define KEYS_MAX 24 // no block has more keys
#define TAIL (-1)   // width of a key whose bytes are appended after the fixed part

// clang-format off
typedef enum {
#define BLOCK(block) BLOCK_##block,
#include "language/keys.def"
	BLOCK_COUNT
} block_id_t;

#define FIRST_EXTENSION BLOCK_prefix_request // the layers come before

// KEY_ipv4_source and so on: the index of a key inside its block.
#define BLOCK(block) enum {
#define KEY(block, key, ...) KEY_##block##_##key,
#define END(block) KEY_##block##_COUNT };
#include "language/keys.def"
// clang-format on

// Keys of `about`, which explains a rule to people; they have no effect on packets.
#define ABOUT_KEYS(KEY) KEY(wrong) KEY(right) KEY(matters) KEY(causes) KEY(not_judged)

typedef enum {
#define ABOUT_KEY(key) ABOUT_##key,
	ABOUT_KEYS(ABOUT_KEY)
#undef ABOUT_KEY
		ABOUT_COUNT
} about_key_t;

extern const char *const about_names[ABOUT_COUNT];

// Keys that stand at the same index in every layer.
enum {
	LAYER_PATCH = KEY_ipv4_patch,
	LAYER_APPEND = KEY_ipv4_append,
};

typedef enum {
	KIND_U2,
	KIND_U3,
	KIND_U4,
	KIND_U6,
	KIND_U8,
	KIND_U12,
	KIND_U13,
	KIND_U15,
	KIND_U16,
	KIND_U20,
	KIND_U24,
	KIND_U32,
	KIND_BOOLEAN,
	KIND_SECONDS,
	KIND_NAME,
	KIND_ADDRESS4,
	KIND_ADDRESS6,
	KIND_BLOCK4,
	KIND_BLOCK6,
	KIND_MAC,
	KIND_HEX,
	KIND_PATCH,
	KIND_TEXT,
	KIND_SECRET,
	KIND_IDENTIFICATION,
	KIND_IDENTIFICATION32,
	KIND_ALGORITHM,
	KIND_DHCPV6_MESSAGE,
	KIND_REQUEST_FLAGS,
	KIND_REVOCATION_FLAGS,
	KIND_REVOCATION_ACK_FLAGS,
	KIND_IPV4_FLAGS,
	KIND_UDP_REQUEST_FLAGS,
	KIND_UDP_REPLY_FLAGS,
	KIND_NEIGHBOR_FLAGS,
	KIND_TCP_FLAGS,
	KIND_AGENT_FLAGS,
	KIND_ORDER,
	KIND_COUNT
} key_kind_t;

typedef enum {
	WORD_AUTO = 1,
	WORD_NONE = 2,
	WORD_BAD = 4,
} key_word_t;

// What the checksum of a layer covers.
typedef enum {
	SUM_NONE,
	SUM_HEADER, // the layer's own header
	SUM_REST,   // the layer and all it carries
	SUM_PSEUDO, // the same, and a pseudo-header of the IP layer around it
	SUM_GRE,    // as SUM_REST, where the checksum is present
} layer_sum_t;

#define NO_PROTOCOL (-1)

typedef struct {
	const char *name;
	key_kind_t kind;
	unsigned words;       // key_word_t
	const char *standard; // default text; NULL: none; key_required: the scenario must give one
	unsigned offset;      // in bits
	int width;            // in bits; 0: no field; TAIL
} key_spec_t;

typedef struct {
	const char *name;
	bool is_message; // a layer that is the payload of UDP port 434
	unsigned length; // fixed part
	int protocol;    // layers: IP protocol number or NO_PROTOCOL
	layer_sum_t sum; // layers
	unsigned type;   // extensions
	unsigned header; // extensions: bytes that the Length field does not count
	const key_spec_t *keys;
	unsigned key_count;
} block_spec_t;

extern const char key_required[];
extern const block_spec_t block_specs[BLOCK_COUNT];

#endif
