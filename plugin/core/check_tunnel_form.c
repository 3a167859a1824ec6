// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of how a binding's packets are tunnelled, and whether they may be at all (RFC 5454 1.4,
// 3.2-3.8; RFC 3344 3.8.2.2, 4.2.3; RFC 3024; catalogue section 5).
#include "check_tunnel.h"

// The prefix was granted with this code, and it is clear what that means.
static bool is_granted(const check_t *c, uint8_t code)
{
	const dsmipv4_candidate_t *k = c->candidate;
	return is_live_and_known(c) && is_complete(k) && k->prefix && k->prefix->code == code &&
	       !dsmipv4_mode_is_open(k);
}

static const char *matched_prefix(const check_t *c)
{
	return prefix_words(c->alloc, &c->candidate->prefix->prefix);
}

dsmipv4_verdict_t check_tun_hoa_expected(const check_t *c, finding_t *f)
{
	if (!is_granted(c, DSMIPV4_PREFIX_ACCEPTED_HOA) || !asked_with(c, DSMIPV4_FLAG_D) || is_in_udp(c) ||
	    !is_plain_data(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	if (from_mn(c)) // the care-of address passes the home agent's check of the source
		f->severity = DSMIPV4_WARN;
	return broken_in_layer(f, c->match->adjacent,
			       "%s is tunnelled to the care-of address, granted was the home address (%s)",
			       matched_prefix(c), binding_words(c));
}

dsmipv4_verdict_t check_tun_coa_expected(const check_t *c, finding_t *f)
{
	if (!is_granted(c, DSMIPV4_PREFIX_ACCEPTED_COA) || !asked_with(c, DSMIPV4_FLAG_D) || is_in_udp(c) ||
	    !is_plain_data(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_hoa_form(c))
		return DSMIPV4_HOLDS;
	if (from_mn(c)) // the home agent accepts either source
		f->severity = DSMIPV4_NOTE;
	return broken_in_layer(f, c->match->adjacent,
			       "%s is tunnelled to the home address, granted was the care-of address (%s)",
			       matched_prefix(c), binding_words(c));
}

// Traffic of the link-local stage is check_ll_via_coa()'s.
dsmipv4_verdict_t check_tun_fa_coa_direct(const check_t *c, finding_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	bool other_code = k->prefix && k->prefix->code > DSMIPV4_PREFIX_ACCEPTED_COA;
	if (!is_live_and_known(c) || asked_with(c, DSMIPV4_FLAG_D) || k->implicit || is_link_local_stage(c) ||
	    other_code || !is_plain_data(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	if (from_mn(c) || (k->prefix && k->prefix->code == DSMIPV4_PREFIX_ACCEPTED_COA))
		f->severity = DSMIPV4_WARN;
	return broken_in_layer(f, c->match->adjacent,
			       "IPv6 is tunnelled directly to a foreign agent's care-of address (%s)",
			       binding_words(c));
}

// What a system sends of its own accord into any tunnel it has, to find routers there, is not the node's
// traffic.
dsmipv4_verdict_t check_tun_implicit_coa(const check_t *c, finding_t *f)
{
	if (!is_live_and_known(c) || !c->candidate->implicit || !is_plain_data(c) || dsmipv4_ipv6_is_nd(ipv6(c)))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	return broken_in_layer(f, c->match->adjacent,
			       "IPv6 is tunnelled to the care-of address, but no prefix is registered (%s)",
			       binding_words(c));
}

// Whether there is a binding at all.

static const char *const endings[] = {
	[DSMIPV4_REMOVED_NOT] = "ended",
	[DSMIPV4_REMOVED_DEREGISTERED] = "was deregistered",
	[DSMIPV4_REMOVED_REPLACED] = "was replaced by one to another care-of address",
	[DSMIPV4_REMOVED_ZERO_GRANTED] = "was granted no lifetime",
	[DSMIPV4_REMOVED_REVOKED] = "was revoked",
	[DSMIPV4_REMOVED_DENIED] = "was denied",
	[DSMIPV4_REMOVED_UNKNOWN] = "ended",
};

// A binding of the node is live of which not all was captured: it may be reached at other addresses too.
static bool may_be_elsewhere(const check_t *c)
{
	const dsmipv4_version_t *v = dsmipv4_node_at(c->match->node, c->match->frame);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_event_t *request = dsmipv4_binding_request(v->bindings[i]);
		if (!request || !request->complete || !v->bindings[i]->reply->complete)
			return true;
	}
	return false;
}

dsmipv4_verdict_t check_tun_no_binding(const check_t *c, finding_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (k->standing == DSMIPV4_BINDING_LIVE)
		return DSMIPV4_HOLDS;
	if (k->standing != DSMIPV4_BINDING_REMOVED)
		return DSMIPV4_NOT_APPLICABLE;
	dsmipv4_removal_t why = k->binding ? k->binding->removal : k->removed_by->removal;
	const dsmipv4_event_t *end = k->removed_by->event;
	if (why == DSMIPV4_REMOVED_UNKNOWN || !end->complete || (end->pair && !end->pair->complete) ||
	    may_be_elsewhere(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (why == DSMIPV4_REMOVED_DENIED) // what was registered before the capture began stays (RFC 3344 3.7.2)
		f->severity = DSMIPV4_NOTE;
	return broken_in_layer(f, c->match->adjacent, "%s %s (%s)",
			       k->binding ? "IPv6 is tunnelled, but the binding"
					  : "IPv6 is tunnelled, but the registration",
			       endings[why], frame_words(c->alloc, k->removed_by->event));
}

dsmipv4_verdict_t check_tun_expired(const check_t *c, finding_t *f)
{
	if (c->candidate->standing == DSMIPV4_BINDING_LIVE)
		return DSMIPV4_HOLDS;
	if (c->candidate->standing != DSMIPV4_BINDING_EXPIRED)
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_event_t *reply = c->candidate->binding->reply;
	int64_t over = c->match->time - dsmipv4_reply_expiry(reply);
	return broken_in_layer(f, c->match->adjacent, "The binding expired %.1f s ago (%s, lifetime %u s)",
			       (double)over / DSMIPV4_SECOND, binding_words(c), reply->lifetime);
}

dsmipv4_verdict_t check_tun_prefix_rejected(const check_t *c, finding_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!is_live(c) || k->implicit || !is_complete(k))
		return DSMIPV4_NOT_APPLICABLE;
	if (!k->refused)
		return k->prefix ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	const char *prefix = prefix_words(c->alloc, &k->refused->prefix);
	if (k->refused->state == DSMIPV4_PREFIX_IGNORED)
		return broken_in_layer(f, c->match->adjacent, "%s is tunnelled, but got no reply (%s)", prefix,
				       binding_words(c));
	return broken_in_layer(f, c->match->adjacent, "%s is tunnelled, but was rejected with code %u (%s)", prefix,
			       k->refused->code, binding_words(c));
}

dsmipv4_verdict_t check_tun_prefix_removed(const check_t *c, finding_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!is_live(c) || k->implicit || !is_complete(k) || k->refused)
		return DSMIPV4_NOT_APPLICABLE;
	if (!k->omitted_by)
		return k->prefix ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	return broken_in_layer(f, c->match->adjacent, "The prefix of %s was deregistered by leaving it out (%s)",
			       ipv6_words(c->alloc, c->match->address), frame_words(c->alloc, k->omitted_by));
}

// Encapsulation.

static bool is_hoa_mode(const check_t *c)
{
	const dsmipv4_registered_prefix_t *p = c->candidate->prefix;
	return p && p->code == DSMIPV4_PREFIX_ACCEPTED_HOA;
}

// Where the care-of address is the tunnel's end, "should" (RFC 5454 3.3.2). Where it must not be,
// check_tun_hoa_expected() speaks.
dsmipv4_verdict_t check_tun_encap(const check_t *c, finding_t *f)
{
	if (!to_mn(c) || !is_live_and_known(c) || !asked_with(c, DSMIPV4_FLAG_D) ||
	    c->match->form != DSMIPV4_FORM_COA || is_hoa_mode(c) || is_in_udp(c))
		return DSMIPV4_NOT_APPLICABLE;
	bool gre = c->match->adjacent->protocol == DSMIPV4_ENCAP_GRE, agreed = asked_with(c, DSMIPV4_FLAG_G);
	if (gre == agreed)
		return DSMIPV4_HOLDS;
	if (!gre && c->match->adjacent->protocol != DSMIPV4_ENCAP_IPV6)
		return DSMIPV4_NOT_APPLICABLE;
	return broken_in_layer(f, c->match->adjacent,
			       gre ? "GRE is used, which was not asked for (%s)"
				   : "GRE was asked for, but is not used (%s)",
			       binding_words(c));
}

dsmipv4_verdict_t check_tun_encap_reverse(const check_t *c, finding_t *f)
{
	const dsmipv4_outer_t *layer = c->match->care_of;
	if (!from_mn(c) || !is_live_and_known(c) || !layer || c->match->strange_coa || is_in_udp(c))
		return DSMIPV4_NOT_APPLICABLE;
	bool gre = asked_with(c, DSMIPV4_FLAG_G), minimal = asked_with(c, DSMIPV4_FLAG_M);
	if (layer->protocol == DSMIPV4_ENCAP_GRE && !gre)
		return broken_in_layer(f, layer, "GRE towards the home agent, which was not asked for (%s)",
				       binding_words(c));
	if (layer->protocol == DSMIPV4_ENCAP_MINIMAL && !minimal)
		return broken_in_layer(f, layer,
				       "Minimal encapsulation towards the home agent, which was not asked for (%s)",
				       binding_words(c));
	if (layer->protocol == DSMIPV4_ENCAP_GRE || layer->protocol == DSMIPV4_ENCAP_MINIMAL || !gre)
		return DSMIPV4_HOLDS;
	f->severity = DSMIPV4_NOTE; // IP in IP is always supported
	return broken_in_layer(f, layer, "GRE was asked for, but is not used towards the home agent (%s)",
			       binding_words(c));
}

// Protocol 4 with IPv6 inside is check_tun_ip4_carries_ip6()'s, as is minimal encapsulation
// check_tun_minenc_ipv6()'s.
dsmipv4_verdict_t check_tun_hoa_encap(const check_t *c, finding_t *f)
{
	const dsmipv4_outer_t *layer = c->match->adjacent;
	if (!is_hoa_form(c) || !c->match->node || c->match->hoa == 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (layer->protocol == DSMIPV4_ENCAP_IPV6)
		return DSMIPV4_HOLDS;
	if (layer->protocol == DSMIPV4_ENCAP_GRE)
		return broken_in_layer(f, layer, "GRE between home agent and home address");
	if (dsmipv4_layer_is_udp(layer))
		return broken_in_layer(f, layer, "UDP tunnelling between home agent and home address");
	return DSMIPV4_NOT_APPLICABLE;
}

// Reverse tunnelling (RFC 3024).

static bool is_reverse_tunnelled_by_fa(const check_t *c)
{
	return from_mn(c) && is_live_and_known(c) && is_hoa_form(c) && c->match->care_of &&
	       !asked_with(c, DSMIPV4_FLAG_D);
}

dsmipv4_verdict_t check_rt_no_t(const check_t *c, finding_t *f)
{
	if (!is_reverse_tunnelled_by_fa(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (asked_with(c, DSMIPV4_FLAG_T))
		return DSMIPV4_HOLDS;
	return broken_in_layer(f, c->match->care_of, "Reverse tunnelling, which was not asked for (%s)",
			       binding_words(c));
}

dsmipv4_verdict_t check_rt_delivery(const check_t *c, finding_t *f)
{
	const dsmipv4_trace_t *trace = c->trace;
	if (!is_reverse_tunnelled_by_fa(c) || !dsmipv4_asked_for_delivery(c->candidate))
		return DSMIPV4_NOT_APPLICABLE;
	int64_t since = trace ? c->match->time - trace->sent_at : 0;
	bool seen = trace && trace->sent && trace->sent == dsmipv4_inner_digest(tunnel(c)) && since >= 0 &&
		    since <= c->options->grace;
	if (!seen)
		return DSMIPV4_HOLDS;
	return broken_in_layer(f, c->match->care_of,
			       "Reverse tunnelled, but the node did not encapsulate it to the foreign agent (%s)",
			       frame_number_words(c->alloc, trace->sent_in));
}
