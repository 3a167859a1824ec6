// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the outer headers and of the IPv6 header against them (RFC 4213 3; RFC 2003 3; RFC 2004;
// RFC 2784; RFC 3168 9; RFC 2983).
#include <stdarg.h>

#include "rules/tunnel/tunnel.h"
#include "util/bytes.h"

// A header of its own, not one that minimal encapsulation describes.
static bool is_real(const dsmipv4_outer_t *layer)
{
	return !layer->compressed;
}

// If Wireshark could not reassemble the packet, its length is not known.
static bool is_partial(const dsmipv4_check_t *c)
{
	return tunnel(c)->layers[0].partial;
}

dsmipv4_verdict_t dsmipv4_check_tun_minenc_ipv6(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	dsmipv4_verdict_t verdict = DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		const dsmipv4_outer_t *layer = &tunnel(c)->layers[i], *inner = layer + 1;
		if (layer->protocol != DSMIPV4_ENCAP_MINIMAL)
			continue;
		bool last = i + 1 == tunnel(c)->n_layers;
		if (last && layer->minimal.missing && ipv6(c)->payload_len <= ipv6(c)->available)
			return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_PROTOCOL,
						       "Minimal encapsulation (protocol 55) of IPv6, which it cannot "
						       "carry; should be protocol 41 or GRE");
		bool same_ends = !last && inner->src == layer->src && inner->dst == layer->dst;
		if (same_ends && inner->protocol == DSMIPV4_ENCAP_IPV6) {
			GIVES(f, tun_minenc_ipv6, WARN);
			return dsmipv4_broken_at(f, inner->offset, 0,
						 "Minimal encapsulation (protocol 55) of IPv6 tunneled to the care-of "
						 "address, should be protocol 41 or GRE");
		}
		verdict = DSMIPV4_HOLDS;
	}
	return verdict;
}

// Bytes of a fragment that the forwarding header was put into; 0: it is none, or that cannot be told. Fragments but the
// last have multiples of 8 bytes, which a forwarding header of 8 bytes leaves so.
static uint32_t fragment_around(const dsmipv4_outer_t *layer)
{
	uint32_t payload = layer->total_len > layer->header_len ? layer->total_len - layer->header_len : 0;
	bool whole_blocks = payload % 8 == 0;
	return layer->partial && !whole_blocks && payload > layer->minimal.len &&
			       (payload - layer->minimal.len) % 8 == 0
		       ? payload
		       : 0;
}

dsmipv4_verdict_t dsmipv4_check_minenc_fragment(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	dsmipv4_verdict_t verdict = DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		const dsmipv4_outer_t *layer = &tunnel(c)->layers[i];
		if (layer->protocol != DSMIPV4_ENCAP_MINIMAL || layer->minimal.missing)
			continue;
		uint32_t payload = fragment_around(layer);
		if (payload)
			return dsmipv4_broken_in_layer(
				f, layer, DSMIPV4_IPV4_HEADER,
				"Minimal encapsulation of a fragment: %u bytes are no multiple of 8, but the %u before "
				"the forwarding header of %u was inserted are; should be IP in IP or GRE",
				payload, payload - layer->minimal.len, layer->minimal.len);
		if (layer->minimal.reserved) {
			GIVES(f, minenc_fragment, WARN);
			return dsmipv4_broken_at(f, layer->shim_offset + 1, 1,
						 "Reserved bits 0x%02x of the minimal forwarding header are set, "
						 "should be 0",
						 layer->minimal.reserved);
		}
		verdict = DSMIPV4_HOLDS;
	}
	return verdict;
}

dsmipv4_verdict_t dsmipv4_check_tun_ip4_carries_ip6(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		const dsmipv4_outer_t *layer = &tunnel(c)->layers[i];
		if (layer->protocol == DSMIPV4_ENCAP_IPIP && layer->inside == 6)
			return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_PROTOCOL,
						       "Protocol 4 carries IPv6, should be protocol 41");
		if (layer->protocol == DSMIPV4_ENCAP_IPV6 && layer->inside && layer->inside != 6)
			return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_PROTOCOL,
						       "Protocol 41 carries IP version %u, should carry IPv6",
						       layer->inside);
	}
	return DSMIPV4_HOLDS;
}

