// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets: description and verdict, before the built-in dissectors get them.
//
// The whole stack of headers is read at the first wrapper. Wrappers further inside that were read there have nothing
// left to do. The others are judged by themselves: those behind headers that are no tunnel's, those of a frame with
// several packets, and those in fragments that Wireshark reassembled.
#include "dissect/tunnel.h"

#include <epan/proto_data.h>

#include "capture.h"
#include "compat.h"
#include "core/rules/memo.h"
#include "core/state/node_index.h"
#include "core/util/bytes.h"
#include "dissect/frame_findings.h"
#include "dissect/frame_verdicts.h"
#include "dissect/headers.h"
#include "dissect/tapped.h"
#include "settings/preferences.h"
#include "tree/tunnel.h"

// A tunnel of this frame that was described, and where it was read.
typedef struct seen seen_t;

struct seen {
	dsmipv4_tunnel_t tunnel;
	const tvbuff_t *source;
	int start;                  // in the source
	const seen_t *before;       // the one that was described before it
	const dsmipv4_node_t *node; // whose it is, NULL: not known
};

static uint32_t described_in; // the latest frame in which a tunnel was described

static const seen_t *last_seen(packet_info *pinfo)
{
	return p_get_proto_data(pinfo->pool, pinfo, proto_dsmipv4, dsmipv4_frame_key(DSMIPV4_DATA_TUNNEL));
}

static const dsmipv4_verdicts_t *judge_first(const dsmipv4_packet_t *packet, const dsmipv4_tunnel_t *tunnel,
					     dsmipv4_match_t *match, tvbuff_t *tvb, packet_info *pinfo)
{
	const dsmipv4_verdicts_t *v = dsmipv4_memo_judge(dsmipv4_memo(), pinfo->pool, dsmipv4_options(), packet, tunnel,
							 dsmipv4_bindings(), dsmipv4_tunnel_histories(), match);
	if (!v)
		return NULL;
	dsmipv4_note_frame(packet->frame, match->time);
	dsmipv4_frame_findings_keep(pinfo, tvb, v);
	if (dsmipv4_is_tapped())
		dsmipv4_frame_verdicts_keep(pinfo, tvb, v);
	return v;
}

static const dsmipv4_verdicts_t *judge_again(dsmipv4_packet_t *packet, const dsmipv4_tunnel_t *tunnel,
					     dsmipv4_match_t *match, tvbuff_t *tvb, packet_info *pinfo)
{
	packet->capture_end = dsmipv4_latest_time();
	if (!dsmipv4_match(match, dsmipv4_bindings(), tunnel, packet->frame, dsmipv4_packet_time(packet),
			   dsmipv4_options()->grace))
		return NULL;
	dsmipv4_verdicts_t *v =
		dsmipv4_judge_tunnel(pinfo->pool, dsmipv4_options(), packet, match, dsmipv4_bindings(), NULL);
	dsmipv4_frame_findings_add(pinfo, tvb, v);
	dsmipv4_frame_verdicts_add(pinfo, tvb, v);
	return v;
}

// IPv6 directly inside an IPv4 header with no end that is known: the usual 6in4 of others, of which nothing more need
// be read. Whether another tunnel is theirs, dsmipv4_match() finds out.
static bool is_of_others(tvbuff_t *tvb, packet_info *pinfo, uint8_t protocol)
{
	return protocol == DSMIPV4_ENCAP_IPV6 && pinfo->src.type == AT_IPv4 && pinfo->dst.type == AT_IPv4 &&
	       tvb_captured_length(tvb) > 0 && tvb_get_uint8(tvb, 0) >> 4 == 6 &&
	       !dsmipv4_may_be_tunnel(dsmipv4_bindings(), get32(pinfo->src.data), get32(pinfo->dst.data));
}

// The reading of its headers passed here.
static bool passed(const seen_t *seen, tvbuff_t *tvb)
{
	int at = (int)tvb_raw_offset(tvb) - seen->start;
	for (unsigned i = 0; i < seen->tunnel.n_layers; i++) {
		if (seen->tunnel.layers[i].shim_offset == at)
			return true;
	}
	return false;
}

static bool was_seen(const seen_t *seen, tvbuff_t *tvb)
{
	for (; seen; seen = seen->before) {
		if (seen->source == tvb_get_ds_tvb(tvb) && passed(seen, tvb))
			return true;
	}
	return false;
}

