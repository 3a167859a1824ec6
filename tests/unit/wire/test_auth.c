// SPDX-License-Identifier: GPL-2.0-or-later
// Authenticators: which key is used, what it covers, and that nothing is claimed without a key
// (RFC 3344 3.5.1; RFC 2002 3.5.1).
#include "wire/auth.h"

#include <glib.h>

#include "hex.h"
#include "wire.h"

#define HA_ADDR 0xc6336401u
#define HOA_ADDR 0xc633644du

// Computed apart from the code under test. With M the bytes up to and with the SPI, S = "dsmipv4":
//   HMAC:       xxd -r -p | openssl dgst -md5 -hmac dsmipv4        (or -sha1)
//   keyed MD5:  python3 -c 'import hashlib; print(hashlib.md5(S + M + S).hexdigest())'
// The long key is 80 bytes of 0xaa, longer than a block of MD5 as in RFC 2202 2, test case 6.
#define REQUEST COLOCATED REQ48 MODE
#define HMAC_MD5 "20 14 00000100 44bacda43aac996f3b28abb6b6d1aae9 "
#define KEYED_MD5 "20 14 00000101 5f433c399a9135453ddfc415172abc4e "
#define PREFIX_ONLY_MD5 "20 14 00000101 545dc1c673afd931e5d7774a7305656f "
#define HMAC_SHA1 "20 18 00000102 d8be1e206a6c3c8418562a71fd289a211623e53d "
#define LONG_KEY_MD5 "20 14 00000103 b51c87af88e99b619b4377aa5d8174bd "
#define EMPTY_KEY_MD5 "20 14 00000104 cd2e01e10956f0a19e6eb18af65e1a1a "
#define MN_FA_MD5 "21 14 00000100 8039b7210c397d6e0a87592dd008d065 "
#define MN_AAA_MD5 "24 01 0014 00000100 57d5f16cfad24be151265bb22a7ad611 "
#define REPLY_MD5 "20 14 00000100 2709754f20f1d1cb7f28b02a74319d9c "

static const uint8_t secret[] = {'d', 's', 'm', 'i', 'p', 'v', '4'}, wrong[] = {'d', 's', 'm', 'i', 'p', 'v', '6'};
static uint8_t long_secret[80];

#define KEY(spi_, algorithm_, ...)                                                                                     \
	{                                                                                                              \
		.spi = spi_, .algorithm = algorithm_, .secret = secret, .secret_len = sizeof secret, __VA_ARGS__       \
	}

static const dsmipv4_key_t all[] = {
	KEY(0x100, DSMIPV4_HMAC_MD5, .agent = 0),
	KEY(0x101, DSMIPV4_KEYED_MD5, .agent = 0),
	KEY(0x102, DSMIPV4_HMAC_SHA1, .agent = 0),
	{.spi = 0x103, .secret = long_secret, .secret_len = sizeof long_secret},
	{.spi = 0x104, .secret = secret, .secret_len = 0},
};
static const dsmipv4_key_t exact[] = {KEY(0x100, DSMIPV4_HMAC_MD5, .agent = HA_ADDR, .peer = HOA_ADDR)};
static const dsmipv4_key_t other_ha[] = {KEY(0x100, DSMIPV4_HMAC_MD5, .agent = HA_ADDR + 1)};
static const dsmipv4_key_t other_hoa[] = {KEY(0x100, DSMIPV4_HMAC_MD5, .peer = HOA_ADDR + 1)};
static const dsmipv4_key_t bad[] = {{.spi = 0x100, .secret = wrong, .secret_len = sizeof wrong}};
static const dsmipv4_key_t first_fits[] = {
	KEY(0x100, DSMIPV4_HMAC_MD5, .agent = HA_ADDR + 1),
	KEY(0x100, DSMIPV4_HMAC_MD5, .peer = HOA_ADDR),
	{.spi = 0x100, .secret = wrong, .secret_len = sizeof wrong},
};
static const dsmipv4_key_t other_algorithm[] = {KEY(0x100, DSMIPV4_KEYED_MD5, .agent = 0),
						KEY(0x101, DSMIPV4_HMAC_MD5, .agent = 0),
						KEY(0x102, DSMIPV4_HMAC_MD5, .agent = 0)};

