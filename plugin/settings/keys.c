// SPDX-License-Identifier: GPL-2.0-or-later
// Security associations from the UAT dsmipv4_keys, with which authenticators are verified.
#include "settings/keys.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/uat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "settings/uat_text.h"

// One row as the user wrote it.
typedef struct {
	char *agent, *peer, *spi, *secret;
	unsigned algorithm;
} key_row_t;

static const value_string algorithms[] = {
	{DSMIPV4_HMAC_MD5, "hmac-md5"},
	{DSMIPV4_KEYED_MD5, "keyed-md5"},
	{DSMIPV4_HMAC_SHA1, "hmac-sha1"},
	{0, NULL},
};

static key_row_t *rows;
static unsigned n_rows;
static dsmipv4_key_t *keys; // of rows, in their order
static dsmipv4_keys_t association;

UAT_CSTRING_CB_DEF(key, agent, key_row_t)
UAT_CSTRING_CB_DEF(key, peer, key_row_t)
UAT_CSTRING_CB_DEF(key, spi, key_row_t)
UAT_CSTRING_CB_DEF(key, secret, key_row_t)
UAT_VS_DEF(key, algorithm, key_row_t, unsigned, DSMIPV4_HMAC_MD5, "hmac-md5")

static bool read_spi(const char *text, uint32_t *spi)
{
	*spi = DSMIPV4_ANY_SPI;
	if (strcmp(text, "any") == 0)
		return true;
	char *end;
	errno = 0;
	unsigned long value = strtoul(text, &end, 0);
	*spi = (uint32_t)value;
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && value > 0 && value <= UINT32_MAX;
}

// "0x..." is the secret's bytes in hex, anything else the text itself.
static bool read_secret(const char *text, uint8_t *out, size_t *len)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	size_t n = strlen(text);
	if (!hex) {
		memcpy(out, text, n);
		*len = n;
		return true;
	}
	*len = n / 2 - 1;
	for (size_t i = 2; i < n; i += 2) {
		int high = g_ascii_xdigit_value(text[i]), low = g_ascii_xdigit_value(text[i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i / 2 - 1] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void *copy_row(void *to, const void *from, size_t len)
{
	(void)len;
	key_row_t *new = to;
	const key_row_t *old = from;
	new->agent = g_strdup(old->agent);
	new->peer = g_strdup(old->peer);
	new->spi = g_strdup(old->spi);
	new->secret = g_strdup(old->secret);
	new->algorithm = old->algorithm;
	return to;
}

static pref_bool_t update_row(void *record, char **error)
{
	const key_row_t *row = record;
	uint32_t value;
	size_t len;
	uint8_t *secret = g_malloc(strlen(row->secret) + 1);
	*error = NULL;
	if (!dsmipv4_read_ipv4_or_any(row->agent, &value))
		*error = g_strdup_printf("Agent \"%s\": expected an IPv4 address or \"any\"", row->agent);
	else if (!dsmipv4_read_ipv4_or_any(row->peer, &value))
		*error = g_strdup_printf("Peer \"%s\": expected an IPv4 address or \"any\"", row->peer);
	else if (!read_spi(row->spi, &value))
		*error = g_strdup_printf(
			"SPI \"%s\": expected a number above 0, decimal or 0x hex, of 32 bits, or \"any\"", row->spi);
	else if (!read_secret(row->secret, secret, &len))
		*error = g_strdup_printf("Secret: expected an even number of hex digits after 0x");
	g_free(secret);
	return *error == NULL;
}

static void free_row(void *record)
{
	key_row_t *row = record;
	g_free(row->agent);
	g_free(row->peer);
	g_free(row->spi);
	g_free(row->secret);
}

static void forget_keys(void)
{
	for (size_t i = 0; i < association.n_keys; i++)
		g_free((void *)keys[i].secret);
	g_free(keys);
	keys = NULL;
	association = (dsmipv4_keys_t){NULL, 0};
}

static void take_rows(void)
{
	forget_keys();
	keys = g_new0(dsmipv4_key_t, n_rows);
	for (unsigned i = 0; i < n_rows; i++) {
		const key_row_t *row = &rows[i];
		dsmipv4_key_t *key = &keys[association.n_keys];
		uint8_t *secret = g_malloc(strlen(row->secret) + 1);
		if (!dsmipv4_read_ipv4_or_any(row->agent, &key->agent) ||
		    !dsmipv4_read_ipv4_or_any(row->peer, &key->peer) || !read_spi(row->spi, &key->spi) ||
		    !read_secret(row->secret, secret, &key->secret_len)) {
			g_free(secret); // update_row() has reported it
			continue;
		}
		key->secret = secret;
		key->algorithm = row->algorithm;
		association.n_keys++;
	}
	association.keys = keys;
}

const dsmipv4_keys_t *dsmipv4_keys(void)
{
	return &association;
}

void dsmipv4_register_keys(module_t *module)
{
	static uat_field_t fields[] = {
		UAT_FLD_CSTRING(key, agent, "Agent",
				"IPv4 address of a home agent, any for all of them, or that of a foreign agent"),
		UAT_FLD_CSTRING(key, peer, "Peer",
				"Home address of a mobile node, any for all of them, or, of a home agent, a "
				"foreign agent's address"),
		UAT_FLD_CSTRING(key, spi, "SPI", "Security Parameter Index, decimal or 0x hex, any for all of them"),
		UAT_FLD_VS(key, algorithm, "Algorithm", algorithms, "How the authenticator is computed"),
		UAT_FLD_CSTRING(key, secret, "Secret", "The shared secret as text, or 0x and hex digits"),
		UAT_END_FIELDS,
	};
	uat_t *uat =
		uat_new("DSMIPv4 keys", sizeof(key_row_t), "dsmipv4_keys", TRUE, &rows, &n_rows, UAT_AFFECTS_DISSECTION,
			NULL, copy_row, update_row, free_row, take_rows, forget_keys, fields);
	prefs_register_uat_preference(module, "keys", "Keys",
				      "Security associations between mobile nodes and home or foreign agents, by which "
				      "authenticators are verified.",
				      uat);
}
