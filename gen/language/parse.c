// SPDX-License-Identifier: GPL-2.0-or-later
// A text -> a typed value, by the kinds of the scenario language.
#include "language/parse.h"

#include "wire/dsmipv4.h"

#include <arpa/inet.h>
#include <string.h>

#define MICROSECONDS 1000000
#define MAX_SECONDS 100000000 // three years; keeps all sums far from overflow

typedef struct {
	const char *name;
	guint64 number;
} named_number_t;

typedef struct kind {
	bool (*parse)(const struct kind *kind, const char *text, value_t *value);
	const char *expected; // NULL: a number up to the limit
	guint64 limit;
	const named_number_t *names; // ends with a NULL name
} kind_t;

static const named_number_t booleans[] = {{"false", 0}, {"true", 1}, {NULL, 0}};

static const named_number_t algorithms[] = {
	{"hmac-md5", ALGORITHM_HMAC_MD5},
	{"keyed-md5", ALGORITHM_KEYED_MD5},
	{"hmac-sha1", ALGORITHM_HMAC_SHA1},
	{NULL, 0},
};

static const named_number_t dhcpv6_messages[] = {
	{"solicit", DHCPV6_SOLICIT},
	{"advertise", DHCPV6_ADVERTISE},
	{"request", DHCPV6_REQUEST},
	{"reply", DHCPV6_REPLY},
	{NULL, 0},
};

static const named_number_t request_flags[] = {
	{"S", DSMIPV4_FLAG_S}, {"B", DSMIPV4_FLAG_B}, {"D", DSMIPV4_FLAG_D},
	{"M", DSMIPV4_FLAG_M}, {"G", DSMIPV4_FLAG_G}, {"r", DSMIPV4_FLAG_r},
	{"T", DSMIPV4_FLAG_T}, {"x", DSMIPV4_FLAG_x}, {NULL, 0},
};

static const named_number_t revocation_flags[] = {{"A", 0x8000}, {"I", 0x4000}, {NULL, 0}};
static const named_number_t revocation_ack_flags[] = {{"I", 0x8000}, {NULL, 0}};
static const named_number_t ipv4_flags[] = {{"RF", 4}, {"DF", 2}, {"MF", 1}, {NULL, 0}};
static const named_number_t udp_request_flags[] = {{"F", 2}, {"R", 1}, {NULL, 0}};
static const named_number_t udp_reply_flags[] = {{"F", 1}, {NULL, 0}};
static const named_number_t tcp_flags[] = {{"C", 0x80}, {"E", 0x40}, {"U", 0x20}, {"A", 0x10}, {"P", 0x08},
					   {"R", 0x04}, {"S", 0x02}, {"F", 0x01}, {NULL, 0}};

// RFC 5944 2.1.1, RFC 3519 3.3 (U), RFC 3543 3.2 (X).
static const named_number_t agent_flags[] = {
	{"R", 0x8000}, {"B", 0x4000}, {"H", 0x2000}, {"F", 0x1000}, {"M", 0x0800}, {"G", 0x0400},
	{"r", 0x0200}, {"T", 0x0100}, {"U", 0x0080}, {"X", 0x0040}, {NULL, 0},
};

static const named_number_t neighbor_flags[] = {{"R", 0x80}, {"S", 0x40}, {"O", 0x20}, {NULL, 0}};

// 017 is fifteen to some readers of YAML and seventeen to others.
static bool has_leading_zero(const char *text)
{
	return text[0] == '0' && g_ascii_isdigit(text[1]);
}

static bool read_number(const char *text, guint64 limit, guint64 *number)
{
	bool is_hex = g_str_has_prefix(text, "0x");

	if (has_leading_zero(text))
		return false;
	return g_ascii_string_to_unsigned(is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, limit, number, NULL);
}

static bool parse_number(const kind_t *kind, const char *text, value_t *value)
{
	return read_number(text, kind->limit, &value->number);
}

static bool parse_name_or_number(const kind_t *kind, const char *text, value_t *value)
{
	for (const named_number_t *item = kind->names; item->name; item++) {
		if (strcmp(item->name, text) == 0) {
			value->number = item->number;
			return true;
		}
	}
	return kind->limit > 0 && parse_number(kind, text, value);
}

