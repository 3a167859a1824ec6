// SPDX-License-Identifier: GPL-2.0-or-later
// HMAC-MD5 (RFC 2104, RFC 1321) of several messages at a time, where the processor can.
#ifndef DSMIPGEN_HMAC_MD5_H
#define DSMIPGEN_HMAC_MD5_H

#include <glib.h>
#include <stdbool.h>

#define HMAC_MD5_LENGTH 16
#define HMAC_MD5_LANES_MAX 8

// How many messages it computes at a time: 8 with AVX2, 4 with SSE2, 0 on other processors, which have libgcrypt alone.
unsigned hmac_md5_lanes(void);

// A key, as the states of both digests behind its block.
typedef struct {
	guint32 inner[4];
	guint32 outer[4];
} hmac_md5_key_t;

// Prepares a key of that many bytes. Only where there are lanes.
void hmac_md5_set_key(hmac_md5_key_t *key, const guint8 *secret, gsize length);

// Writes the authenticators of `count` messages, at most hmac_md5_lanes(), which all have that many bytes.
void hmac_md5_sign(const hmac_md5_key_t *key, const guint8 *const *messages, unsigned count, gsize length,
		   guint8 (*digests)[HMAC_MD5_LENGTH]);

#endif
