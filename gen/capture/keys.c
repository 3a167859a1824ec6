// SPDX-License-Identifier: GPL-2.0-or-later
// Which keys and algorithms the authenticators of a capture were made with.
#include "capture/keys.h"

#include "packet/auth.h"
#include "packet/mip.h"

#include <string.h>

// An authenticator of the capture.
typedef struct {
	const trial_t *trial;
	guint extension;
	const char *algorithm; // by which it is right, or NULL
} signed_t;

static const piece_t *piece_of(const signed_t *item)
{
	return frame_extension(item->trial->description->frame, item->extension);
}

static const values_t *values_of(const signed_t *item)
{
	return item->trial->plan->extensions->pdata[item->extension];
}

static block_t *block_of(const signed_t *item)
{
	return item->trial->description->extensions->pdata[item->extension];
}

static gsize length_of(const signed_t *item)
{
	const piece_t *piece = piece_of(item);

	return piece->head - MIN(piece->head, block_specs[piece->id].length);
}

static const char *right_algorithm(const signed_t *item)
{
	static const struct {
		const char *name;
		algorithm_t algorithm;
	} algorithms[] = {
		{"hmac-md5", ALGORITHM_HMAC_MD5},
		{"keyed-md5", ALGORITHM_KEYED_MD5},
		{"hmac-sha1", ALGORITHM_HMAC_SHA1},
	};
	const frame_t *frame = item->trial->description->frame;
	const piece_t *message = frame_layer(frame, frame->layers->len - 1);
	gsize end = piece_of(item)->start + block_specs[piece_of(item)->id].length;

	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		guint8 digest[AUTH_MAX_LENGTH];
		gsize length = auth_compute(algorithms[i].algorithm, values_of(item)->v[AUTH_KEY].bytes,
					    frame->bytes->data + message->start, end - message->start, digest);

		if (length == length_of(item) && memcmp(digest, frame->bytes->data + end, length) == 0)
			return algorithms[i].name;
	}
	return NULL;
}

static bool can_be_tried(const signed_t *item)
{
	const frame_t *frame = item->trial->description->frame;

	return mip_is_authentication(piece_of(item)->id) && (length_of(item) == 16 || length_of(item) == 20) &&
	       frame->captured == frame->bytes->len;
}

static GArray *find_signed(const GArray *trials)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(signed_t));

	for (guint i = 0; i < trials->len; i++) {
		const trial_t *trial = &g_array_index(trials, trial_t, i);

		for (guint k = 0; k < trial->description->frame->extensions->len; k++) {
			signed_t item = {trial, k, NULL};

			if (!can_be_tried(&item))
				continue;
			item.algorithm = right_algorithm(&item);
			g_array_append_val(list, item);
		}
	}
	return list;
}

static bool is_same_association(const signed_t *one, const signed_t *other)
{
	unsigned spi = KEY_mn_ha_auth_spi;

	return piece_of(one)->id == piece_of(other)->id &&
	       (piece_of(one)->id == BLOCK_generalized_auth ||
		values_of(one)->v[spi].number == values_of(other)->v[spi].number);
}

static bool is_confirmed(const GArray *list, const signed_t *item)
{
	for (guint i = 0; i < list->len; i++) {
		const signed_t *other = &g_array_index(list, signed_t, i);

		if (other->algorithm && is_same_association(item, other))
			return true;
	}
	return false;
}

void keys_settle(const describer_t *describer, const GArray *trials, GPtrArray *unconfirmed)
{
	g_autoptr(GArray) list = find_signed(trials);

	for (guint i = 0; i < list->len; i++) {
		const signed_t *item = &g_array_index(list, signed_t, i);
		const char *fact = values_of(item)->v[AUTH_KEY].fact;

		if (item->algorithm && strcmp(item->algorithm, "hmac-md5") != 0) {
			describe_key(describer, block_of(item), AUTH_ALGORITHM, item->algorithm);
		} else if (!item->algorithm && is_confirmed(list, item)) {
			describe_key(describer, block_of(item), AUTH_AUTHENTICATOR, "bad");
			g_string_append_printf(item->trial->description->note,
					       "the authenticator of %s is wrong: written as a wrong one\n",
					       block_specs[piece_of(item)->id].name);
		} else if (!item->algorithm && fact &&
			   !g_ptr_array_find_with_equal_func(unconfirmed, fact, g_str_equal, NULL)) {
			g_ptr_array_add(unconfirmed, (gpointer)fact);
		}
	}
}
