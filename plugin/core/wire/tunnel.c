// SPDX-License-Identifier: GPL-2.0-or-later
// The stack of outer headers of a tunneled packet: bytes -> struct. One function an encapsulation.
#include "wire/tunnel.h"

#include <string.h>

#include "util/bytes.h"

#define IPV4_SHORTEST 20
#define IPV4_MF 0x2000
#define IPV4_DF 0x4000
#define IPV4_OFFSET 0x1fff
#define UDP 17
#define UDP_HEADER_LEN 8
#define GRE_C 0x8000
#define GRE_K 0x2000
#define GRE_S 0x1000
#define GRE_ROUTING 0x4000 // RFC 1701
#define GRE_VERSION 0x0007
#define GRE_PPTP 0x880b // RFC 2637 4.1
#define MINIMAL_S 0x80  // the original source address is present
#define MINIMAL_LEN 8
#define MINIMAL_LEN_S 12

// The rest of the packet that is still to be read.
typedef struct {
	const uint8_t *bytes;
	uint32_t at, captured, reported;
	bool partial; // the rest of the datagram is missing
} reader_t;

static bool has(const reader_t *r, uint32_t len)
{
	return r->captured >= r->at && r->captured - r->at >= len;
}

static uint8_t version(const reader_t *r)
{
	return r->bytes[r->at] >> 4;
}

// RFC 2784 2.1, RFC 2890 2. Enhanced GRE is PPTP, which is not a Mobile IP tunnel.
static bool read_gre(dsmipv4_outer_t *layer, reader_t *r)
{
	if (!has(r, 4))
		return false;
	const uint8_t *p = r->bytes + r->at;
	uint16_t flags = get16(p);
	uint32_t len = 4 + (flags & GRE_C ? 4u : 0) + (flags & GRE_K ? 4u : 0) + (flags & GRE_S ? 4u : 0);
	if (!has(r, len))
		return false;
	layer->gre = (dsmipv4_gre_t){.flags = flags, .protocol = get16(p + 2)};
	if (flags & GRE_VERSION && layer->gre.protocol == GRE_PPTP)
		return false;
	if (flags & GRE_K)
		layer->gre.key = get32(p + 4 + (flags & GRE_C ? 4 : 0));
	if (flags & GRE_C) {
		bool whole = r->captured == r->reported && !r->partial;
		layer->gre.reserved1 = get16(p + 6);
		layer->gre.covered = whole ? r->captured - r->at : 0;
	}
	r->at += len;
	return true;
}

// RFC 3519 3.3
static bool read_tunnel_data(dsmipv4_outer_t *layer, reader_t *r)
{
	if (!has(r, DSMIPV4_TUNNEL_DATA_LEN) || r->bytes[r->at] != DSMIPV4_TUNNEL_DATA)
		return false;
	layer->udp.next_header = r->bytes[r->at + 1];
	layer->udp.reserved = get16(r->bytes + r->at + 2);
	r->at += DSMIPV4_TUNNEL_DATA_LEN;
	return true;
}

// The UDP header of an inner tunnel: tunnel data goes to or comes from the home agent's port 434.
static bool read_udp(dsmipv4_outer_t *layer, reader_t *r)
{
	if (!has(r, UDP_HEADER_LEN))
		return false;
	layer->udp.sport = get16(r->bytes + r->at);
	layer->udp.dport = get16(r->bytes + r->at + 2);
	r->at += UDP_HEADER_LEN;
	return layer->udp.sport == DSMIPV4_UDP_PORT || layer->udp.dport == DSMIPV4_UDP_PORT;
}

static bool is_encapsulation(uint8_t protocol)
{
	return protocol == DSMIPV4_ENCAP_IPIP || protocol == DSMIPV4_ENCAP_IPV6 || protocol == DSMIPV4_ENCAP_GRE ||
	       protocol == DSMIPV4_ENCAP_MINIMAL;
}

static bool read_shim(dsmipv4_tunnel_t *t, reader_t *r, bool ports_known);

// The packet's own IPv4 header, as the forwarding header in its place describes it (RFC 2004 3.1).
static dsmipv4_outer_t decompressed(const dsmipv4_outer_t *outer, const uint8_t *p, uint32_t len, uint32_t at)
{
	return (dsmipv4_outer_t){
		.src = len == MINIMAL_LEN ? outer->src : get32(p + 8),
		.dst = get32(p + 4),
		.protocol = p[0],
		.ttl = outer->ttl,
		.tos = outer->tos,
		.df = outer->df,
		.compressed = true,
		.offset = (int32_t)at,
	};
}