// The flag whose name begins the text.
static const named_number_t *leading_flag(const named_number_t *names, const char *text)
{
	for (; names->name; names++)
		if (g_str_has_prefix(text, names->name))
			return names;
	return NULL;
}

// "DT", "D T", "DF MF" or a number.
static bool parse_flags(const kind_t *kind, const char *text, value_t *value)
{
	if (g_ascii_isdigit(text[0]))
		return parse_number(kind, text, value);
	while (*text != '\0') {
		const named_number_t *flag = leading_flag(kind->names, text);

		if (*text == ' ') {
			text++;
			continue;
		}
		if (!flag)
			return false;
		value->number |= flag->number;
		text += strlen(flag->name);
	}
	return true;
}

// Whole seconds as any number, or decimal ones with at most six digits after the point; as microseconds.
static bool read_seconds(const char *text, guint64 *microseconds)
{
	const char *point = strchr(text, '.');
	g_autofree char *whole = g_strndup(text, point ? (gsize)(point - text) : strlen(text));
	char fraction[] = "000000";
	guint64 seconds = 0;
	guint64 parts = 0;
	bool ok = (!point || !g_str_has_prefix(text, "0x")) && read_number(whole, MAX_SECONDS, &seconds);

	if (point) {
		gsize digits = strlen(point + 1);

		ok = ok && digits >= 1 && digits < sizeof(fraction);
		if (ok)
			memcpy(fraction, point + 1, digits);
	}
	ok = ok && g_ascii_string_to_unsigned(fraction, 10, 0, MICROSECONDS, &parts, NULL);
	*microseconds = seconds * MICROSECONDS + parts;
	return ok;
}

static bool parse_seconds(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	return read_seconds(text, &value->number);
}

static bool parse_text(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	value->bytes = g_bytes_new(text, strlen(text));
	return true;
}

static bool parse_address4(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		return false;
	value->number = ntohl(address.s_addr);
	return true;
}

static bool parse_address6(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	return inet_pton(AF_INET6, text, value->octets) == 1;
}

// ADDRESS/LENGTH with no bits of the address beyond the length: the length is the number.
static bool parse_block(int family, guint64 max_length, const char *text, value_t *value)
{
	const char *slash = strchr(text, '/');
	g_autofree char *address = slash ? g_strndup(text, (gsize)(slash - text)) : NULL;
	bool ok = address && inet_pton(family, address, value->octets) == 1 &&
		  read_number(slash + 1, max_length, &value->number);

	for (guint64 bit = value->number; ok && bit < max_length; bit++)
		ok = (value->octets[bit / 8] & 0x80 >> bit % 8) == 0;
	return ok;
}

static bool parse_block4(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	return parse_block(AF_INET, 32, text, value);
}

static bool parse_block6(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	return parse_block(AF_INET6, 128, text, value);
}

// Hex digits, optionally with 0x in front and with spaces or colons between bytes.
static bool parse_hex(const kind_t *kind G_GNUC_UNUSED, const char *text, value_t *value)
{
	GByteArray *bytes = g_byte_array_new();

	text += g_str_has_prefix(text, "0x") ? 2 : 0;
	while (*text != '\0') {
		if (*text == ' ' || *text == ':') {
			text++;
			continue;
		}
		if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1])) {
			g_byte_array_unref(bytes);
			return false;
		}
		guint8 byte = (guint8)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
		g_byte_array_append(bytes, &byte, 1);
		text += 2;
	}
	value->bytes = g_byte_array_free_to_bytes(bytes);
	return true;
}

static bool parse_mac(const kind_t *kind, const char *text, value_t *value)
{
	gsize length;

	if (!parse_hex(kind, text, value))
		return false;
	const guint8 *data = g_bytes_get_data(value->bytes, &length);
	bool ok = length == 6;
	if (ok)
		memcpy(value->octets, data, length);
	g_clear_pointer(&value->bytes, g_bytes_unref);
	return ok;
}