// The header next to IPv6, by protocol 41, as RFC 4213 describes it.
static const dsmipv4_outer_t *rfc4213_header(const dsmipv4_check_t *c)
{
	const dsmipv4_outer_t *layer = c->match->adjacent;
	return layer->protocol == DSMIPV4_ENCAP_IPV6 && is_real(layer) ? layer : NULL;
}

dsmipv4_verdict_t dsmipv4_check_tun_outer_options(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = rfc4213_header(c);
	if (!layer || layer->header_len == 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (layer->header_len == 20)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_OPTIONS,
				       "IPv4 header has %u bytes of options, should have none",
				       layer->header_len - 20u);
}

// A payload length of 0 may stand for a jumbogram (RFC 2675).
dsmipv4_verdict_t dsmipv4_check_tun_outer_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_ipv6_t *p = ipv6(c);
	if (!rfc4213_header(c) || is_partial(c) || p->payload_len == 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (p->available == p->payload_len)
		return DSMIPV4_HOLDS;
	if (p->available < p->payload_len)
		return dsmipv4_broken_inside(
			c, f, IPV6_PAYLOAD_LEN_AT, 2,
			"IPv6 payload length is %u, should be at most %u, what the IPv4 header leaves", p->payload_len,
			p->available);
	GIVES(f, tun_outer_length, CHAT);
	return dsmipv4_broken_inside(c, f, IPV6_PAYLOAD_LEN_AT, 2,
				     "%u bytes of padding after the IPv6 packet, should be none",
				     p->available - p->payload_len);
}

// Captured on the sending host before segmentation offload, which fills in the length.
static bool is_yet_to_be_cut(const dsmipv4_check_t *c)
{
	const dsmipv4_outer_t *outer = &tunnel(c)->layers[0];
	return outer->header_len && outer->total_len == 0;
}

#define STATIC_MTU 1480 // largest by default (RFC 4213 3.2.1)
#define MOST_IPV6_MTU 1500

dsmipv4_verdict_t dsmipv4_check_tun_mtu(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = rfc4213_header(c);
	uint32_t len = IPV6_HEADER_LEN + ipv6(c)->payload_len;
	bool dynamic = layer && layer->df; // with Don't Fragment set the MTU is found dynamically
	if (!layer || dynamic || is_yet_to_be_cut(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (len <= STATIC_MTU)
		return DSMIPV4_HOLDS;
	if (len > MOST_IPV6_MTU)
		GIVES(f, tun_mtu, WARN);
	return dsmipv4_broken_inside(
		c, f, IPV6_PAYLOAD_LEN_AT, 2,
		"IPv6 packet has %u bytes, should have at most %u in a tunnel with a static MTU (Don't Fragment is 0)",
		len, STATIC_MTU);
}

// Asked only where the user says that all tunnels have a static MTU.
dsmipv4_verdict_t dsmipv4_check_tun_df(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = rfc4213_header(c);
	if (!layer)
		return DSMIPV4_NOT_APPLICABLE;
	if (!layer->df)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_FLAGS,
				       "Don't Fragment is 1, should be 0 in a tunnel with a static MTU");
}

dsmipv4_verdict_t dsmipv4_check_tun_frag(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = rfc4213_header(c);
	if (!layer)
		return DSMIPV4_NOT_APPLICABLE;
	if (!layer->fragment)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_HEADER,
				       "IPv4 packet around IPv6%s was fragmented, the IPv6 packet should fit into the "
				       "MTU of the tunnel",
				       dsmipv4_inner_size_text(c));
}

dsmipv4_verdict_t dsmipv4_check_tun_hop_zero(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (ipv6(c)->hop_limit)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_inside(c, f, IPV6_HOP_LIMIT_AT, 1, "IPv6 hop limit is 0, should be at least 1");
}

static bool stays_on_link(const dsmipv4_ipv6_t *p)
{
	return dsmipv4_ipv6_link_local(p->src) || dsmipv4_ipv6_unspecified(p->src) || dsmipv4_ipv6_link_local(p->dst);
}

// The packet came from outside, or out of another node's tunnel. Copies of one tunnel's packet on other legs do not
// count.
static bool comes_into_tunnel(const dsmipv4_check_t *c, const dsmipv4_sighting_t *before)
{
	return !before->node || (before->node != c->match->node && before->from_mn && to_mn(c));
}