typedef struct {
	const char *name, *hex;
	const dsmipv4_key_t *keys; // NULL: none at all
	size_t n_keys;
	dsmipv4_auth_state_t state; // of the message
	bool fragment;
} auth_row_t;

#define WITH(keys_) .keys = keys_, .n_keys = G_N_ELEMENTS(keys_)
#define GOOD .state = DSMIPV4_AUTH_GOOD
#define BAD .state = DSMIPV4_AUTH_BAD
#define MISSING .state = DSMIPV4_AUTH_MISSING
#define UNKNOWN .state = DSMIPV4_AUTH_NOT_CHECKED

static const auth_row_t rows[] = {
	{"HMAC-MD5", REQUEST HMAC_MD5, WITH(all), GOOD},
	{"keyed MD5", REQUEST KEYED_MD5, WITH(all), GOOD},
	{"keyed MD5 without the key at its end", REQUEST PREFIX_ONLY_MD5, WITH(all), BAD},
	{"HMAC-SHA1", REQUEST HMAC_SHA1, WITH(all), GOOD},
	{"key longer than a block", REQUEST LONG_KEY_MD5, WITH(all), GOOD},
	{"empty key", REQUEST EMPTY_KEY_MD5, WITH(all), GOOD},
	{"reply", ACCEPTED REPLY_MD5, WITH(all), GOOD},
	{"what follows is not covered", REQUEST HMAC_MD5 EDS MFAE, WITH(all), GOOD},
	{"another algorithm, HMAC-MD5", REQUEST HMAC_MD5, WITH(other_algorithm), BAD},
	{"another algorithm, keyed MD5", REQUEST KEYED_MD5, WITH(other_algorithm), BAD},
	{"another algorithm, HMAC-SHA1", REQUEST HMAC_SHA1, WITH(other_algorithm), BAD},
	{"HMAC-SHA1 cut to 96 bits", REQUEST "20 10 00000102 d8be1e206a6c3c8418562a71", WITH(all), BAD},
	{"no authenticator at all", REQUEST "20 04 00000100", WITH(all), BAD},
	{"16 bytes and one more", REQUEST "20 15 00000100 44bacda43aac996f3b28abb6b6d1aae9 00", WITH(all), BAD},
	{"wrong key", REQUEST HMAC_MD5, WITH(bad), BAD},
	{"one bit of the prefix", COLOCATED REQ("31", P48) MODE HMAC_MD5, WITH(all), BAD},
	{"one bit of the SPI", REQUEST "20 14 00000102 44bacda43aac996f3b28abb6b6d1aae9", WITH(all), BAD},
	{"exact addresses", REQUEST HMAC_MD5, WITH(exact), GOOD},
	{"other home agent", REQUEST HMAC_MD5, WITH(other_ha), UNKNOWN},
	{"other home address", REQUEST HMAC_MD5, WITH(other_hoa), UNKNOWN},
	{"first key that fits", REQUEST HMAC_MD5, WITH(first_fits), GOOD},
	{"other SPI", REQUEST "20 14 00000105 44bacda43aac996f3b28abb6b6d1aae9", WITH(all), UNKNOWN},
	{"no keys", REQUEST HMAC_MD5, UNKNOWN},
	{"no keys, no authenticator", REQUEST, UNKNOWN},
	{"missing", REQUEST, WITH(all), MISSING},
	{"missing, exact addresses", REQUEST, WITH(exact), MISSING},
	{"missing, no key for the addresses", REQUEST, WITH(other_ha), UNKNOWN},
	{"missing in a reply", ACCEPTED, WITH(all), MISSING},
	{"authorized by MN-AAA", REQUEST MN_AAA, WITH(all), UNKNOWN},
	{"not captured", REQUEST "|" HMAC_MD5, WITH(all), UNKNOWN},
	{"last byte not captured", REQUEST "20 14 00000100 44bacda43aac996f3b28abb6b6d1aa | e9", WITH(all), UNKNOWN},
	{"SPI not captured", REQUEST "20 14 0000 | 0100 44bacda43aac996f3b28abb6b6d1aae9", WITH(all), UNKNOWN},
	{"what follows is not captured", REQUEST HMAC_MD5 "|" MFAE, WITH(all), GOOD},
	{"fragment", REQUEST HMAC_MD5, WITH(all), UNKNOWN, .fragment = true},
	{"fragment without authenticator", REQUEST, WITH(all), UNKNOWN, .fragment = true},
	{"overrun", REQUEST "20 15 00000100 44bacda43aac996f3b28abb6b6d1aae9", WITH(all), UNKNOWN},
	{"no room for the SPI", REQUEST "20 03 000001", WITH(all), UNKNOWN},
	{"revocation", REVOCATION MHAE, WITH(all), UNKNOWN},
	{"revocation without", REVOCATION, WITH(all), UNKNOWN},
	{"tunnel data", TUNNEL_DATA, WITH(all), UNKNOWN},
	{"fixed part cut", "01 22 0258 | " HOA HA COA ID HMAC_MD5, WITH(all), UNKNOWN},
	{"nothing", "", WITH(all), UNKNOWN},
};

