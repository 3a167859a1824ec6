// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators (RFC 5944 3.5, RFC 2002 3.5), computed by libgcrypt.
#include "wire/auth.h"

#include <string.h>
#include <wsutil/wsgcrypt.h>

#include "wire/text.h"

// The addresses that the nodes of a registration may have.
typedef struct {
	uint32_t ha, hoa;
	uint32_t fa[3]; // that of a foreign agent is among these, where there is one
} ends_t;

static bool read_ends(const dsmipv4_message_t *m, const dsmipv4_packet_t *packet, ends_t *e)
{
	*e = (ends_t){.fa = {0, packet ? packet->src : 0, packet ? packet->dst : 0}};
	if (m->fixed && m->type == DSMIPV4_REGISTRATION_REQUEST) {
		e->ha = m->request.ha;
		e->hoa = m->request.hoa;
		e->fa[0] = m->request.flags & DSMIPV4_FLAG_D ? 0 : m->request.coa;
		return true;
	}
	if (m->fixed && m->type == DSMIPV4_REGISTRATION_REPLY) {
		e->ha = m->reply.ha;
		e->hoa = m->reply.hoa;
		return true;
	}
	return false;
}

static bool is_foreign_agent(const ends_t *e, uint32_t addr)
{
	return addr != 0 && addr != e->ha && addr != e->hoa &&
	       (addr == e->fa[0] || addr == e->fa[1] || addr == e->fa[2]);
}

// The key's association is the one that an extension of this type belongs to.
static bool is_between(const dsmipv4_key_t *k, uint8_t ext_type, const ends_t *e)
{
	bool of_ha = !k->agent || k->agent == e->ha, of_mn = !k->peer || k->peer == e->hoa;
	switch (ext_type) {
	case DSMIPV4_EXT_MN_FA_AUTH:
		return is_foreign_agent(e, k->agent) && of_mn;
	case DSMIPV4_EXT_FA_HA_AUTH:
		return of_ha && is_foreign_agent(e, k->peer);
	default:
		return of_ha && of_mn;
	}
}

// `spi` NULL: any
static const dsmipv4_key_t *key_for(const dsmipv4_keys_t *keys, const dsmipv4_packet_t *packet,
				    const dsmipv4_message_t *m, uint8_t ext_type, const uint32_t *spi)
{
	ends_t ends;
	if (!keys || !read_ends(m, packet, &ends))
		return NULL;
	for (size_t i = 0; i < keys->n_keys; i++) {
		const dsmipv4_key_t *k = &keys->keys[i];
		if ((!spi || k->spi == DSMIPV4_ANY_SPI || k->spi == *spi) && is_between(k, ext_type, &ends))
			return k;
	}
	return NULL;
}

static const struct {
	const char *name;
	int digest;
	unsigned flags;
	bool wraps; // the key follows the data as well
} algorithms[] = {
	[DSMIPV4_HMAC_MD5] = {"hmac-md5", GCRY_MD_MD5, GCRY_MD_FLAG_HMAC, false},
	[DSMIPV4_KEYED_MD5] = {"keyed-md5", GCRY_MD_MD5, 0, true},
	[DSMIPV4_HMAC_SHA1] = {"hmac-sha1", GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC, false},
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
static dsmipv4_auth_state_t verify_with(const dsmipv4_key_t *key, const dsmipv4_message_t *m, const dsmipv4_ext_t *ext)
{
	uint32_t covered = ext->body_offset + DSMIPV4_SPI_LEN;
	return compare(key, m->bytes, covered, m->bytes + covered, ext->auth.authenticator_len);
}

static const dsmipv4_key_t *key_to_verify(const dsmipv4_keys_t *keys, const dsmipv4_packet_t *packet,
					  const dsmipv4_message_t *m, const dsmipv4_ext_t *ext)
{
	if (ext->body != DSMIPV4_BODY_AUTH || !ext->captured || ext->overrun || m->fragment)
		return NULL;
	return key_for(keys, packet, m, ext->type, &ext->auth.spi);
}

dsmipv4_auth_state_t dsmipv4_auth_verify(const dsmipv4_keys_t *keys, const dsmipv4_packet_t *packet,
					 const dsmipv4_message_t *m, const dsmipv4_ext_t *ext)
{
	const dsmipv4_key_t *key = key_to_verify(keys, packet, m, ext);
	return key ? verify_with(key, m, ext) : DSMIPV4_AUTH_NOT_CHECKED;
}

static const char *key_words(wmem_allocator_t *alloc, const dsmipv4_key_t *key)
{
	const char *ends = "any two ends";
	if (key->agent && key->peer)
		ends = wmem_strdup_printf(alloc, "%s and %s", dsmipv4_ipv4_text(alloc, key->agent),
					  dsmipv4_ipv4_text(alloc, key->peer));
	else if (key->agent || key->peer)
		ends = dsmipv4_ipv4_text(alloc, key->peer ? key->peer : key->agent);
	if (key->spi == DSMIPV4_ANY_SPI)
		return wmem_strdup_printf(alloc, "verifies with the key of %s", ends);
	return wmem_strdup_printf(alloc, "verifies with the key of %s, SPI 0x%x", ends, key->spi);
}

#define MOST_TRIED 1000 // other keys

const char *dsmipv4_auth_diagnosis(wmem_allocator_t *alloc, const dsmipv4_keys_t *keys, const dsmipv4_packet_t *packet,
				   const dsmipv4_message_t *m, const dsmipv4_ext_t *ext)
{
	const dsmipv4_key_t *key = key_to_verify(keys, packet, m, ext);
	if (!key)
		return NULL;
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
		dsmipv4_key_t other = *key;
		other.algorithm = (dsmipv4_algorithm_t)i;
		if (other.algorithm != key->algorithm && verify_with(&other, m, ext) == DSMIPV4_AUTH_GOOD)
			return wmem_strdup_printf(alloc, "verifies with %s instead", algorithms[i].name);
	}
	for (size_t i = 0; i < keys->n_keys && i < MOST_TRIED; i++) {
		const dsmipv4_key_t *other = &keys->keys[i];
		if (other != key && verify_with(other, m, ext) == DSMIPV4_AUTH_GOOD)
			return key_words(alloc, other);
	}
	return NULL;
}

dsmipv4_auth_state_t dsmipv4_auth_message(const dsmipv4_keys_t *keys, const dsmipv4_message_t *m)
{
	if (m->first_mn_ha != DSMIPV4_NO_EXT)
		return dsmipv4_auth_verify(keys, NULL, m, &m->exts[m->first_mn_ha]);
	bool missing = m->captured_whole && m->first_mn_aaa == DSMIPV4_NO_EXT &&
		       key_for(keys, NULL, m, DSMIPV4_EXT_MN_HA_AUTH, NULL);
	return missing ? DSMIPV4_AUTH_MISSING : DSMIPV4_AUTH_NOT_CHECKED;
}
