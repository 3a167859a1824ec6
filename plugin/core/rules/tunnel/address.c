// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the addresses outside and inside a tunnel (RFC 5454 3.3, 3.3.2, 4; RFC 4213 3.6).
#include "rules/tunnel/tunnel.h"
#include "state/nat.h"

#define MOST_LISTED 4 // prefixes in a text

// An address that belongs to no binding, and to no NAT that would explain it.
static bool is_strange_care_of(const dsmipv4_check_t *c)
{
	return c->match->strange_coa && c->match->care_of && is_live_and_known(c) &&
	       !dsmipv4_nat_may_hide_coa(c->options->nat, c->candidate->request, c->match->coa);
}

// Inside the tunnel to the care-of address there is a tunnel to another address than the home address, perhaps of a
// guest in the node's network.
static bool is_in_a_tunnel_of_its_own(const dsmipv4_match_t *m)
{
	return m->tunneling_mode == DSMIPV4_TUNNELING_HOA && m->hoa == 0;
}

// Only the IPv6 address could show that the packet is this node's: private home addresses may be shared by nodes with
// different NAIs (RFC 5944 appendix F).
static bool may_be_anothers(const dsmipv4_check_t *c)
{
	const dsmipv4_match_t *m = c->match;
	return m->by_inside || is_in_a_tunnel_of_its_own(m) || (m->node->nai && dsmipv4_ipv4_is_private(m->node->hoa));
}

// The home address inside shows that the packet is this node's. A node that did not ask for reverse tunneling may send
// its IPv4 as it is, through some other tunnel to the home network.
static bool is_named_by_home_address(const dsmipv4_check_t *c)
{
	const dsmipv4_match_t *m = c->match;
	return tunnel(c)->kind == DSMIPV4_INNER_IPV4 && tunnel(c)->ipv4.src == m->node->hoa &&
	       !is_in_a_tunnel_of_its_own(m) && asked_with(c, DSMIPV4_FLAG_T) &&
	       !(m->node->nai && dsmipv4_ipv4_is_private(m->node->hoa));
}

// UDP tunnel data is judged by dsmipv4_check_natt_ports().
dsmipv4_verdict_t dsmipv4_check_tun_outer_src(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_match_t *m = c->match;
	bool ipv6 = tunnel(c)->kind == DSMIPV4_INNER_IPV6;
	if (ipv6 ? may_be_anothers(c) && !c->candidate->prefix : !is_named_by_home_address(c))
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_outer_t *wrong = NULL;
	if (is_strange_care_of(c))
		wrong = m->care_of;
	else if (is_in_a_tunnel_of_its_own(m) && c->candidate->request)
		wrong = m->adjacent;
	if (!wrong)
		return DSMIPV4_HOLDS;
	if (dsmipv4_home_agent_sent_to(c->history, wrong->src)) // so it is registered there: that was not captured
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_in_layer(
		f, wrong, DSMIPV4_IPV4_SRC,
		"Outer source is %s, should be the care-of address %s or the home address %s (registered %s)",
		dsmipv4_ipv4_text(c->alloc, wrong->src),
		dsmipv4_ipv4_text(c->alloc, dsmipv4_binding_effective_coa(c->candidate->binding)),
		dsmipv4_ipv4_text(c->alloc, m->node->hoa), dsmipv4_binding_text(c));
}

static bool is_ipv4_in_ipv6(const uint8_t addr[16])
{
	static const uint8_t zero[10];
	bool mapped = addr[10] == 0xff && addr[11] == 0xff, compatible = addr[10] == 0 && addr[11] == 0;
	return memcmp(addr, zero, sizeof zero) == 0 && (mapped || compatible);
}

// :: is right during duplicate address detection. ::1 is one of the compatible addresses.
static bool is_invalid_source(const uint8_t addr[16])
{
	return dsmipv4_ipv6_multicast(addr) || (is_ipv4_in_ipv6(addr) && !dsmipv4_ipv6_unspecified(addr));
}

