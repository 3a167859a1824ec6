// SPDX-License-Identifier: GPL-2.0-or-later
// A tunneled packet: its stack of outer headers, and the packet inside.
//
// RFC 5454 tunnels IPv6 by protocol 41 (RFC 4213), alone or inside protocol 4 (RFC 2003), GRE (RFC
// 2784, 2890), minimal encapsulation (RFC 2004) or the UDP tunnel data of RFC 3519.
#ifndef DSMIPV4_TUNNEL_H
#define DSMIPV4_TUNNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/dsmipv4.h"
#include "wire/inner_packet.h"
#include "wire/ipv4_header.h"

#define DSMIPV4_MOST_LAYERS 8 // deeper nesting is not followed

#define DSMIPV4_GRE_HAS_KEY 0x2000 // of the flags

// GRE header (RFC 2784 2, RFC 2890 2).
typedef struct {
	uint16_t flags;    // flags and version, as sent
	uint16_t protocol; // ethertype of the payload
	uint16_t reserved1;
	uint16_t unused;  // 0, as below: layers are compared byte by byte
	uint32_t key;     // 0: none is sent; see DSMIPV4_GRE_HAS_KEY
	uint32_t covered; // bytes that a checksum covers, 0: none is sent, or not all of them are there
} dsmipv4_gre_t;

// Minimal forwarding header (RFC 2004 3.1).
typedef struct {
	bool missing;     // something else is in its place: the checksum is wrong
	uint8_t len;      // of the forwarding header, where it is not missing
	uint8_t reserved; // the bits after the S bit
} dsmipv4_minimal_t;

// UDP and tunnel data headers (RFC 3519 3.3).
typedef struct {
	uint16_t sport, dport;
	uint8_t next_header;
	uint16_t reserved;
} dsmipv4_tunnel_data_t;

// One IPv4 header and how its payload is wrapped. Offsets, in bytes, count from what is passed to
// dsmipv4_tunnel_decode(); the outermost header lies before that, so its offset is negative.
typedef struct {
	uint32_t src, dst;   // host byte order
	uint8_t protocol;    // of the payload: 4, 41, 47, 55 or 17
	uint8_t ttl, tos;    // a compressed header's are those of the header before it
	uint8_t header_len;  // with options; 0: not known, or compressed
	bool df;             // Don't Fragment
	bool fragment;       // more fragments, or not the first one: perhaps reassembled
	bool partial;        // a fragment that was not reassembled
	bool compressed;     // no header of its own: what a minimal forwarding header says (RFC 2004), or
			     // GRE or minimal encapsulation inside tunnel data, with the addresses around it
	uint8_t inside;      // IP version nibble of the payload, 0: not known
	uint8_t unused[3];   // 0
	uint32_t total_len;  // Total Length field; 0: not known, or compressed
	int32_t offset;      // of the header, where header_len is known or it is compressed
	int32_t shim_offset; // of the GRE, minimal or tunnel data header between this and the payload
	union {
		dsmipv4_gre_t gre;         // protocol 47
		dsmipv4_minimal_t minimal; // protocol 55
		dsmipv4_tunnel_data_t udp; // protocol 17
	};
} dsmipv4_outer_t;

// What is inside the innermost outer header.
typedef enum {
	DSMIPV4_INNER_UNKNOWN, // not captured, a fragment, nested too deep, or no IP packet
	DSMIPV4_INNER_IPV6,
	DSMIPV4_INNER_IPV4, // the innermost packet
} dsmipv4_inner_kind_t;

typedef struct {
	dsmipv4_outer_t layers[DSMIPV4_MOST_LAYERS]; // from the outside in
	unsigned n_layers;                           // at least 1
	dsmipv4_inner_kind_t kind;
	uint32_t inner_offset; // of the inner packet; meaningless where UNKNOWN
	const uint8_t *bytes;  // as passed to dsmipv4_tunnel_decode(), `captured` of them
	uint32_t captured;
	union {
		dsmipv4_ipv6_t ipv6;
		dsmipv4_ipv4_t ipv4;
	};
} dsmipv4_tunnel_t;

// Read an IPv4 header of which `header_len` bytes are there, options included, at `offset`.
dsmipv4_outer_t dsmipv4_outer_read(const uint8_t *header, uint8_t header_len, int32_t offset);

// Describe a tunneled packet. `outer` is its outermost IPv4 header, filled in by the caller up to
// total_len and offset; `bytes` follow that header or, if outer->protocol is 17, the UDP header,
// whose ports the caller has filled in as well. `captured` bytes are readable, `reported` (at least as
// many) were on the wire. False: this is not a tunnel that the plugin knows, or too little was captured
// to tell.
bool dsmipv4_tunnel_decode(dsmipv4_tunnel_t *tunnel, const dsmipv4_outer_t *outer, const uint8_t *bytes,
			   uint32_t captured, uint32_t reported);

// Put the layers of another tunnel around this one, as far as there is room: the innermost packet of that tunnel was a
// fragment and is now complete. The places of its layers in the frame are no longer known.
void dsmipv4_tunnel_nest(dsmipv4_tunnel_t *tunnel, const dsmipv4_tunnel_t *around);

// The IPv4 header next to the inner packet.
const dsmipv4_outer_t *dsmipv4_tunnel_adjacent(const dsmipv4_tunnel_t *tunnel);

// State of the checksum of a GRE layer, over its header and payload (RFC 2784 2.5). It is computed only here, on
// demand, since most packets need no verdict.
dsmipv4_checksum_t dsmipv4_gre_checksum(const dsmipv4_tunnel_t *tunnel, const dsmipv4_outer_t *layer);

// The layer is UDP tunnel data.
bool dsmipv4_layer_is_udp(const dsmipv4_outer_t *layer);

// A digest that identifies the IPv6 packet inside, whatever is around it. 0: there is none.
uint64_t dsmipv4_inner_digest(const dsmipv4_tunnel_t *tunnel);

// The protocol number of a layer as a word, "udp" for tunnel data.
const char *dsmipv4_encap_word(const dsmipv4_outer_t *layer);

// Bytes of the outer headers, from the outermost IPv4 header to the inner packet; 0: not known.
uint32_t dsmipv4_tunnel_overhead(const dsmipv4_tunnel_t *tunnel);

#endif
