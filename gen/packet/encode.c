// SPDX-License-Identifier: GPL-2.0-or-later
// Values -> bytes, as the offsets and widths of keys.def say.
#include "packet/encode.h"

#include <string.h>

#define TYPICAL_LENGTH 256 // of a message with its extensions: there is room without asking for more

static void append_bytes(GByteArray *array, const guint8 *bytes, gsize length)
{
	g_byte_array_append(array, bytes, (guint)length);
}

void encode_number(guint8 *bytes, unsigned offset, unsigned width, guint64 number)
{
	if (offset % 8 == 0 && width % 8 == 0) {
		for (unsigned at = (offset + width) / 8; at > offset / 8; number >>= 8)
			bytes[--at] = (guint8)number;
		return;
	}
	for (unsigned i = 0; i < width; i++) {
		unsigned bit = offset + width - 1 - i;
		guint8 mask = (guint8)(0x80 >> bit % 8);

		if ((number >> i & 1) != 0)
			bytes[bit / 8] |= mask;
		else
			bytes[bit / 8] &= (guint8)~mask;
	}
}

void encode_key(guint8 *bytes, gsize length, const values_t *values, unsigned key)
{
	const key_spec_t *spec = &block_specs[values->id].keys[key];
	const value_t *value = &values->v[key];

	if (spec->width <= 0 || value->state != VALUE_SET || spec->offset + (gsize)spec->width > 8 * length)
		return;
	if (spec->kind == KIND_ADDRESS6 || spec->kind == KIND_MAC)
		memcpy(bytes + spec->offset / 8, value->octets, (gsize)spec->width / 8);
	else
		encode_number(bytes, spec->offset, (unsigned)spec->width, value->number);
}

void encode_values(guint8 *bytes, gsize length, const values_t *values)
{
	for (unsigned key = 0; key < block_specs[values->id].key_count; key++)
		encode_key(bytes, length, values, key);
}

static int find_checksum(const block_spec_t *spec)
{
	for (unsigned key = 0; key < spec->key_count; key++)
		if (strcmp(spec->keys[key].name, "checksum") == 0)
			return (int)key;
	return -1;
}

int encode_checksum_key(block_id_t id)
{
	static int keys[BLOCK_COUNT];
	static gsize are_found;

	if (g_once_init_enter(&are_found)) {
		for (unsigned i = 0; i < BLOCK_COUNT; i++)
			keys[i] = find_checksum(&block_specs[i]);
		g_once_init_leave(&are_found, 1);
	}
	return keys[id];
}

bool encode_patch(guint8 *bytes, gsize length, const values_t *values, unsigned key, GError **error)
{
	GBytes *patch = values->v[key].bytes;
	gsize size = 0;
	const guint8 *at = patch ? g_bytes_get_data(patch, &size) : NULL;

	for (const guint8 *end = at ? at + size : NULL; at < end;) {
		guint16 head[2]; // offset and length, see parse_patch()

		memcpy(head, at, sizeof(head));
		at += sizeof(head);
		if ((gsize)head[0] + head[1] > length) {
			char *problem = g_strdup_printf("reaches to byte %u; expected bytes within the %" G_GSIZE_FORMAT
							" that there are",
							head[0] + head[1], length);

			values_fail(values, key, problem, error);
			g_free(problem);
			return false;
		}
		memcpy(bytes + head[0], at, head[1]);
		at += head[1];
	}
	return true;
}

// What keys.def cannot express: parts whose presence or length depends on values.

static void append_number(GByteArray *bytes, unsigned width, guint64 number)
{
	guint8 buffer[8] = {0};

	encode_number(buffer, 0, width, number);
	append_bytes(bytes, buffer, width / 8);
}

// RFC 2004 3.1: the original source follows where the S bit is set.
static void append_minimal_source(values_t *values, GRand *random G_GNUC_UNUSED, GByteArray *bytes)
{
	value_t *source = &values->v[KEY_minimal_source];

	source->at = bytes->len;
	if (source->state == VALUE_SET)
		append_number(bytes, 32, source->number);
}

// Router alert (RFC 2711) and padding to eight bytes.
static void fill_hop_by_hop(values_t *values, GRand *random G_GNUC_UNUSED, GByteArray *bytes)
{
	static const guint8 alert[] = {5, 2};
	static const guint8 pad_2[] = {1, 0};
	static const guint8 pad_6[] = {1, 4};

	if (value_is_set(values, KEY_hop_by_hop_router_alert)) {
		memcpy(bytes->data + 2, alert, sizeof(alert));
		memcpy(bytes->data + 6, pad_2, sizeof(pad_2));
	} else {
		memcpy(bytes->data + 2, pad_6, sizeof(pad_6));
	}
}

static void append_octets(GByteArray *bytes, value_t *value, gsize length)
{
	value->at = bytes->len;
	append_bytes(bytes, value->octets, length);
}

// Link-layer address option (RFC 4861 4.6.1): type, length in units of eight bytes, address.
static void append_lladdr(value_t *lladdr, guint8 type, GByteArray *bytes)
{
	const guint8 option[] = {type, 1};

	if (lladdr->state != VALUE_SET)
		return;
	append_bytes(bytes, option, sizeof(option));
	append_octets(bytes, lladdr, 6);
}

