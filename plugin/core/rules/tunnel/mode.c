// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of how a binding's packets are tunneled, and whether they may be tunneled at all (RFC 5454 1.4,
// 3.2-3.8; RFC 5944 3.8.2.2, 4.2.3; RFC 3024; doc/bindings.md).
#include "rules/tunnel/tunnel.h"
#include "match/candidates.h"
#include "match/expectation.h"
#include "state/node_index.h"

// The prefix was granted with this code, and the tunneling mode is certain.
static bool is_granted(const dsmipv4_check_t *c, uint8_t code)
{
	const dsmipv4_candidate_t *k = c->candidate;
	return is_live_and_known(c) && dsmipv4_exchange_captured(k) && k->prefix && k->prefix->code == code &&
	       !dsmipv4_mode_is_open(k);
}

static const char *matched_prefix(const dsmipv4_check_t *c)
{
	return dsmipv4_prefix_text(c->alloc, &c->candidate->prefix->prefix);
}

dsmipv4_verdict_t dsmipv4_check_tun_hoa_expected(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_granted(c, DSMIPV4_PREFIX_ACCEPTED_HOA))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	if (from_mn(c)) // the care-of address passes the home agent's check of the source
		GIVES(f, tun_hoa_expected, WARN);
	return dsmipv4_broken_in_layer(f, c->match->adjacent, node_end(c),
				       "%s is tunneled %s, should be %s (registered %s)", matched_prefix(c),
				       dsmipv4_ends_text(c), dsmipv4_hoa_ends_text(c), dsmipv4_binding_text(c));
}

dsmipv4_verdict_t dsmipv4_check_tun_coa_expected(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_granted(c, DSMIPV4_PREFIX_ACCEPTED_COA))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_hoa_mode(c))
		return DSMIPV4_HOLDS;
	if (from_mn(c)) // the home agent accepts either source
		GIVES(f, tun_coa_expected, NOTE);
	return dsmipv4_broken_in_layer(f, c->match->adjacent, node_end(c),
				       "%s is tunneled %s, should be %s (registered %s)", matched_prefix(c),
				       dsmipv4_ends_text(c), dsmipv4_coa_ends_text(c), dsmipv4_binding_text(c));
}

// Which node it is for is not known, or it is for one that is not there: whoever it is, the foreign agent cannot
// forward it. MLD is judged by dsmipv4_check_mld_not_hoa(); what was not captured may be MLD. Systems send router
// discovery into any tunnel that they have. Behind a NAT there may be nodes with care-of addresses of their own.
static dsmipv4_verdict_t judge_at_agent(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *since = dsmipv4_foreign_agent_since(c->bindings, c->match->ha, c->match->coa);
	bool behind_nat = !since || since->pair->coa != c->match->coa;
	bool router_discovery = dsmipv4_ipv6_is_nd(ipv6(c)) && ipv6(c)->icmp_type < DSMIPV4_ND_NEIGHBOR_SOLICITATION;
	if (behind_nat || dsmipv4_is_in_udp(c) || router_discovery || dsmipv4_ipv6_is_mld(ipv6(c)) ||
	    (ipv6(c)->upper == DSMIPV4_UPPER_UNKNOWN && !ipv6(c)->captured_whole))
		return DSMIPV4_NOT_APPLICABLE;
	GIVES(f, tun_fa_coa_direct, WARN);
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, node_end(c),
		"IPv6 is tunneled %s of a foreign agent, should be %s a node's home address inside that tunnel",
		dsmipv4_ends_text(c), to_mn(c) ? "to" : "from");
}

// Traffic of the link-local stage is judged by dsmipv4_check_ll_via_coa(), that of implicit mode by
// dsmipv4_check_tun_implicit_coa(), DHCPv6 by dsmipv4_check_dhcp6_via_coa().
static bool is_for_other_rule(const dsmipv4_check_t *c)
{
	const dsmipv4_candidate_t *k = c->candidate;
	bool other_code = k->prefix && k->prefix->code > DSMIPV4_PREFIX_ACCEPTED_COA;
	return k->implicit || other_code || asked_with(c, DSMIPV4_FLAG_D) || is_link_local_stage(c) ||
	       !dsmipv4_is_plain_data(c);
}

