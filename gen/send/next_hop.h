// SPDX-License-Identifier: GPL-2.0-or-later
// The MAC addresses of the frames of a run: given ones, those of the kernel's neighbors, or found by ARP.
#ifndef DSMIPGEN_NEXT_HOP_H
#define DSMIPGEN_NEXT_HOP_H

#include "send/interface.h"

// Bytes of the Ethernet header of a frame, VLAN tags (IEEE 802.1Q) included.
gsize frame_header_length(const guint8 *frame, gsize length);

// Where the IPv4 header of a frame is, behind tags too; 0: it has none.
gsize frame_ipv4_offset(const guint8 *frame, gsize length);

typedef struct next_hops next_hops_t;

// The values of --mac-source, --mac-destination and --next-hop, NULL where not given, and of --dry-run.
typedef struct {
	const char *mac_source;
	const char *mac_destination;
	const char *next_hop;
	bool is_dry;
} next_hop_options_t;

next_hops_t *next_hops_new(const interface_t *interface, const next_hop_options_t *options, GError **error);
void next_hops_free(next_hops_t *hops);

// The source MAC address of all frames: 6 bytes, which belong to the next hops.
const guint8 *next_hops_source(const next_hops_t *hops);

// Whether the destination of a frame does not matter.
bool next_hops_has_one_way(const next_hops_t *hops);

// The MAC address that a frame is to be sent to, found by its IPv4 destination: by the kernel's routes and neighbors,
// or by ARP. Each neighbor is asked once, and none in a dry run, where an unknown address is zero. step names the frame
// in an error.
bool next_hops_destination(next_hops_t *hops, const guint8 *frame, gsize length, const char *step,
			   guint8 mac[MAC_LENGTH], GError **error);

#endif