// RFC 2004 3.1. If the forwarding header stands for the IPv4 header of the tunnel to the home address, that header
// becomes a layer of its own. Without a forwarding header something else is in its place, perhaps IPv6.
static bool read_minimal(dsmipv4_tunnel_t *t, reader_t *r)
{
	dsmipv4_outer_t *outer = &t->layers[t->n_layers - 1];
	const uint8_t *p = r->bytes + r->at;
	uint32_t len = has(r, 2) && p[1] & MINIMAL_S ? MINIMAL_LEN_S : MINIMAL_LEN;
	outer->minimal.missing = !has(r, len) || dsmipv4_checksum(0, p, len) != DSMIPV4_CHECKSUM_GOOD;
	if (outer->minimal.missing)
		return has(r, IPV6_HEADER_LEN) && version(r) == 6;
	outer->minimal.len = (uint8_t)len;
	outer->minimal.reserved = p[1] & (uint8_t)~MINIMAL_S;
	dsmipv4_outer_t inner = decompressed(outer, p, len, r->at);
	uint32_t at = r->at;
	r->at += len;
	if (is_encapsulation(inner.protocol) && t->n_layers < DSMIPV4_MOST_LAYERS) {
		t->layers[t->n_layers++] = inner;
		if (read_shim(t, r, false))
			return true;
		t->n_layers--;
	}
	t->kind = DSMIPV4_INNER_IPV4;
	t->inner_offset = at;
	t->ipv4 = (dsmipv4_ipv4_t){.src = inner.src, .dst = inner.dst, .protocol = inner.protocol};
	dsmipv4_ipv4_decode(&t->ipv4, r->bytes, r->at, r->captured);
	r->at = r->captured; // nothing more to follow
	return true;
}

// Tunnel data may carry GRE or minimal encapsulation (RFC 3519 3.3): a layer with the same addresses.
static bool read_shim_in_udp(dsmipv4_tunnel_t *t, reader_t *r)
{
	const dsmipv4_outer_t *udp = &t->layers[t->n_layers - 1];
	uint8_t next = udp->udp.next_header;
	if (next != DSMIPV4_ENCAP_GRE && next != DSMIPV4_ENCAP_MINIMAL)
		return true;
	if (t->n_layers == DSMIPV4_MOST_LAYERS)
		return false;
	t->layers[t->n_layers++] = (dsmipv4_outer_t){
		.src = udp->src,
		.dst = udp->dst,
		.protocol = next,
		.ttl = udp->ttl,
		.tos = udp->tos,
		.df = udp->df,
		.compressed = true,
		.offset = (int32_t)r->at,
	};
	if (read_shim(t, r, false))
		return true;
	t->n_layers--; // cut, or something else: only the tunnel data remains
	r->at = r->captured;
	return true;
}

// The header between an IPv4 header and the packet inside. False: there is none, or it is cut.
// `ports_known` says that the UDP header lies before the bytes.
static bool read_shim(dsmipv4_tunnel_t *t, reader_t *r, bool ports_known)
{
	dsmipv4_outer_t *layer = &t->layers[t->n_layers - 1];
	layer->shim_offset = (int32_t)r->at;
	switch (layer->protocol) {
	case DSMIPV4_ENCAP_IPIP:
	case DSMIPV4_ENCAP_IPV6:
		return true;
	case DSMIPV4_ENCAP_GRE:
		return read_gre(layer, r);
	case DSMIPV4_ENCAP_MINIMAL:
		return read_minimal(t, r);
	case UDP: {
		bool is_ours = ports_known || read_udp(layer, r);
		layer->shim_offset = (int32_t)r->at;
		return is_ours && read_tunnel_data(layer, r) && read_shim_in_udp(t, r);
	}
	default:
		return false;
	}
}

dsmipv4_outer_t dsmipv4_outer_read(const uint8_t *header, uint8_t header_len, int32_t offset)
{
	uint16_t off = get16(header + 6);
	return (dsmipv4_outer_t){
		.src = get32(header + 12),
		.dst = get32(header + 16),
		.protocol = header[9],
		.ttl = header[8],
		.tos = header[1],
		.header_len = header_len,
		.df = off & IPV4_DF,
		.fragment = off & (IPV4_MF | IPV4_OFFSET),
		.total_len = get16(header + 2),
		.offset = offset,
	};
}

// An inner IPv4 header. True: it is one more layer; false: the innermost packet, or a fragment.
static bool read_ipv4(dsmipv4_tunnel_t *t, reader_t *r)
{
	const uint8_t *p = r->bytes + r->at;
	uint32_t header_len = has(r, IPV4_SHORTEST) ? 4u * (p[0] & 15) : 0;
	if (header_len < IPV4_SHORTEST || !has(r, header_len))
		return false;
	dsmipv4_outer_t layer = dsmipv4_outer_read(p, (uint8_t)header_len, (int32_t)r->at);
	uint32_t end = r->at + layer.total_len;
	if (layer.total_len >= header_len && end < r->reported) { // what follows is padding
		r->reported = end;
		r->captured = end < r->captured ? end : r->captured;
	}
	t->kind = DSMIPV4_INNER_IPV4;
	t->inner_offset = r->at;
	t->ipv4 = (dsmipv4_ipv4_t){.src = layer.src, .dst = layer.dst, .protocol = layer.protocol};
	r->at += header_len;
	if (layer.fragment)
		return false;
	if (t->n_layers < DSMIPV4_MOST_LAYERS && (is_encapsulation(layer.protocol) || layer.protocol == UDP)) {
		t->layers[t->n_layers] = layer;
		return true;
	}
	dsmipv4_ipv4_decode(&t->ipv4, r->bytes, r->at, r->captured);
	return false;
}

