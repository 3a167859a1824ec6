// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the registration reply (RFC 5454 3.2-3.4, 3.7.1, 3.8; RFC 5944 3.4, 3.8.3; RFC 3519 4).
#include "rules/control/control.h"
#include "state/nat.h"
#include "wire/extension_types.h"
#include "wire/reply_codes.h"
#include "wire/text.h"

dsmipv4_verdict_t dsmipv4_check_code_unknown(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t code = c->message->reply.code;
	if (dsmipv4_reply_code_name(code))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_CODE_AT, 1, "Reply code %u is unassigned", code);
}

// By how many seconds the node's clock differs from the home agent's, which it puts into the high half of the
// identification of a denial with code 133; where it did not, from the clock of the capture (RFC 5944 5.7.1).
static const char *clock_words(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *request = dsmipv4_answered_request(c);
	if (c->message->reply.code != DSMIPV4_REPLY_IDENTIFICATION_MISMATCH || !request ||
	    !dsmipv4_has_timestamp(request))
		return "";
	uint32_t node = (uint32_t)(request->id >> 32), agent = (uint32_t)(c->event->id >> 32);
	bool told = agent != node;
	if (!told)
		agent = (uint32_t)(request->time / DSMIPV4_SECOND + DSMIPV4_NTP_OFFSET);
	int32_t ahead = (int32_t)(node - agent);
	return wmem_strdup_printf(c->alloc, "; the clock of the request %s is %u s %s %s",
				  dsmipv4_event_text(c->alloc, request),
				  ahead < 0 ? 0u - (uint32_t)ahead : (uint32_t)ahead, ahead < 0 ? "behind" : "ahead of",
				  told ? "the home agent's" : "the time of capture");
}

dsmipv4_verdict_t dsmipv4_check_reply_denied(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t code = c->message->reply.code;
	if (dsmipv4_reply_accepts(c->message))
		return DSMIPV4_HOLDS;
	const char *name = dsmipv4_reply_code_name(code);
	const char *sender = dsmipv4_reply_sender_name(dsmipv4_reply_code_sender(code));
	return dsmipv4_broken_at(f, REPLY_CODE_AT, 1, "Registration denied%s%s: code %u (%s)%s",
				 sender ? " by the " : "", sender ? sender : "", code, name ? name : "unassigned",
				 clock_words(c));
}

// Dynamic home agents (RFC 4433).

static const dsmipv4_ext_t *redirection(const dsmipv4_message_t *m)
{
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *e = &m->exts[i];
		if (e->type == DSMIPV4_EXT_DYNAMIC_HA && e->has_subtype && e->subtype == DSMIPV4_REDIRECTED_HA)
			return e;
	}
	return NULL;
}

// A denial that sends the node to another home agent names it.
static dsmipv4_verdict_t check_redirection(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	const dsmipv4_ext_t *other = redirection(m);
	if (!other && !m->captured_whole)
		return DSMIPV4_NOT_APPLICABLE;
	if (!other) {
		GIVES(f, dynha_mismatch, ERROR);
		return dsmipv4_broken_at(f, REPLY_CODE_AT, 1,
					 "Code %s without a Redirected HA extension (139/2), should name the home "
					 "agent to register with",
					 dsmipv4_reply_code_text(c->alloc, m->reply.code));
	}
	if (other->body != DSMIPV4_BODY_DYNAMIC_HA || other->home_agent != m->reply.ha)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, (int32_t)other->body_offset, 4,
				 "Redirected HA is %s, the home agent that denies, should be another",
				 dsmipv4_ipv4_text(c->alloc, other->home_agent));
}

// Who accepts a request that leaves the home agent open understands RFC 4433: others deny it with code 136.
static dsmipv4_verdict_t check_assignment(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = dsmipv4_answered_request(c);
	uint32_t ha = c->message->reply.ha;
	bool open = request && (request->ha == 0 || request->ha == UINT32_MAX); // RFC 4433 1.1: ALL-ZERO-ONE-ADDR
	if (!open || !request->wants_agent || dsmipv4_nat_hides_agent(c->options->nat, ha, request->wanted_agent))
		return DSMIPV4_NOT_APPLICABLE;
	if (ha == request->wanted_agent)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_HA_AT, 4,
				 "Home agent is %s, should be %s, the Requested HA of the request %s, or the request "
				 "should be denied with code 136 (unknown home agent address)",
				 dsmipv4_ipv4_text(c->alloc, ha), dsmipv4_ipv4_text(c->alloc, request->wanted_agent),
				 dsmipv4_event_text(c->alloc, request));
}

