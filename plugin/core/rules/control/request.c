// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the registration request (RFC 5454 3.1, 3.5-3.9; RFC 5944 3.6, 5.7; RFC 3024; RFC 3519 4).
#include "rules/control/control.h"
#include "state/nat.h"
#include "state/replay.h"
#include "wire/extension_types.h"
#include "wire/text.h"

static bool flag(const dsmipv4_check_t *c, enum dsmipv4_request_flag flag)
{
	return (c->message->request.flags & flag) != 0;
}

static bool is_prefix_request(const dsmipv4_check_t *c)
{
	return dsmipv4_ext_is(c->ext, DSMIPV4_PREFIX_REQUEST);
}

static const char *prefix_text(wmem_allocator_t *alloc, const dsmipv4_ext_t *ext)
{
	return dsmipv4_prefix_text(alloc, &ext->prefix.prefix);
}

static bool is_mode(const dsmipv4_check_t *c)
{
	return dsmipv4_ext_is(c->ext, DSMIPV4_TUNNELING_MODE);
}

dsmipv4_verdict_t dsmipv4_check_rrq_reserved_bits(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	unsigned set = c->message->request.flags & (DSMIPV4_FLAG_r | DSMIPV4_FLAG_x);
	if (!set)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_FLAGS_AT, 1, "Reserved flags 0x%02x of the request are set, should be 0",
				 set);
}

// IPv6 tunneling mode (152/3).

dsmipv4_verdict_t dsmipv4_check_mode_no_prefix(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->first_prefix_request != DSMIPV4_NO_EXT)
		return DSMIPV4_HOLDS;
	if (!c->message->captured_whole)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "IPv6 tunneling mode without an IPv6 prefix request, so it asks for nothing");
}

dsmipv4_verdict_t dsmipv4_check_mode_m_only(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!flag(c, DSMIPV4_FLAG_M) || flag(c, DSMIPV4_FLAG_G))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_FLAGS_AT, 1,
				 "Care-of address mode requested with M and without G (flags 0x%02x), but minimal "
				 "encapsulation cannot carry IPv6",
				 c->message->request.flags);
}

dsmipv4_verdict_t dsmipv4_check_mode_dup(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->index == c->message->first_mode)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "IPv6 tunneling mode extension number %u of the request, should be the only one",
				 c->n_modes + 1);
}

// The request of a co-located node that forgot the D flag looks like one that a foreign agent relays. Only on the
// mobile node's own leg is it certain that the care-of address is the agent's.
dsmipv4_verdict_t dsmipv4_check_mode_fa_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if (flag(c, DSMIPV4_FLAG_D))
		return DSMIPV4_HOLDS;
	bool certain = dsmipv4_leg_of(c) == DSMIPV4_LEG_MN_FA ||
		       (c->packet->ipv4 && (c->packet->src == 0 || c->packet->src == m->request.hoa));
	if (!certain)
		GIVES(f, mode_fa_coa, WARN);
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"IPv6 tunneling mode with the care-of address %s of a foreign agent (D flag 0), should be "
		"with a co-located one only",
		dsmipv4_ipv4_text(c->alloc, m->request.coa));
}

dsmipv4_verdict_t dsmipv4_check_req_ext_after_auth(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_prefix_request(c) && !is_mode(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (c->index < c->message->first_auth)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "IPv6 %s is after the %s that should cover it, should be before it",
				 is_mode(c) ? "tunneling mode" : "prefix request",
				 dsmipv4_ext_type_name(c->message->exts[c->message->first_auth].type));
}

// IPv6 prefix request (152/1).

// The prefix request at this place, counted from 1, if it comes before the present one.
static const dsmipv4_ext_t *earlier(const dsmipv4_check_t *c, uint16_t place)
{
	return place && place <= c->index ? &c->message->exts[place - 1] : NULL;
}

dsmipv4_verdict_t dsmipv4_check_req_dup_prefix(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->among || !earlier(c, c->among[c->index].equal))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length, "%s is requested twice, should be once",
				 prefix_text(c->alloc, c->ext));
}

dsmipv4_verdict_t dsmipv4_check_req_overlap_self(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_ext_t *other = c->among ? earlier(c, c->among[c->index].nested) : NULL;
	if (!other)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length, "%s overlaps %s of the same request",
				 prefix_text(c->alloc, c->ext), prefix_text(c->alloc, other));
}

dsmipv4_verdict_t dsmipv4_check_ll_no_hoa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->request.hoa != 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Link-local address %s requested with home address 0.0.0.0, should be after a home "
				 "address is registered",
				 dsmipv4_ipv6_text(c->alloc, c->ext->prefix.prefix.bytes));
}