dsmipv4_verdict_t dsmipv4_check_tun_fa_coa_direct(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!k)
		return judge_at_agent(c, f);
	if (!is_live_and_known(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (c->match->strange_coa && to_mn(c) && c->match->tunneling_mode == DSMIPV4_TUNNELING_FA_COA_DIRECT)
		return judge_at_agent(c, f);
	if (is_for_other_rule(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	if (from_mn(c) || (k->prefix && k->prefix->code == DSMIPV4_PREFIX_ACCEPTED_COA))
		GIVES(f, tun_fa_coa_direct, WARN);
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, node_end(c),
		"IPv6 is tunneled %s of a foreign agent, should be %s inside that tunnel (registered %s)",
		dsmipv4_ends_text(c), dsmipv4_hoa_ends_text(c), dsmipv4_binding_text(c));
}

// The code with which all prefixes of the binding were accepted; -1: they differ, or either form is right.
static int common_code(const dsmipv4_candidate_t *k)
{
	const dsmipv4_event_t *reply = k->binding->reply;
	int code = -1;
	for (unsigned i = 0; i < reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		if (!dsmipv4_prefix_is_active(r) || r->prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
			continue;
		if (r->code > DSMIPV4_PREFIX_ACCEPTED_COA || (code >= 0 && code != r->code))
			return -1;
		code = r->code;
	}
	return code == DSMIPV4_PREFIX_ACCEPTED_COA && !k->request->mode_asked ? -1 : code;
}

static bool is_multicast_data(const dsmipv4_check_t *c)
{
	const uint8_t *dst = ipv6(c)->dst;
	bool beyond_link = dsmipv4_ipv6_multicast(dst) && (dst[1] & 15) > 2; // scopes 1 and 2 do not leave it
	return beyond_link && ipv6(c)->upper != DSMIPV4_UPPER_UNKNOWN;
}

// Only MLD is special (RFC 5454 3.3.3). A foreign agent's address is judged by dsmipv4_check_tun_fa_coa_direct().
dsmipv4_verdict_t dsmipv4_check_tun_mcast_form(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	int code = is_multicast_data(c) ? common_code(c->candidate) : -1;
	if (code < 0 || c->match->strange_coa || c->match->strange_ha || !(is_direct(c) || is_hoa_mode(c)))
		return DSMIPV4_NOT_APPLICABLE;
	bool to_coa = code == DSMIPV4_PREFIX_ACCEPTED_COA;
	if (is_direct(c) == to_coa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, node_end(c),
		"Multicast is tunneled %s, should be %s as the node's unicast (registered %s)", dsmipv4_ends_text(c),
		to_coa ? dsmipv4_coa_ends_text(c) : dsmipv4_hoa_ends_text(c), dsmipv4_binding_text(c));
}

// The packet is judged by another rule, or may be: what was not captured may be MLD. Neighbor Discovery is left out,
// too: systems send it into any tunnel that they have, to find routers.
static bool is_not_for_implicit_mode(const dsmipv4_check_t *c)
{
	bool cut = ipv6(c)->upper == DSMIPV4_UPPER_UNKNOWN && !ipv6(c)->captured_whole;
	return cut || dsmipv4_ipv6_is_nd(ipv6(c)) || dsmipv4_ipv6_is_mld(ipv6(c)) ||
	       (dsmipv4_ipv6_is_dhcp(ipv6(c)) && dsmipv4_is_delegation_stage(c));
}

// All IPv6 of implicit mode, DHCPv6 included, unless dsmipv4_check_dhcp6_via_coa() speaks of it.
dsmipv4_verdict_t dsmipv4_check_tun_implicit_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (is_not_for_implicit_mode(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, node_end(c),
		"IPv6 is tunneled %s, should be %s: no prefix is registered (home address registered %s)",
		dsmipv4_ends_text(c), dsmipv4_hoa_ends_text(c), dsmipv4_binding_text(c));
}

// Whether there is a binding at all.

static const char *const endings[] = {
	[DSMIPV4_REMOVED_NOT] = "ended",
	[DSMIPV4_REMOVED_DEREGISTERED] = "was deregistered",
	[DSMIPV4_REMOVED_REPLACED] = "was replaced",
	[DSMIPV4_REMOVED_ZERO_GRANTED] = "was granted no lifetime",
	[DSMIPV4_REMOVED_REVOKED] = "was revoked",
	[DSMIPV4_REMOVED_DENIED] = "was denied",
	[DSMIPV4_REMOVED_UNKNOWN] = "ended",
};

// The node has a live binding that was not captured whole, and may be reached at other addresses, too.
static bool may_be_elsewhere(const dsmipv4_check_t *c)
{
	const dsmipv4_version_t *v = dsmipv4_node_at(c->match->node, c->match->frame);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_event_t *request = dsmipv4_binding_request(v->bindings[i]);
		if (!request || !request->captured_whole || !v->bindings[i]->reply->captured_whole)
			return true;
	}
	return false;
}

// " by one to 192.0.2.71", "" where the care-of address is not known.
static const char *successor_text(const dsmipv4_check_t *c)
{
	const dsmipv4_version_t *v = c->candidate->removed_by;
	uint32_t coa = v->n_bindings ? dsmipv4_binding_effective_coa(v->bindings[v->n_bindings - 1]) : 0;
	return coa ? wmem_strdup_printf(c->alloc, " by one to %s", dsmipv4_ipv4_text(c->alloc, coa)) : "";
}

#define HEEDS_THE_END (15 * DSMIPV4_SECOND)

// What was registered before the capture began stays after a denial (RFC 5944 3.7.2). Otherwise a registration may be
// missing from the capture: at another address than the binding had it is sure, and the longer ago the binding ended,
// the likelier the node has come back to where it was.
static bool may_be_registered_unseen(const dsmipv4_check_t *c, dsmipv4_removal_t why, const dsmipv4_event_t *end)
{
	return why == DSMIPV4_REMOVED_DENIED || !dsmipv4_candidate_is_certain(c->match, c->candidate) ||
	       c->match->time - end->time > HEEDS_THE_END;
}

dsmipv4_verdict_t dsmipv4_check_tun_no_binding(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (k->status == DSMIPV4_BINDING_LIVE)
		return DSMIPV4_HOLDS;
	if (k->status != DSMIPV4_BINDING_REMOVED)
		return DSMIPV4_NOT_APPLICABLE;
	dsmipv4_removal_t why = k->binding ? k->binding->removal : k->removed_by->removal;
	const dsmipv4_event_t *end = k->removed_by->event;
	if (why == DSMIPV4_REMOVED_UNKNOWN || !end->captured_whole ||
	    (end->type == DSMIPV4_REGISTRATION_REPLY && end->pair && !end->pair->captured_whole) || may_be_elsewhere(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (may_be_registered_unseen(c, why, end))
		GIVES(f, tun_no_binding, NOTE);
	return dsmipv4_broken_in_layer(f, c->match->adjacent, node_end(c), "IPv6 is tunneled %s, but %s %s%s %s",
				       dsmipv4_ends_text(c), k->binding ? "its binding" : "its registration",
				       endings[why], why == DSMIPV4_REMOVED_REPLACED ? successor_text(c) : "",
				       dsmipv4_event_text(c->alloc, end));
}

dsmipv4_verdict_t dsmipv4_check_tun_expired(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->candidate->status == DSMIPV4_BINDING_LIVE)
		return DSMIPV4_HOLDS;
	if (c->candidate->status != DSMIPV4_BINDING_EXPIRED)
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_event_t *reply = c->candidate->binding->reply;
	int64_t over = c->match->time - dsmipv4_reply_expiry(reply);
	// A refresh may not have been captured. The next one would have come within another lifetime.
	if (dsmipv4_both_outlived(c->history, c->match, c->candidate->binding) ||
	    over < reply->lifetime * DSMIPV4_SECOND)
		GIVES(f, tun_expired, NOTE);
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, node_end(c),
		"IPv6 is tunneled %s, but its binding expired %.1f s ago (registered %s for %u s)",
		dsmipv4_ends_text(c), (double)over / DSMIPV4_SECOND, dsmipv4_binding_text(c), reply->lifetime);
}

// Where the node's address is in the IPv6 packet inside.
static uint32_t node_address_at(const dsmipv4_check_t *c)
{
	return to_mn(c) ? IPV6_DST_AT : IPV6_SRC_AT;
}

dsmipv4_verdict_t dsmipv4_check_tun_prefix_rejected(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!k->refused)
		return k->prefix ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	const char *prefix = dsmipv4_prefix_text(c->alloc, &k->refused->prefix);
	if (k->refused->state == DSMIPV4_PREFIX_IGNORED)
		return dsmipv4_broken_inside(c, f, node_address_at(c), IPV6_ADDR_LEN,
					     "%s is tunneled, but was rejected: it got no reply %s", prefix,
					     dsmipv4_binding_text(c));
	return dsmipv4_broken_inside(c, f, node_address_at(c), IPV6_ADDR_LEN,
				     "%s is tunneled, but was rejected with code %s %s", prefix,
				     dsmipv4_prefix_code_text(c->alloc, k->refused->code), dsmipv4_binding_text(c));
}

// The prefix that an earlier binding of the node had for the packet's address.
static const char *omitted_text(const dsmipv4_check_t *c)
{
	const dsmipv4_binding_t *b = c->candidate->binding;
	for (unsigned n = 0; b && n < DSMIPV4_LOOK_BACK; b = b->before, n++) {
		const dsmipv4_registered_prefix_t *r =
			dsmipv4_covering_prefix(b, c->match->address, dsmipv4_prefix_is_active);
		if (r)
			return dsmipv4_prefix_text(c->alloc, &r->prefix);
	}
	return "its prefix";
}

dsmipv4_verdict_t dsmipv4_check_tun_prefix_removed(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (k->refused)
		return DSMIPV4_NOT_APPLICABLE;
	if (!k->omitted_by)
		return k->prefix ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_inside(c, f, node_address_at(c), IPV6_ADDR_LEN,
				     "%s is tunneled, but %s was omitted from the re-registration %s, so deregistered",
				     dsmipv4_ipv6_text(c->alloc, c->match->address), omitted_text(c),
				     dsmipv4_event_text(c->alloc, k->omitted_by));
}

// Encapsulation.

static bool grants_hoa_mode(const dsmipv4_check_t *c)
{
	const dsmipv4_registered_prefix_t *p = c->candidate->prefix;
	return p && p->code == DSMIPV4_PREFIX_ACCEPTED_HOA;
}

static bool is_minimal(const dsmipv4_tunnel_t *t)
{
	for (unsigned i = 0; i < t->n_layers; i++) {
		if (t->layers[i].protocol == DSMIPV4_ENCAP_MINIMAL)
			return true;
	}
	return false;
}

// RFC 5454 3.3.2 says "should" of the tunnel to the care-of address. If that tunnel must not be used at all,
// dsmipv4_check_tun_hoa_expected() speaks; minimal encapsulation is dsmipv4_check_tun_minenc_ipv6()'s.
dsmipv4_verdict_t dsmipv4_check_tun_encap(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->match->tunneling_mode != DSMIPV4_TUNNELING_COA || grants_hoa_mode(c) || is_minimal(tunnel(c)))
		return DSMIPV4_NOT_APPLICABLE;
	bool gre = c->match->adjacent->protocol == DSMIPV4_ENCAP_GRE, agreed = asked_with(c, DSMIPV4_FLAG_G);
	if (gre == agreed)
		return DSMIPV4_HOLDS;
	if (!gre && c->match->adjacent->protocol != DSMIPV4_ENCAP_IPV6)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, DSMIPV4_IPV4_PROTOCOL,
		gre ? "GRE (protocol 47) is used, should be protocol 41: GRE was not requested (registered %s)"
		    : "Protocol 41 is used, should be GRE (protocol 47) as requested (registered %s)",
		dsmipv4_binding_text(c));
}

