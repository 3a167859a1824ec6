// SPDX-License-Identifier: GPL-2.0-or-later
// A packet cut into IPv4 fragments (RFC 791 3.2).
#include "packet/fragment.h"

#include "packet/checksum.h"
#include "packet/encode.h"
#include "packet/finish.h"

#include <string.h>

#define SHORTEST_HEADER 20

static const values_t *outermost_ipv4(const plan_t *plan, const values_t **inside)
{
	for (guint i = 0; i < plan->layers->len; i++) {
		const values_t *layer = plan->layers->pdata[i];

		*inside = i + 1 < plan->layers->len ? plan->layers->pdata[i + 1] : NULL;
		if (layer->id == BLOCK_ipv4)
			return layer;
	}
	return NULL;
}

static bool cut(const plan_t *plan, cutting_t *cutting, GError **error)
{
	const value_t *size = &plan->step->v[KEY_step_fragment];
	const values_t *inside = NULL;
	const values_t *ip = outermost_ipv4(plan, &inside);

	*cutting = (cutting_t){.count = 1};
	if (size->state != VALUE_SET)
		return true;
	if (!ip || !inside) {
		fail_at(error, &size->place, "there is no IPv4 payload to cut; expected an `ipv4` with a layer inside");
		return false;
	}
	if (size->number == 0 || size->number % FRAGMENT_UNIT != 0) {
		fail_at(error, &size->place, "%" G_GUINT64_FORMAT " bytes; expected a multiple of %d", size->number,
			FRAGMENT_UNIT);
		return false;
	}
	cutting->ip = ip->offset;
	cutting->header = inside->offset - ip->offset;
	cutting->payload = ip->length - cutting->header;
	cutting->size = size->number;
	cutting->checksum = ip->v[KEY_ipv4_checksum].state;
	cutting->count = (guint)((cutting->payload + cutting->size - 1) / cutting->size);
	return true;
}

static bool read_order(const plan_t *plan, cutting_t *cutting, GError **error)
{
	const value_t *order = &plan->step->v[KEY_step_order];
	gsize size = 0;

	cutting->sent = cutting->count;
	if (order->state == VALUE_NONE)
		cutting->sent = 0;
	if (order->state != VALUE_SET)
		return true;
	cutting->order = g_bytes_get_data(order->bytes, &size);
	cutting->sent = (guint)(size / sizeof(*cutting->order));
	for (guint i = 0; i < cutting->sent; i++) {
		if (cutting->order[i] <= cutting->count)
			continue;
		fail_at(error, &order->place, "there is no fragment %u; expected 1 to %u", cutting->order[i],
			cutting->count);
		return false;
	}
	return true;
}

bool fragment_plan(const plan_t *plan, cutting_t *cutting, GError **error)
{
	return cut(plan, cutting, error) && read_order(plan, cutting, error);
}

bool fragment_fit(const guint8 *frame, gsize length, gsize ip, gsize mtu, cutting_t *cutting)
{
	gsize header = ip > 0 ? 4 * (gsize)(frame[ip] & 0xf) : 0;

	if (header < SHORTEST_HEADER || ip + header > length)
		return false;
	gsize total = (gsize)frame[ip + FRAGMENT_TOTAL_LENGTH_AT] << 8 | frame[ip + FRAGMENT_TOTAL_LENGTH_AT + 1];
	if (total <= mtu || total < header || ip + total > length || frame[ip + FRAGMENT_FLAGS_AT] << 8 & FRAGMENT_DONT)
		return false;
	*cutting = (cutting_t){
		.ip = ip,
		.header = header,
		.payload = total - header,
		.size = (mtu - header) / FRAGMENT_UNIT * FRAGMENT_UNIT,
		.checksum = VALUE_AUTO,
	};
	cutting->count = (guint)((cutting->payload + cutting->size - 1) / cutting->size);
	cutting->sent = cutting->count;
	return true;
}

guint fragment_at(const cutting_t *cutting, guint place)
{
	return cutting->order ? cutting->order[place] - 1U : place;
}

// How many different fragments are sent before a place.
static guint count_before(const cutting_t *cutting, guint place)
{
	guint count = 0;

	for (guint i = 0; i < place; i++) {
		bool is_new = true;

		for (guint j = 0; j < i && is_new; j++)
			is_new = fragment_at(cutting, j) != fragment_at(cutting, i);
		count += is_new ? 1 : 0;
	}
	return count;
}

bool fragment_completes(const cutting_t *cutting, guint place)
{
	if (cutting->count == 1) // each copy is whole
		return true;
	if (!cutting->order)
		return place + 1 == cutting->count;
	return count_before(cutting, place + 1) == cutting->count && count_before(cutting, place) < cutting->count;
}

// The header of a fragment: its length, its offset, and whether more follow.
static void adapt_header(const cutting_t *cutting, guint index, gsize payload, guint8 *header)
{
	const cover_t cover = {.is_bad = cutting->checksum == VALUE_BAD};
	guint offset = (guint)(header[FRAGMENT_FLAGS_AT] & 0x1f) << 8 | header[FRAGMENT_FLAGS_AT + 1];

	offset += (guint)(index * cutting->size / FRAGMENT_UNIT);
	encode_number(header, 8 * FRAGMENT_TOTAL_LENGTH_AT, 16, cutting->header + payload);
	encode_number(header, 8 * FRAGMENT_FLAGS_AT + 3, 13, offset);
	if (index + 1 < cutting->count)
		header[FRAGMENT_FLAGS_AT] |= FRAGMENT_MORE >> 8;
	if (cutting->checksum != VALUE_AUTO && cutting->checksum != VALUE_BAD)
		return; // chosen
	encode_number(header, 8 * FRAGMENT_CHECKSUM_AT, 16, 0);
	encode_number(header, 8 * FRAGMENT_CHECKSUM_AT, 16,
		      finish_checksum(&cover, checksum_fold(checksum_add(0, header, cutting->header))));
}

void fragment_make(const cutting_t *cutting, const GByteArray *packet, guint index, GByteArray *fragment)
{
	gsize start = cutting->ip + cutting->header + index * cutting->size;
	bool is_last = index + 1 == cutting->count;
	gsize payload = is_last ? cutting->payload - index * cutting->size : cutting->size;
	gsize bytes = is_last ? packet->len - start : payload;

	g_byte_array_set_size(fragment, 0);
	g_byte_array_append(fragment, packet->data, (guint)(cutting->ip + cutting->header));
	g_byte_array_append(fragment, packet->data + start, (guint)bytes);
	adapt_header(cutting, index, payload, fragment->data + cutting->ip);
}
