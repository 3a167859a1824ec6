// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of what belongs to the tunnel as a link: Neighbor Discovery, MLD, link-local addresses, DHCPv6
// (RFC 5454 3.3.3, 3.6, 3.7.1; RFC 4213 3.8; RFC 4861; RFC 3810).
#include "rules/tunnel/tunnel.h"
#include "util/bytes.h"

dsmipv4_verdict_t dsmipv4_check_tun_nd_hoplimit(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (ipv6(c)->hop_limit == 255)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_inside(c, f, IPV6_HOP_LIMIT_AT, 1, "Hop limit of Neighbor Discovery is %u, should be 255",
				     ipv6(c)->hop_limit);
}

// A tunnel to the care-of address of a node without prefixes is an unrelated one.
dsmipv4_verdict_t dsmipv4_check_tun_nd_lladdr(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	bool others = is_direct(c) && (!c->candidate || c->candidate->implicit);
	if (others)
		return DSMIPV4_NOT_APPLICABLE;
	if (ipv6(c)->lladdr_offset == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, (int32_t)ipv6(c)->lladdr_offset, 8,
				 "Link-layer address option (type %u) of Neighbor Discovery in a tunnel, which has no "
				 "link-layer addresses; should be left out",
				 tunnel(c)->bytes[ipv6(c)->lladdr_offset]);
}

// Multicast Listener Discovery.

dsmipv4_verdict_t dsmipv4_check_mld_not_hoa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, c->match->adjacent, node_end(c), "MLD is tunneled %s, should be %s",
				       dsmipv4_ends_text(c), dsmipv4_hoa_ends_text(c));
}

#define MLD_V2_QUERY_LEN 28 // at least (RFC 3810 5.1)

// The message is of version 2, whose RFC says MUST; that of version 1 says how messages are.
static bool is_mld_v2(const dsmipv4_check_t *c)
{
	uint32_t end = tunnel(c)->inner_offset + IPV6_HEADER_LEN + ipv6(c)->payload_len;
	return ipv6(c)->icmp_type == DSMIPV4_MLD_REPORT_V2 ||
	       (ipv6(c)->icmp_type == DSMIPV4_MLD_QUERY && end >= ipv6(c)->upper_offset + MLD_V2_QUERY_LEN);
}

dsmipv4_verdict_t dsmipv4_check_mld_hoplimit(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (ipv6(c)->hop_limit == 1)
		return DSMIPV4_HOLDS;
	f->source = is_mld_v2(c) ? "3810 5" : "2710 3; 6275 10.4.3";
	return dsmipv4_broken_inside(c, f, IPV6_HOP_LIMIT_AT, 1, "Hop limit of MLD is %u, should be 1",
				     ipv6(c)->hop_limit);
}

// Reports may come from a node that has no address yet (RFC 3590 4, RFC 3810 5.2.13); queries may not.
dsmipv4_verdict_t dsmipv4_check_mld_src(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const uint8_t *src = ipv6(c)->src;
	bool may_be_unspecified = ipv6(c)->icmp_type != DSMIPV4_MLD_QUERY;
	if (dsmipv4_ipv6_link_local(src) || (may_be_unspecified && dsmipv4_ipv6_unspecified(src)))
		return DSMIPV4_HOLDS;
	f->source = is_mld_v2(c) ? "3810 5, 5.1.14, 5.2.13" : "2710 3";
	return dsmipv4_broken_inside(c, f, IPV6_SRC_AT, IPV6_ADDR_LEN,
				     "MLD comes from %s, should come from a link-local address",
				     dsmipv4_ipv6_text(c->alloc, src));
}

dsmipv4_verdict_t dsmipv4_check_mld_router_alert(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (ipv6(c)->router_alert)
		return DSMIPV4_HOLDS;
	f->source = is_mld_v2(c) ? "3810 5" : "2710 3";
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"MLD message of type %u without a Router Alert option, should have one in a Hop-by-Hop header",
		ipv6(c)->icmp_type);
}

static const uint8_t all_nodes[16] = {0xff, 2, [15] = 1};
static const uint8_t all_routers[16] = {0xff, 2, [15] = 2};
static const uint8_t all_mldv2_routers[16] = {0xff, 2, [15] = 0x16};

#define MLD_GROUP_AT 8 // in a query, and in reports of version 1 and Done (RFC 2710 3)

