// SPDX-License-Identifier: GPL-2.0-or-later
// The Internet checksum (RFC 1071).
#ifndef DSMIPGEN_CHECKSUM_H
#define DSMIPGEN_CHECKSUM_H

#include <glib.h>

// Adds bytes, big-endian, to a sum that is folded later; an odd last byte is padded with a zero. The sum of
// 2^32 such calls over a packet each does not overflow.
guint64 checksum_add(guint64 sum, const guint8 *bytes, gsize length);

// One's complement sum of 16 bits; the checksum is its complement.
static inline guint16 checksum_fold(guint64 sum)
{
	sum = (sum & G_MAXUINT32) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (guint16)((sum & 0xffff) + (sum >> 16));
}

#endif
