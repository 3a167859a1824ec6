// SPDX-License-Identifier: GPL-2.0-or-later
// The headers of a frame that was heard, by the names of the scenario language.
#ifndef DSMIPGEN_LAYERS_H
#define DSMIPGEN_LAYERS_H

#include "language/value.h"
#include "run/heard.h"

enum { LAYERS_MOST = 20 };

// One header. Fields that it does not have are zero.
typedef struct {
	block_id_t block;
	guint32 src, dst;          // ipv4, minimal; host byte order
	guint8 src6[16], dst6[16]; // ipv6
	guint8 ttl, tos;           // ipv4; of ipv6 hop limit and traffic class
	guint8 protocol;           // minimal, tunnel_data: what is inside
	guint16 sport, dport;      // udp
	guint16 ethertype;         // gre: what is inside
	guint32 key;               // gre, 0: none
	guint8 group[16];          // of multicast listener discovery
	guint16 lifetime;          // agent_advertisement: of registrations
	guint16 flags;             // agent_advertisement
	guint32 coa;               // agent_advertisement
	guint16 sequence;          // agent_advertisement
} layer_t;

// From the outermost IP header in. What the language has no block for, and what is behind it, is left out.
typedef struct {
	layer_t layer[LAYERS_MOST];
	unsigned count;
} layers_t;

void layers_read(const heard_t *heard, layers_t *layers);

// "ipv4, ipv6, icmpv6_echo_request"; free with g_free().
char *layers_text(const layers_t *layers);

// What the innermost IP packet of a frame is, apart from what changes when it is forwarded (hop limit, traffic class,
// checksum of the header): its protocol, addresses and payload, as bytes that equal those of the same packet elsewhere.
// NULL: it has none. Unref with g_bytes_unref().
GBytes *layers_packet(const heard_t *heard);

#endif