static void test_row(const void *data)
{
	const auth_row_t *row = data;
	hex_t hex = hex_parse(row->hex);
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	const dsmipv4_message_t *m =
		dsmipv4_message_decode(alloc, hex.bytes, hex.captured, hex.reported, row->fragment);
	dsmipv4_keys_t keys = {row->keys, row->n_keys};
	g_assert_cmpint(dsmipv4_auth_message(row->keys ? &keys : NULL, m), ==, row->state);
	wmem_destroy_allocator(alloc);
	hex_free(&hex);
}

// What a bad authenticator does verify with: another algorithm of the same key, or another key.
#define OTHER_NODE (HOA_ADDR + 1)
#define WRONG(...)                                                                                                     \
	{                                                                                                              \
		.spi = 0x100, .secret = wrong, .secret_len = sizeof wrong, __VA_ARGS__                                 \
	}

static const dsmipv4_key_t of_other_node[] = {WRONG(.peer = HOA_ADDR),
					      KEY(0x100, DSMIPV4_HMAC_MD5, .peer = OTHER_NODE)};
static const dsmipv4_key_t of_other_ends[] = {WRONG(.peer = HOA_ADDR),
					      KEY(0x104, DSMIPV4_HMAC_MD5, .agent = HA_ADDR, .peer = OTHER_NODE)};
static const dsmipv4_key_t of_any_spi[] = {WRONG(.peer = HOA_ADDR),
					   KEY(DSMIPV4_ANY_SPI, DSMIPV4_HMAC_MD5, .peer = OTHER_NODE)};

typedef struct {
	const char *name, *hex;
	const dsmipv4_key_t *keys;
	size_t n_keys;
	const char *words; // NULL: nothing to say
} diagnosis_row_t;

static const diagnosis_row_t diagnoses[] = {
	{"HMAC-MD5", REQUEST HMAC_MD5, WITH(other_algorithm), "verifies with hmac-md5 instead"},
	{"keyed MD5", REQUEST KEYED_MD5, WITH(other_algorithm), "verifies with keyed-md5 instead"},
	{"HMAC-SHA1", REQUEST HMAC_SHA1, WITH(other_algorithm), "verifies with hmac-sha1 instead"},
	{"key of another node", REQUEST HMAC_MD5, WITH(of_other_node),
	 "verifies with the key of 198.51.100.78, SPI 0x100"},
	{"key of two others", REQUEST HMAC_MD5, WITH(of_other_ends),
	 "verifies with the key of 198.51.100.1 and 198.51.100.78, SPI 0x104"},
	{"key for any SPI", REQUEST HMAC_MD5, WITH(of_any_spi), "verifies with the key of 198.51.100.78"},
	{"nothing that is known", REQUEST HMAC_MD5, WITH(bad), NULL},
	{"no key for these ends", REQUEST HMAC_MD5, WITH(other_ha), NULL},
};

static void test_diagnosis(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(diagnoses); i++) {
		const diagnosis_row_t *row = &diagnoses[i];
		hex_t hex = hex_parse(row->hex);
		wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
		const dsmipv4_message_t *m =
			dsmipv4_message_decode(alloc, hex.bytes, hex.captured, hex.reported, false);
		dsmipv4_keys_t keys = {row->keys, row->n_keys};
		g_test_message("%s", row->name);
		g_assert_cmpstr(dsmipv4_auth_diagnosis(alloc, &keys, NULL, m, &m->exts[m->first_mn_ha]), ==,
				row->words);
		wmem_destroy_allocator(alloc);
		hex_free(&hex);
	}
}