static void append_source_lladdr(values_t *values, GRand *random G_GNUC_UNUSED, GByteArray *bytes)
{
	append_lladdr(&values->v[KEY_neighbor_solicitation_lladdr], 1, bytes);
}

static void append_target_lladdr(values_t *values, GRand *random G_GNUC_UNUSED, GByteArray *bytes)
{
	append_lladdr(&values->v[KEY_neighbor_advertisement_lladdr], 2, bytes);
}

typedef enum { // RFC 3315 24.3, RFC 3633 9, 10
	DHCPV6_CLIENT_ID = 1,
	DHCPV6_SERVER_ID = 2,
	DHCPV6_ELAPSED_TIME = 8,
	DHCPV6_IA_PD = 25,
	DHCPV6_IA_PREFIX = 26,
} dhcpv6_option_t;

static void append_dhcpv6_header(GByteArray *bytes, dhcpv6_option_t option, guint16 length)
{
	append_number(bytes, 16, option);
	append_number(bytes, 16, length);
}

// An identifier made of a link-layer address (DUID-LL, RFC 3315 9.4; hardware type Ethernet).
static void append_dhcpv6_identifier(GByteArray *bytes, dhcpv6_option_t option, value_t *mac)
{
	append_dhcpv6_header(bytes, option, 10);
	append_number(bytes, 16, 3);
	append_number(bytes, 16, 1);
	append_octets(bytes, mac, 6);
}

static void append_dhcpv6_ia_pd(GByteArray *bytes, values_t *values)
{
	bool has_prefix = value_is_set(values, KEY_dhcpv6_prefix);

	append_dhcpv6_header(bytes, DHCPV6_IA_PD, has_prefix ? 12 + 4 + 25 : 12);
	append_number(bytes, 32, values->v[KEY_dhcpv6_iaid].number);
	append_number(bytes, 32, has_prefix ? 1800 : 0); // T1
	append_number(bytes, 32, has_prefix ? 2880 : 0); // T2
	if (!has_prefix)
		return;
	append_dhcpv6_header(bytes, DHCPV6_IA_PREFIX, 25);
	append_number(bytes, 32, 3600); // preferred lifetime
	append_number(bytes, 32, 7200); // valid lifetime
	append_number(bytes, 8, values->v[KEY_dhcpv6_length].number);
	append_octets(bytes, &values->v[KEY_dhcpv6_prefix], 16);
}

// A client's message carries the elapsed time; all but the solicitation name the server.
static void append_dhcpv6_options(values_t *values, GRand *random G_GNUC_UNUSED, GByteArray *bytes)
{
	guint64 message = values->v[KEY_dhcpv6_message].number;

	append_dhcpv6_identifier(bytes, DHCPV6_CLIENT_ID, &values->v[KEY_dhcpv6_client]);
	if (message != DHCPV6_SOLICIT)
		append_dhcpv6_identifier(bytes, DHCPV6_SERVER_ID, &values->v[KEY_dhcpv6_server]);
	if (dhcpv6_from_client(message)) {
		append_dhcpv6_header(bytes, DHCPV6_ELAPSED_TIME, 2);
		append_number(bytes, 16, 0);
	}
	append_dhcpv6_ia_pd(bytes, values);
}

static void append_random(values_t *values, GRand *random, GByteArray *bytes)
{
	for (guint64 i = 0; i < values->v[KEY_payload_length].number; i++)
		append_number(bytes, 8, g_rand_int(random) & 0xff);
}

bool encode_draws(const values_t *values)
{
	return values->id == BLOCK_payload && values->v[KEY_payload_length].number > 0;
}

typedef void special_fn(values_t *values, GRand *random, GByteArray *bytes);

static special_fn *const specials[BLOCK_COUNT] = {
	[BLOCK_minimal] = append_minimal_source,
	[BLOCK_hop_by_hop] = fill_hop_by_hop,
	[BLOCK_neighbor_solicitation] = append_source_lladdr,
	[BLOCK_neighbor_advertisement] = append_target_lladdr,
	[BLOCK_dhcpv6] = append_dhcpv6_options,
	[BLOCK_payload] = append_random,
};

GByteArray *encode_block(values_t *values, GRand *random)
{
	const block_spec_t *spec = &block_specs[values->id];
	GByteArray *bytes = g_byte_array_sized_new(TYPICAL_LENGTH);

	g_byte_array_set_size(bytes, spec->length);
	if (spec->length > 0)
		memset(bytes->data, 0, spec->length);
	for (unsigned key = 0; key < spec->key_count; key++) {
		gsize length;

		if (spec->keys[key].width != TAIL || !values->v[key].bytes)
			continue;
		values->v[key].at = bytes->len;
		const guint8 *data = g_bytes_get_data(values->v[key].bytes, &length);
		append_bytes(bytes, data, length);
	}
	if (specials[values->id])
		specials[values->id](values, random, bytes);
	encode_values(bytes->data, bytes->len, values);
	return bytes;
}