static void read_ipv6(dsmipv4_tunnel_t *t, const reader_t *r)
{
	if (!has(r, IPV6_HEADER_LEN))
		return;
	t->kind = DSMIPV4_INNER_IPV6;
	t->inner_offset = r->at;
	dsmipv4_ipv6_decode(&t->ipv6, r->bytes, r->at, r->captured, r->reported);
}

// GRE carries many protocols. In other versions, and in the older layout (RFC 1701), it is not known where the
// payload begins.
static bool carries_ip(const dsmipv4_outer_t *layer)
{
	if (layer->protocol != DSMIPV4_ENCAP_GRE)
		return true;
	return !(layer->gre.flags & (GRE_VERSION | GRE_ROUTING)) &&
	       (layer->gre.protocol == DSMIPV4_GRE_IPV4 || layer->gre.protocol == DSMIPV4_GRE_IPV6);
}

// Follow the IP packet inside the last layer. True: there is one more layer.
static bool read_inner(dsmipv4_tunnel_t *t, reader_t *r)
{
	dsmipv4_outer_t *layer = &t->layers[t->n_layers - 1];
	if (!has(r, 1) || !carries_ip(layer))
		return false;
	t->kind = DSMIPV4_INNER_UNKNOWN;
	layer->inside = version(r);
	if (layer->inside == 6)
		read_ipv6(t, r);
	return layer->inside == 4 && read_ipv4(t, r);
}

bool dsmipv4_tunnel_decode(dsmipv4_tunnel_t *t, const dsmipv4_outer_t *outer, const uint8_t *bytes, uint32_t captured,
			   uint32_t reported)
{
	reader_t r = {bytes, 0, captured, reported, outer->partial};
	memset(t, 0, sizeof *t);
	t->layers[0] = *outer;
	t->n_layers = 1;
	t->bytes = bytes;
	t->captured = captured;
	if (!read_shim(t, &r, true))
		return false;
	while (read_inner(t, &r)) {
		reader_t before = r;
		t->n_layers++;
		t->kind = DSMIPV4_INNER_UNKNOWN;
		if (!read_shim(t, &r, false)) { // this is not a tunnel header, but the packet itself
			t->n_layers--;
			t->kind = DSMIPV4_INNER_IPV4;
			r = before;
			dsmipv4_ipv4_decode(&t->ipv4, r.bytes, r.at, r.captured);
			break;
		}
	}
	return true;
}

void dsmipv4_tunnel_nest(dsmipv4_tunnel_t *t, const dsmipv4_tunnel_t *around)
{
	unsigned n = around->n_layers;
	if (n + t->n_layers > DSMIPV4_MOST_LAYERS)
		return;
	memmove(t->layers + n, t->layers, t->n_layers * sizeof t->layers[0]);
	memcpy(t->layers, around->layers, n * sizeof t->layers[0]);
	t->n_layers += n;
	for (unsigned i = 0; i < n; i++) {
		t->layers[i].header_len = 0;
		t->layers[i].offset = t->layers[i].shim_offset = 0;
		if (t->layers[i].protocol == DSMIPV4_ENCAP_GRE)
			t->layers[i].gre.covered = 0;
	}
}

dsmipv4_checksum_t dsmipv4_gre_checksum(const dsmipv4_tunnel_t *t, const dsmipv4_outer_t *layer)
{
	if (!(layer->gre.flags & GRE_C))
		return DSMIPV4_CHECKSUM_NONE;
	if (layer->gre.covered == 0)
		return DSMIPV4_CHECKSUM_UNKNOWN;
	return dsmipv4_checksum(0, t->bytes + layer->shim_offset, layer->gre.covered);
}

const dsmipv4_outer_t *dsmipv4_tunnel_adjacent(const dsmipv4_tunnel_t *t)
{
	return &t->layers[t->n_layers - 1];
}

bool dsmipv4_layer_is_udp(const dsmipv4_outer_t *layer)
{
	return layer->protocol == UDP;
}

const char *dsmipv4_encap_word(const dsmipv4_outer_t *layer)
{
	switch (layer->protocol) {
	case DSMIPV4_ENCAP_IPIP:
		return "4";
	case DSMIPV4_ENCAP_IPV6:
		return "41";
	case DSMIPV4_ENCAP_GRE:
		return "47";
	case DSMIPV4_ENCAP_MINIMAL:
		return "55";
	default:
		return "udp";
	}
}

uint32_t dsmipv4_tunnel_overhead(const dsmipv4_tunnel_t *t)
{
	const dsmipv4_outer_t *outer = &t->layers[0];
	if (t->kind == DSMIPV4_INNER_UNKNOWN || outer->header_len == 0)
		return 0;
	return (uint32_t)((int32_t)t->inner_offset - outer->offset);
}

uint64_t dsmipv4_inner_digest(const dsmipv4_tunnel_t *t)
{
	if (t->kind != DSMIPV4_INNER_IPV6)
		return 0;
	return dsmipv4_ipv6_digest(t->bytes + t->inner_offset, t->captured - t->inner_offset);
}
