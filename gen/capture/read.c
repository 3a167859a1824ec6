// SPDX-License-Identifier: GPL-2.0-or-later
// Capture files -> frames, by libpcap.
#include "capture/read.h"

#include <errno.h>
#include <net/ethernet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#define FRAME_MAX 65549 // an IP packet cannot be longer

// Where the links that captures are made on have their protocol; an IP packet follows.
static const struct {
	int type;
	int protocol; // offset of the EtherType, or -1: the IP version tells
	guint length;
} links[] = {
	{DLT_EN10MB, 12, 14},    {DLT_LINUX_SLL, 14, 16},
#ifdef DLT_LINUX_SLL2
	{DLT_LINUX_SLL2, 0, 20},
#endif
	{DLT_RAW, -1, 0},        {DLT_IPV4, -1, 0},       {DLT_NULL, -1, 4}, {DLT_LOOP, -1, 4},
};

static void free_frame(gpointer item)
{
	frame_t *frame = item;

	g_byte_array_unref(frame->bytes);
	g_array_unref(frame->layers);
	g_array_unref(frame->extensions);
	g_free(frame);
}

static guint16 read16(const guint8 *bytes)
{
	return (guint16)(bytes[0] << 8 | bytes[1]);
}

static bool is_ip(guint16 type)
{
	return type == ETHERTYPE_IP || type == ETHERTYPE_IPV6 || type == ETHERTYPE_VLAN;
}

// The bytes from the link header's end on, behind an Ethernet header; false if they are no IP packet.
static bool put_bytes(frame_t *frame, gsize row, const struct pcap_pkthdr *header, const guint8 *bytes)
{
	guint link = links[row].length;
	guint8 ethernet[FRAME_LINK_LENGTH] = {0};

	if (header->caplen < link + 1 || header->len < header->caplen || header->len > FRAME_MAX)
		return false;
	guint16 type = links[row].protocol >= 0 ? read16(bytes + links[row].protocol)
		       : bytes[link] >> 4 == 4  ? ETHERTYPE_IP
						: ETHERTYPE_IPV6;
	if (!is_ip(type))
		return false;
	if (links[row].type == DLT_EN10MB)
		memcpy(ethernet, bytes, sizeof(ethernet));
	ethernet[12] = (guint8)(type >> 8);
	ethernet[13] = (guint8)type;
	g_byte_array_append(frame->bytes, ethernet, sizeof(ethernet));
	g_byte_array_append(frame->bytes, bytes + link, header->caplen - link);
	frame->captured = frame->bytes->len;
	g_byte_array_set_size(frame->bytes, frame->bytes->len + header->len - header->caplen);
	memset(frame->bytes->data + frame->captured, 0, frame->bytes->len - frame->captured);
	return true;
}

static void add_frame(GPtrArray *frames, guint number, gsize row, const struct pcap_pkthdr *header, const guint8 *bytes)
{
	frame_t *frame = g_new0(frame_t, 1);

	frame->number = number;
	frame->time = (gint64)header->ts.tv_sec * G_USEC_PER_SEC + header->ts.tv_usec;
	frame->bytes = g_byte_array_new();
	frame->layers = g_array_new(FALSE, FALSE, sizeof(piece_t));
	frame->extensions = g_array_new(FALSE, FALSE, sizeof(piece_t));
	if (put_bytes(frame, row, header, bytes))
		g_ptr_array_add(frames, frame);
	else
		free_frame(frame);
}

static bool read_all(pcap_t *pcap, gsize row, GPtrArray *frames)
{
	struct pcap_pkthdr *header;
	const guint8 *bytes;
	int status;

	for (guint number = 1; (status = pcap_next_ex(pcap, &header, &bytes)) == 1; number++)
		add_frame(frames, number, row, header, bytes);
	return status == PCAP_ERROR_BREAK; // the end of the file
}

static bool find_link(pcap_t *pcap, const char *path, gsize *row, GError **error)
{
	int type = pcap_datalink(pcap);

	for (*row = 0; *row < G_N_ELEMENTS(links); (*row)++)
		if (links[*row].type == type)
			return true;
	const char *name = pcap_datalink_val_to_name(type);
	fail(error, GEN_ERROR_ENVIRONMENT, "'%s' has frames of link type %s; expected Ethernet, Linux cooked or raw IP",
	     path, name ? name : "unknown");
	return false;
}

GPtrArray *capture_read(const char *path, GError **error)
{
	char reason[PCAP_ERRBUF_SIZE];
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	pcap_t *pcap = file ? pcap_fopen_offline(file, reason) : NULL;
	gsize row;

	if (!pcap) {
		fail(error, GEN_ERROR_ENVIRONMENT, "cannot read '%s': %s", path, file ? reason : g_strerror(errno));
		if (file && file != stdin)
			fclose(file);
		return NULL;
	}
	GPtrArray *frames = g_ptr_array_new_with_free_func(free_frame);
	bool ok = find_link(pcap, path, &row, error);
	if (ok && !read_all(pcap, row, frames)) {
		fail(error, GEN_ERROR_ENVIRONMENT, "cannot read '%s': %s", path, pcap_geterr(pcap));
		ok = false;
	}
	pcap_close(pcap);
	if (ok)
		return frames;
	g_ptr_array_unref(frames);
	return NULL;
}
