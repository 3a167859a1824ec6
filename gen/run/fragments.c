// SPDX-License-Identifier: GPL-2.0-or-later
// IPv4 packets put together from the fragments that were heard (RFC 791 3.2).
#include "run/fragments.h"

#include "packet/checksum.h"
#include "packet/encode.h"
#include "packet/fragment.h"
#include "util/bytes.h"

#include <net/ethernet.h>
#include <string.h>

enum {
	UNITS = 8192,
	LONGEST_PACKET = 65535,
	MOST_PACKETS = 64,
	NO_END = -1,
};

#define LONGEST_WAIT (30 * DSMIPV4_SECOND)

// What the fragments of a packet have in common (RFC 791), and the station that sent them.
typedef struct {
	guint8 mac[ETH_ALEN];
	guint32 src, dst;
	guint16 identification;
	guint8 protocol;
} packet_key_t;

typedef struct {
	packet_key_t key;
	gint64 since;        // time of the first fragment that was heard
	bool is_broken;      // its fragments contradict each other: it is never whole
	bool is_unsummed;    // see frame_t
	GByteArray *headers; // up to the payload, of the first fragment; empty: not heard yet
	gsize network;       // offset of the IP header in them
	GByteArray *payload;
	gint32 end; // of the payload; NO_END: not heard yet
	gsize units;
	bool has_unit[UNITS];
} packet_t;

typedef struct {
	gsize at, length; // in the payload of the packet
	const guint8 *bytes;
	bool is_last;
} piece_t;

struct fragments {
	GQueue packets; // of packet_t, in the order of `since`
	GByteArray *whole;
};

static void packet_free(gpointer data)
{
	packet_t *packet = data;

	g_byte_array_unref(packet->headers);
	g_byte_array_unref(packet->payload);
	g_free(packet);
}

fragments_t *fragments_new(void)
{
	fragments_t *fragments = g_new0(fragments_t, 1);

	fragments->whole = g_byte_array_new();
	return fragments;
}

void fragments_free(fragments_t *fragments)
{
	g_queue_clear_full(&fragments->packets, packet_free);
	g_byte_array_unref(fragments->whole);
	g_free(fragments);
}

static packet_key_t key_of(const heard_t *heard)
{
	packet_key_t key;

	memset(&key, 0, sizeof(key)); // keys are compared with their padding
	memcpy(key.mac, heard->frame.bytes + ETH_ALEN, ETH_ALEN);
	key.src = heard->src;
	key.dst = heard->dst;
	key.identification = get16(heard->frame.bytes + heard->network + FRAGMENT_IDENTIFICATION_AT);
	key.protocol = heard->protocol;
	return key;
}

static void forget_oldest(fragments_t *fragments)
{
	packet_free(g_queue_pop_head(&fragments->packets));
}

static void forget_late(fragments_t *fragments, gint64 now)
{
	for (const packet_t *first;
	     (first = g_queue_peek_head(&fragments->packets)) && now - first->since > LONGEST_WAIT;)
		forget_oldest(fragments);
}

static packet_t *add_packet(fragments_t *fragments, const packet_key_t *key, gint64 now)
{
	packet_t *packet = g_new0(packet_t, 1);

	packet->key = *key;
	packet->since = now;
	packet->headers = g_byte_array_new();
	packet->payload = g_byte_array_new();
	packet->end = NO_END;
	if (fragments->packets.length == MOST_PACKETS)
		forget_oldest(fragments);
	g_queue_push_tail(&fragments->packets, packet);
	return packet;
}

static packet_t *packet_of(fragments_t *fragments, const heard_t *heard)
{
	packet_key_t key = key_of(heard);

	forget_late(fragments, heard->frame.time);
	for (const GList *link = fragments->packets.head; link; link = link->next) {
		packet_t *packet = link->data;

		if (memcmp(&packet->key, &key, sizeof(key)) == 0)
			return packet;
	}
	return add_packet(fragments, &key, heard->frame.time);
}

static gsize header_length(const heard_t *heard)
{
	return 4 * (gsize)(heard->frame.bytes[heard->network] & 0xf);
}

static piece_t piece_of(const heard_t *heard)
{
	const guint8 *ip = heard->frame.bytes + heard->network;
	gsize header = header_length(heard);

	return (piece_t){
		.at = (gsize)FRAGMENT_UNIT * (get16(ip + FRAGMENT_FLAGS_AT) & FRAGMENT_OFFSET),
		.length = heard->length - header,
		.bytes = ip + header,
		.is_last = !(get16(ip + FRAGMENT_FLAGS_AT) & FRAGMENT_MORE),
	};
}