// What was not captured may be Neighbor Discovery or MLD.
static bool is_data_from_nowhere(const dsmipv4_check_t *c)
{
	return dsmipv4_ipv6_unspecified(ipv6(c)->src) && ipv6(c)->upper != DSMIPV4_UPPER_UNKNOWN &&
	       !dsmipv4_ipv6_is_nd(ipv6(c)) && !dsmipv4_ipv6_is_mld(ipv6(c));
}

dsmipv4_verdict_t dsmipv4_check_tun_src_invalid(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const uint8_t *src = ipv6(c)->src;
	if (is_data_from_nowhere(c))
		return dsmipv4_broken_inside(c, f, IPV6_SRC_AT, IPV6_ADDR_LEN,
					     "IPv6 source is ::, which only Neighbor Discovery and MLD may use");
	if (!is_invalid_source(src))
		return DSMIPV4_HOLDS;
	if (dsmipv4_ipv6_multicast(src))
		GIVES(f, tun_src_invalid, ERROR);
	return dsmipv4_broken_inside(c, f, IPV6_SRC_AT, IPV6_ADDR_LEN,
				     "IPv6 source %s is %s, should be a unicast address",
				     dsmipv4_ipv6_text(c->alloc, src),
				     dsmipv4_ipv6_multicast(src) ? "multicast" : "IPv4-compatible or IPv4-mapped");
}

static bool is_global_unicast(const uint8_t addr[16])
{
	return !is_invalid_source(addr) && !dsmipv4_ipv6_unspecified(addr) && !dsmipv4_ipv6_link_local(addr);
}

// Of implicit mode, which has none, or of an answer without prefixes only the whole request tells.
static bool knows_prefixes(const dsmipv4_candidate_t *k)
{
	return k->n_global > 0 || (k->request && k->request->captured_whole);
}

// The prefixes of the binding are known, and none of them, present or past, explains the address.
static bool is_foreign_address(const dsmipv4_check_t *c)
{
	const dsmipv4_candidate_t *k = c->candidate;
	return is_live(c) && !k->implicit && !k->prefix && !k->refused && !k->omitted_by && !c->match->by_inside &&
	       !is_in_a_tunnel_of_its_own(c->match) && c->match->tunneling_mode != DSMIPV4_TUNNELING_UNKNOWN &&
	       !c->match->strange_ha && k->binding->reply->captured_whole && knows_prefixes(k) &&
	       is_global_unicast(c->match->address);
}

// The prefixes of the binding: "2001:db8:a::/48 or 2001:db8:b::/48".
static const char *prefixes_text(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *reply = c->candidate->binding->reply;
	wmem_strbuf_t *list = wmem_strbuf_new(c->alloc, "");
	unsigned n = 0;
	for (unsigned i = 0; i < reply->n_prefixes && n < MOST_LISTED; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		if (dsmipv4_prefix_is_active(r) && r->prefix.len <= 128)
			wmem_strbuf_append_printf(list, "%s%s", n++ ? " or " : "",
						  dsmipv4_prefix_text(c->alloc, &r->prefix));
	}
	return n ? wmem_strbuf_get_str(list) : "one that it registered";
}

dsmipv4_verdict_t dsmipv4_check_tun_inner_src(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_match_t *m = c->match;
	if (!is_foreign_address(c))
		return c->candidate->prefix ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_node_t *owner = dsmipv4_match_prefix_owner(c->bindings, m, m->address);
	const char *source = dsmipv4_ipv6_text(c->alloc, m->address);
	if (owner)
		return dsmipv4_broken_inside(c, f, IPV6_SRC_AT, IPV6_ADDR_LEN,
					     "IPv6 source %s is under a prefix of another mobile node, %s", source,
					     dsmipv4_ipv4_text(c->alloc, owner->hoa));
	GIVES(f, tun_inner_src, WARN);
	return dsmipv4_broken_inside(
		c, f, IPV6_SRC_AT, IPV6_ADDR_LEN,
		"IPv6 source %s is under no prefix of the node, should be under %s (registered %s)", source,
		prefixes_text(c), dsmipv4_binding_text(c));
}

