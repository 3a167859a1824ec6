// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of UDP tunneling through a NAT (RFC 3519; RFC 5454 3.9).
#include "rules/tunnel/tunnel.h"
#include "match/expectation.h"
#include "state/nat.h"

// Tunnel data between home agent and care-of address. That to the home address is judged by
// dsmipv4_check_tun_hoa_encap().
static bool is_care_of_udp(const dsmipv4_check_t *c)
{
	return c->match->care_of && dsmipv4_layer_is_udp(c->match->care_of);
}

// Its header if it is the outermost one, else NULL.
static const dsmipv4_outer_t *udp_layer(const dsmipv4_check_t *c)
{
	const dsmipv4_outer_t *layer = &tunnel(c)->layers[0];
	return is_care_of_udp(c) && dsmipv4_layer_is_udp(layer) ? layer : NULL;
}

dsmipv4_verdict_t dsmipv4_check_natt_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = udp_layer(c);
	if (!layer)
		return DSMIPV4_NOT_APPLICABLE;
	if (layer->udp.reserved == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, layer->shim_offset + 2, 2, "Reserved bytes of tunnel data are 0x%04x, should be 0",
				 layer->udp.reserved);
}

dsmipv4_verdict_t dsmipv4_check_natt_no_assent(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (dsmipv4_udp_tunneling(k))
		return DSMIPV4_HOLDS;
	if (k->request->leg == DSMIPV4_LEG_MN_FA) // a foreign agent asks on the other leg
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_in_layer(f, c->match->care_of, DSMIPV4_IPV4_PROTOCOL,
				       "UDP tunneling is used, but was not %s (registered %s)",
				       k->request->tunnel_asked ? "granted" : "requested", dsmipv4_binding_text(c));
}

dsmipv4_verdict_t dsmipv4_check_natt_not_used(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->care_of;
	if (dsmipv4_layer_is_udp(layer))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(
		f, layer, DSMIPV4_IPV4_PROTOCOL,
		"Protocol %u is used, should be UDP tunneling, which was granted (registered %s)", layer->protocol,
		dsmipv4_binding_text(c));
}

static bool is_negotiated(const dsmipv4_check_t *c, uint8_t next_header)
{
	return asked_with(c, next_header == DSMIPV4_ENCAP_GRE ? DSMIPV4_FLAG_G : DSMIPV4_FLAG_M) ||
	       c->candidate->request->tunnel_encap == next_header;
}

// RFC 3519 4.1 wants it if G was granted, RFC 5454 3.9 wants Next Header 41.
static bool is_ipv6_in_gre(const dsmipv4_check_t *c)
{
	return tunnel(c)->kind == DSMIPV4_INNER_IPV6 && is_direct(c) &&
	       c->match->adjacent->protocol == DSMIPV4_ENCAP_GRE;
}

static dsmipv4_verdict_t judge_negotiated(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_outer_t *layer)
{
	uint8_t next = layer->udp.next_header;
	if (!is_live_and_known(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_negotiated(c, next))
		return dsmipv4_broken_at(
			f, layer->shim_offset + 1, 1,
			"Next header of tunnel data is %u, which was not requested; should be 4 or 41 (registered %s)",
			next, dsmipv4_binding_text(c));
	if (!is_ipv6_in_gre(c))
		return DSMIPV4_HOLDS;
	GIVES(f, natt_nexthdr, NOTE);
	return dsmipv4_broken_at(f, layer->shim_offset + 1, 1,
				 "Next header of tunnel data is 47 (GRE, as requested), should be 41 for IPv6");
}

// Whether GRE and minimal encapsulation may be used depends on the binding. The IP version inside does not.
dsmipv4_verdict_t dsmipv4_check_natt_nexthdr(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = udp_layer(c);
	if (!layer)
		return DSMIPV4_NOT_APPLICABLE;
	uint8_t next = layer->udp.next_header;
	if (next == DSMIPV4_ENCAP_GRE || next == DSMIPV4_ENCAP_MINIMAL)
		return judge_negotiated(c, f, layer);
	bool is_ip = next == DSMIPV4_ENCAP_IPIP || next == DSMIPV4_ENCAP_IPV6;
	if (is_ip && (layer->inside == 0 || (layer->inside == 6) == (next == DSMIPV4_ENCAP_IPV6)))
		return DSMIPV4_HOLDS;
	if (layer->inside != 4 && layer->inside != 6)
		return dsmipv4_broken_at(f, layer->shim_offset + 1, 1,
					 "Next header of tunnel data is %u, should be 4, 41, 47 or 55", next);
	return dsmipv4_broken_at(f, layer->shim_offset + 1, 1,
				 "Next header of tunnel data is %u, should be %u: it carries IP version %u", next,
				 layer->inside == 6 ? DSMIPV4_ENCAP_IPV6 : DSMIPV4_ENCAP_IPIP, layer->inside);
}

// GRE in UDP is what the request asks for (RFC 3519 3.1.4, 4.1).
static bool is_gre_due(const dsmipv4_event_t *request)
{
	return request->tunnel_encap == DSMIPV4_ENCAP_GRE ||
	       (request->tunnel_encap == 0 && request->flags & DSMIPV4_FLAG_G);
}

// RFC 5454 3.9 wants Next Header 41 for IPv6 in the tunnel to the care-of address. Toward the home agent IP in IP is
// always supported.
dsmipv4_verdict_t dsmipv4_check_natt_encap(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = udp_layer(c);
	bool direct = tunnel(c)->kind == DSMIPV4_INNER_IPV6 && is_direct(c);
	if (!layer || direct || !is_gre_due(c->candidate->request))
		return DSMIPV4_NOT_APPLICABLE;
	if (layer->udp.next_header != DSMIPV4_ENCAP_IPIP && layer->udp.next_header != DSMIPV4_ENCAP_IPV6)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, layer->shim_offset + 1, 1,
				 "Next header of tunnel data is %u, should be 47: GRE was requested (registered %s)",
				 layer->udp.next_header, dsmipv4_binding_text(c));
}

