// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators of Mobile IPv4 (RFC 3344 3.5.1), by libgcrypt.
#include "packet/auth.h"

#include "packet/hmac_md5.h"

#include <gcrypt.h>
#include <string.h>

#define LANES_CHECKED 150 // bytes of the longest message that the check signs

static const struct {
	enum gcry_md_algos digest;
	unsigned flags;
	bool wraps; // RFC 2002: the digest of key, data, key
} algorithms[] = {
	[ALGORITHM_HMAC_MD5] = {GCRY_MD_MD5, GCRY_MD_FLAG_HMAC, false},
	[ALGORITHM_KEYED_MD5] = {GCRY_MD_MD5, 0, true},
	[ALGORITHM_HMAC_SHA1] = {GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC, false},
};

struct signer {
	gcry_md_hd_t handle;
	gsize digest_length;
	bool wraps;
	GBytes *key; // where it wraps
};

static signer_t *open_signer(enum gcry_md_algos digest, unsigned flags, bool wraps, const void *key, gsize length)
{
	signer_t *signer = g_new0(signer_t, 1);
	gcry_error_t status = gcry_md_open(&signer->handle, digest, flags);

	if (status != 0) // auth_init() has tried the digest, so this can only be lack of memory
		g_error("libgcrypt: %s", gcry_strerror(status));
	signer->digest_length = gcry_md_get_algo_dlen(digest);
	signer->wraps = wraps;
	signer_set_key(signer, key, length);
	return signer;
}

// Every lane of the digests that are computed together, against libgcrypt: messages of all lengths around a block.
static bool compare_lanes(signer_t *signer, const guint8 *secret, gsize secret_length)
{
	guint8 messages[HMAC_MD5_LANES][LANES_CHECKED];
	const guint8 *all[HMAC_MD5_LANES];
	guint8 digests[HMAC_MD5_LANES][HMAC_MD5_LENGTH];
	hmac_md5_key_t key;

	hmac_md5_set_key(&key, 0, secret, secret_length);
	for (guint i = 0; i < sizeof(messages); i++)
		messages[i / LANES_CHECKED][i % LANES_CHECKED] = (guint8)(i * 31 >> 3);
	for (guint lane = 0; lane < HMAC_MD5_LANES; lane++)
		all[lane] = messages[lane];
	for (gsize length = 40; length < LANES_CHECKED; length += 7) {
		hmac_md5_sign(&key, all, HMAC_MD5_LANES, length, digests);
		for (guint lane = 0; lane < HMAC_MD5_LANES; lane++) {
			guint8 digest[AUTH_MAX_LENGTH];

			signer_sign(signer, messages[lane], length, digest);
			if (memcmp(digest, digests[lane], HMAC_MD5_LENGTH) != 0)
				return false;
		}
	}
	return true;
}

static bool check_lanes(GError **error)
{
	static const guint8 secret[] = "0123456789abcdef";
	signer_t *signer = signer_new(ALGORITHM_HMAC_MD5, secret, sizeof(secret));
	bool ok = hmac_md5_engines() == 0 || compare_lanes(signer, secret, sizeof(secret));

	signer_free(signer);
	if (!ok)
		fail(error, GEN_ERROR_CHECK, "self-check failed: HMAC-MD5 of %d messages at a time is not libgcrypt's",
		     HMAC_MD5_LANES);
	return ok;
}

bool auth_init(GError **error)
{
	if (!gcry_check_version(NULL)) {
		fail(error, GEN_ERROR_ENVIRONMENT, "libgcrypt does not start");
		return false;
	}
	gcry_control(GCRYCTL_DISABLE_SECMEM);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED);
	if (gcry_md_test_algo(GCRY_MD_MD5) != 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "libgcrypt refuses MD5%s, but RFC 3344 authenticators need it",
		     gcry_fips_mode_active() ? " (FIPS mode)" : "");
		return false;
	}
	return check_lanes(error);
}

signer_t *signer_new(algorithm_t algorithm, const void *key, gsize length)
{
	return open_signer(algorithms[algorithm].digest, algorithms[algorithm].flags, algorithms[algorithm].wraps, key,
			   length);
}

void signer_free(signer_t *signer)
{
	gcry_md_close(signer->handle);
	g_clear_pointer(&signer->key, g_bytes_unref);
	g_free(signer);
}

void signer_set_key(signer_t *signer, const void *key, gsize length)
{
	gcry_error_t status = 0;

	if (signer->wraps) {
		g_clear_pointer(&signer->key, g_bytes_unref);
		signer->key = g_bytes_new(key, length);
	} else {
		status = gcry_md_setkey(signer->handle, key, length);
	}
	if (status != 0)
		g_error("libgcrypt: %s", gcry_strerror(status));
}

static void write_wrapping(signer_t *signer)
{
	gsize length;
	const void *key;

	if (!signer->wraps)
		return;
	key = g_bytes_get_data(signer->key, &length);
	gcry_md_write(signer->handle, key, length);
}

gsize signer_sign(signer_t *signer, const guint8 *data, gsize length, guint8 digest[AUTH_MAX_LENGTH])
{
	gcry_md_reset(signer->handle);
	write_wrapping(signer);
	gcry_md_write(signer->handle, data, length);
	write_wrapping(signer);
	memcpy(digest, gcry_md_read(signer->handle, 0), signer->digest_length);
	return signer->digest_length;
}

signer_t *signer_new_for_keys(const void *key, gsize length)
{
	return open_signer(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC, false, key, length);
}

void signer_derive_key(signer_t *signer, const guint8 home_address[4], guint8 key[AUTH_DERIVED_LENGTH])
{
	gcry_md_reset(signer->handle);
	gcry_md_write(signer->handle, home_address, 4);
	memcpy(key, gcry_md_read(signer->handle, 0), AUTH_DERIVED_LENGTH);
}

typedef struct {
	algorithm_t algorithm;
	GBytes *key;
	signer_t *signer;
} known_t;

static void free_known(gpointer known)
{
	g_bytes_unref(((known_t *)known)->key);
	signer_free(((known_t *)known)->signer);
	g_free(known);
}

// Messages that follow each other mostly have the same key, and to prepare one takes as long as to sign twice.
static signer_t *known_signer(algorithm_t algorithm, GBytes *key)
{
	static GPrivate last = G_PRIVATE_INIT(free_known); // of each thread
	known_t *known = g_private_get(&last);

	if (known && known->algorithm == algorithm && g_bytes_equal(known->key, key))
		return known->signer;
	gsize length;
	const void *secret = g_bytes_get_data(key, &length);
	known = g_new(known_t, 1);
	*known = (known_t){algorithm, g_bytes_ref(key), signer_new(algorithm, secret, length)};
	g_private_replace(&last, known);
	return known->signer;
}

gsize auth_compute(algorithm_t algorithm, GBytes *key, const guint8 *data, gsize length, guint8 digest[AUTH_MAX_LENGTH])
{
	return signer_sign(known_signer(algorithm, key), data, length, digest);
}
