// SPDX-License-Identifier: GPL-2.0-or-later
// Where there is a NAT, or may be one (RFC 3519; RFC 5454 3.9): the one place that says so.
#include "state/nat.h"

// The private range of an address by its first bits, 0: none (RFC 1918 3, RFC 6598 7).
static uint32_t private_range(uint32_t addr)
{
	if (!dsmipv4_ipv4_is_private(addr))
		return 0;
	return addr >> 24 == 192 ? addr >> 16 : addr >> 24;
}

// A NAT may have translated one of these addresses into the other: they differ, and one is private, of a range that the
// other is not of.
static bool may_translate(dsmipv4_nat_t nat, uint32_t a, uint32_t b)
{
	return nat == DSMIPV4_NAT_AUTO && private_range(a) != private_range(b);
}

// A foreign agent that relays a request with a co-located care-of address, and the node back home, have other sources.
bool dsmipv4_nat_is_shown(dsmipv4_nat_t nat, const dsmipv4_event_t *request)
{
	return nat == DSMIPV4_NAT_AUTO && request->tunnel_asked == DSMIPV4_TUNNEL_ASKED_BY_MN &&
	       request->leg == DSMIPV4_LEG_MN_HA && !request->from_agent && request->src != request->coa &&
	       request->src != request->hoa && request->src != 0;
}

bool dsmipv4_nat_explains_source(dsmipv4_nat_t nat, const dsmipv4_message_t *request)
{
	return nat == DSMIPV4_NAT_AUTO && dsmipv4_message_has(request, DSMIPV4_EXT_UDP_TUNNEL_REQUEST);
}

// Beyond a NAT the source always differs, so only a private one of the care-of address's range proves something.
bool dsmipv4_nat_explains_agent(dsmipv4_nat_t nat, uint32_t source, uint32_t coa)
{
	bool beyond = nat == DSMIPV4_NAT_AUTO && !dsmipv4_ipv4_is_private(source);
	return beyond || may_translate(nat, source, coa);
}

bool dsmipv4_nat_may_follow(dsmipv4_nat_t nat, const dsmipv4_event_t *request)
{
	return may_translate(nat, request->src, request->dst);
}

bool dsmipv4_nat_may_be_between(dsmipv4_nat_t nat, const dsmipv4_event_t *request, const dsmipv4_event_t *reply)
{
	bool asked = nat == DSMIPV4_NAT_AUTO && request->tunnel_asked;
	bool to_agent = nat == DSMIPV4_NAT_AUTO && request->dst != request->ha && reply->src == request->ha;
	return asked || to_agent || may_translate(nat, request->src, reply->dst) ||
	       may_translate(nat, request->dst, reply->src);
}

bool dsmipv4_nat_hides_agent(dsmipv4_nat_t nat, uint32_t seen, uint32_t named)
{
	return nat == DSMIPV4_NAT_AUTO && dsmipv4_ipv4_is_private(seen) && !dsmipv4_ipv4_is_private(named);
}

bool dsmipv4_nat_is_before_agent(const dsmipv4_packet_t *packet, const dsmipv4_message_t *request)
{
	bool from_outside =
		packet->src != 0 && packet->src != request->request.hoa && !dsmipv4_ipv4_is_private(packet->src);
	return request->request.flags & DSMIPV4_FLAG_D && from_outside && dsmipv4_ipv4_is_private(packet->dst) &&
	       !dsmipv4_ipv4_is_private(request->request.ha);
}

// A care-of address that is the source of its request is the node's own there. Beyond a NAT, which may have more than
// one address, a private one is not seen.
bool dsmipv4_nat_may_hide_coa(dsmipv4_nat_t nat, const dsmipv4_event_t *request, uint32_t address)
{
	bool translated = request->src != request->coa || may_translate(nat, request->coa, address);
	return nat == DSMIPV4_NAT_AUTO && dsmipv4_ipv4_is_private(request->coa) && translated;
}

bool dsmipv4_nat_is_between(dsmipv4_nat_t nat, const dsmipv4_event_t *request, uint32_t address)
{
	if (address == request->coa)
		return address != request->src;
	return request->src == request->coa && dsmipv4_ipv4_is_private(request->coa) &&
	       may_translate(nat, request->coa, address);
}

bool dsmipv4_nat_reaches(const dsmipv4_event_t *request, uint32_t address)
{
	return request->tunnel_asked && request->src == address;
}

uint32_t dsmipv4_nat_effective_coa(const dsmipv4_event_t *request, const dsmipv4_event_t *reply)
{
	bool through_nat = reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED && request->leg != DSMIPV4_LEG_MN_FA;
	return through_nat ? request->src : request->coa;
}

bool dsmipv4_nat_is_other_port(const dsmipv4_event_t *request, uint32_t address, uint16_t port)
{
	return request->src == address && request->sport != port && !(request->tunnel_flags & DSMIPV4_TUNNEL_FLAG_R);
}

bool dsmipv4_nat_is_neighbor(const dsmipv4_event_t *request, uint32_t address, uint16_t port)
{
	return request->coa != address && dsmipv4_nat_is_other_port(request, address, port);
}
