// SPDX-License-Identifier: GPL-2.0-or-later
// pcapng files with a comment on each packet (draft-ietf-opsawg-pcapng): one section with one Ethernet interface, in
// the byte order of this machine, times in microseconds.
#include "output/sink_pcapng.h"

#include "output/buffer.h"

#include <pcap/dlt.h>
#include <string.h>

#define SNAPLEN 262144

#define SECTION_HEADER_BLOCK 0x0a0d0d0a
#define INTERFACE_DESCRIPTION_BLOCK 1
#define ENHANCED_PACKET_BLOCK 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define OPTION_COMMENT 1
#define OPTION_END_LENGTH 4 // the end of options is four zeros

typedef struct {
	guint32 type;
	guint32 block_length;
	guint32 magic;
	guint16 version_major;
	guint16 version_minor;
	guint32 section_length[2];
	guint32 trailing_length;
} section_t;

typedef struct {
	guint32 type;
	guint32 block_length;
	guint16 link;
	guint16 reserved;
	guint32 snaplen;
	guint32 trailing_length;
} interface_t;

typedef struct {
	guint32 type;
	guint32 block_length;
	guint32 interface;
	guint32 time_high;
	guint32 time_low;
	guint32 captured;
	guint32 length;
} packet_header_t;

typedef struct {
	guint16 code;
	guint16 length;
} option_t;

static const struct {
	section_t section;
	interface_t interface;
} file_header = {
	.section = {SECTION_HEADER_BLOCK,
		    sizeof(section_t),
		    BYTE_ORDER_MAGIC,
		    1,
		    0,
		    {G_MAXUINT32, G_MAXUINT32},
		    sizeof(section_t)}, // the section's length is not given
	.interface = {INTERFACE_DESCRIPTION_BLOCK, sizeof(interface_t), DLT_EN10MB, 0, SNAPLEN, sizeof(interface_t)},
};

static void *open_pcapng(int descriptor, GError **error)
{
	buffer_t *buffer = g_new(buffer_t, 1);

	buffer_open(buffer, descriptor);
	memcpy(buffer_room(buffer, sizeof(file_header), error), &file_header, sizeof(file_header)); // it is empty
	return buffer;
}

static gsize padded(gsize length)
{
	return (length + 3) / 4 * 4;
}

// Puts bytes, and zeros up to a multiple of four; where they end.
static guint8 *put_padded(guint8 *at, const void *bytes, gsize length)
{
	memset(at + length, 0, padded(length) - length);
	memcpy(at, bytes, length);
	return at + padded(length);
}

static guint8 *put_comment(guint8 *at, const char *comment, gsize length)
{
	const option_t option = {OPTION_COMMENT, (guint16)length};

	if (length == 0)
		return at;
	at = put_padded(at, &option, sizeof(option));
	at = put_padded(at, comment, length);
	memset(at, 0, OPTION_END_LENGTH);
	return at + OPTION_END_LENGTH;
}

static bool put_pcapng(void *state, const packet_t *packet, GError **error)
{
	gsize comment = packet->comment ? MIN(strlen(packet->comment), G_MAXUINT16) : 0;
	gsize options = comment > 0 ? sizeof(option_t) + padded(comment) + OPTION_END_LENGTH : 0;
	const guint32 length = (guint32)(sizeof(packet_header_t) + padded(packet->captured) + options + sizeof(length));
	const packet_header_t header = {
		.type = ENHANCED_PACKET_BLOCK,
		.block_length = length,
		.time_high = (guint32)((guint64)packet->time >> 32),
		.time_low = (guint32)packet->time,
		.captured = (guint32)packet->captured,
		.length = (guint32)packet->length,
	};
	guint8 *at = buffer_room(state, length, error);

	if (!at)
		return false;
	at = put_padded(at, &header, sizeof(header));
	at = put_padded(at, packet->bytes, packet->captured);
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