// OFFSET=HEX, several with spaces between: of each, offset and length in 16 bits and the bytes.
static bool parse_patch(const kind_t *kind, const char *text, value_t *value)
{
	char **parts = g_strsplit_set(text, " ,", 0);
	GByteArray *patch = g_byte_array_new();
	bool ok = true;

	for (char **part = parts; ok && *part; part++) {
		char *equals = strchr(*part, '=');
		value_t hex = {0};
		guint64 offset;

		if (**part == '\0')
			continue; // after a comma
		ok = equals && equals[1] != '\0';
		if (ok)
			*equals = '\0';
		ok = ok && read_number(*part, G_MAXUINT16, &offset) && parse_hex(kind, equals + 1, &hex);
		if (ok) {
			gsize length = g_bytes_get_size(hex.bytes);
			const guint16 head[] = {(guint16)offset, (guint16)length};

			g_byte_array_append(patch, (const guint8 *)head, sizeof(head));
			g_byte_array_append(patch, g_bytes_get_data(hex.bytes, NULL), (guint)length);
			g_bytes_unref(hex.bytes);
			ok = length <= G_MAXUINT16;
		}
	}
	g_strfreev(parts);
	value->bytes = g_byte_array_free_to_bytes(patch);
	return ok;
}

// Numbers from 1 on, with spaces between: 16 bits of each.
static bool parse_order(const kind_t *kind, const char *text, value_t *value)
{
	char **words = g_strsplit_set(text, " ,", 0);
	GByteArray *order = g_byte_array_new();
	bool ok = true;

	for (char **word = words; ok && *word; word++) {
		guint64 number = 0;

		if (**word == '\0')
			continue;
		ok = read_number(*word, kind->limit, &number) && number > 0;
		const guint16 entry = (guint16)number;
		g_byte_array_append(order, (const guint8 *)&entry, sizeof(entry));
	}
	g_strfreev(words);
	ok = ok && order->len > 0;
	value->bytes = g_byte_array_free_to_bytes(order);
	return ok;
}

static bool parse_secret(const kind_t *kind, const char *text, value_t *value)
{
	return g_str_has_prefix(text, "0x") ? parse_hex(kind, text, value) : parse_text(kind, text, value);
}

// ntp+SECONDS, ntp-SECONDS
static bool parse_relative_time(const char *text, value_t *value)
{
	guint64 microseconds;

	if ((text[0] != '+' && text[0] != '-') || !read_seconds(text + 1, &microseconds))
		return false;
	value->state = VALUE_FROM_TIME;
	value->number = text[0] == '-' ? -microseconds : microseconds;
	return true;
}

// step:NAME, step:NAME+N, step:NAME-N
static bool parse_step_reference(const char *text, value_t *value)
{
	gsize name_length = strcspn(text, "+-");
	guint64 offset = 0;

	if (name_length == 0 ||
	    (text[name_length] != '\0' && !read_number(text + name_length + 1, G_MAXUINT64, &offset)))
		return false;
	value->state = VALUE_FROM_STEP;
	value->bytes = g_bytes_new(text, name_length);
	value->number = text[name_length] == '-' ? -offset : offset;
	return true;
}

static bool parse_identification(const kind_t *kind, const char *text, value_t *value)
{
	if (g_str_has_prefix(text, "ntp"))
		return parse_relative_time(text + strlen("ntp"), value);
	if (g_str_has_prefix(text, "step:"))
		return parse_step_reference(text + strlen("step:"), value);
	return parse_number(kind, text, value);
}

// clang-format off
#define NUMBER_KIND(bits) { parse_number, NULL, (G_GUINT64_CONSTANT(1) << (bits)) - 1, NULL }

