// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets: description and verdict, before the built-in dissectors get them.
//
// The whole stack of headers is read from the bytes where the first of them is met. The wrappers are met
// again further in, where there is nothing left to do, unless Wireshark put together fragments on the way.
#include "packet-dsmipv4.h"

#include <epan/proto_data.h>

#include "headers.h"

// Keys of the frame's data, beside those of control messages, which count layers.
#define SEEN_KEY 0x10000
#define KEPT_KEY 0x20000

// The tunnel of this frame that was described last, and the bytes that it was read from.
typedef struct {
	dsmipv4_tunnel_t tunnel;
	const tvbuff_t *source;
} seen_t;

// What is not said a second time by itself: kept from the first visit of a frame that breaks a rule.
typedef struct {
	wmem_array_t *findings;
	wmem_array_t *infos;
} kept_t;

static const char *keep_words(const char *words)
{
	// Packets of one kind break the same rule by the hundred thousand, in the same words.
	static wmem_map_t *all;
	if (!all)
		all = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
	const char *kept = wmem_map_lookup(all, words);
	if (!kept) {
		kept = wmem_strdup(wmem_file_scope(), words);
		wmem_map_insert(all, kept, (void *)kept);
	}
	return kept;
}

static bool has_once(const dsmipv4_verdicts_t *v)
{
	for (unsigned i = 0; i < wmem_array_get_count(v->infos); i++) {
		const dsmipv4_info_t *info = wmem_array_index(v->infos, i);
		if (dsmipv4_info_is_once(info->info))
			return true;
	}
	return false;
}

static void keep(packet_info *pinfo, uint32_t key, const dsmipv4_verdicts_t *v)
{
	unsigned n_findings = wmem_array_get_count(v->findings), n_infos = wmem_array_get_count(v->infos);
	if (n_findings == 0 && !has_once(v))
		return;
	kept_t *kept = wmem_new(wmem_file_scope(), kept_t);
	kept->findings = wmem_array_sized_new(wmem_file_scope(), sizeof(dsmipv4_finding_t), n_findings + 1);
	kept->infos = wmem_array_sized_new(wmem_file_scope(), sizeof(dsmipv4_info_t), n_infos + 1);
	for (unsigned i = 0; i < n_findings; i++) {
		dsmipv4_finding_t f = *(const dsmipv4_finding_t *)wmem_array_index(v->findings, i);
		f.words = keep_words(f.words);
		wmem_array_append_one(kept->findings, f);
	}
	for (unsigned i = 0; i < n_infos; i++) {
		dsmipv4_info_t info = *(const dsmipv4_info_t *)wmem_array_index(v->infos, i);
		if (!dsmipv4_info_is_once(info.info))
			continue;
		info.words = keep_words(info.words);
		wmem_array_append_one(kept->infos, info);
	}
	p_add_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4, key, kept);
}

static void add_kept(packet_info *pinfo, uint32_t key, dsmipv4_verdicts_t *v)
{
	const kept_t *kept = p_get_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4, key);
	if (!kept)
		return;
	wmem_array_append(v->findings, wmem_array_get_raw(kept->findings), wmem_array_get_count(kept->findings));
	wmem_array_append(v->infos, wmem_array_get_raw(kept->infos), wmem_array_get_count(kept->infos));
}

static dsmipv4_verdicts_t *judge(const dsmipv4_packet_t *packet, dsmipv4_match_t *match, packet_info *pinfo)
{
	bool first_visit = !PINFO_FD_VISITED(pinfo);
	uint32_t key = KEPT_KEY + pinfo->curr_layer_num;
	dsmipv4_verdicts_t *v = dsmipv4_judge_tunnel(pinfo->pool, dsmipv4_options(), packet, match, dsmipv4_bindings(),
						     first_visit ? dsmipv4_traces() : NULL);
	if (first_visit)
		keep(pinfo, key, v);
	else
		add_kept(pinfo, key, v);
	return v;
}

// A tunnel that was read already, up to here or further.
static bool was_seen(const seen_t *seen, tvbuff_t *tvb)
{
	return seen && seen->source == tvb_get_ds_tvb(tvb);
}

static bool decode(dsmipv4_tunnel_t *tunnel, tvbuff_t *tvb, packet_info *pinfo, uint8_t protocol, const void *ip)
{
	dsmipv4_outer_t outer;
	uint32_t captured = tvb_captured_length(tvb);
	return captured > 0 && dsmipv4_read_outer(&outer, tvb, pinfo, protocol, ip) &&
	       dsmipv4_tunnel_decode(tunnel, &outer, tvb_get_ptr(tvb, 0, (int)captured), captured,
				     tvb_reported_length(tvb));
}

// What the ICMP error quotes was judged when it was sent.
void dsmipv4_dissect_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint8_t protocol, const void *ip)
{
	if (pinfo->flags.in_error_pkt || !dsmipv4_bindings())
		return;
	seen_t *seen = p_get_proto_data(pinfo->pool, pinfo, proto_dsmipv4, SEEN_KEY);
	dsmipv4_tunnel_t tunnel;
	if (was_seen(seen, tvb) || !decode(&tunnel, tvb, pinfo, protocol, ip))
		return;
	if (seen)
		dsmipv4_tunnel_nest(&tunnel, &seen->tunnel);
	dsmipv4_packet_t packet = {.capture_end = PINFO_FD_VISITED(pinfo) ? dsmipv4_latest_time() : 0};
	dsmipv4_read_frame(&packet, pinfo);
	int64_t time = dsmipv4_packet_time(&packet);
	dsmipv4_match_t match;
	if (!dsmipv4_match(&match, dsmipv4_bindings(), &tunnel, pinfo->num, time, dsmipv4_options()->grace))
		return;
	if (!PINFO_FD_VISITED(pinfo))
		dsmipv4_note_time(time);
	if (!seen) {
		seen = wmem_new(pinfo->pool, seen_t);
		p_add_proto_data(pinfo->pool, pinfo, proto_dsmipv4, SEEN_KEY, seen);
	}
	*seen = (seen_t){tunnel, tvb_get_ds_tvb(tvb)};
	const dsmipv4_verdicts_t *v = judge(&packet, &match, pinfo);
	dsmipv4_draw_tunnel(&match, v, tvb, pinfo, tree);
}