dsmipv4_verdict_t dsmipv4_check_dereg_with_prefix(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->index != c->message->first_prefix_request)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Deregistration (lifetime 0) names %s, which it ends anyway; should name no prefix",
				 dsmipv4_ext_has_prefix(c->ext) ? prefix_text(c->alloc, c->ext) : "a prefix");
}

dsmipv4_verdict_t dsmipv4_check_fhae_dereg(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->type != DSMIPV4_EXT_FA_HA_AUTH)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->message->request.lifetime != 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"Foreign-Home Authentication (type 34) on a deregistration (lifetime 0), should be left out");
}

// A care-of address that the foreign agent advertises is not co-located. Where the D flag is missing, an agent with
// several addresses may advertise another than it sends from.
dsmipv4_verdict_t dsmipv4_check_fhae_foreign_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint32_t coa = c->message->request.coa;
	if (c->ext->type != DSMIPV4_EXT_FA_HA_AUTH)
		return DSMIPV4_NOT_APPLICABLE;
	if (!flag(c, DSMIPV4_FLAG_D) || coa == c->packet->src)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Foreign-Home Authentication (type 34) for the co-located care-of address %s (D flag "
				 "1), should be only for one that the foreign agent advertises",
				 dsmipv4_ipv4_text(c->alloc, coa));
}

// The header of the request (RFC 5944 3.3, 3.6.1).

dsmipv4_verdict_t dsmipv4_check_rrq_coa_is_hoa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->request.coa != c->message->request.hoa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, REQUEST_COA_AT, 4,
		"Care-of address %s equals the home address, with lifetime %u s; should be another, or "
		"lifetime 0",
		dsmipv4_ipv4_text(c->alloc, c->message->request.coa), c->message->request.lifetime);
}

dsmipv4_verdict_t dsmipv4_check_rrq_d_at_home(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!flag(c, DSMIPV4_FLAG_D))
		return DSMIPV4_NOT_APPLICABLE;
	if (c->message->request.coa != c->message->request.hoa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_FLAGS_AT, 1,
				 "D flag is 1, should be 0: the care-of address %s is the home address",
				 dsmipv4_ipv4_text(c->alloc, c->message->request.coa));
}

static bool is_loopback_or_multicast(uint32_t addr)
{
	return dsmipv4_ipv4_is_loopback(addr) || dsmipv4_ipv4_is_multicast(addr);
}

static dsmipv4_verdict_t broken_address(const dsmipv4_check_t *c, dsmipv4_answer_t *f, int32_t offset, const char *name,
					uint32_t addr)
{
	return dsmipv4_broken_at(f, offset, 4, "%s %s is not a unicast host address", name,
				 dsmipv4_ipv4_text(c->alloc, addr));
}

// Home address 0.0.0.0 is legal with an NAI, home agent 0.0.0.0 and broadcast with RFC 4433.
dsmipv4_verdict_t dsmipv4_check_rrq_addr_kind(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	uint32_t coa = m->request.coa;
	if ((coa >> 24 == 0 && coa != 0) || dsmipv4_ipv4_is_loopback(coa) || coa >> 29 == 7)
		return broken_address(c, f, REQUEST_COA_AT, "Care-of address", coa);
	if (is_loopback_or_multicast(m->request.hoa))
		return broken_address(c, f, REQUEST_HOA_AT, "Home address", m->request.hoa);
	if (is_loopback_or_multicast(m->request.ha))
		return broken_address(c, f, REQUEST_HA_AT, "Home agent", m->request.ha);
	return DSMIPV4_HOLDS;
}

// Proxies identify the node by extensions of their own (RFC 5563).
dsmipv4_verdict_t dsmipv4_check_rrq_hoa_zero_no_nai(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->request.hoa != 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->message->first_nai != DSMIPV4_NO_EXT || dsmipv4_message_has(c->message, DSMIPV4_EXT_PMIPV4))
		return DSMIPV4_HOLDS;
	if (!c->message->captured_whole)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(f, REQUEST_HOA_AT, 4,
				 "Home address is 0.0.0.0, should be with a Mobile Node NAI (type 131), or not 0");
}

