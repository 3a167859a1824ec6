// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators of Mobile IPv4 (RFC 3344 3.5.1), by libgcrypt.
#include "auth.h"

#include <gcrypt.h>
#include <string.h>

static const struct {
	enum gcry_md_algos digest;
	unsigned flags;
	bool wraps; // RFC 2002: the digest of key, data, key
} algorithms[] = {
	[ALGORITHM_HMAC_MD5] = {GCRY_MD_MD5, GCRY_MD_FLAG_HMAC, false},
	[ALGORITHM_KEYED_MD5] = {GCRY_MD_MD5, 0, true},
	[ALGORITHM_HMAC_SHA1] = {GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC, false},
};

bool auth_init(GError **error)
{
	if (gcry_check_version(NULL) == NULL) {
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
	return true;
}

gsize auth_compute(enum algorithm algorithm, GBytes *key, const guint8 *data, gsize length,
		   guint8 digest[AUTH_MAX_LENGTH])
{
	gsize key_length;
	const void *key_data = g_bytes_get_data(key, &key_length);
	gsize digest_length = gcry_md_get_algo_dlen(algorithms[algorithm].digest);
	gcry_md_hd_t handle;
	gcry_error_t status;

	status = gcry_md_open(&handle, algorithms[algorithm].digest, algorithms[algorithm].flags);
	if (status == 0 && (algorithms[algorithm].flags & GCRY_MD_FLAG_HMAC) != 0)
		status = gcry_md_setkey(handle, key_data, key_length);
	if (status != 0) // auth_init() has tried the digest: only exhausted memory is left
		g_error("libgcrypt: %s", gcry_strerror(status));
	if (algorithms[algorithm].wraps)
		gcry_md_write(handle, key_data, key_length);
	gcry_md_write(handle, data, length);
	if (algorithms[algorithm].wraps)
		gcry_md_write(handle, key_data, key_length);
	memcpy(digest, gcry_md_read(handle, 0), digest_length);
	gcry_md_close(handle);
	return digest_length;
}