// The group that the message names, NULL: not captured.
static const uint8_t *mld_group(const dsmipv4_check_t *c)
{
	uint32_t at = ipv6(c)->upper_offset + MLD_GROUP_AT;
	bool captured = tunnel(c)->captured >= at && tunnel(c)->captured - at >= IPV6_ADDR_LEN;
	return captured ? tunnel(c)->bytes + at : NULL;
}

// Where the message belongs (RFC 2710 3, 5; RFC 3810 5.1.15, 5.2.14), NULL: not known.
static const uint8_t *mld_destination(const dsmipv4_check_t *c)
{
	const uint8_t *group;
	switch (ipv6(c)->icmp_type) {
	case DSMIPV4_MLD_REPORT_V2:
		return all_mldv2_routers;
	case DSMIPV4_MLD_DONE:
		return all_routers;
	default:
		group = mld_group(c);
		return group && dsmipv4_ipv6_unspecified(group) ? all_nodes : group;
	}
}

dsmipv4_verdict_t dsmipv4_check_mld_dst(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const uint8_t *right = mld_destination(c);
	if (!right)
		return DSMIPV4_NOT_APPLICABLE;
	if (memcmp(right, ipv6(c)->dst, IPV6_ADDR_LEN) == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_inside(c, f, IPV6_DST_AT, IPV6_ADDR_LEN,
				     "MLD message of type %u goes to %s, should go to %s", ipv6(c)->icmp_type,
				     dsmipv4_ipv6_text(c->alloc, ipv6(c)->dst), dsmipv4_ipv6_text(c->alloc, right));
}

// A router may listen itself (RFC 2710 3), so a report of the home agent is a note.
dsmipv4_verdict_t dsmipv4_check_mld_direction(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	bool query = ipv6(c)->icmp_type == DSMIPV4_MLD_QUERY;
	if (query == to_mn(c))
		return DSMIPV4_HOLDS;
	if (!query)
		GIVES(f, mld_direction, NOTE);
	return dsmipv4_broken_at(f, (int32_t)ipv6(c)->upper_offset, 1,
				 query ? "MLD query from the node, should come from the home agent"
				       : "MLD report from the home agent, should come from the node");
}

#define LEAST_IPV6_MTU 1280 // RFC 8200 5
#define PTB_MTU_AT 4        // RFC 4443 3.2
#define PTB_END 8

dsmipv4_verdict_t dsmipv4_check_ptb_below_1280(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_tunnel_t *t = tunnel(c);
	uint32_t at = ipv6(c)->upper_offset;
	if (ipv6(c)->upper != DSMIPV4_UPPER_ICMPV6 || ipv6(c)->icmp_type != DSMIPV4_PACKET_TOO_BIG ||
	    t->captured < at + PTB_END)
		return DSMIPV4_NOT_APPLICABLE;
	uint32_t mtu = get32(t->bytes + at + PTB_MTU_AT);
	if (mtu >= LEAST_IPV6_MTU)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, (int32_t)(at + PTB_MTU_AT), 4,
				 "Packet Too Big reports an MTU of %u, should be at least %u", mtu, LEAST_IPV6_MTU);
}

// Link-local addresses.

static bool is_link_local_multicast(const uint8_t addr[16])
{
	return addr[0] == 0xff && (addr[1] & 15) == 2;
}

static bool has_link_local_address(const dsmipv4_check_t *c)
{
	return dsmipv4_ipv6_link_local(ipv6(c)->src) || dsmipv4_ipv6_link_local(ipv6(c)->dst) ||
	       is_link_local_multicast(ipv6(c)->dst);
}

// DHCPv6 prefix delegation from a link-local address, which must be registered first.
static bool is_early_delegation(const dsmipv4_check_t *c)
{
	return dsmipv4_ipv6_is_dhcp(ipv6(c)) && ipv6(c)->ia_pd && dsmipv4_ipv6_link_local(ipv6(c)->src);
}

// It is judged by another rule, or may be: not all of it was captured.
static bool is_perhaps_delegation(const dsmipv4_check_t *c)
{
	return is_early_delegation(c) || (dsmipv4_ipv6_is_dhcp(ipv6(c)) && !ipv6(c)->captured_whole);
}