dsmipv4_verdict_t dsmipv4_check_tun_encap_reverse(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->care_of;
	bool gre = asked_with(c, DSMIPV4_FLAG_G), minimal = asked_with(c, DSMIPV4_FLAG_M);
	if (layer->protocol == DSMIPV4_ENCAP_GRE && !gre)
		return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_PROTOCOL,
					       "GRE (protocol 47) to the home agent, should be IP in IP: GRE was not "
					       "requested (registered %s)",
					       dsmipv4_binding_text(c));
	if (layer->protocol == DSMIPV4_ENCAP_MINIMAL && !minimal)
		return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_PROTOCOL,
					       "Minimal encapsulation (protocol 55) to the home agent, should be IP in "
					       "IP: it was not requested (registered %s)",
					       dsmipv4_binding_text(c));
	if (layer->protocol == DSMIPV4_ENCAP_GRE || layer->protocol == DSMIPV4_ENCAP_MINIMAL || !gre)
		return DSMIPV4_HOLDS;
	GIVES(f, tun_encap_reverse, NOTE); // IP in IP is always supported
	return dsmipv4_broken_in_layer(
		f, layer, DSMIPV4_IPV4_PROTOCOL,
		"Protocol %u to the home agent, should be GRE (protocol 47) as requested (registered %s)",
		layer->protocol, dsmipv4_binding_text(c));
}

