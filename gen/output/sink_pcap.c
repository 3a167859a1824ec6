// SPDX-License-Identifier: GPL-2.0-or-later
// Classic pcap files (draft-ietf-opsawg-pcap), in the byte order of this machine, times in microseconds.
#include "output/sink_pcap.h"

#include "output/buffer.h"

#include <pcap/dlt.h>
#include <string.h>

#define SNAPLEN 262144
#define MAGIC 0xa1b2c3d4
#define VERSION_MAJOR 2
#define VERSION_MINOR 4

typedef struct {
	guint32 magic;
	guint16 version_major;
	guint16 version_minor;
	guint32 reserved[2];
	guint32 snaplen;
	guint32 link;
} file_header_t;

typedef struct {
	guint32 seconds;
	guint32 microseconds;
	guint32 captured;
	guint32 length;
} record_header_t;

static void *open_pcap(int descriptor, GError **error)
{
	static const file_header_t header = {MAGIC, VERSION_MAJOR, VERSION_MINOR, {0, 0}, SNAPLEN, DLT_EN10MB};
	buffer_t *buffer = g_new(buffer_t, 1);

	buffer_open(buffer, descriptor);
	memcpy(buffer_room(buffer, sizeof(header), error), &header, sizeof(header)); // there is room: it is empty
	return buffer;
}

static bool put_pcap(void *state, const packet_t *packet, GError **error)
{
	const record_header_t header = {
		.seconds = (guint32)(packet->time / G_USEC_PER_SEC),
		.microseconds = (guint32)(packet->time % G_USEC_PER_SEC),
		.captured = (guint32)packet->captured,
		.length = (guint32)packet->length,
	};
	guint8 *room = buffer_room(state, sizeof(header) + packet->captured, error);

	if (!room)
		return false;
	memcpy(room, &header, sizeof(header));
	memcpy(room + sizeof(header), packet->bytes, packet->captured);
	return true;
}

static bool flush_pcap(void *state, GError **error)
{
	return buffer_flush(state, error);
}

static bool close_pcap(void *state, GError **error)
{
	bool ok = buffer_close(state, error);

	g_free(state);
	return ok;
}

const sink_t sink_pcap = {
	.name = "pcap",
	.suffix = ".pcap",
	.open = open_pcap,
	.put = put_pcap,
	.flush = flush_pcap,
	.close = close_pcap,
};
