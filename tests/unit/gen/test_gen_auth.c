// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators against the published vectors of RFC 2202 and a hand-made keyed digest.
#include "packet/auth.h"
#include "packet/hmac_md5.h"

#include <string.h>

typedef struct {
	algorithm_t algorithm;
	const char *key;    // hex
	const char *data;   // hex
	const char *digest; // hex
} vector_t;

// RFC 2202 2, test cases 1, 2, 3, 4, 7 (a key longer than a block); 3, test cases 1 and 2.
static const vector_t vectors[] = {
	{ALGORITHM_HMAC_MD5, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	 "9294727a3638bb1c13f48ef8158bfc9d"},
	{ALGORITHM_HMAC_MD5, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	 "750c783e6ab0b503eaa86e310a5db738"},
	{ALGORITHM_HMAC_MD5, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	 "dddddddddddddddddddddddddddddddddddd",
	 "56be34521d144c88dbb8c733f0e8b3f6"},
	{ALGORITHM_HMAC_MD5, "0102030405060708090a0b0c0d0e0f10111213141516171819",
	 "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	 "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
	 "697eaf0aca3a3aea3a75164746ffaa79"},
	{ALGORITHM_HMAC_MD5,
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
	 "65204b6579202d2048617368204b6579204669727374",
	 "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
	{ALGORITHM_HMAC_SHA1, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	 "b617318655057264e28bc0b6fb378c8ef146be00"},
	{ALGORITHM_HMAC_SHA1, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	 "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
	{ALGORITHM_KEYED_MD5, "6b", "61", "36d72c6a679b5992c42238425d2632cd"}, // MD5 of "kak"
};

static GBytes *from_hex(const char *hex)
{
	gsize length = strlen(hex) / 2;
	guint8 *bytes = g_malloc(length);

	for (gsize i = 0; i < length; i++)
		bytes[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
	return g_bytes_new_take(bytes, length);
}

static void test_vector(gconstpointer item)
{
	const vector_t *vector = item;
	GBytes *key = from_hex(vector->key);
	GBytes *data = from_hex(vector->data);
	GBytes *expected = from_hex(vector->digest);
	guint8 digest[AUTH_MAX_LENGTH];
	gsize length =
		auth_compute(vector->algorithm, key, g_bytes_get_data(data, NULL), g_bytes_get_size(data), digest);

	g_assert_cmpmem(digest, (int)length, g_bytes_get_data(expected, NULL), (int)g_bytes_get_size(expected));
	g_bytes_unref(key);
	g_bytes_unref(data);
	g_bytes_unref(expected);
}

// The same vectors in every lane, beside other messages in the others.
static void test_vector_in_lanes(gconstpointer item)
{
	const vector_t *vector = item;
	g_autoptr(GBytes) key = from_hex(vector->key);
	g_autoptr(GBytes) data = from_hex(vector->data);
	g_autoptr(GBytes) expected = from_hex(vector->digest);
	gsize length = g_bytes_get_size(data);
	g_autofree guint8 *other = g_malloc0(length);

	for (guint i = 0; i < hmac_md5_engines() * HMAC_MD5_LANES; i++) {
		const guint8 *messages[HMAC_MD5_LANES];
		guint8 digests[HMAC_MD5_LANES][HMAC_MD5_LENGTH];
		guint own = i % HMAC_MD5_LANES;
		hmac_md5_key_t prepared;

		hmac_md5_set_key(&prepared, i / HMAC_MD5_LANES, g_bytes_get_data(key, NULL), g_bytes_get_size(key));
		for (guint lane = 0; lane < HMAC_MD5_LANES; lane++)
			messages[lane] = lane == own ? g_bytes_get_data(data, NULL) : other;
		hmac_md5_sign(&prepared, messages, HMAC_MD5_LANES, length, digests);
		g_assert_cmpmem(digests[own], HMAC_MD5_LENGTH, g_bytes_get_data(expected, NULL), HMAC_MD5_LENGTH);
	}
}

#define LONGEST 200

static void check_lanes(const hmac_md5_key_t *key, signer_t *signer, guint8 bytes[HMAC_MD5_LANES][LONGEST], guint count,
			gsize length)
{
	const guint8 *messages[HMAC_MD5_LANES];
	guint8 digests[HMAC_MD5_LANES][HMAC_MD5_LENGTH];

	for (guint lane = 0; lane < count; lane++)
		messages[lane] = bytes[lane];
	hmac_md5_sign(key, messages, count, length, digests);
	for (guint lane = 0; lane < count; lane++) {
		guint8 digest[AUTH_MAX_LENGTH];
		gsize size = signer_sign(signer, bytes[lane], length, digest);

		g_assert_cmpmem(digests[lane], HMAC_MD5_LENGTH, digest, (int)size);
	}
}

// Messages of all lengths around the ends of blocks, in any number, by each engine, against libgcrypt.
static void test_lanes(void)
{
	static const guint8 secret[] = "mn1-ha secret";
	guint8 bytes[HMAC_MD5_LANES][LONGEST];
	signer_t *signer = signer_new(ALGORITHM_HMAC_MD5, secret, sizeof(secret));

	for (guint i = 0; i < sizeof(bytes); i++)
		bytes[i / LONGEST][i % LONGEST] = (guint8)g_test_rand_int();
	for (guint engine = 0; engine < hmac_md5_engines(); engine++) {
		hmac_md5_key_t key;

		hmac_md5_set_key(&key, engine, secret, sizeof(secret));
		for (gsize length = 0; length <= LONGEST; length++)
			for (guint count = 1; count <= HMAC_MD5_LANES; count *= 2)
				check_lanes(&key, signer, bytes, count, length);
	}
	signer_free(signer);
}

int main(int count, char **words)
{
	GError *error = NULL;

	g_test_init(&count, &words, NULL);
	auth_init(&error);
	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
		char *path = g_strdup_printf("/gen/auth/vector/%" G_GSIZE_FORMAT, i);

		g_test_add_data_func(path, &vectors[i], test_vector);
		g_free(path);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
		g_autofree char *path = g_strdup_printf("/gen/auth/lanes/%" G_GSIZE_FORMAT, i);

		if (vectors[i].algorithm == ALGORITHM_HMAC_MD5)
			g_test_add_data_func(path, &vectors[i], test_vector_in_lanes);
	}
	g_test_add_func("/gen/auth/lanes", test_lanes);
	return g_test_run();
}
