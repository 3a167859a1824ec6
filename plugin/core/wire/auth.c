// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators (RFC 3344 3.5, RFC 2002 3.5), computed by libgcrypt.
#include "wire/auth.h"

#include <string.h>
#include <wsutil/wsgcrypt.h>

static bool read_addresses(const dsmipv4_message_t *m, uint32_t *ha, uint32_t *hoa)
{
	if (!m->fixed)
		return false;
	if (m->type == DSMIPV4_REGISTRATION_REQUEST) {
		*ha = m->request.ha;
		*hoa = m->request.hoa;
		return true;
	}
	if (m->type == DSMIPV4_REGISTRATION_REPLY) {
		*ha = m->reply.ha;
		*hoa = m->reply.hoa;
		return true;
	}
	return false;
}

static const dsmipv4_key_t *key_for(const dsmipv4_keys_t *keys, const dsmipv4_message_t *m, const uint32_t *spi)
{
	uint32_t ha, hoa;
	if (!keys || !read_addresses(m, &ha, &hoa))
		return NULL;
	for (size_t i = 0; i < keys->n_keys; i++) {
		const dsmipv4_key_t *k = &keys->keys[i];
		if ((!k->ha || k->ha == ha) && (!k->hoa || k->hoa == hoa) && (!spi || k->spi == *spi))
			return k;
	}
	return NULL;
}

static const struct {
	int digest;
	unsigned flags;
	bool wraps; // the key follows the data as well
} algorithms[] = {
	[DSMIPV4_HMAC_MD5] = {GCRY_MD_MD5, GCRY_MD_FLAG_HMAC, false},
	[DSMIPV4_KEYED_MD5] = {GCRY_MD_MD5, 0, true},
	[DSMIPV4_HMAC_SHA1] = {GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC, false},
};

// The authenticator of `len` bytes begins with the first `expected_len` bytes of the digest.
static dsmipv4_auth_state_t compare(const dsmipv4_key_t *key, const uint8_t *data, size_t len, const uint8_t *expected,
				    size_t expected_len)
{
	gcry_md_hd_t md;
	int digest = algorithms[key->algorithm].digest;
	bool wraps = algorithms[key->algorithm].wraps;
	if (gcry_md_open(&md, digest, algorithms[key->algorithm].flags))
		return DSMIPV4_AUTH_NOT_CHECKED;
	if (wraps)
		gcry_md_write(md, key->secret, key->secret_len);
	else if (gcry_md_setkey(md, key->secret, key->secret_len)) {
		gcry_md_close(md);
		return DSMIPV4_AUTH_NOT_CHECKED;
	}
	gcry_md_write(md, data, len);
	if (wraps)
		gcry_md_write(md, key->secret, key->secret_len);
	bool equal = expected_len == gcry_md_get_algo_dlen(digest) &&
		     memcmp(gcry_md_read(md, digest), expected, expected_len) == 0;
	gcry_md_close(md);
	return equal ? DSMIPV4_AUTH_GOOD : DSMIPV4_AUTH_BAD;
}

// Covered: the UDP payload, all prior extensions, and Type, Length and SPI of this one.
dsmipv4_auth_state_t dsmipv4_auth_verify(const dsmipv4_keys_t *keys, const dsmipv4_message_t *m,
					 const dsmipv4_ext_t *ext)
{
	if (ext->body != DSMIPV4_BODY_AUTH || !ext->captured || ext->overrun || m->fragment)
		return DSMIPV4_AUTH_NOT_CHECKED;
	const dsmipv4_key_t *key = key_for(keys, m, &ext->auth.spi);
	if (!key)
		return DSMIPV4_AUTH_NOT_CHECKED;
	uint32_t covered = ext->body_offset + DSMIPV4_SPI_LEN;
	return compare(key, m->bytes, covered, m->bytes + covered, ext->auth.authenticator_len);
}

dsmipv4_auth_state_t dsmipv4_auth_message(const dsmipv4_keys_t *keys, const dsmipv4_message_t *m)
{
	if (m->first_mn_ha != DSMIPV4_NO_EXT)
		return dsmipv4_auth_verify(keys, m, &m->exts[m->first_mn_ha]);
	bool missing = m->captured_whole && m->first_mn_aaa == DSMIPV4_NO_EXT && key_for(keys, m, NULL);
	return missing ? DSMIPV4_AUTH_MISSING : DSMIPV4_AUTH_NOT_CHECKED;
}
