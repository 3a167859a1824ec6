// SPDX-License-Identifier: GPL-2.0-or-later
// pcapng files with a comment on each packet (draft-ietf-opsawg-pcapng): one section with one Ethernet interface, in
// the byte order of this machine, times in microseconds.
#include "output/sink_pcapng.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SNAPLEN 262144
#define BUFFER_SIZE (1024 * 1024)

#define SECTION_HEADER_BLOCK 0x0a0d0d0a
#define INTERFACE_DESCRIPTION_BLOCK 1
#define ENHANCED_PACKET_BLOCK 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define OPTION_END 0
#define OPTION_COMMENT 1

typedef struct {
	FILE *file;
	GByteArray *block; // being built; its memory serves every block
} pcapng_output_t;

static void put16(GByteArray *block, guint16 number)
{
	g_byte_array_append(block, (const guint8 *)&number, sizeof(number));
}

static void put32(GByteArray *block, guint32 number)
{
	g_byte_array_append(block, (const guint8 *)&number, sizeof(number));
}

// Bytes, and zeros up to a multiple of four.
static void put_padded(GByteArray *block, const void *bytes, gsize length)
{
	static const guint8 zeros[3];

	g_byte_array_append(block, bytes, (guint)length);
	g_byte_array_append(block, zeros, (guint)(-length % 4));
}

static void start_block(GByteArray *block, guint32 type)
{
	g_byte_array_set_size(block, 0);
	put32(block, type);
	put32(block, 0); // its length, which finish_block() knows
}

static void finish_block(GByteArray *block)
{
	guint32 length = block->len + 4;

	memcpy(block->data + 4, &length, sizeof(length));
	put32(block, length);
}

static bool fail_errno(GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "%s", g_strerror(errno));
	return false;
}

static bool write_block(pcapng_output_t *output, GError **error)
{
	finish_block(output->block);
	return fwrite(output->block->data, output->block->len, 1, output->file) == 1 || fail_errno(error);
}

static bool write_section_header(pcapng_output_t *output, GError **error)
{
	start_block(output->block, SECTION_HEADER_BLOCK);
	put32(output->block, BYTE_ORDER_MAGIC);
	put16(output->block, 1); // version 1.0
	put16(output->block, 0);
	put32(output->block, G_MAXUINT32); // the section's length is not given
	put32(output->block, G_MAXUINT32);
	return write_block(output, error);
}

static bool write_interface(pcapng_output_t *output, GError **error)
{
	start_block(output->block, INTERFACE_DESCRIPTION_BLOCK);
	put16(output->block, DLT_EN10MB);
	put16(output->block, 0);
	put32(output->block, SNAPLEN);
	return write_block(output, error);
}

static void free_output(pcapng_output_t *output)
{
	g_byte_array_unref(output->block);
	g_free(output);
}

static void *open_pcapng(int descriptor, GError **error)
{
	FILE *file = fdopen(descriptor, "wb");

	if (!file) {
		fail_errno(error);
		close(descriptor);
		return NULL;
	}
	setvbuf(file, NULL, _IOFBF, BUFFER_SIZE); // if memory is short, the default buffer stays
	pcapng_output_t *output = g_new(pcapng_output_t, 1);
	*output = (pcapng_output_t){file, g_byte_array_new()};
	if (write_section_header(output, error) && write_interface(output, error))
		return output;
	fclose(file);
	free_output(output);
	return NULL;
}

static void put_comment(GByteArray *block, const char *comment)
{
	gsize length = comment ? MIN(strlen(comment), G_MAXUINT16) : 0;

	if (length == 0)
		return;
	put16(block, OPTION_COMMENT);
	put16(block, (guint16)length);
	put_padded(block, comment, length);
	put16(block, OPTION_END);
	put16(block, 0);
}

static bool put_pcapng(void *state, const packet_t *packet, GError **error)
{
	pcapng_output_t *output = state;
	GByteArray *block = output->block;

	start_block(block, ENHANCED_PACKET_BLOCK);
	put32(block, 0); // of the first interface
	put32(block, (guint32)((guint64)packet->time >> 32));
	put32(block, (guint32)packet->time);
	put32(block, (guint32)packet->captured);
	put32(block, (guint32)packet->length);
	put_padded(block, packet->bytes, packet->captured);
	put_comment(block, packet->comment);
	return write_block(output, error);
}

static bool flush_pcapng(void *state, GError **error)
{
	pcapng_output_t *output = state;

	return fflush(output->file) == 0 || fail_errno(error);
}

static bool close_pcapng(void *state, GError **error)
{
	pcapng_output_t *output = state;
	bool ok = fclose(output->file) == 0 || fail_errno(error);

	free_output(output);
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