static const kind_t kinds[KIND_COUNT] = {
	[KIND_U2] = NUMBER_KIND(2),
	[KIND_U3] = NUMBER_KIND(3),
	[KIND_U4] = NUMBER_KIND(4),
	[KIND_U6] = NUMBER_KIND(6),
	[KIND_U8] = NUMBER_KIND(8),
	[KIND_U12] = NUMBER_KIND(12),
	[KIND_U13] = NUMBER_KIND(13),
	[KIND_U15] = NUMBER_KIND(15),
	[KIND_U16] = NUMBER_KIND(16),
	[KIND_U20] = NUMBER_KIND(20),
	[KIND_U24] = NUMBER_KIND(24),
	[KIND_U32] = NUMBER_KIND(32),
	[KIND_BOOLEAN] = { parse_name_or_number, "true or false", 0, booleans },
	[KIND_SECONDS] = { parse_seconds, "seconds, such as 1.5", 0, NULL },
	[KIND_NAME] = { parse_text, "a name", 0, NULL },
	[KIND_ADDRESS4] = { parse_address4, "an IPv4 address or a name such as ha.address", 0, NULL },
	[KIND_ADDRESS6] = { parse_address6, "an IPv6 address or a name such as mn.address6", 0, NULL },
	[KIND_BLOCK4] = { parse_block4, "an IPv4 block, such as 10.0.0.0/10", 0, NULL },
	[KIND_BLOCK6] = { parse_block6, "an IPv6 block, such as 3fff::/22", 0, NULL },
	[KIND_MAC] = { parse_mac, "a MAC address", 0, NULL },
	[KIND_HEX] = { parse_hex, "bytes in hexadecimal", 0, NULL },
	[KIND_PATCH] = { parse_patch, "OFFSET=HEX, such as 1=ff 6=0102", 0, NULL },
	[KIND_TEXT] = { parse_text, "a text", 0, NULL },
	[KIND_SECRET] = { parse_secret, "a text, or bytes in hexadecimal after 0x", 0, NULL },
	[KIND_IDENTIFICATION] = { parse_identification,
				  "a 64-bit number, ntp+SECONDS, ntp-SECONDS, step:NAME", G_MAXUINT64, NULL },
	[KIND_IDENTIFICATION32] = { parse_identification,
				    "a number from 0 to 4294967295, ntp+SECONDS, ntp-SECONDS, step:NAME", G_MAXUINT32,
				    NULL },
	[KIND_ALGORITHM] = { parse_name_or_number, "hmac-md5, keyed-md5 or hmac-sha1", 0, algorithms },
	[KIND_DHCPV6_MESSAGE] = { parse_name_or_number, "solicit, advertise, request, reply or a number to 255", 255,
				  dhcpv6_messages },
	[KIND_REQUEST_FLAGS] = { parse_flags, "letters of SBDMGrTx or a number to 255", 255, request_flags },
	[KIND_REVOCATION_FLAGS] = { parse_flags, "letters of AI or a number to 65535", 65535, revocation_flags },
	[KIND_REVOCATION_ACK_FLAGS] = { parse_flags, "the letter I or a number to 65535", 65535,
					revocation_ack_flags },
	[KIND_IPV4_FLAGS] = { parse_flags, "RF, DF, MF or a number to 7", 7, ipv4_flags },
	[KIND_UDP_REQUEST_FLAGS] = { parse_flags, "letters of FR or a number to 3", 3, udp_request_flags },
	[KIND_UDP_REPLY_FLAGS] = { parse_flags, "the letter F or a number to 1", 1, udp_reply_flags },
	[KIND_ORDER] = { parse_order, "numbers of fragments, such as 2 1", G_MAXUINT16, NULL },
	[KIND_TCP_FLAGS] = { parse_flags, "letters of CEUAPRSF or a number to 255", 255, tcp_flags },
	[KIND_AGENT_FLAGS] = { parse_flags, "letters of RBHFMGrTUX or a number to 65535", 65535, agent_flags },
	[KIND_NEIGHBOR_FLAGS] = { parse_flags, "letters of RSO or a number to 255", 255, neighbor_flags },
};
// clang-format on

guint64 value_limit(key_kind_t kind)
{
	return kind == KIND_SECONDS ? (guint64)MAX_SECONDS * MICROSECONDS : kinds[kind].limit;
}

static const struct {
	const char *text;
	key_word_t word;
	value_state_t state;
} words[] = {
	{"auto", WORD_AUTO, VALUE_AUTO},
	{"none", WORD_NONE, VALUE_NONE},
	{"bad", WORD_BAD, VALUE_BAD},
};

