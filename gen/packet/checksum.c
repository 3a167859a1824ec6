// SPDX-License-Identifier: GPL-2.0-or-later
// The Internet checksum (RFC 1071).
#include "packet/checksum.h"

#include <string.h>

// Words of 32 bits give the same sum as those of 16: 2^16 is 1 in one's complement arithmetic.
guint64 checksum_add(guint64 sum, const guint8 *bytes, gsize length)
{
	guint8 rest[4] = {0};
	guint32 word;

	for (; length >= sizeof(word); bytes += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum += GUINT32_FROM_BE(word);
	}
	if (length > 0) {
		memcpy(rest, bytes, length);
		memcpy(&word, rest, sizeof(word));
		sum += GUINT32_FROM_BE(word);
	}
	return sum;
}