#define FA_ADDR 0xcb007109u
#define MN_FA_KEY(...)                                                                                                 \
	{                                                                                                              \
		.spi = 0x100, .secret = wrong, .secret_len = sizeof wrong, __VA_ARGS__                                 \
	}
#define MN_HA_KEY KEY(0x100, DSMIPV4_HMAC_MD5, .agent = 0)

// Three associations with the same SPI: the node's with the home agent has the secret "dsmipv4", the foreign agent's
// two have "dsmipv6". Computed as above.
#define RELAYED VIA_FA "20 14 00000100 e55cfb037df8d1f0d42d9767802166f9 "
#define RELAYED_33 RELAYED "21 14 00000100 681d44d54e1914ded910fc8d9728ec50 "
#define RELAYED_34 RELAYED "22 14 00000100 999c1049a8d0ffd0236dd51435656910 "
#define COLOCATED_33 COLOCATED "21 14 00000100 d46030e2574de88927e322f715d89a45 "
#define REPLY_33 ACCEPTED "21 14 00000100 883355d72976aec2e92d91d2e35e5449 "
#define REPLY_34 ACCEPTED "22 14 00000100 5072bcdddeab2cf35318167b6ccc4655 "

// A key is that of two nodes. Each authentication extension covers what is in front of it, whatever its type.
static const struct {
	const char *name, *hex;
	uint32_t index; // of the extension
	dsmipv4_key_t keys[2];
	dsmipv4_auth_state_t state;
	uint32_t src, dst;
} associations[] = {
	{"32, any SPI",
	 REQUEST HMAC_MD5,
	 2,
	 {KEY(DSMIPV4_ANY_SPI, DSMIPV4_HMAC_MD5, .peer = HOA_ADDR)},
	 .state = DSMIPV4_AUTH_GOOD},
	{"32, any SPI of another node",
	 REQUEST HMAC_MD5,
	 2,
	 {KEY(DSMIPV4_ANY_SPI, DSMIPV4_HMAC_MD5, .peer = HOA_ADDR + 1)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"36", REQUEST MN_AAA_MD5, 2, {MN_HA_KEY}, .state = DSMIPV4_AUTH_GOOD},
	{"33, what is in front of it",
	 REQUEST HMAC_MD5 MN_FA_MD5,
	 3,
	 {KEY(0x100, DSMIPV4_HMAC_MD5, .agent = FA_ADDR)},
	 .state = DSMIPV4_AUTH_GOOD,
	 .dst = FA_ADDR},
	{"33, more is in front of it",
	 REQUEST HMAC_MD5 EDS MN_FA_MD5,
	 4,
	 {KEY(0x100, DSMIPV4_HMAC_MD5, .agent = FA_ADDR)},
	 .state = DSMIPV4_AUTH_BAD,
	 .dst = FA_ADDR},
	{"no authentication at all", REQUEST HMAC_MD5, 0, {MN_HA_KEY}, .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"32, the other key is for 33",
	 RELAYED_33,
	 0,
	 {MN_FA_KEY(.agent = FA_ADDR), MN_HA_KEY},
	 .state = DSMIPV4_AUTH_GOOD},
	{"32, only a key for 33",
	 RELAYED_33,
	 0,
	 {MN_FA_KEY(.agent = FA_ADDR, .peer = HOA_ADDR)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"32, only a key for 34",
	 RELAYED_34,
	 0,
	 {MN_FA_KEY(.agent = HA_ADDR, .peer = FA_ADDR)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"33, only any for 32", RELAYED_33, 1, {MN_HA_KEY}, .state = DSMIPV4_AUTH_NOT_CHECKED, .dst = FA_ADDR},
	{"33, only a key for 32",
	 RELAYED_33,
	 1,
	 {KEY(0x100, DSMIPV4_HMAC_MD5, .agent = HA_ADDR, .peer = HOA_ADDR)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED,
	 .src = FA_ADDR,
	 .dst = HA_ADDR},
	{"33, only a key for 34",
	 RELAYED_33,
	 1,
	 {MN_FA_KEY(.agent = HA_ADDR, .peer = FA_ADDR)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"33 by care-of address",
	 RELAYED_33,
	 1,
	 {MN_HA_KEY, MN_FA_KEY(.agent = FA_ADDR, .peer = HOA_ADDR)},
	 .state = DSMIPV4_AUTH_GOOD},
	{"33 of any node", RELAYED_33, 1, {MN_FA_KEY(.agent = FA_ADDR)}, .state = DSMIPV4_AUTH_GOOD},
	{"33 with a wrong secret",
	 RELAYED_33,
	 1,
	 {KEY(0x100, DSMIPV4_HMAC_MD5, .agent = FA_ADDR)},
	 .state = DSMIPV4_AUTH_BAD},
	{"33 of another node",
	 RELAYED_33,
	 1,
	 {MN_FA_KEY(.agent = FA_ADDR, .peer = HOA_ADDR + 1)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"33 of another foreign agent",
	 RELAYED_33,
	 1,
	 {MN_FA_KEY(.agent = FA_ADDR + 1)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED,
	 .dst = FA_ADDR},
	{"33 by destination",
	 COLOCATED_33,
	 0,
	 {MN_FA_KEY(.agent = FA_ADDR)},
	 .state = DSMIPV4_AUTH_GOOD,
	 .dst = FA_ADDR},
	{"33, a co-located address is no agent's",
	 COLOCATED_33,
	 0,
	 {MN_FA_KEY(.agent = 0xc0000221u)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED,
	 .dst = FA_ADDR},
	{"33 in a reply", REPLY_33, 0, {MN_FA_KEY(.agent = FA_ADDR)}, .state = DSMIPV4_AUTH_GOOD, .src = FA_ADDR},
	{"34, only any for 32",
	 RELAYED_34,
	 1,
	 {MN_HA_KEY},
	 .state = DSMIPV4_AUTH_NOT_CHECKED,
	 .src = FA_ADDR,
	 .dst = HA_ADDR},
	{"34, only a key for 33",
	 RELAYED_34,
	 1,
	 {MN_FA_KEY(.agent = FA_ADDR)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED,
	 .src = FA_ADDR,
	 .dst = HA_ADDR},
	{"34", RELAYED_34, 1, {MN_HA_KEY, MN_FA_KEY(.agent = HA_ADDR, .peer = FA_ADDR)}, .state = DSMIPV4_AUTH_GOOD},
	{"34 of any home agent", RELAYED_34, 1, {MN_FA_KEY(.peer = FA_ADDR)}, .state = DSMIPV4_AUTH_GOOD},
	{"34 of another home agent",
	 RELAYED_34,
	 1,
	 {MN_FA_KEY(.agent = HA_ADDR + 1, .peer = FA_ADDR)},
	 .state = DSMIPV4_AUTH_NOT_CHECKED},
	{"34 in a reply",
	 REPLY_34,
	 0,
	 {MN_FA_KEY(.agent = HA_ADDR, .peer = FA_ADDR)},
	 .state = DSMIPV4_AUTH_GOOD,
	 .src = HA_ADDR,
	 .dst = FA_ADDR},
};

static void test_association(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(associations); i++) {
		hex_t hex = hex_parse(associations[i].hex);
		wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
		const dsmipv4_message_t *m =
			dsmipv4_message_decode(alloc, hex.bytes, hex.captured, hex.reported, false);
		dsmipv4_keys_t keys = {associations[i].keys, associations[i].keys[1].spi ? 2 : 1};
		dsmipv4_packet_t packet = {.ipv4 = true, .src = associations[i].src, .dst = associations[i].dst};
		g_assert_cmpuint(associations[i].index, <, m->n_exts);
		const dsmipv4_ext_t *ext = &m->exts[associations[i].index];
		if (dsmipv4_auth_verify(&keys, &packet, m, ext) != associations[i].state)
			g_test_message("%s: %d, should be %d", associations[i].name,
				       dsmipv4_auth_verify(&keys, &packet, m, ext), associations[i].state);
		g_assert_cmpint(dsmipv4_auth_verify(&keys, &packet, m, ext), ==, associations[i].state);
		g_assert_cmpint(dsmipv4_auth_verify(NULL, &packet, m, ext), ==, DSMIPV4_AUTH_NOT_CHECKED);
		wmem_destroy_allocator(alloc);
		hex_free(&hex);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	for (unsigned i = 0; i < sizeof long_secret; i++)
		long_secret[i] = 0xaa;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *path = g_strdup_printf("/auth/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
		g_free(path);
	}
	g_test_add_func("/auth/association", test_association);
	g_test_add_func("/auth/diagnosis", test_diagnosis);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
