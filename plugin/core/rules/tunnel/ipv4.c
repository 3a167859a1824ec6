// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of IPv4 inside the tunnel to the care-of address (RFC 5454 4; RFC 3024 4.3.2; RFC 5177).
#include "rules/tunnel/tunnel.h"

#include "state/node_index.h"

#define IPV4_SRC_AT 12
#define IPV4_DST_AT 16
#define IPV4_ADDR_LEN 4

// The packet lies directly in the tunnel between home agent and care-of address. One in a tunnel of its own is that
// tunnel's.
static bool is_in_care_of_tunnel(const dsmipv4_match_t *m)
{
	const dsmipv4_outer_t *a = m->adjacent, *care_of = m->care_of;
	return care_of && a->src == care_of->src && a->dst == care_of->dst;
}

static bool is_unicast(uint32_t addr)
{
	return addr != 0 && !dsmipv4_ipv4_is_multicast(addr) && addr != UINT32_MAX;
}

// The home network's length is not known, so any address that ends in ones, behind bits of the home address, counts.
static bool may_be_home_broadcast(uint32_t addr, uint32_t hoa)
{
	for (unsigned bits = 2; bits <= 24; bits++) {
		if (addr == (hoa | ((UINT32_C(1) << bits) - 1)))
			return true;
	}
	return false;
}

// A registration message is judged by dsmipv4_check_sig_tunnelled().
static bool is_data(const dsmipv4_check_t *c)
{
	const dsmipv4_ipv4_t *ipv4 = &tunnel(c)->ipv4;
	return tunnel(c)->kind == DSMIPV4_INNER_IPV4 && !ipv4->registration && is_in_care_of_tunnel(c->match) &&
	       is_unicast(from_mn(c) ? ipv4->src : ipv4->dst);
}

// A registration that explains the packet was not captured whole, or the node is a mobile router (RFC 5177 4).
static bool may_have_network(const dsmipv4_check_t *c)
{
	for (unsigned i = 0; i < c->match->n_candidates; i++) {
		const dsmipv4_candidate_t *k = &c->match->candidates[i];
		const dsmipv4_event_t *reply = k->binding ? k->binding->reply : NULL;
		if (!k->request || k->request->mobile_network || !k->request->captured_whole)
			return true;
		if (reply && (reply->mobile_network || !reply->captured_whole))
			return true;
	}
	return c->history && c->history->has_network;
}

// The tunnel is the node's: at an address that no foreign agent has, with UDP if that was granted.
static bool is_tunnel_of_node(const dsmipv4_check_t *c)
{
	const dsmipv4_match_t *m = c->match;
	return m->chosen && m->chosen->status == DSMIPV4_BINDING_LIVE && !m->strange_coa && !m->strange_ha &&
	       m->tunneling_mode == DSMIPV4_TUNNELING_COA && m->chosen->request &&
	       dsmipv4_udp_tunneling(m->chosen) == dsmipv4_is_in_udp(c);
}

static dsmipv4_verdict_t broken_address(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const char *words)
{
	if (c->match->adjacent->protocol == DSMIPV4_ENCAP_MINIMAL) // another layout
		return dsmipv4_broken_inside(c, f, 0, 0, "%s", words);
	return dsmipv4_broken_inside(c, f, from_mn(c) ? IPV4_SRC_AT : IPV4_DST_AT, IPV4_ADDR_LEN, "%s", words);
}

// "IPv4 source 192.0.2.99", "IPv4 destination 192.0.2.99".
static const char *address_text(const dsmipv4_check_t *c, uint32_t addr)
{
	return wmem_strdup_printf(c->alloc, "IPv4 %s %s", from_mn(c) ? "source" : "destination",
				  dsmipv4_ipv4_text(c->alloc, addr));
}

// An address of a network behind the node, by configuration (RFC 5944 4.5, RFC 5177 3): the home agent itself sends it
// there.
bool dsmipv4_leads_to_network(const dsmipv4_check_t *c)
{
	uint32_t addr = tunnel(c)->ipv4.dst;
	return to_mn(c) && is_data(c) && is_tunnel_of_node(c) && addr != c->match->node->hoa &&
	       !may_be_home_broadcast(addr, c->match->node->hoa) &&
	       !dsmipv4_match_address_owner(c->bindings, c->match, addr);
}

static const char *whose(const dsmipv4_check_t *c, const dsmipv4_node_t *owner, uint32_t addr)
{
	if (owner)
		return "the home address of another mobile node";
	return addr == c->match->coa ? "the care-of address" : "not the node's";
}

// The first packet of some nodes is judged by dsmipv4_check_natt_keepalive_form().
static dsmipv4_verdict_t judge_of_node(const dsmipv4_check_t *c, dsmipv4_answer_t *f, uint32_t addr)
{
	const dsmipv4_match_t *m = c->match;
	if (may_have_network(c) || (to_mn(c) && may_be_home_broadcast(addr, m->node->hoa)) ||
	    dsmipv4_is_first_keepalive(c->history, m, m->chosen))
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_node_t *owner = dsmipv4_match_address_owner(c->bindings, m, addr);
	if (from_mn(c) && owner)
		GIVES(f, tun_inner_src_ipv4, ERROR);
	else if (to_mn(c) && !owner)
		GIVES(f, tun_inner_src_ipv4, NOTE);
	return broken_address(c, f,
			      wmem_strdup_printf(c->alloc, "%s is %s, should be the home address %s (registered %s)",
						 address_text(c, addr), whose(c, owner, addr),
						 dsmipv4_ipv4_text(c->alloc, m->node->hoa),
						 dsmipv4_event_text(c->alloc, m->chosen->binding->reply)));
}

// Many nodes share a foreign agent's address, of which some may have registered before the capture began.
static dsmipv4_verdict_t judge_of_unknown(const dsmipv4_check_t *c, dsmipv4_answer_t *f, uint32_t addr)
{
	const dsmipv4_event_t *router = dsmipv4_mobile_router_since(c->bindings, c->match->ha);
	bool may_be_routers = router && router->frame <= c->match->frame;
	if (c->match->tunneling_mode != DSMIPV4_TUNNELING_FA_COA_DIRECT || may_be_routers || addr == c->match->coa)
		return DSMIPV4_NOT_APPLICABLE;
	GIVES(f, tun_inner_src_ipv4, CHAT);
	return broken_address(c, f,
			      wmem_strdup_printf(c->alloc,
						 "%s should be the home address of a node that is registered through "
						 "the foreign agent %s, but no registration of it was seen",
						 address_text(c, addr), dsmipv4_ipv4_text(c->alloc, c->match->coa)));
}

dsmipv4_verdict_t dsmipv4_check_tun_inner_src_ipv4(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_match_t *m = c->match;
	if (!is_data(c))
		return DSMIPV4_NOT_APPLICABLE;
	uint32_t addr = from_mn(c) ? tunnel(c)->ipv4.src : tunnel(c)->ipv4.dst;
	if (!m->node)
		return judge_of_unknown(c, f, addr);
	if (addr == m->node->hoa)
		return m->chosen ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	return is_tunnel_of_node(c) ? judge_of_node(c, f, addr) : DSMIPV4_NOT_APPLICABLE;
}