// The tunnel to the care-of address itself is judged by dsmipv4_check_tun_encap() and
// dsmipv4_check_tun_minenc_ipv6(). What is inside may be anything that goes to the node.
dsmipv4_verdict_t dsmipv4_check_tun_encap_forward(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->care_of;
	bool ipv4 = tunnel(c)->kind == DSMIPV4_INNER_IPV4;
	if (!ipv4 && !is_hoa_mode(c))
		return DSMIPV4_NOT_APPLICABLE;
	bool gre = layer->protocol == DSMIPV4_ENCAP_GRE, minimal = layer->protocol == DSMIPV4_ENCAP_MINIMAL;
	if (gre && !asked_with(c, DSMIPV4_FLAG_G))
		return dsmipv4_broken_in_layer(
			f, layer, DSMIPV4_IPV4_PROTOCOL,
			"GRE (protocol 47) to the node, should be IP in IP: GRE was not requested (registered %s)",
			dsmipv4_binding_text(c));
	if (minimal && !asked_with(c, DSMIPV4_FLAG_M))
		return dsmipv4_broken_in_layer(
			f, layer, DSMIPV4_IPV4_PROTOCOL,
			"Minimal encapsulation (protocol 55) to the node, should be IP in IP: it "
			"was not requested (registered %s)",
			dsmipv4_binding_text(c));
	return DSMIPV4_HOLDS;
}

