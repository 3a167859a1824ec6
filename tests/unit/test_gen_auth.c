// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators against the published vectors of RFC 2202 and a hand-made keyed digest.
#include "packet/auth.h"

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

	g_assert_cmpmem(digest, length, g_bytes_get_data(expected, NULL), g_bytes_get_size(expected));
	g_bytes_unref(key);
	g_bytes_unref(data);
	g_bytes_unref(expected);
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
	return g_test_run();
}
