// SPDX-License-Identifier: GPL-2.0-or-later
// Mobile IPv4 control messages with their extensions and authenticators.
#include "packet/mip.h"

#include "packet/auth.h"
#include "packet/encode.h"

#include <string.h>

#define CHECK_EXTENSION_KEYS(block)                                                                                    \
	G_STATIC_ASSERT((int)KEY_##block##_ext_length == (int)EXT_LENGTH &&                                            \
			(int)KEY_##block##_body_extra == (int)EXT_BODY_EXTRA &&                                        \
			(int)KEY_##block##_body_cut == (int)EXT_BODY_CUT &&                                            \
			(int)KEY_##block##_patch == (int)EXT_PATCH);
#define EXTENSION(block, type, header, length) CHECK_EXTENSION_KEYS(block)
#include "language/keys.def"
G_STATIC_ASSERT((int)KEY_generalized_auth_bad_byte == (int)AUTH_BAD_BYTE &&
		(int)KEY_mn_fa_auth_bad_byte == (int)AUTH_BAD_BYTE &&
		(int)KEY_fa_ha_auth_bad_byte == (int)AUTH_BAD_BYTE);

const mip_identified_t mip_identified[MIP_IDENTIFIED_COUNT] = {
	{BLOCK_request, KEY_request_identification, BLOCK_step},
	{BLOCK_reply, KEY_reply_identification, BLOCK_request},
	{BLOCK_revocation, KEY_revocation_identification, BLOCK_step},
	{BLOCK_revocation_ack, KEY_revocation_ack_identification, BLOCK_revocation},
	{BLOCK_revocation_support, KEY_revocation_support_timestamp, BLOCK_step},
};

bool mip_is_authentication(block_id_t id)
{
	return id == BLOCK_mn_ha_auth || id == BLOCK_mn_fa_auth || id == BLOCK_fa_ha_auth ||
	       id == BLOCK_generalized_auth;
}

static gsize authenticator_length(const values_t *values)
{
	static const gsize lengths[] = {
		[ALGORITHM_HMAC_MD5] = 16, [ALGORITHM_KEYED_MD5] = 16, [ALGORITHM_HMAC_SHA1] = 20};

	switch (values->v[AUTH_AUTHENTICATOR].state) {
	case VALUE_NONE:
		return 0;
	case VALUE_SET:
		return g_bytes_get_size(values->v[AUTH_AUTHENTICATOR].bytes);
	default:
		return lengths[values->v[AUTH_ALGORITHM].number];
	}
}

// Length field and its place: one byte in the short built, two in the long one.
static bool put_length(GByteArray *extension, const values_t *values, GError **error)
{
	const block_spec_t *spec = &block_specs[values->id];
	const key_spec_t *field = &spec->keys[EXT_LENGTH];
	guint64 length = extension->len - spec->header;
	guint64 limit = (G_GUINT64_CONSTANT(1) << field->width) - 1;

	if (value_is_set(values, EXT_LENGTH))
		return true; // already written
	if (length > limit) {
		fail_at(error, &values->place,
			"overlong: %" G_GUINT64_FORMAT " bytes; expected at most %" G_GUINT64_FORMAT
			" for its Length field, or an ext_length",
			length, limit);
		return false;
	}
	encode_number(extension->data, field->offset, (unsigned)field->width, length);
	return true;
}

static bool adjust_body(GByteArray *extension, const values_t *values, GError **error)
{
	const value_t *extra = &values->v[EXT_BODY_EXTRA];
	guint64 cut = values->v[EXT_BODY_CUT].number;

	if (extra->bytes)
		g_byte_array_append(extension, g_bytes_get_data(extra->bytes, NULL),
				    (guint)g_bytes_get_size(extra->bytes));
	if (cut > extension->len - block_specs[values->id].header) {
		values_fail(values, EXT_BODY_CUT, "cuts more than the extension has", error);
		return false;
	}
	g_byte_array_set_size(extension, extension->len - (guint)cut);
	return true;
}

gsize mip_bad_byte(const values_t *extension, gsize length)
{
	return value_is_set(extension, AUTH_BAD_BYTE) ? (gsize)extension->v[AUTH_BAD_BYTE].number : length - 1;
}

static bool check_bad_byte(const values_t *values, GError **error)
{
	if (!value_is_set(values, AUTH_BAD_BYTE))
		return true;
	if (values->v[AUTH_AUTHENTICATOR].state != VALUE_BAD) {
		values_fail(values, AUTH_BAD_BYTE, "is for a bad authenticator only; expected authenticator: bad",
			    error);
		return false;
	}
	if (values->v[AUTH_BAD_BYTE].number < authenticator_length(values))
		return true;
	values_fail(values, AUTH_BAD_BYTE, "is beyond the authenticator; expected 0 for its first byte, up to its last",
		    error);
	return false;
}

// Replaces the authenticator at the end of the message, which covers all that is before it.
static void sign(GByteArray *message, gsize covered, const values_t *values)
{
	const value_t *authenticator = &values->v[AUTH_AUTHENTICATOR];
	guint8 digest[AUTH_MAX_LENGTH];

	if (authenticator->state != VALUE_AUTO && authenticator->state != VALUE_BAD)
		return;
	gsize length = auth_compute((algorithm_t)values->v[AUTH_ALGORITHM].number, values->v[AUTH_KEY].bytes,
				    message->data, covered, digest);
	if (authenticator->state == VALUE_BAD)
		digest[mip_bad_byte(values, length)] ^= 0xff;
	memcpy(message->data + covered, digest, MIN(length, message->len - covered));
}

static bool append_extension(GByteArray *message, values_t *values, GError **error)
{
	const block_spec_t *spec = &block_specs[values->id];
	GByteArray *extension = encode_block(values, NULL);
	gsize start = message->len;

	if (mip_is_authentication(values->id)) {
		const value_t *authenticator = &values->v[AUTH_AUTHENTICATOR];
		guint room = (guint)authenticator_length(values);

		if (!check_bad_byte(values, error)) {
			g_byte_array_unref(extension);
			return false;
		}
		g_byte_array_set_size(extension, spec->length + room);
		if (authenticator->state == VALUE_SET && room > 0)
			memcpy(extension->data + spec->length, g_bytes_get_data(authenticator->bytes, NULL), room);
	}
	if (spec->type != 0 && !value_is_set(values, KEY_raw_type))
		extension->data[0] = (guint8)spec->type;
	bool ok = adjust_body(extension, values, error) && put_length(extension, values, error) &&
		  encode_patch(extension->data, extension->len, values, EXT_PATCH, error);
	if (ok) {
		values->offset = start;
		values->length = extension->len;
		g_byte_array_append(message, extension->data, extension->len);
		if (mip_is_authentication(values->id) && start + spec->length < message->len)
			sign(message, start + spec->length, values);
	}
	g_byte_array_unref(extension);
	return ok;
}

bool mip_has_extensions(block_id_t id)
{
	return block_specs[id].is_message && id != BLOCK_tunnel_data;
}

bool mip_append_extensions(GByteArray *message, const GPtrArray *extensions, GError **error)
{
	for (guint i = 0; i < extensions->len; i++)
		if (!append_extension(message, extensions->pdata[i], error))
			return false;
	return true;
}
