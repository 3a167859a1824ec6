// SPDX-License-Identifier: GPL-2.0-or-later
// HMAC-MD5 (RFC 2104, RFC 1321) of several messages at a time, where the processor can.
#ifndef DSMIPGEN_HMAC_MD5_H
#define DSMIPGEN_HMAC_MD5_H

#include <glib.h>
#include <stdbool.h>

#define HMAC_MD5_LENGTH 16
#define HMAC_MD5_LANES 32 // messages at a time
#define HMAC_MD5_ENGINES_MAX 3

// In how many ways this processor can: with AVX-512, AVX2 and SSE2, of which it may have some. 0 on other processors,
// which have libgcrypt alone.
unsigned hmac_md5_engines(void);

struct hmac_md5_state;
struct hmac_md5_block;

// A key, as the states of both digests behind its block.
typedef struct {
	guint32 inner[4];
	guint32 outer[4];
	void (*compress)(struct hmac_md5_state *state, const struct hmac_md5_block *block);
} hmac_md5_key_t;

// Prepares a key of that many bytes, for an engine counted from 0, which is the fastest.
void hmac_md5_set_key(hmac_md5_key_t *key, unsigned engine, const guint8 *secret, gsize length);

// Writes the authenticators of `count` messages, 1 to HMAC_MD5_LANES, which all have that many bytes.
void hmac_md5_sign(const hmac_md5_key_t *key, const guint8 *const *messages, unsigned count, gsize length,
		   guint8 (*digests)[HMAC_MD5_LENGTH]);

#endif