dsmipv4_verdict_t dsmipv4_check_dynha_mismatch(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->reply.code == DSMIPV4_REPLY_REDIRECT_HA)
		return check_redirection(c, f);
	return dsmipv4_reply_accepts(c->message) ? check_assignment(c, f) : DSMIPV4_NOT_APPLICABLE;
}

dsmipv4_verdict_t dsmipv4_check_rep_ext_after_auth(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if (!dsmipv4_reply_from_ha(m) && m->first_mn_ha == DSMIPV4_NO_EXT)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->index < m->first_mn_ha && c->index < m->first_link_auth)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "IPv6 prefix reply is after the %s that should cover it, should be before it",
				 dsmipv4_ext_type_name(m->exts[MIN(m->first_mn_ha, m->first_link_auth)].type));
}

dsmipv4_verdict_t dsmipv4_check_rep_accept_in_deny(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_code_accepts(c->ext->prefix.code))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 1, 1,
				 "%s accepted with code %u in a reply that denies the registration with code %s",
				 dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix), c->ext->prefix.code,
				 dsmipv4_reply_code_text(c->alloc, c->message->reply.code));
}

// The prefix of the prefix reply at this place, counted from 1, if it comes before the present one and was not
// requested itself.
static const dsmipv4_prefix_t *earlier_unasked(const dsmipv4_check_t *c, uint16_t place)
{
	if (!place || place > c->index || (c->requested && c->requested[place - 1].equal))
		return NULL;
	return &c->message->exts[place - 1].prefix.prefix;
}

// The same bits with two lengths are two prefixes, unless neither was requested.
dsmipv4_verdict_t dsmipv4_check_rep_dup(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = dsmipv4_answered_request(c);
	const dsmipv4_prefix_matches_t *among = c->among ? &c->among[c->index] : NULL;
	if (!among)
		return DSMIPV4_HOLDS;
	if (among->equal && among->equal <= c->index)
		return dsmipv4_broken_at(f, f->offset, f->length, "Second reply for %s, should be one",
					 dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix));
	bool was_asked = c->requested && c->requested[c->index].equal;
	const dsmipv4_prefix_t *other =
		request && request->captured_whole && !was_asked ? earlier_unasked(c, among->same_bits) : NULL;
	if (!other)
		return DSMIPV4_HOLDS;
	GIVES(f, rep_dup, NOTE);
	return dsmipv4_broken_at(
		f, f->offset, f->length, "Replies for %s and for %s, neither of which was requested %s",
		dsmipv4_prefix_text(c->alloc, other), dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix),
		dsmipv4_event_text(c->alloc, request));
}

dsmipv4_verdict_t dsmipv4_check_rep_in_dereg(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_code_accepts(c->ext->prefix.code))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "%s accepted with code %u in a reply with lifetime 0, which registers nothing",
				 dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix), c->ext->prefix.code);
}

dsmipv4_verdict_t dsmipv4_check_rep_by_fa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_reply_from_fa(c->message))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"IPv6 prefix reply in a foreign agent's denial with code %s, should be the home agent's alone",
		dsmipv4_reply_code_text(c->alloc, c->message->reply.code));
}

dsmipv4_verdict_t dsmipv4_check_rep_ll_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->prefix.code != DSMIPV4_PREFIX_ACCEPTED_COA)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, c->ext->body_offset + 1, 1,
		"Code 1 for the link-local address %s grants tunneling to the care-of address, should be 0",
		dsmipv4_ipv6_text(c->alloc, c->ext->prefix.prefix.bytes));
}

// A UDP Tunnel Reply for the foreign agent may follow the Mobile-Home Authentication. The request shows whose it is.
dsmipv4_verdict_t dsmipv4_check_utrp_order(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_answered_request(c) || dsmipv4_answered_request(c)->tunnel_asked != DSMIPV4_TUNNEL_ASKED_BY_MN)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->index < c->message->first_mn_ha)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"UDP Tunnel Reply for the mobile node is after the Mobile-Home Authentication, should be "
		"before it");
}

#define SHORTEST_KEEPALIVE 10 // seconds, RFC 3519 4.10; 0 leaves it to the mobile node

dsmipv4_verdict_t dsmipv4_check_utrp_keepalive(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->udp_reply.code >= DSMIPV4_REPLY_FIRST_DENIAL)
		return DSMIPV4_NOT_APPLICABLE;
	uint16_t interval = c->ext->udp_reply.keepalive;
	if (interval == 0 || interval >= SHORTEST_KEEPALIVE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 4, 2,
				 "Keepalive interval is %u s, should be at least 10 s, or 0", interval);
}