// Whoever encapsulates a packet of another host is a router, and must decrement the hop limit.
dsmipv4_verdict_t dsmipv4_check_tun_hop_decrement(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_sighting_t *before = c->sighting;
	if (!before || stays_on_link(ipv6(c)) || !comes_into_tunnel(c, before) || c->match->time < before->time ||
	    !dsmipv4_in_grace(before->time, c->match->time, c->options->grace))
		return DSMIPV4_NOT_APPLICABLE;
	if (ipv6(c)->hop_limit + 1 == before->hop_limit)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_inside(
		c, f, IPV6_HOP_LIMIT_AT, 1, "Hop limit is %u, should be %u: it was %u before the tunnel, in frame %u",
		ipv6(c)->hop_limit, MAX(before->hop_limit, 1u) - 1, before->hop_limit, before->frame);
}

// Traffic class.

enum {
	NOT_ECT,
	ECT_1,
	ECT_0,
	CE,
};

// The outer field that an encapsulator sets for the inner one (RFC 3168 9.1.1, RFC 6040 4.1), or CE, which routers on
// the way may set.
static bool ecn_follows(unsigned inner, unsigned outer)
{
	return inner == outer || (inner != NOT_ECT && outer == CE) || (inner == CE && outer == ECT_0);
}

// How bad a pair is, 1 to 3, the least where the outer field says that ECN is not used (limited functionality).
static unsigned ecn_badness(unsigned inner, unsigned outer)
{
	if (ecn_follows(inner, outer))
		return 0;
	return inner == NOT_ECT ? 3 : outer == NOT_ECT ? 1 : 2;
}

static void give_ecn_severity(dsmipv4_answer_t *f, unsigned badness)
{
	f->also = -1;
	if (badness == 3)
		GIVES(f, tun_ecn, WARN);
	else if (badness == 1)
		GIVES(f, tun_ecn, CHAT);
}

// TOS of the packet that the layer wraps.
static unsigned tos_inside(const dsmipv4_check_t *c, unsigned i)
{
	return i + 1 < tunnel(c)->n_layers ? tunnel(c)->layers[i + 1].tos : ipv6(c)->traffic_class;
}

static const char *const ecn_words[] = {"Not-ECT", "ECT(1)", "ECT(0)", "CE"};

// What ecn_follows() allows for each inner field.
static const char *const right_ecn_words[] = {"Not-ECT", "ECT(1) or CE", "ECT(0) or CE", "CE or ECT(0)"};

// Of several pairs of headers, the worst one is reported.
dsmipv4_verdict_t dsmipv4_check_tun_ecn(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	dsmipv4_verdict_t verdict = DSMIPV4_HOLDS;
	unsigned worst = 0;
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		const dsmipv4_outer_t *layer = &tunnel(c)->layers[i];
		unsigned inner = tos_inside(c, i) & 3, outer = layer->tos & 3;
		unsigned badness = ecn_badness(inner, outer);
		if (badness <= worst)
			continue;
		worst = badness;
		give_ecn_severity(f, badness);
		verdict = dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_TOS,
						  "Outer ECN is %s, should be %s for inner ECN %s", ecn_words[outer],
						  right_ecn_words[inner], ecn_words[inner]);
	}
	return verdict;
}

dsmipv4_verdict_t dsmipv4_check_tun_dscp(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->adjacent;
	unsigned inner = ipv6(c)->traffic_class >> 2, outer = layer->tos >> 2;
	if (inner == outer)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_TOS, "Outer DSCP is %u, should be %u as inside", outer,
				       inner);
}

// IPv4 inside protocol 4: the tunnel to the home address inside that to the care-of address.
typedef dsmipv4_verdict_t (*judge_pair_t)(dsmipv4_answer_t *f, const dsmipv4_outer_t *outer,
					  const dsmipv4_outer_t *inner);

static dsmipv4_verdict_t ask_pairs(const dsmipv4_check_t *c, dsmipv4_answer_t *f, judge_pair_t judge)
{
	dsmipv4_verdict_t verdict = DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; i + 1 < tunnel(c)->n_layers && verdict != DSMIPV4_BROKEN; i++) {
		const dsmipv4_outer_t *outer = &tunnel(c)->layers[i];
		if (outer->protocol == DSMIPV4_ENCAP_IPIP && is_real(outer))
			verdict = judge(f, outer, outer + 1);
	}
	return verdict;
}

