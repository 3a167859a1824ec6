// SPDX-License-Identifier: GPL-2.0-or-later
// Mobile IPv4 control messages with their extensions and authenticators.
#ifndef DSMIPGEN_MIP_H
#define DSMIPGEN_MIP_H

#include "language/value.h"

// Keys that stand at the same index in every authentication extension, see keys.def.
enum {
	AUTH_AUTHENTICATOR = KEY_mn_ha_auth_authenticator,
	AUTH_ALGORITHM = KEY_mn_ha_auth_algorithm,
	AUTH_KEY = KEY_mn_ha_auth_key,
	AUTH_BAD_BYTE = KEY_mn_ha_auth_bad_byte,
};

// Keys that stand at the same index in every extension.
enum {
	EXT_LENGTH = KEY_raw_ext_length,
	EXT_BODY_EXTRA = KEY_raw_body_extra,
	EXT_BODY_CUT = KEY_raw_body_cut,
	EXT_PATCH = KEY_raw_patch,
};

// Messages with an identification: the key, and the message that "auto" copies it from; BLOCK_step: none, it is the
// time of the packet (RFC 5944 5.7, RFC 3543 3.3).
typedef struct {
	block_id_t id;
	unsigned key;
	block_id_t answers;
} mip_identified_t;

#define MIP_IDENTIFIED_COUNT 5
extern const mip_identified_t mip_identified[MIP_IDENTIFIED_COUNT];

// Whether a block is one of the authentication extensions.
bool mip_is_authentication(block_id_t id);

// Which byte of a bad authenticator is inverted, counted from 0; it has `length` bytes.
gsize mip_bad_byte(const values_t *extension, gsize length);

// Whether a layer is a control message that can carry extensions.
bool mip_has_extensions(block_id_t id);

// Appends the extensions (values_t) to a message. Authenticators cover the message from its
// first byte to the SPI of their own extension (RFC 3344 3.5.1). Notes in the extensions where they
// stand in the message.
bool mip_append_extensions(GByteArray *message, const GPtrArray *extensions, GError **error);

#endif