// A NAT or a relaying foreign agent explains another source, and whether there is one only the whole request tells. A
// node back home deregisters its old care-of address from there.
dsmipv4_verdict_t dsmipv4_check_rrq_src_coloc(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	uint32_t src = c->packet->src;
	if (dsmipv4_leg_of(c) != DSMIPV4_LEG_MN_HA || m->request.coa == m->request.hoa)
		return DSMIPV4_NOT_APPLICABLE;
	if (src == m->request.coa || (src == m->request.hoa && m->request.lifetime == 0))
		return DSMIPV4_HOLDS;
	bool relayed = c->event && c->event->from_agent;
	if (relayed || !m->captured_whole || dsmipv4_nat_explains_source(c->options->nat, m))
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(f, REQUEST_COA_AT, 4, "Source is %s, should be the co-located care-of address %s",
				 dsmipv4_ipv4_text(c->alloc, src), dsmipv4_ipv4_text(c->alloc, m->request.coa));
}

// The node sends it, and not a foreign agent to another one, which an authentication at the end would show.
static bool is_from_node_to_fa(const dsmipv4_check_t *c)
{
	bool no_fa = c->message->captured_whole && c->message->first_fa_ha == DSMIPV4_NO_EXT;
	return dsmipv4_leg_of(c) == DSMIPV4_LEG_MN_FA && !dsmipv4_is_relay_copy(c) && no_fa;
}

dsmipv4_verdict_t dsmipv4_check_rrq_src_fa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint32_t src = c->packet->src;
	if (!is_from_node_to_fa(c) || flag(c, DSMIPV4_FLAG_D))
		return DSMIPV4_NOT_APPLICABLE;
	if (src == 0 || src == c->message->request.hoa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"Request to the foreign agent comes from %s, should come from the home address %s or from "
		"0.0.0.0",
		dsmipv4_ipv4_text(c->alloc, src), dsmipv4_ipv4_text(c->alloc, c->message->request.hoa));
}

dsmipv4_verdict_t dsmipv4_check_rrq_ttl_mcast(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->packet->ipv4 || !c->packet->ttl_known || c->packet->dst != ALL_MOBILITY_AGENTS)
		return DSMIPV4_NOT_APPLICABLE;
	// RFC 3024 wants 255 with the T flag, RFC 3344 wants 1: either is right.
	if (c->packet->ttl == 1 || (c->packet->ttl == 255 && flag(c, DSMIPV4_FLAG_T)))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, 0, 0, "Request to All Mobility Agents has TTL %u, should be 1", c->packet->ttl);
}

dsmipv4_verdict_t dsmipv4_check_rrq_ttl_rt(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->packet->ttl_known || !flag(c, DSMIPV4_FLAG_T) || !is_from_node_to_fa(c) ||
	    c->packet->dst == ALL_MOBILITY_AGENTS)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->packet->ttl == 255)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_FLAGS_AT, 1,
				 "Reverse tunneling requested from a foreign agent with TTL %u, should be 255",
				 c->packet->ttl);
}

// An identification within a day of the capture is certainly meant as a timestamp, not as a nonce. The difference is
// taken modulo 2^32, which is right beyond the end of the NTP era in 2036, too.
dsmipv4_verdict_t dsmipv4_check_ident_clock(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->packet->time <= 0)
		return DSMIPV4_NOT_APPLICABLE;
	uint32_t stamp = (uint32_t)(c->message->request.id >> 32);
	int64_t late = (int32_t)(stamp - (uint32_t)(c->packet->time + DSMIPV4_NTP_OFFSET));
	int64_t distance = late < 0 ? -late : late;
	if (distance >= DSMIPV4_DAY)
		return DSMIPV4_NOT_APPLICABLE;
	if (distance <= DSMIPV4_CLOCK_TOLERANCE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_ID_AT, 8,
				 "Timestamp of the request is %d s %s the time of capture, should be within 7 s",
				 (int)distance, late < 0 ? "behind" : "ahead of");
}

// The flag must be set in a request with this extension.
static dsmipv4_verdict_t needs_flag(const dsmipv4_check_t *c, dsmipv4_answer_t *f, enum dsmipv4_request_flag needed,
				    char letter, const char *name)
{
	if (flag(c, needed))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length, "%s in a request with %c flag 0 (flags 0x%02x), should be 1",
				 name, letter, c->message->request.flags);
}

// Encapsulating Delivery Style (130).

dsmipv4_verdict_t dsmipv4_check_eds_no_t(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return needs_flag(c, f, DSMIPV4_FLAG_T, 'T', "Encapsulating Delivery Style");
}