dsmipv4_verdict_t dsmipv4_check_tun_inner_dst(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_match_t *m = c->match;
	if (!is_foreign_address(c) || dsmipv4_ipv6_multicast(m->address))
		return c->candidate->prefix ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_node_t *owner = dsmipv4_match_prefix_owner(c->bindings, m, m->address);
	if (!owner && c->candidate->n_global == 0)
		return DSMIPV4_NOT_APPLICABLE;
	const char *destination = dsmipv4_ipv6_text(c->alloc, m->address);
	if (owner)
		return dsmipv4_broken_inside(c, f, IPV6_DST_AT, IPV6_ADDR_LEN,
					     "IPv6 destination %s is under a prefix of another mobile node, %s",
					     destination, dsmipv4_ipv4_text(c->alloc, owner->hoa));
	GIVES(f, tun_inner_dst, CHAT);
	return dsmipv4_broken_inside(
		c, f, IPV6_DST_AT, IPV6_ADDR_LEN,
		"IPv6 destination %s is under no prefix of the node, should be under %s (registered %s)", destination,
		prefixes_text(c), dsmipv4_binding_text(c));
}

static bool went_to(const dsmipv4_check_t *c, const dsmipv4_event_t *request)
{
	return request && request->frame <= c->match->frame && request->dst == c->match->ha;
}

static bool came_from(const dsmipv4_check_t *c, const dsmipv4_event_t *reply)
{
	return reply && reply->frame <= c->match->frame && reply->src == c->match->ha;
}

// The home agent is behind a NAT: the registration shows it at this private address.
static bool is_own_private_address(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *request = c->candidate->request, *reply = c->candidate->binding->reply;
	bool is_its_own = came_from(c, reply) || came_from(c, reply->relayed) || went_to(c, request) ||
			  (request && went_to(c, request->relayed));
	return is_its_own && dsmipv4_nat_hides_agent(c->options->nat, c->match->ha, c->match->node->ha);
}

dsmipv4_verdict_t dsmipv4_check_tun_ha_addr(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->match->strange_ha || is_own_private_address(c))
		return DSMIPV4_HOLDS;
	const dsmipv4_outer_t *layer = c->match->care_of;
	return dsmipv4_broken_in_layer(f, layer ? layer : c->match->adjacent, DSMIPV4_IPV4_SRC,
				       "Outer source is %s, should be the home agent %s (registered %s)",
				       dsmipv4_ipv4_text(c->alloc, c->match->ha),
				       dsmipv4_ipv4_text(c->alloc, c->match->node->ha), dsmipv4_binding_text(c));
}

static bool is_bad_source(uint32_t addr)
{
	return addr >> 24 == 0 || dsmipv4_ipv4_is_loopback(addr) || addr >> 29 == 7;
}

static bool is_bad_destination(uint32_t addr)
{
	return addr >> 24 == 0 || dsmipv4_ipv4_is_loopback(addr) || dsmipv4_ipv4_is_multicast(addr) ||
	       addr == UINT32_MAX;
}

dsmipv4_verdict_t dsmipv4_check_tun_outer_addr(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		const dsmipv4_outer_t *layer = &tunnel(c)->layers[i];
		if (is_bad_source(layer->src))
			return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_SRC,
						       "Outer source %s is not a unicast host address",
						       dsmipv4_ipv4_text(c->alloc, layer->src));
		if (is_bad_destination(layer->dst))
			return dsmipv4_broken_in_layer(f, layer, DSMIPV4_IPV4_DST,
						       "Outer destination %s is not a unicast host address",
						       dsmipv4_ipv4_text(c->alloc, layer->dst));
	}
	return DSMIPV4_HOLDS;
}