// Neighbor Discovery belongs to any tunnel (RFC 4213 3.8), and so does MLD (RFC 5454 3.3.3); prefix delegation is
// judged by dsmipv4_check_dhcp6_before_ll(). What was not captured may be any of them.
dsmipv4_verdict_t dsmipv4_check_ll_not_registered(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->candidate->binding->reply->captured_whole || !has_link_local_address(c) ||
	    ipv6(c)->upper == DSMIPV4_UPPER_UNKNOWN || dsmipv4_ipv6_is_nd(ipv6(c)) || dsmipv4_ipv6_is_mld(ipv6(c)) ||
	    is_perhaps_delegation(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (c->candidate->link_local)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_inside(
		c, f, IPV6_SRC_AT, 2 * IPV6_ADDR_LEN,
		"Link-local packet from %s to %s, but no link-local address is registered (home address registered %s)",
		dsmipv4_ipv6_text(c->alloc, ipv6(c)->src), dsmipv4_ipv6_text(c->alloc, ipv6(c)->dst),
		dsmipv4_binding_text(c));
}

// MLD is judged by dsmipv4_check_mld_not_hoa(), DHCPv6 by dsmipv4_check_dhcp6_via_coa(). Once prefixes are registered,
// the tunnel to the care-of address is a link with Neighbor Discovery of its own.
dsmipv4_verdict_t dsmipv4_check_ll_via_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	bool stage = is_live(c) && is_link_local_stage(c);
	if (ipv6(c)->upper == DSMIPV4_UPPER_UNKNOWN || dsmipv4_ipv6_is_mld(ipv6(c)) || dsmipv4_ipv6_is_dhcp(ipv6(c)) ||
	    (!stage && (!is_link_local(c) || dsmipv4_ipv6_is_nd(ipv6(c)))))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	if (!stage)
		GIVES(f, ll_via_coa, WARN);
	return dsmipv4_broken_in_layer(
		f, c->match->adjacent, node_end(c), "%s is tunneled %s, should be %s (%s %s)",
		stage ? "IPv6" : "Link-local traffic", dsmipv4_ends_text(c), dsmipv4_hoa_ends_text(c),
		stage ? "only a link-local address is registered so far," : "registered", dsmipv4_binding_text(c));
}

