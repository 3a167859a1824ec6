// SPDX-License-Identifier: GPL-2.0-or-later
// Blocks of pcapng files (draft-ietf-opsawg-pcapng), in the byte order of this machine.
#ifndef DSMIPGEN_PCAPNG_H
#define DSMIPGEN_PCAPNG_H

#include <glib.h>

#define SNAPLEN 262144

#define SECTION_HEADER_BLOCK 0x0a0d0d0a
#define INTERFACE_DESCRIPTION_BLOCK 1
#define ENHANCED_PACKET_BLOCK 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d

#define OPTION_END 0
#define OPTION_COMMENT 1
#define OPTION_PACKET_FLAGS 2
#define OPTION_RESOLUTION 9
#define OPTION_END_LENGTH 4 // the end of options is four zeros

// Each block ends with its length once more.
typedef struct {
	guint32 type;
	guint32 block_length;
} block_header_t;

typedef struct {
	guint32 magic;
	guint16 version_major;
	guint16 version_minor;
	guint32 section_length[2];
} section_body_t;

typedef struct {
	guint16 link;
	guint16 reserved;
	guint32 snaplen;
} interface_body_t;

typedef struct {
	guint32 interface;
	guint32 time_high;
	guint32 time_low;
	guint32 captured;
	guint32 length;
} packet_body_t;

typedef struct {
	guint16 code;
	guint16 length;
} option_t;

static inline gsize pcapng_padded(gsize length)
{
	return (length + 3) / 4 * 4;
}

#endif
