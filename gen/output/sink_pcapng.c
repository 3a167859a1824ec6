// SPDX-License-Identifier: GPL-2.0-or-later
// pcapng files with a comment on each packet (draft-ietf-opsawg-pcapng): one section with one Ethernet interface, in
// the byte order of this machine, times in microseconds.
#include "output/sink_pcapng.h"

#include "output/buffer.h"
#include "output/pcapng.h"

#include <pcap/dlt.h>
#include <string.h>

typedef struct {
	block_header_t header;
	section_body_t body;
	guint32 trailing_length;
} section_t;

typedef struct {
	block_header_t header;
	interface_body_t body;
	guint32 trailing_length;
} interface_t;

typedef struct {
	block_header_t header;
	packet_body_t body;
} packet_header_t;

static const struct {
	section_t section;
	interface_t interface;
} file_header = {
	.section = {{SECTION_HEADER_BLOCK, sizeof(section_t)},
		    {BYTE_ORDER_MAGIC, 1, 0, {G_MAXUINT32, G_MAXUINT32}}, // the section's length is not given
		    sizeof(section_t)},
	.interface = {{INTERFACE_DESCRIPTION_BLOCK, sizeof(interface_t)},
		      {DLT_EN10MB, 0, SNAPLEN},
		      sizeof(interface_t)},
};

static void *open_pcapng(int descriptor, GError **error)
{
	buffer_t *buffer = g_new(buffer_t, 1);

	buffer_open(buffer, descriptor);
	memcpy(buffer_room(buffer, sizeof(file_header), error), &file_header, sizeof(file_header)); // it is empty
	return buffer;
}

// Puts bytes, and zeros up to a multiple of four; where they end.
static guint8 *put_padded(guint8 *at, const void *bytes, gsize length)
{
	static const guint8 zeros[4];
	guint8 *end = at + pcapng_padded(length);

	if (length > 0)
		memcpy(end - sizeof(zeros), zeros, sizeof(zeros));
	memcpy(at, bytes, length);
	return end;
}

static guint8 *put_comment(guint8 *at, const char *comment, gsize length)
{
	const option_t option = {OPTION_COMMENT, (guint16)length};

	if (length == 0)
		return at;
	memcpy(at, &option, sizeof(option));
	at = put_padded(at + sizeof(option), comment, length);
	memset(at, 0, OPTION_END_LENGTH);
	return at + OPTION_END_LENGTH;
}

static bool put_pcapng(void *state, const packet_t *packet, GError **error)
{
	gsize comment = packet->comment ? MIN(packet->comment_length, G_MAXUINT16) : 0;
	gsize options = comment > 0 ? sizeof(option_t) + pcapng_padded(comment) + OPTION_END_LENGTH : 0;
	const guint32 length =
		(guint32)(sizeof(packet_header_t) + pcapng_padded(packet->captured) + options + sizeof(length));
	const packet_header_t header = {
		.header = {ENHANCED_PACKET_BLOCK, length},
		.body.time_high = (guint32)((guint64)packet->time >> 32),
		.body.time_low = (guint32)packet->time,
		.body.captured = (guint32)packet->captured,
		.body.length = (guint32)packet->length,
	};
	guint8 *at = buffer_room(state, length, error);

	if (!at)
		return false;
	memcpy(at, &header, sizeof(header));
	at = put_padded(at + sizeof(header), packet->bytes, packet->captured);
	at = put_comment(at, packet->comment, comment);
	memcpy(at, &length, sizeof(length));
	return true;
}

static bool flush_pcapng(void *state, GError **error)
{
	return buffer_flush(state, error);
}

static bool close_pcapng(void *state, GError **error)
{
	bool ok = buffer_close(state, error);

	g_free(state);
	return ok;
}

const sink_t sink_pcapng = {
	.name = "pcapng",
	.suffix = ".pcapng",
	.has_comments = true,
	.open = open_pcapng,
	.put = put_pcapng,
	.flush = flush_pcapng,
	.close = close_pcapng,
};
