// SPDX-License-Identifier: GPL-2.0-or-later
// Neighbor Discovery outside of tunnels (RFC 5454 3.3).
#include "dissect/advertisement.h"

#include "capture.h"
#include "core/rules/dispatch.h"
#include "core/state/node_index.h"
#include "dissect/frame_findings.h"
#include "dissect/frame_verdicts.h"
#include "dissect/headers.h"
#include "dissect/tapped.h"
#include "dissect/tunnel.h"
#include "settings/preferences.h"
#include "tree/findings.h"
#include "tree/info_column.h"

static int ett_advertisement = -1;

static dsmipv4_verdicts_t *judge(tvbuff_t *tvb, packet_info *pinfo)
{
	uint64_t mac;
	dsmipv4_advertisement_t ad = {0};
	if (PINFO_FD_VISITED(pinfo) || pinfo->src.type != AT_IPv6 || !dsmipv4_link_source(pinfo, &mac))
		return NULL;
	ad.agents = dsmipv4_agents_on_home_link(dsmipv4_bindings(), mac, &ad.n_agents);
	if (ad.n_agents == 0)
		return NULL;
	dsmipv4_ipv6_t *ipv6 = wmem_new(pinfo->pool, dsmipv4_ipv6_t);
	uint32_t captured = tvb_captured_length(tvb);
	dsmipv4_icmpv6_decode(ipv6, tvb_get_ptr(tvb, 0, (int)captured), captured);
	memcpy(ipv6->src, pinfo->src.data, sizeof ipv6->src);
	ad.ipv6 = ipv6;
	dsmipv4_packet_t packet = {0};
	dsmipv4_read_frame(&packet, pinfo);
	return dsmipv4_judge_advertisement(pinfo->pool, dsmipv4_options(), &packet, dsmipv4_bindings(), &ad);
}

void dsmipv4_dissect_advertisement(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	if (pinfo->flags.in_error_pkt || !dsmipv4_bindings() || dsmipv4_in_tunnel(pinfo))
		return;
	dsmipv4_verdicts_t *v = judge(tvb, pinfo);
	if (v) {
		dsmipv4_frame_findings_keep(pinfo, tvb, v);
		if (dsmipv4_is_tapped())
			dsmipv4_frame_verdicts_keep(pinfo, tvb, v);
	} else {
		v = dsmipv4_verdicts_new(pinfo->pool);
		dsmipv4_frame_findings_add(pinfo, tvb, v);
		dsmipv4_frame_verdicts_add(pinfo, tvb, v);
	}
	dsmipv4_tap_advertisement(v, tvb, pinfo);
	if (dsmipv4_n_findings(v) == 0)
		return;
	dsmipv4_packet_column(NULL, v, pinfo);
	proto_item *item = proto_tree_add_item(tree, proto_dsmipv4, tvb, 0, 0, ENC_NA);
	dsmipv4_draw_findings(v, tvb, pinfo, proto_item_add_subtree(item, ett_advertisement), NULL, NULL);
}

void dsmipv4_register_advertisement(void)
{
	static int *ett[] = {&ett_advertisement};
	proto_register_subtree_array(ett, array_length(ett));
}