// Described by itself, but the source is another one: fragments of what is inside the one before were put together.
static bool was_reassembled(const seen_t *seen, tvbuff_t *tvb)
{
	return seen && seen->source != tvb_get_ds_tvb(tvb);
}

static void note_seen(packet_info *pinfo, const dsmipv4_match_t *match, tvbuff_t *tvb, const seen_t *before)
{
	seen_t *seen = wmem_new(pinfo->pool, seen_t);
	*seen = (seen_t){*match->tunnel, tvb_get_ds_tvb(tvb), (int)tvb_raw_offset(tvb), before, match->node};
	if (before)
		p_remove_proto_data(pinfo->pool, pinfo, proto_dsmipv4, dsmipv4_frame_key(DSMIPV4_DATA_TUNNEL));
	p_add_proto_data(pinfo->pool, pinfo, proto_dsmipv4, dsmipv4_frame_key(DSMIPV4_DATA_TUNNEL), seen);
	described_in = pinfo->num;
}

static bool decode(dsmipv4_tunnel_t *tunnel, tvbuff_t *tvb, packet_info *pinfo, uint8_t protocol, const void *ip)
{
	dsmipv4_outer_t outer;
	uint32_t captured = tvb_captured_length(tvb);
	return captured > 0 && dsmipv4_read_outer(&outer, tvb, pinfo, protocol, ip) &&
	       dsmipv4_tunnel_decode(tunnel, &outer, tvb_get_ptr(tvb, 0, (int)captured), captured,
				     tvb_reported_length(tvb));
}

void dsmipv4_note_native(tvbuff_t *tvb, packet_info *pinfo)
{
	uint32_t captured = tvb_captured_length(tvb);
	if (PINFO_FD_VISITED(pinfo) || !dsmipv4_tunnel_histories() || captured < IPV6_HEADER_LEN)
		return;
	const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)captured);
	dsmipv4_packet_t packet = {0};
	dsmipv4_read_frame(&packet, pinfo);
	dsmipv4_sighting_add(dsmipv4_tunnel_histories(), &(dsmipv4_sighting_t){
								 .digest = dsmipv4_ipv6_digest(bytes, captured),
								 .time = dsmipv4_packet_time(&packet),
								 .frame = pinfo->num,
								 .hop_limit = bytes[IPV6_HOP_LIMIT_AT],
							 });
}

bool dsmipv4_in_tunnel(packet_info *pinfo)
{
	return last_seen(pinfo) != NULL;
}

const dsmipv4_node_t *dsmipv4_tunnel_node(packet_info *pinfo)
{
	const seen_t *seen = last_seen(pinfo);
	while (seen && !seen->node)
		seen = seen->before;
	return seen ? seen->node : NULL;
}

// A packet that is quoted in an ICMP error was judged when it was sent.
void dsmipv4_dissect_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint8_t protocol, const void *ip)
{
	if (pinfo->flags.in_error_pkt || !dsmipv4_bindings() || dsmipv4_bindings_is_empty(dsmipv4_bindings()))
		return;
	const seen_t *seen = described_in == pinfo->num ? last_seen(pinfo) : NULL;
	if (!seen && is_of_others(tvb, pinfo, protocol))
		return;
	dsmipv4_tunnel_t tunnel;
	if (was_seen(seen, tvb) || !decode(&tunnel, tvb, pinfo, protocol, ip))
		return;
	if (was_reassembled(seen, tvb))
		dsmipv4_tunnel_nest(&tunnel, &seen->tunnel);
	dsmipv4_packet_t packet = {0};
	dsmipv4_read_frame(&packet, pinfo);
	dsmipv4_match_t match;
	const dsmipv4_verdicts_t *v = PINFO_FD_VISITED(pinfo) ? judge_again(&packet, &tunnel, &match, tvb, pinfo)
							      : judge_first(&packet, &tunnel, &match, tvb, pinfo);
	if (!v)
		return;
	note_seen(pinfo, &match, tvb, seen);
	dsmipv4_draw_tunnel(&match, v, tvb, pinfo, tree);
	dsmipv4_tap_tunnel(&match, &packet, v, tvb, pinfo);
}