dsmipv4_verdict_t dsmipv4_check_ll_wrong_source(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_registered_prefix_t *registered = c->candidate->link_local;
	if (!is_link_local(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (memcmp(registered->prefix.bytes, ipv6(c)->src, IPV6_ADDR_LEN) == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_inside(c, f, IPV6_SRC_AT, IPV6_ADDR_LEN,
				     "Link-local source is %s, should be %s (registered %s)",
				     dsmipv4_ipv6_text(c->alloc, ipv6(c)->src),
				     dsmipv4_ipv6_text(c->alloc, registered->prefix.bytes), dsmipv4_binding_text(c));
}

// DHCPv6 prefix delegation.

static bool had_link_local(const dsmipv4_binding_t *b)
{
	for (unsigned i = 0; i < b->reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &b->reply->prefixes[i];
		if (r->state == DSMIPV4_PREFIX_ACTIVE && r->prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
			return true;
	}
	return false;
}

static dsmipv4_verdict_t broken_delegation(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const char *why)
{
	const dsmipv4_candidate_t *k = c->match->n_candidates ? &c->match->candidates[0] : NULL;
	const char *when = k && k->binding ? wmem_strdup_printf(c->alloc, " (registered %s)",
								dsmipv4_event_text(c->alloc, k->binding->reply))
					   : "";
	return dsmipv4_broken_inside(c, f, ipv6(c)->upper_offset - tunnel(c)->inner_offset, 8,
				     "DHCPv6 prefix delegation from %s%s%s", dsmipv4_ipv6_text(c->alloc, ipv6(c)->src),
				     why, when);
}

static bool asks_for_link_local(const dsmipv4_event_t *request)
{
	for (unsigned i = 0; i < request->n_prefixes; i++) {
		if (request->prefixes[i].prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
			return true;
	}
	return !request->captured_whole;
}

// A link-local address may be registered: a request for it may have been granted.
static bool perhaps_has_link_local(const dsmipv4_match_t *m)
{
	for (unsigned i = 0; i < m->n_candidates; i++) {
		const dsmipv4_event_t *request = m->candidates[i].request;
		if (m->candidates[i].status == DSMIPV4_BINDING_PERHAPS && (!request || asks_for_link_local(request)))
			return true;
	}
	return false;
}

static bool any_has_link_local(const dsmipv4_match_t *m)
{
	for (unsigned i = 0; i < m->n_candidates; i++) {
		if (m->candidates[i].link_local && m->candidates[i].status == DSMIPV4_BINDING_LIVE)
			return true;
	}
	return false;
}

bool dsmipv4_is_delegation_stage(const dsmipv4_check_t *c)
{
	return c->candidate->implicit && any_has_link_local(c->match);
}

// RFC 5454 1.4 leaves the mechanism of implicit mode open. A node that had prefixes or the link-local address until
// this registration is in explicit mode.
static bool is_explicit(const dsmipv4_candidate_t *k)
{
	return !k->implicit || (k->binding->before && k->binding->before->reply->n_prefixes > 0);
}

// If the capture has no reply of the node, its mode is not known.
dsmipv4_verdict_t dsmipv4_check_dhcp6_before_ll(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_match_t *m = c->match;
	const dsmipv4_candidate_t *k = m->n_candidates ? &m->candidates[0] : NULL;
	if (!is_early_delegation(c) || !k || !k->binding || !is_explicit(k) || k->status != DSMIPV4_BINDING_LIVE ||
	    !k->binding->reply->captured_whole || perhaps_has_link_local(m))
		return DSMIPV4_NOT_APPLICABLE;
	if (any_has_link_local(m))
		return DSMIPV4_HOLDS;
	bool dropped = k->binding->before && had_link_local(k->binding->before);
	return broken_delegation(c, f,
				 dropped ? ", after the link-local address was omitted from the registration"
					 : ", before a link-local address is registered");
}

// Without a registered link-local address, DHCPv6 is data to some server, or judged by
// dsmipv4_check_dhcp6_before_ll(). Delegation often begins within the grace period, in which the registration of the
// home address alone, just before, must not excuse it.
dsmipv4_verdict_t dsmipv4_check_dhcp6_via_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!k->link_local && !dsmipv4_is_delegation_stage(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_direct(c))
		return DSMIPV4_HOLDS;
	if (k->n_global > 0)
		GIVES(f, dhcp6_via_coa, WARN);
	return dsmipv4_broken_in_layer(f, c->match->adjacent, node_end(c),
				       "DHCPv6 is tunneled %s, should be %s (registered %s)", dsmipv4_ends_text(c),
				       dsmipv4_hoa_ends_text(c), dsmipv4_binding_text(c));
}

#define TIME_TO_REGISTER (30 * DSMIPV4_SECOND)
#define MOST_EVENTS 1000

static bool names_prefix(const dsmipv4_event_t *e, const dsmipv4_prefix_t *p)
{
	return dsmipv4_event_find_prefix(e, p, dsmipv4_prefix_overlaps) != NULL;
}

// Whether the node requests the delegated prefix, or a part of it, in time.
static dsmipv4_verdict_t is_asked_for(const dsmipv4_check_t *c, const dsmipv4_prefix_t *p)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *e = c->match->node->last; e && e->frame > c->match->frame; e = e->before) {
		if (++n > MOST_EVENTS)
			return DSMIPV4_NOT_APPLICABLE;
		if (e->type == DSMIPV4_REGISTRATION_REQUEST && e->time - c->match->time <= TIME_TO_REGISTER &&
		    (!e->captured_whole || names_prefix(e, p)))
			return DSMIPV4_HOLDS;
	}
	return DSMIPV4_BROKEN;
}

// Explicit mode only: a node that never registered a prefix need not register this one.
dsmipv4_verdict_t dsmipv4_check_pd_not_registered(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	bool ended = c->packet->capture_end < c->match->time + TIME_TO_REGISTER;
	if (ipv6(c)->dhcp_type != DSMIPV4_DHCPV6_REPLY || ended)
		return DSMIPV4_NOT_APPLICABLE;
	dsmipv4_verdict_t verdict = DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; i < ipv6(c)->n_prefixes && verdict != DSMIPV4_BROKEN; i++) {
		const dsmipv4_prefix_t *p = &ipv6(c)->prefixes[i];
		verdict = names_prefix(c->candidate->binding->reply, p) ? DSMIPV4_HOLDS : is_asked_for(c, p);
		if (verdict == DSMIPV4_BROKEN)
			dsmipv4_broken_inside(c, f, ipv6(c)->upper_offset - tunnel(c)->inner_offset, 8,
					      "%s is delegated, but not requested within 30 s, should be registered",
					      dsmipv4_prefix_text(c->alloc, p));
	}
	return verdict;
}
