// SPDX-License-Identifier: GPL-2.0-or-later
// The last step on a built packet: the values that libnet does not take, then checksums.
#ifndef DSMIPGEN_FINISH_H
#define DSMIPGEN_FINISH_H

#include "language/value.h"

typedef struct {
	const GPtrArray *layers; // of values_t, outermost first, with their places in the packet
	guint8 *bytes;
	gsize length;
} built_packet_t;

// What a checksum is made of.
typedef struct {
	gsize field; // offset of the checksum in the packet
	struct {
		gsize offset;
		gsize length;
	} parts[3];
	unsigned part_count;
	guint32 constant; // of a pseudo-header: protocol and length
	bool is_udp;      // 0 is sent as 0xffff (RFC 768)
	bool is_bad;      // one more than right
} cover_t;

// Describes the checksum of a layer, unless it has none or one that does not follow from the bytes.
bool finish_cover(const built_packet_t *built, guint index, cover_t *cover);

// The checksum for the one's complement sum of the parts and the constant.
guint16 finish_checksum(const cover_t *cover, guint16 sum);

// Computes the checksums that follow from the bytes again, after a change.
void finish_checksums(const built_packet_t *built);

// Writes the deviations of the scenario over what libnet built, and then computes the checksums that are not right yet,
// innermost layer first, unless the scenario gives them, too. Fails where a patch reaches out of its layer.
bool finish_packet(const built_packet_t *built, GError **error);

#endif