char *value_expectation(key_kind_t kind, unsigned allowed)
{
	GString *line = g_string_new(kinds[kind].expected);

	if (!kinds[kind].expected)
		g_string_append_printf(line, "a number from 0 to %" G_GUINT64_FORMAT, kinds[kind].limit);
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if ((allowed & words[i].word) != 0)
			g_string_append_printf(line, ", or %s", words[i].text);
	return g_string_free(line, FALSE);
}

static bool parse_word(const char *text, unsigned allowed, value_t *value)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if ((allowed & words[i].word) != 0 && strcmp(words[i].text, text) == 0) {
			value->state = words[i].state;
			return true;
		}
	}
	return false;
}

bool value_parse(key_kind_t kind, unsigned allowed, const char *text, const place_t *place, value_t *value,
		 GError **error)
{
	if (parse_word(text, allowed, value))
		return true;
	value->state = VALUE_SET;
	if (kinds[kind].parse(&kinds[kind], text, value))
		return true;
	g_autofree char *expected = value_expectation(kind, allowed);
	fail_at(error, place, "wrong value '%s'; expected %s%s", text, expected,
		has_leading_zero(text) && strspn(text, "0123456789") == strlen(text) ? ", without a zero in front"
										     : "");
	return false;
}

bool value_read(key_kind_t kind, const char *text, const place_t *place, value_t *value, GError **error)
{
	*value = (value_t){0};
	return value_parse(kind, 0, text, place, value, error);
}

bool value_check(key_kind_t kind, const char *text, const place_t *place, GError **error)
{
	value_t value;
	bool ok = value_read(kind, text, place, &value, error);

	g_clear_pointer(&value.bytes, g_bytes_unref);
	return ok;
}

bool value_is_same(const value_t *one, const value_t *other)
{
	return one->state == other->state && one->number == other->number &&
	       memcmp(one->octets, other->octets, sizeof(one->octets)) == 0 &&
	       (one->bytes && other->bytes ? g_bytes_equal(one->bytes, other->bytes) : one->bytes == other->bytes);
}

// Letters of all flags that are set, or NULL if one has none; "none" if none is set.
static char *flags_text(const named_number_t *names, guint64 flags)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const char *separator = strlen(names->name) > 1 ? " " : "";

	for (; names->name; names++) {
		if ((flags & names->number) == 0)
			continue;
		g_string_append_printf(text, "%s%s", text->len > 0 ? separator : "", names->name);
		flags &= ~names->number;
	}
	if (flags != 0)
		return NULL;
	return g_strdup(text->len > 0 ? text->str : "none");
}

// Large numbers are identifiers, which people write in hexadecimal.
static char *number_text(const kind_t *kind, guint64 number)
{
	for (const named_number_t *item = kind->names; kind->parse == parse_name_or_number && item->name; item++)
		if (item->number == number)
			return g_strdup(item->name);
	return g_strdup_printf(number > G_MAXUINT16 ? "0x%" G_GINT64_MODIFIER "x" : "%" G_GUINT64_FORMAT, number);
}

static char *bytes_text(const guint8 *bytes, gsize length, const char *separator)
{
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(text, "%s%02x", i == 0 ? "" : separator, bytes[i]);
	return g_string_free(text, FALSE);
}

char *value_text(key_kind_t kind, const value_t *value)
{
	char address[INET6_ADDRSTRLEN];
	const guint32 address4 = htonl((guint32)value->number);
	gsize length = 0;
	const guint8 *bytes = value->bytes ? g_bytes_get_data(value->bytes, &length) : NULL;
	char *flags = kinds[kind].parse == parse_flags ? flags_text(kinds[kind].names, value->number) : NULL;

	if (flags)
		return flags;
	if (kind == KIND_ADDRESS4)
		return g_strdup(inet_ntop(AF_INET, &address4, address, sizeof(address)));
	if (kind == KIND_ADDRESS6)
		return g_strdup(inet_ntop(AF_INET6, value->octets, address, sizeof(address)));
	if (kind == KIND_MAC)
		return bytes_text(value->octets, 6, ":");
	if (kind == KIND_HEX)
		return bytes_text(bytes, length, "");
	if (kind == KIND_TEXT)
		return length > 0 ? g_strndup((const char *)bytes, length) : g_strdup("");
	return number_text(&kinds[kind], value->number);
}