static dsmipv4_verdict_t judge_df(dsmipv4_answer_t *f, const dsmipv4_outer_t *outer, const dsmipv4_outer_t *inner)
{
	if (!inner->df || outer->df || outer->fragment)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, outer, DSMIPV4_IPV4_FLAGS,
				       "Don't Fragment is 0 outside, should be 1 as inside");
}

dsmipv4_verdict_t dsmipv4_check_tun_ip4_df(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_pairs(c, f, judge_df);
}

static dsmipv4_verdict_t judge_tos(dsmipv4_answer_t *f, const dsmipv4_outer_t *outer, const dsmipv4_outer_t *inner)
{
	if (outer->tos >> 2 == inner->tos >> 2)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, outer, DSMIPV4_IPV4_TOS,
				       "Outer DSCP is %u, should be %u as in the IPv4 header inside", outer->tos >> 2,
				       inner->tos >> 2);
}

dsmipv4_verdict_t dsmipv4_check_tun_ip4_tos(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_pairs(c, f, judge_tos);
}

// Around the tunnel to the home address: GRE and UDP, which put no IPv4 header of their own inside. The forwarding
// header of minimal encapsulation has no DSCP.
static bool wraps_ipv4(const dsmipv4_check_t *c, unsigned i)
{
	const dsmipv4_outer_t *layer = &tunnel(c)->layers[i];
	bool shim = layer->protocol == DSMIPV4_ENCAP_GRE || dsmipv4_layer_is_udp(layer);
	return shim && i + 1 < tunnel(c)->n_layers && is_real(layer + 1);
}

dsmipv4_verdict_t dsmipv4_check_tun_dscp_outer(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	dsmipv4_verdict_t verdict = DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; i < tunnel(c)->n_layers && verdict != DSMIPV4_BROKEN; i++) {
		if (wraps_ipv4(c, i))
			verdict = judge_tos(f, &tunnel(c)->layers[i], &tunnel(c)->layers[i + 1]);
	}
	return verdict;
}

static dsmipv4_verdict_t judge_loop(dsmipv4_answer_t *f, const dsmipv4_outer_t *outer, const dsmipv4_outer_t *inner)
{
	if (inner->src == outer->dst)
		return dsmipv4_broken_in_layer(f, outer, DSMIPV4_IPV4_DST,
					       "Tunneled to %s, which is the source of the packet inside",
					       dsmipv4_ipv4_text(f->alloc, outer->dst));
	if (inner->src == outer->src && inner->dst == outer->dst)
		return dsmipv4_broken_in_layer(
			f, outer, DSMIPV4_IPV4_ENDS, "Tunnel from %s to %s inside a tunnel with the same ends",
			dsmipv4_ipv4_text(f->alloc, outer->src), dsmipv4_ipv4_text(f->alloc, outer->dst));
	return DSMIPV4_HOLDS;
}

dsmipv4_verdict_t dsmipv4_check_tun_loop(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_pairs(c, f, judge_loop);
}

// GRE, where it is the tunnel to a known node.

typedef dsmipv4_verdict_t (*judge_gre_t)(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_outer_t *layer);

static dsmipv4_verdict_t ask_gre(const dsmipv4_check_t *c, dsmipv4_answer_t *f, judge_gre_t judge)
{
	dsmipv4_verdict_t verdict = DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; c->match->node && i < tunnel(c)->n_layers && verdict != DSMIPV4_BROKEN; i++) {
		if (tunnel(c)->layers[i].protocol == DSMIPV4_ENCAP_GRE)
			verdict = judge(c, f, &tunnel(c)->layers[i]);
	}
	return verdict;
}

#define GRE_VERSION 0x0007
#define GRE_RESERVED 0x4ff8
#define GRE_DISCARDED 0x4c00 // bits 1, 4 and 5: receivers must discard the packet (RFC 2784 2.3, RFC 2890 2)
#define GRE_CHECKSUM_AT 4

static dsmipv4_verdict_t judge_gre_version(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_outer_t *layer)
{
	(void)c;
	unsigned version = layer->gre.flags & GRE_VERSION;
	if (version == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, layer->shim_offset, 2, "GRE version is %u, should be 0", version);
}

dsmipv4_verdict_t dsmipv4_check_gre_version(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_gre(c, f, judge_gre_version);
}