// As in dsmipv4_check_tun_hoa_expected() and dsmipv4_check_tun_coa_expected(): the home agent may accept more than it
// sends.
static void give_severity(dsmipv4_answer_t *f, bool direct, bool from_node)
{
	if (!direct && from_node)
		GIVES(f, natt_mode, NOTE);
	else if (!direct || from_node)
		GIVES(f, natt_mode, WARN);
}

// MLD and DHCPv6 have rules of their own, and a foreign agent's address is judged by
// dsmipv4_check_tun_fa_coa_direct().
dsmipv4_verdict_t dsmipv4_check_natt_mode(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (dsmipv4_mode_is_open(k))
		return DSMIPV4_NOT_APPLICABLE;
	bool direct = k->prefix->code == DSMIPV4_PREFIX_ACCEPTED_HOA && is_direct(c);
	give_severity(f, direct, from_mn(c));
	if (direct)
		return dsmipv4_broken_in_layer(f, c->match->care_of, node_end(c),
					       "%s is tunneled %s, should be %s inside that tunnel (registered %s)",
					       dsmipv4_prefix_text(c->alloc, &k->prefix->prefix), dsmipv4_ends_text(c),
					       dsmipv4_hoa_ends_text(c), dsmipv4_binding_text(c));
	if (k->prefix->code != DSMIPV4_PREFIX_ACCEPTED_COA || !is_hoa_mode(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, c->match->care_of, node_end(c),
				       "%s is tunneled %s, should be %s (registered %s)",
				       dsmipv4_prefix_text(c->alloc, &k->prefix->prefix), dsmipv4_ends_text(c),
				       dsmipv4_coa_ends_text(c), dsmipv4_binding_text(c));
}

// From the address of the registration, but not its port.
static bool is_keepalive_from_other_port(const dsmipv4_check_t *c)
{
	const dsmipv4_match_t *m = c->match;
	const dsmipv4_event_t *request = c->candidate->request;
	return dsmipv4_is_keepalive(m) && dsmipv4_exchange_captured(c->candidate) &&
	       !dsmipv4_nat_is_between(c->options->nat, request, m->coa) &&
	       dsmipv4_nat_is_other_port(request, m->coa, m->coa_port);
}

// Behind a NAT the mapping may have been lost; the keepalive then shows the new one (RFC 3519 4.10).
dsmipv4_verdict_t dsmipv4_check_natt_keepalive_port(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = c->candidate->request;
	if (!dsmipv4_is_keepalive(c->match))
		return DSMIPV4_NOT_APPLICABLE;
	if (!is_keepalive_from_other_port(c))
		return c->match->coa == request->src ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	if (request->src != request->coa)
		GIVES(f, natt_keepalive_port, NOTE);
	return dsmipv4_broken_in_layer(f, c->match->care_of, node_port(c),
				       "UDP port of the keepalive is %u, should be %u, where the request %s came from",
				       c->match->coa_port, request->sport, dsmipv4_event_text(c->alloc, request));
}

#define MANY_UNANSWERED 3 // one may be lost, and its retransmission as well
#define LEAST_SILENCE (3 * DSMIPV4_SECOND)

// The registration was captured in both directions, so answers would have been, too. Where a NAT has lost the mapping
// they do not arrive, and the node should register again (RFC 3519 4.10).
dsmipv4_verdict_t dsmipv4_check_natt_keepalive_unanswered(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!dsmipv4_is_keepalive(c->match) || !c->packet->time_known)
		return DSMIPV4_NOT_APPLICABLE;
	uint32_t n = dsmipv4_unanswered_keepalives(c->history, k);
	int64_t silence = n ? c->match->time - c->history->unanswered_since : 0;
	if (n < MANY_UNANSWERED || silence < LEAST_SILENCE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(
		f, c->match->care_of, DSMIPV4_IPV4_HEADER,
		"%u keepalives before this one had no echo reply in %.1f s, should be answered (registered %s)", n,
		(double)silence / DSMIPV4_SECOND, dsmipv4_binding_text(c));
}

// On the node's side of the NAT addresses and ports differ, so packets are compared only with a registration on the
// same side.
dsmipv4_verdict_t dsmipv4_check_natt_ports(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_match_t *m = c->match;
	const dsmipv4_event_t *request = c->candidate->request;
	if (dsmipv4_nat_is_between(c->options->nat, request, m->coa) || is_keepalive_from_other_port(c))
		return DSMIPV4_NOT_APPLICABLE;
	bool may_change_port = request->tunnel_flags & DSMIPV4_TUNNEL_FLAG_R;
	if (m->coa == request->src)
		return !dsmipv4_nat_is_other_port(request, m->coa, m->coa_port)
			       ? DSMIPV4_HOLDS
			       : dsmipv4_broken_in_layer(
					 f, m->care_of, node_port(c),
					 "UDP port of tunnel data is %u, should be %u, where the request %s came from",
					 m->coa_port, request->sport, dsmipv4_event_text(c->alloc, request));
	if (may_change_port && from_mn(c))
		GIVES(f, natt_ports, ERROR);
	return dsmipv4_broken_in_layer(
		f, m->care_of, node_end(c), "Tunnel data goes %s %s, should go %s %s, where the request %s came from",
		to_mn(c) ? "to" : "from", dsmipv4_ipv4_text(c->alloc, m->coa), to_mn(c) ? "to" : "from",
		dsmipv4_ipv4_text(c->alloc, request->src), dsmipv4_event_text(c->alloc, request));
}

// The packet has not passed a router yet, so the sender itself fragmented it.
static bool is_initial_ttl(uint8_t ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255;
}

dsmipv4_verdict_t dsmipv4_check_natt_frag(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = udp_layer(c);
	if (!layer)
		return DSMIPV4_NOT_APPLICABLE;
	if (!layer->fragment)
		return DSMIPV4_HOLDS;
	if (is_initial_ttl(layer->ttl))
		GIVES(f, natt_frag, WARN);
	return dsmipv4_broken_in_layer(
		f, layer, DSMIPV4_IPV4_HEADER,
		"Tunnel data%s was fragmented after encapsulation (TTL %u), should be fragmented before",
		dsmipv4_inner_size_text(c), layer->ttl);
}

// Judged only for the packet from which the home agent learns the node's port. Any other ping is data.
dsmipv4_verdict_t dsmipv4_check_natt_keepalive_form(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_is_first_keepalive(c->history, c->match, c->candidate))
		return DSMIPV4_NOT_APPLICABLE;
	if (dsmipv4_is_keepalive(c->match))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, c->match->care_of, DSMIPV4_IPV4_HEADER,
				       "First packet after the registration should be an ICMP echo request from the "
				       "home address %s to the home agent %s "
				       "(registered %s)",
				       dsmipv4_ipv4_text(c->alloc, c->match->node->hoa),
				       dsmipv4_ipv4_text(c->alloc, c->match->node->ha), dsmipv4_binding_text(c));
}