// Whether a piece agrees with its packet about where that ends, and can be a piece of one at all.
static bool fits(const packet_t *packet, const piece_t *piece)
{
	gsize end = piece->at + piece->length;

	if (end > LONGEST_PACKET || (!piece->is_last && (piece->length == 0 || piece->length % FRAGMENT_UNIT != 0)))
		return false;
	if (packet->end != NO_END)
		return piece->is_last ? end == (gsize)packet->end : end <= (gsize)packet->end;
	return !piece->is_last || end >= packet->payload->len;
}

// Puts a piece where it belongs. What was there already has to be the same.
static bool put(packet_t *packet, const piece_t *piece)
{
	gsize before = packet->payload->len;

	if (piece->at + piece->length > before)
		g_byte_array_set_size(packet->payload, (guint)(piece->at + piece->length));
	for (gsize at = piece->at; at < piece->at + piece->length; at += FRAGMENT_UNIT) {
		gsize length = MIN(FRAGMENT_UNIT, piece->at + piece->length - at);
		guint8 *there = packet->payload->data + at;
		const guint8 *here = piece->bytes + (at - piece->at);
		bool *has_unit = &packet->has_unit[at / FRAGMENT_UNIT];

		if (*has_unit && memcmp(there, here, MIN(length, before - at)) != 0)
			return false;
		memcpy(there, here, length);
		packet->units += *has_unit ? 0 : 1;
		*has_unit = true;
	}
	return true;
}

static void add(packet_t *packet, const heard_t *heard)
{
	piece_t piece = piece_of(heard);

	packet->is_broken |= !fits(packet, &piece) || !put(packet, &piece);
	packet->is_unsummed |= heard->frame.is_unsummed;
	if (piece.is_last)
		packet->end = (gint32)(piece.at + piece.length);
	if (piece.at > 0 || packet->headers->len > 0)
		return;
	packet->network = heard->network;
	g_byte_array_append(packet->headers, heard->frame.bytes, (guint)(heard->network + header_length(heard)));
}

static bool is_whole(const packet_t *packet)
{
	return !packet->is_broken && packet->end != NO_END && packet->headers->len > 0 &&
	       packet->units == ((gsize)packet->end + FRAGMENT_UNIT - 1) / FRAGMENT_UNIT &&
	       packet->headers->len - packet->network + (gsize)packet->end <= LONGEST_PACKET;
}

// The frame of a whole packet: its header says that there are no fragments.
static void join(fragments_t *fragments, const packet_t *packet)
{
	GByteArray *whole = fragments->whole;
	gsize header = packet->headers->len - packet->network;

	g_byte_array_set_size(whole, 0);
	g_byte_array_append(whole, packet->headers->data, packet->headers->len);
	g_byte_array_append(whole, packet->payload->data, (guint)packet->end);
	guint8 *ip = whole->data + packet->network;
	encode_number(ip, 8 * FRAGMENT_TOTAL_LENGTH_AT, 16, header + (gsize)packet->end);
	encode_number(ip, 8 * FRAGMENT_FLAGS_AT, 16,
		      get16(ip + FRAGMENT_FLAGS_AT) & ~(guint)(FRAGMENT_MORE | FRAGMENT_OFFSET));
	encode_number(ip, 8 * FRAGMENT_CHECKSUM_AT, 16, 0);
	encode_number(ip, 8 * FRAGMENT_CHECKSUM_AT, 16, (guint16)~checksum_fold(checksum_add(0, ip, header)));
}

bool fragments_take(fragments_t *fragments, const heard_t *heard, frame_t *whole)
{
	packet_t *packet = packet_of(fragments, heard);

	add(packet, heard);
	if (!is_whole(packet))
		return false;
	join(fragments, packet);
	*whole = heard->frame;
	whole->bytes = fragments->whole->data;
	whole->length = fragments->whole->len;
	whole->is_unsummed = packet->is_unsummed;
	g_queue_remove(&fragments->packets, packet);
	packet_free(packet);
	return true;
}

bool fragments_join(fragments_t *fragments, wmem_allocator_t *alloc, heard_t *heard)
{
	frame_t whole;

	if (heard->kind != HEARD_FRAGMENT)
		return true;
	if (!fragments_take(fragments, heard, &whole))
		return false;
	heard_read(alloc, &whole, heard->packet.frame, heard);
	return true;
}
