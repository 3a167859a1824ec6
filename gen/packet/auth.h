// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators of Mobile IPv4 (RFC 3344 3.5.1), by libgcrypt.
#ifndef DSMIPGEN_AUTH_H
#define DSMIPGEN_AUTH_H

#include "language/value.h"

#define AUTH_MAX_LENGTH 20

// Starts libgcrypt; fails where MD5 is forbidden.
bool auth_init(GError **error);

// A key that is prepared for signing many messages.
typedef struct signer signer_t;

// Copies the key of that many bytes; free with signer_free().
signer_t *signer_new(algorithm_t algorithm, const void *key, gsize length);
void signer_free(signer_t *signer);

// Changes the key.
void signer_set_key(signer_t *signer, const void *key, gsize length);

// Writes the authenticator of data and returns its length.
gsize signer_sign(signer_t *signer, const guint8 *data, gsize length, guint8 digest[AUTH_MAX_LENGTH]);

// The key of one mobile node, from a key that many nodes share: the first AUTH_DERIVED_LENGTH bytes of
// HMAC-SHA-256 over its home address. The signer is one for deriving, with the shared key.
#define AUTH_DERIVED_LENGTH 16
signer_t *signer_new_for_keys(const void *key, gsize length);
void signer_derive_key(signer_t *signer, const guint8 home_address[4], guint8 key[AUTH_DERIVED_LENGTH]);

// Writes the authenticator of data under the key and returns its length.
gsize auth_compute(algorithm_t algorithm, GBytes *key, const guint8 *data, gsize length,
		   guint8 digest[AUTH_MAX_LENGTH]);

#endif