#define DEFAULT_KEEPALIVE 110 // seconds (RFC 3519 4.9)

dsmipv4_verdict_t dsmipv4_check_natt_keepalive_late(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_candidate_t *k = c->candidate;
	if (!k->request->time_known || !c->packet->time_known)
		return DSMIPV4_NOT_APPLICABLE;
	int64_t heard = k->request->time;
	if (c->history && c->history->heard > heard)
		heard = c->history->heard;
	unsigned interval = k->binding->reply->tunnel_keepalive;
	interval = interval ? interval : DEFAULT_KEEPALIVE;
	int64_t silence = c->match->time - heard;
	if (silence <= interval * DSMIPV4_SECOND / 10 * 11)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_in_layer(f, c->match->care_of, DSMIPV4_IPV4_HEADER,
				       "Nothing was sent for %.1f s, should be at most the keepalive interval of %u s",
				       (double)silence / DSMIPV4_SECOND, interval);
}

// A guest's registration through the node's tunnel is data.
dsmipv4_verdict_t dsmipv4_check_sig_tunnelled(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_tunnel_t *t = tunnel(c);
	if (t->kind != DSMIPV4_INNER_IPV4 || !t->ipv4.registration)
		return DSMIPV4_NOT_APPLICABLE;
	if (t->ipv4.hoa != c->match->node->hoa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, (int32_t)t->inner_offset, 0,
		"Registration of the node %s is tunneled through its own tunnel, should be sent outside it",
		dsmipv4_ipv4_text(c->alloc, t->ipv4.hoa));
}