// Protocol 4 with IPv6 inside is judged by dsmipv4_check_tun_ip4_carries_ip6(), minimal encapsulation by
// dsmipv4_check_tun_minenc_ipv6().
dsmipv4_verdict_t dsmipv4_check_tun_hoa_encap(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->adjacent;
	if (c->match->hoa == 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (layer->protocol == DSMIPV4_ENCAP_IPV6)
		return DSMIPV4_HOLDS;
	if (layer->protocol == DSMIPV4_ENCAP_GRE)
		return dsmipv4_broken_in_layer(
			f, layer, DSMIPV4_IPV4_PROTOCOL,
			"GRE (protocol 47) between home agent and home address, should be protocol 41");
	if (dsmipv4_layer_is_udp(layer))
		return dsmipv4_broken_in_layer(
			f, layer, DSMIPV4_IPV4_PROTOCOL,
			"UDP tunneling between home agent and home address, should be protocol 41");
	return DSMIPV4_NOT_APPLICABLE;
}

// Reverse tunneling (RFC 3024).

dsmipv4_verdict_t dsmipv4_check_rt_no_t(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (asked_with(c, DSMIPV4_FLAG_T))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(
		f, c->match->care_of, DSMIPV4_IPV4_ENDS,
		"Reverse tunneling by the foreign agent, but the request has T flag 0 (registered %s)",
		dsmipv4_binding_text(c));
}

dsmipv4_verdict_t dsmipv4_check_rt_delivery(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_tunnel_history_t *history = c->history;
	if (!dsmipv4_asked_for_delivery(c->candidate))
		return DSMIPV4_NOT_APPLICABLE;
	bool seen = history && history->sent && history->sent == dsmipv4_inner_digest(tunnel(c)) &&
		    c->match->time >= history->sent_at &&
		    dsmipv4_in_grace(history->sent_at, c->match->time, c->options->grace);
	if (!seen)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, c->match->care_of, DSMIPV4_IPV4_ENDS,
				       "Reverse tunneled, but the node sent it to the foreign agent without "
				       "encapsulation %s, should encapsulate",
				       dsmipv4_frame_text(c->alloc, history->sent_in));
}
