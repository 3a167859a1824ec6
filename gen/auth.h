// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators of Mobile IPv4 (RFC 3344 3.5.1), by libgcrypt.
#ifndef DSMIPGEN_AUTH_H
#define DSMIPGEN_AUTH_H

#include "value.h"

#define AUTH_MAX_LENGTH 20

// Starts libgcrypt; fails where MD5 is forbidden.
bool auth_init(GError **error);

// Writes the authenticator of data under the key and returns its length.
gsize auth_compute(enum algorithm algorithm, GBytes *key, const guint8 *data, gsize length,
		   guint8 digest[AUTH_MAX_LENGTH]);

#endif