static dsmipv4_verdict_t judge_gre_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_outer_t *layer)
{
	(void)c;
	if (layer->gre.flags & GRE_VERSION) // another layout
		return DSMIPV4_NOT_APPLICABLE;
	if (layer->gre.flags & GRE_DISCARDED)
		GIVES(f, gre_reserved, ERROR);
	if (layer->gre.flags & GRE_RESERVED)
		return dsmipv4_broken_at(f, layer->shim_offset, 2,
					 "Reserved bits 0x%04x of the GRE header are set, should be 0",
					 layer->gre.flags & GRE_RESERVED);
	if (layer->gre.reserved1)
		return dsmipv4_broken_at(f, layer->shim_offset + 6, 2,
					 "Reserved1 of the GRE header is 0x%04x, should be 0", layer->gre.reserved1);
	return DSMIPV4_HOLDS;
}

dsmipv4_verdict_t dsmipv4_check_gre_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_gre(c, f, judge_gre_reserved);
}

static dsmipv4_verdict_t judge_gre_checksum(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_outer_t *layer)
{
	dsmipv4_checksum_t checksum = dsmipv4_gre_checksum(tunnel(c), layer);
	if (checksum == DSMIPV4_CHECKSUM_BAD)
		return dsmipv4_broken_at(f, layer->shim_offset + GRE_CHECKSUM_AT, 2,
					 "GRE checksum is 0x%04x, should be 0x%04x",
					 get16(tunnel(c)->bytes + layer->shim_offset + GRE_CHECKSUM_AT),
					 dsmipv4_checksum_right(0, tunnel(c)->bytes + layer->shim_offset,
								layer->gre.covered, GRE_CHECKSUM_AT));
	return checksum == DSMIPV4_CHECKSUM_GOOD ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
}

dsmipv4_verdict_t dsmipv4_check_gre_checksum(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_gre(c, f, judge_gre_checksum);
}

static dsmipv4_verdict_t judge_gre_proto(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_outer_t *layer)
{
	(void)c;
	if (layer->inside == 0)
		return DSMIPV4_NOT_APPLICABLE;
	if ((layer->inside == 6) == (layer->gre.protocol == DSMIPV4_GRE_IPV6))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, layer->shim_offset + 2, 2, "GRE protocol type is 0x%04x, should be 0x%04x: it carries IP version %u",
		layer->gre.protocol, layer->inside == 6 ? DSMIPV4_GRE_IPV6 : DSMIPV4_GRE_IPV4, layer->inside);
}

dsmipv4_verdict_t dsmipv4_check_gre_proto(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return ask_gre(c, f, judge_gre_proto);
}

// The key of the extension in a message, or in the copy that a foreign agent relayed or received. NULL: there is none.
static const dsmipv4_event_t *keyed(const dsmipv4_check_t *c, const dsmipv4_event_t *e)
{
	const dsmipv4_event_t *copies[] = {e, e ? e->relayed : NULL, e ? e->relay_of : NULL};
	for (unsigned i = 0; i < G_N_ELEMENTS(copies); i++) {
		if (copies[i] && copies[i]->has_gre_key && copies[i]->frame <= c->match->frame)
			return copies[i];
	}
	return NULL;
}

// The foreign agent names the key of packets to it, the home agent that of packets to itself; for a key of zero the
// home agent chooses (RFC 6245 4.1, 4.2, 5).
static const dsmipv4_event_t *key_due(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *asked = keyed(c, c->candidate->request);
	const dsmipv4_event_t *granted = keyed(c, c->candidate->binding->reply);
	if (!asked || !granted)
		return NULL;
	return to_mn(c) && asked->gre_key ? asked : granted;
}

dsmipv4_verdict_t dsmipv4_check_gre_key(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->care_of;
	if (!layer || layer->protocol != DSMIPV4_ENCAP_GRE || c->match->strange_coa || layer->gre.flags & GRE_VERSION)
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_event_t *due = key_due(c);
	if (!due)
		return DSMIPV4_NOT_APPLICABLE;
	bool has_key = layer->gre.flags & DSMIPV4_GRE_HAS_KEY;
	if (has_key && layer->gre.key == due->gre_key)
		return DSMIPV4_HOLDS;
	const char *is = has_key ? wmem_strdup_printf(c->alloc, "0x%08x", layer->gre.key) : "absent";
	return dsmipv4_broken_at(f, layer->shim_offset, 4, "GRE key is %s, should be 0x%08x as registered %s", is,
				 due->gre_key, dsmipv4_event_text(c->alloc, due));
}