dsmipv4_verdict_t dsmipv4_check_eds_order(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	bool before_mn_ha = m->first_mn_ha != DSMIPV4_NO_EXT && c->index < m->first_mn_ha;
	bool after_mn_fa = c->index > m->first_mn_fa;
	if (!before_mn_ha && !after_mn_fa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Encapsulating Delivery Style is %s Authentication, should be %s",
				 before_mn_ha ? "before the Mobile-Home" : "after the Mobile-Foreign",
				 before_mn_ha ? "after it" : "before it");
}

dsmipv4_verdict_t dsmipv4_check_eds_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->length == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->offset + 1, 1, "Encapsulating Delivery Style Length is %u, should be 0",
				 c->ext->length);
}

dsmipv4_verdict_t dsmipv4_check_eds_relayed(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (dsmipv4_leg_of(c) != DSMIPV4_LEG_FA_HA || c->packet->src == c->message->request.hoa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Encapsulating Delivery Style relayed by the foreign agent %s, should be removed",
				 dsmipv4_ipv4_text(c->alloc, c->packet->src));
}

// UDP Tunnel Request (144).

// After the authentication it is the foreign agent's, before it the mobile node's.
static bool is_from_fa(const dsmipv4_check_t *c)
{
	return c->index > dsmipv4_signing_ext(c->message);
}

static bool is_from_mn(const dsmipv4_check_t *c)
{
	uint32_t signing = dsmipv4_signing_ext(c->message);
	return signing != DSMIPV4_NO_EXT && c->index < signing;
}

// In care-of address mode the encapsulation would carry IPv6. In home address mode it carries the IPv4 header of the
// tunnel to the home address, which is less clearly wrong.
dsmipv4_verdict_t dsmipv4_check_utrq_encap_dsmip(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if (c->ext->udp_request.encapsulation == 0)
		return DSMIPV4_HOLDS;
	if (m->first_mode == DSMIPV4_NO_EXT || is_from_fa(c))
		GIVES(f, utrq_encap_dsmip, WARN);
	return dsmipv4_broken_at(f, c->ext->body_offset + 3, 1,
				 "UDP Tunnel Request asks for encapsulation %u along with IPv6 prefixes, should be 0",
				 c->ext->udp_request.encapsulation);
}

dsmipv4_verdict_t dsmipv4_check_utrq_no_d(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_from_mn(c))
		return DSMIPV4_NOT_APPLICABLE;
	return needs_flag(c, f, DSMIPV4_FLAG_D, 'D', "Mobile node's UDP Tunnel Request");
}

dsmipv4_verdict_t dsmipv4_check_utrq_fa_d(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_from_fa(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (!flag(c, DSMIPV4_FLAG_D))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "UDP Tunnel Request after the Mobile-Home Authentication, so by a foreign agent, with "
				 "D flag 1; should be left out for the co-located care-of address %s",
				 dsmipv4_ipv4_text(c->alloc, c->message->request.coa));
}

dsmipv4_verdict_t dsmipv4_check_utrq_fa_src(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_from_fa(c) || flag(c, DSMIPV4_FLAG_D) || !c->packet->ipv4 ||
	    dsmipv4_nat_explains_agent(c->options->nat, c->packet->src, c->message->request.coa))
		return DSMIPV4_NOT_APPLICABLE;
	if (c->packet->src == c->message->request.coa)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"Foreign agent's UDP Tunnel Request comes from %s, should come from the care-of address %s",
		dsmipv4_ipv4_text(c->alloc, c->packet->src), dsmipv4_ipv4_text(c->alloc, c->message->request.coa));
}

dsmipv4_verdict_t dsmipv4_check_utrq_no_t(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return needs_flag(c, f, DSMIPV4_FLAG_T, 'T', "UDP Tunnel Request");
}

dsmipv4_verdict_t dsmipv4_check_utrq_public_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->udp_request.flags & DSMIPV4_UDP_TUNNEL_REQUEST_F)
		return DSMIPV4_HOLDS;
	bool shown = c->packet->ipv4 && c->packet->src != c->message->request.coa;
	if (shown || dsmipv4_ipv4_is_private(c->message->request.coa))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "UDP tunneling requested for the public care-of address %s, needed only behind a NAT",
				 dsmipv4_ipv4_text(c->alloc, c->message->request.coa));
}

// Judged only for nodes that use RFC 5454, too: IPv4 mobile networks alone are not the subject of this project.
dsmipv4_verdict_t dsmipv4_check_mne_order(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->first_dsmipv4 == DSMIPV4_NO_EXT)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->index < c->message->first_auth)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Mobile Network extension is after the %s, should be before it",
				 dsmipv4_ext_type_name(c->message->exts[c->message->first_auth].type));
}
