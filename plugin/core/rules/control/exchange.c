// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of a reply against the request that it answers (RFC 5454 3.2-3.5; RFC 5944 3.7, 3.8, 5.7;
// RFC 3519 3.2, 4.6), and of prefixes against those of other nodes.
#include <inttypes.h>

#include "rules/control/control.h"
#include "state/nat.h"
#include "state/pairing.h"
#include "state/replay.h"
#include "wire/reply_codes.h"
#include "wire/text.h"

#define MOST_LISTED 4 // prefixes in a text
#define EVERY_STATE (1u << DSMIPV4_PREFIX_ACTIVE | 1u << DSMIPV4_PREFIX_REFUSED | 1u << DSMIPV4_PREFIX_IGNORED)

// The node's latest request before this reply, NULL if there is none.
static const dsmipv4_event_t *latest_request(const dsmipv4_event_t *reply)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *e = reply->before; e && n < DSMIPV4_LOOK_BACK; e = e->before, n++) {
		if (e->type == DSMIPV4_REGISTRATION_REQUEST)
			return e;
	}
	return NULL;
}

static dsmipv4_verdict_t broken_unsolicited(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = latest_request(c->event);
	const char *latest = request ? wmem_strdup_printf(c->alloc, ", the latest is 0x%016" PRIx64 " %s", request->id,
							  dsmipv4_event_text(c->alloc, request))
				     : "";
	return dsmipv4_broken_at(f, REPLY_ID_AT, 8,
				 "Reply with identification 0x%016" PRIx64 ", but no request with it was seen%s",
				 c->event->id, latest);
}

dsmipv4_verdict_t dsmipv4_check_reply_unsolicited(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->event->relay_of || c->event->first)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->event->unsolicited)
		return broken_unsolicited(c, f);
	return c->event->pair ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE; // first of its node: the request may be older
}

// Identification, lifetime, addresses.

dsmipv4_verdict_t dsmipv4_check_id_low(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = e->pair;
	if ((uint32_t)e->id == (uint32_t)request->id)
		return DSMIPV4_HOLDS;
	if (dsmipv4_may_answer_another(e, request))
		GIVES(f, id_low, WARN);
	if (dsmipv4_may_answer_unseen(e, request))
		GIVES(f, id_low, NOTE);
	return dsmipv4_broken_at(f, REPLY_ID_AT + 4, 4,
				 "Low half of the identification is 0x%08x, should be 0x%08x as in the request %s",
				 (uint32_t)e->id, (uint32_t)request->id, dsmipv4_event_text(c->alloc, request));
}

// With nonces the home agent puts its own one there. If the request was answered already, this may be the reply to
// another request that was not captured, with the same low half: clocks with a resolution of a second repeat it.
dsmipv4_verdict_t dsmipv4_check_id_high(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = e->pair;
	if (!dsmipv4_has_timestamp(request) || (uint32_t)e->id != (uint32_t)request->id)
		return DSMIPV4_NOT_APPLICABLE;
	if (e->id == request->id)
		return DSMIPV4_HOLDS;
	if (e->late)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(
		f, REPLY_ID_AT, 4, "High half of the identification is 0x%08x, should be 0x%08x as in the request %s",
		(uint32_t)(e->id >> 32), (uint32_t)(request->id >> 32), dsmipv4_event_text(c->alloc, request));
}

// The node's clock is wrong, and it is no matter of the capture's own clock, or of a timestamp that came before. Where
// the style is not known, it may be one of nonces, with which the home agent has to put a new one there as well.
static bool is_clock_wrong(const dsmipv4_event_t *denial, const dsmipv4_event_t *request)
{
	int64_t ahead = dsmipv4_timestamp_ahead(request), distance = ahead < 0 ? -ahead : ahead;
	if (!request->time_known || distance <= DSMIPV4_CLOCK_TOLERANCE || denial->capture_clock == DSMIPV4_CLOCK_OFF)
		return false;
	return denial->capture_clock == DSMIPV4_CLOCK_RIGHT || (distance < DSMIPV4_DAY && !request->first);
}

// A node whose timestamp came a second time is denied as well, with the time that both have.
dsmipv4_verdict_t dsmipv4_check_id_resync(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = e->pair;
	if (e->code != DSMIPV4_REPLY_IDENTIFICATION_MISMATCH || request->replay == DSMIPV4_REPLAY_NONCE)
		return DSMIPV4_NOT_APPLICABLE;
	if (e->id >> 32 != request->id >> 32)
		return DSMIPV4_HOLDS;
	if (!is_clock_wrong(e, request))
		return DSMIPV4_NOT_APPLICABLE;
	if (e->capture_clock != DSMIPV4_CLOCK_RIGHT)
		GIVES(f, id_resync, NOTE);
	int32_t ahead = dsmipv4_timestamp_ahead(request);
	return dsmipv4_broken_at(
		f, REPLY_ID_AT, 4,
		"High half of the identification is 0x%08x as in the request %s, which is %u s %s the time of capture; "
		"should be the home agent's time, by which the node sets its clock",
		(uint32_t)(e->id >> 32), dsmipv4_event_text(c->alloc, request),
		ahead < 0 ? 0u - (uint32_t)ahead : (uint32_t)ahead, ahead < 0 ? "behind" : "ahead of");
}

dsmipv4_verdict_t dsmipv4_check_lifetime_increase(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = e->pair;
	if (e->lifetime <= request->lifetime)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_LIFETIME_AT, 2,
				 "Lifetime %u s granted, should be at most the %u s requested %s", e->lifetime,
				 request->lifetime, dsmipv4_event_text(c->alloc, request));
}

dsmipv4_verdict_t dsmipv4_check_dereg_lifetime(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->event->lifetime == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_LIFETIME_AT, 2, "Lifetime %u s granted to the deregistration %s, should be 0",
				 c->event->lifetime, dsmipv4_event_text(c->alloc, c->event->pair));
}

dsmipv4_verdict_t dsmipv4_check_zero_grant(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->event->lifetime)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_LIFETIME_AT, 2,
				 "Registration accepted with lifetime 0, which deregisters; %u s were requested %s",
				 c->event->pair->lifetime, dsmipv4_event_text(c->alloc, c->event->pair));
}

// The reply has another address than the request, in the field of this name.
static dsmipv4_verdict_t broken_copy(const dsmipv4_check_t *c, dsmipv4_answer_t *f, int32_t offset, const char *name,
				     uint32_t sent, uint32_t right)
{
	return dsmipv4_broken_at(f, offset, 4, "%s is %s, should be %s as in the request %s", name,
				 dsmipv4_ipv4_text(c->alloc, sent), dsmipv4_ipv4_text(c->alloc, right),
				 dsmipv4_event_text(c->alloc, c->event->pair));
}

// A foreign agent's denial is dsmipv4_check_fa_deny_copy()'s.
dsmipv4_verdict_t dsmipv4_check_hoa_mismatch(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = c->event->pair;
	if (request->hoa == 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (request->hoa == c->event->hoa)
		return DSMIPV4_HOLDS;
	return broken_copy(c, f, REPLY_HOA_AT, "Home address", c->event->hoa, request->hoa);
}

// A home agent behind a NAT may fill in its own private address.
dsmipv4_verdict_t dsmipv4_check_ha_mismatch(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = c->event->pair;
	if (dsmipv4_ha_is_dynamic(request->ha) || dsmipv4_nat_hides_agent(c->options->nat, c->event->ha, request->ha))
		return DSMIPV4_NOT_APPLICABLE;
	if (request->ha == c->event->ha)
		return DSMIPV4_HOLDS;
	return broken_copy(c, f, REPLY_HA_AT, "Home agent", c->event->ha, request->ha);
}

// If both ends differ, the request of this leg was not captured. If there is, or may be, a NAT on the path, addresses
// prove nothing.
dsmipv4_verdict_t dsmipv4_check_reply_addr(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = e->pair;
	bool to_home = request->src == 0 && (e->dst == UINT32_MAX || e->dst == e->hoa);
	bool from = e->src == request->dst, to = e->dst == request->src || to_home;
	if (e->relay_of || dsmipv4_nat_may_be_between(c->options->nat, request, e) ||
	    dsmipv4_ipv4_is_multicast(request->dst) || dsmipv4_ha_is_dynamic(request->dst) || (!from && !to))
		return DSMIPV4_NOT_APPLICABLE;
	if (from && to && e->dport == request->sport)
		return DSMIPV4_HOLDS;
	const char *where = dsmipv4_event_text(c->alloc, request);
	if (!from)
		return dsmipv4_broken_at(f, 0, 0, "Reply comes from %s, should come from %s, where the request %s went",
					 dsmipv4_ipv4_text(c->alloc, e->src), dsmipv4_ipv4_text(c->alloc, request->dst),
					 where);
	if (!to)
		return dsmipv4_broken_at(f, 0, 0, "Reply goes to %s, should go to %s, where the request %s came from",
					 dsmipv4_ipv4_text(c->alloc, e->dst), dsmipv4_ipv4_text(c->alloc, request->src),
					 where);
	return dsmipv4_broken_at(f, 0, 0, "Reply goes to port %u, should go to %u, where the request %s came from",
				 e->dport, request->sport, where);
}

dsmipv4_verdict_t dsmipv4_check_fa_deny_copy(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = e->pair;
	if (e->hoa != request->hoa)
		return broken_copy(c, f, REPLY_HOA_AT, "Home address in the foreign agent's denial", e->hoa,
				   request->hoa);
	if (e->ha != request->ha)
		return broken_copy(c, f, REPLY_HA_AT, "Home agent in the foreign agent's denial", e->ha, request->ha);
	if (e->id != request->id &&
	    (uint32_t)e->id == (uint32_t)request->id) // the low half is dsmipv4_check_id_low()'s
		return dsmipv4_broken_at(f, REPLY_ID_AT, 4,
					 "High half of the identification in the foreign agent's denial is 0x%08x, "
					 "should be 0x%08x as in the request %s",
					 (uint32_t)(e->id >> 32), (uint32_t)(request->id >> 32),
					 dsmipv4_event_text(c->alloc, request));
	return DSMIPV4_HOLDS;
}

dsmipv4_verdict_t dsmipv4_check_code_agent(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = c->event->pair;
	if (request->leg != DSMIPV4_LEG_MN_HA)
		return DSMIPV4_NOT_APPLICABLE;
	if (!dsmipv4_reply_from_fa(c->message))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_CODE_AT, 1,
				 "Home agent denies with code %s of a %s, should be one of a home agent (128 to 192)",
				 dsmipv4_reply_code_text(c->alloc, c->message->reply.code),
				 dsmipv4_reply_sender_name(dsmipv4_reply_code_sender(c->message->reply.code)));
}

// RFC 5454: what was asked and what was answered.

// The requested prefix at a place counted from 1, NULL for 0.
static const dsmipv4_prefix_t *requested(const dsmipv4_check_t *c, uint16_t place)
{
	return place ? &c->event->pair->prefixes[place - 1].prefix : NULL;
}

static const dsmipv4_prefix_t *requested_similar(const dsmipv4_check_t *c)
{
	return c->requested ? requested(c, dsmipv4_first_similar(&c->requested[c->index])) : NULL;
}

// "2001:db8:a::/48, 2001:db8:b::/48 and 3 more": those in one of the states, of which `states` has the bits.
static const char *prefix_list(const dsmipv4_check_t *c, const dsmipv4_event_t *e, unsigned states)
{
	wmem_strbuf_t *list = wmem_strbuf_new(c->alloc, "");
	unsigned n = 0;
	bool every = states == EVERY_STATE;
	for (unsigned i = 0; i < e->n_prefixes && !(every && n == MOST_LISTED); i++) {
		const dsmipv4_registered_prefix_t *r = &e->prefixes[i];
		if ((states & 1u << r->state) && n++ < MOST_LISTED)
			wmem_strbuf_append_printf(list, "%s%s", n == 1 ? "" : ", ",
						  dsmipv4_prefix_text(c->alloc, &r->prefix));
	}
	n = every ? e->n_prefixes : n;
	if (n > MOST_LISTED)
		wmem_strbuf_append_printf(list, " and %u more", n - MOST_LISTED);
	return n ? wmem_strbuf_get_str(list) : "none";
}

dsmipv4_verdict_t dsmipv4_check_rep_not_requested(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (requested_similar(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length, "Reply for %s, but requested %s: %s",
				 dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix),
				 dsmipv4_event_text(c->alloc, c->event->pair),
				 prefix_list(c, c->event->pair, EVERY_STATE));
}

dsmipv4_verdict_t dsmipv4_check_rep_len_mismatch(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!requested_similar(c))
		return DSMIPV4_NOT_APPLICABLE;
	if (c->requested[c->index].equal)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, c->ext->prefix.prefix_len_offset, 1, "Reply for %s, should be for %s as requested %s",
		dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix),
		dsmipv4_prefix_text(c->alloc, requested_similar(c)), dsmipv4_event_text(c->alloc, c->event->pair));
}

static unsigned count_replies(const dsmipv4_check_t *c)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < c->message->n_exts; i++)
		n += dsmipv4_ext_is(&c->message->exts[i], DSMIPV4_PREFIX_REPLY);
	return n;
}

static unsigned count_unanswered(const dsmipv4_event_t *reply)
{
	unsigned n = 0;
	for (unsigned i = 0; i < reply->n_prefixes; i++)
		n += reply->prefixes[i].state == DSMIPV4_PREFIX_IGNORED;
	return n;
}

dsmipv4_verdict_t dsmipv4_check_rep_missing_some(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (count_replies(c) == 0)
		return DSMIPV4_NOT_APPLICABLE;
	unsigned n = count_unanswered(c->event);
	if (n == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, 0, 0, "No reply for %s requested %s: rejected",
				 prefix_list(c, c->event, 1u << DSMIPV4_PREFIX_IGNORED),
				 dsmipv4_event_text(c->alloc, c->event->pair));
}

dsmipv4_verdict_t dsmipv4_check_ha_no_support(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (count_replies(c) > 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, 0, 0, "No reply for %s requested %s: the home agent %s does not support IPv6 extensions",
		prefix_list(c, c->event->pair, EVERY_STATE), dsmipv4_event_text(c->alloc, c->event->pair),
		dsmipv4_ipv4_text(c->alloc, c->event->ha));
}

// Where the header denies, codes of prefixes grant nothing (RFC 5454 3.2).
static bool grants_coa(const dsmipv4_check_t *c)
{
	return c->ext->prefix.code == DSMIPV4_PREFIX_ACCEPTED_COA;
}

// Only prefixes have a tunneling mode. Link-local addresses are judged by dsmipv4_check_rep_ll_coa().
dsmipv4_verdict_t dsmipv4_check_coa_mode_unasked(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!grants_coa(c) || c->ext->prefix.prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->event->pair->mode_asked)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, c->ext->body_offset + 1, 1,
		"Code 1 for %s grants tunneling to the care-of address, should be 0: the request %s has "
		"no IPv6 tunneling mode extension",
		dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix), dsmipv4_event_text(c->alloc, c->event->pair));
}

dsmipv4_verdict_t dsmipv4_check_coa_mode_fa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!grants_coa(c))
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_event_t *request = c->event->pair;
	if (request->flags & DSMIPV4_FLAG_D)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, c->ext->body_offset + 1, 1,
		"Code 1 for %s grants tunneling to the foreign agent's care-of address %s, should be 0 "
		"(request without D flag %s)",
		dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix), dsmipv4_ipv4_text(c->alloc, request->coa),
		dsmipv4_event_text(c->alloc, request));
}

// Requests that should not have been accepted.

dsmipv4_verdict_t dsmipv4_check_nonskip_accepted(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->event->pair->unknown_nonskip)
		return DSMIPV4_NOT_APPLICABLE;
	if (!dsmipv4_is_accepted(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, REPLY_CODE_AT, 1,
		"Code %u accepts the request %s, which has an extension of the unassigned non-skippable type %u; "
		"should not be answered",
		c->message->reply.code, dsmipv4_event_text(c->alloc, c->event->pair), c->event->pair->unknown_nonskip);
}

dsmipv4_verdict_t dsmipv4_check_reserved_accepted(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	unsigned reserved = c->event->pair->flags & (DSMIPV4_FLAG_r | DSMIPV4_FLAG_x);
	if (!reserved)
		return DSMIPV4_NOT_APPLICABLE;
	if (!dsmipv4_is_accepted(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, REPLY_CODE_AT, 1,
		"Code %u accepts the request %s with reserved flags 0x%02x set, should be code 134 (poorly formed "
		"request)",
		c->message->reply.code, dsmipv4_event_text(c->alloc, c->event->pair), reserved);
}

// The plugin's key is the node's: an exchange before was signed with it on both sides.
static bool is_proven_key(const dsmipv4_event_t *reply)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *old = reply->before; old && n < DSMIPV4_LOOK_BACK; old = old->before, n++) {
		if (old->type == DSMIPV4_REGISTRATION_REPLY && old->auth == DSMIPV4_AUTH_GOOD && old->pair &&
		    old->certain_pair && old->pair->auth == DSMIPV4_AUTH_GOOD)
			return true;
	}
	return false;
}

// The plugin's key may be the wrong one. It is not if the reply verifies with it; if an exchange before did, the two
// may have changed their key since.
dsmipv4_verdict_t dsmipv4_check_auth_accepted_bad(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	unsigned request_auth = c->event->pair->auth;
	bool certain = c->event->auth == DSMIPV4_AUTH_GOOD;
	if (request_auth == DSMIPV4_AUTH_NOT_CHECKED || (!certain && !is_proven_key(c->event)))
		return DSMIPV4_NOT_APPLICABLE;
	if (request_auth == DSMIPV4_AUTH_GOOD)
		return DSMIPV4_HOLDS;
	if (!certain)
		GIVES(f, auth_accepted_bad, WARN);
	return dsmipv4_broken_at(
		f, REPLY_CODE_AT, 1,
		"Code %u accepts the request %s, %s%s; should be code 131 (mobile node failed authentication)",
		c->message->reply.code, dsmipv4_event_text(c->alloc, c->event->pair),
		request_auth == DSMIPV4_AUTH_BAD ? "whose authenticator does not verify" : "which has no authenticator",
		certain ? "" : " with the key of the registration before");
}

// The same datagram was captured again: no request in between that it could answer, or its Time to Live shows that
// it was captured at another place, whose clock may differ.
static bool is_seen_twice(const dsmipv4_event_t *reply)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *old = reply->before; old && n < DSMIPV4_LOOK_BACK; old = old->before, n++) {
		if (old->type == reply->type && old->digest == reply->digest && old->dst == reply->dst &&
		    (old->pair == reply->pair || dsmipv4_was_elsewhere(old, reply)))
			return true;
	}
	return false;
}

dsmipv4_verdict_t dsmipv4_check_dup_lifetime(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	bool registers = e->lifetime > 0 && e->first && e->first->lifetime > 0; // what ends a binding extends nothing
	if (!registers || dsmipv4_reply_expiry(e->first) == INT64_MAX)
		return DSMIPV4_NOT_APPLICABLE;
	if (is_seen_twice(e) || dsmipv4_reply_expiry(e) <= dsmipv4_reply_expiry(e->first) + DSMIPV4_SECOND)
		return DSMIPV4_HOLDS;
	int64_t left = (dsmipv4_reply_expiry(e->first) - e->time) / DSMIPV4_SECOND;
	return dsmipv4_broken_at(
		f, REPLY_LIFETIME_AT, 2,
		"Lifetime %u s granted to a duplicate request, should be at most %u s, what is left of "
		"the %u s granted %s",
		e->lifetime, (unsigned)MAX(left, 0), e->first->lifetime, dsmipv4_event_text(c->alloc, e->first));
}

// NAT traversal.

static bool forces(const dsmipv4_check_t *c)
{
	return c->event->pair->tunnel_flags & DSMIPV4_TUNNEL_FLAG_F;
}

dsmipv4_verdict_t dsmipv4_check_utrp_unrequested(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->event->pair->tunnel_asked != DSMIPV4_TUNNEL_NOT_ASKED)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "UDP Tunnel Reply with code %u, but the request %s has no UDP Tunnel Request",
				 c->ext->udp_reply.code, dsmipv4_event_text(c->alloc, c->event->pair));
}

// A home agent that does not know UDP tunneling would have to deny the registration of another source (RFC 3519 4.6.1).
dsmipv4_verdict_t dsmipv4_check_utrp_missing(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = c->event->pair;
	if (request->tunnel_flags & DSMIPV4_TUNNEL_FLAG_R || !dsmipv4_nat_is_shown(c->options->nat, request))
		return DSMIPV4_NOT_APPLICABLE;
	if (dsmipv4_message_has(c->message, DSMIPV4_EXT_UDP_TUNNEL_REPLY))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, REPLY_CODE_AT, 1,
		"Registration accepted without a UDP Tunnel Reply (type 44): the request %s asks for UDP tunneling and "
		"comes from %s, not from its care-of address %s, so the node behind that NAT cannot be reached",
		dsmipv4_event_text(c->alloc, request), dsmipv4_ipv4_text(c->alloc, request->src),
		dsmipv4_ipv4_text(c->alloc, request->coa));
}

dsmipv4_verdict_t dsmipv4_check_utrp_force(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!(c->ext->udp_reply.flags & DSMIPV4_UDP_TUNNEL_REPLY_F))
		return DSMIPV4_NOT_APPLICABLE;
	if (forces(c))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 2, 2,
				 "F flag of the UDP Tunnel Reply is 1, should be 0 as in the request %s",
				 dsmipv4_event_text(c->alloc, c->event->pair));
}

dsmipv4_verdict_t dsmipv4_check_utrp_assent_no_nat(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = c->event->pair;
	if (request->tunnel_flags || c->ext->udp_reply.code >= DSMIPV4_REPLY_FIRST_DENIAL)
		return DSMIPV4_NOT_APPLICABLE;
	if (request->src != request->coa)
		return DSMIPV4_HOLDS;
	if (dsmipv4_nat_may_follow(c->options->nat, request))
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "UDP tunneling granted with code %u, should be declined: no NAT was seen, the request "
				 "%s came from its care-of address %s",
				 c->ext->udp_reply.code, dsmipv4_event_text(c->alloc, request),
				 dsmipv4_ipv4_text(c->alloc, request->coa));
}

// A foreign agent's copies.

static bool signed_part_differs(const dsmipv4_event_t *a, const dsmipv4_event_t *b)
{
	return a->signed_digest != b->signed_digest;
}

// What differs, as far as events tell.
static const char *changed_words(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *e = c->event, *o = e->relay_of;
	const char *ipv4[] = {dsmipv4_ipv4_text(c->alloc, e->hoa), dsmipv4_ipv4_text(c->alloc, o->hoa),
			      dsmipv4_ipv4_text(c->alloc, e->ha), dsmipv4_ipv4_text(c->alloc, o->ha)};
	if (e->flags != o->flags) // of a reply, the code
		return wmem_strdup_printf(c->alloc,
					  e->type == DSMIPV4_REGISTRATION_REQUEST ? "flags are 0x%02x, were 0x%02x"
										  : "code is %u, was %u",
					  e->flags, o->flags);
	if (e->lifetime != o->lifetime)
		return wmem_strdup_printf(c->alloc, "lifetime is %u s, was %u s", e->lifetime, o->lifetime);
	if (e->hoa != o->hoa)
		return wmem_strdup_printf(c->alloc, "home address is %s, was %s", ipv4[0], ipv4[1]);
	if (e->ha != o->ha)
		return wmem_strdup_printf(c->alloc, "home agent is %s, was %s", ipv4[2], ipv4[3]);
	if (e->coa != o->coa)
		return wmem_strdup_printf(c->alloc, "care-of address is %s, was %s",
					  dsmipv4_ipv4_text(c->alloc, e->coa), dsmipv4_ipv4_text(c->alloc, o->coa));
	if (e->id != o->id)
		return wmem_strdup_printf(c->alloc, "identification is 0x%016" PRIx64 ", was 0x%016" PRIx64, e->id,
					  o->id);
	return "an extension differs";
}

// The reply that was captured was relayed before, as it is. The second one may be the copy of a second answer to the
// same request, which was not captured.
static bool is_of_another_answer(const dsmipv4_event_t *copy)
{
	const dsmipv4_event_t *first = copy->first;
	return first && first->relay_of == copy->relay_of && !signed_part_differs(first, copy->relay_of);
}

// With nonces, a request that is repeated is answered as before, but for the time that has passed (RFC 5944 3.8.2.2):
// the copy may be of such an answer, which was not captured.
static bool is_of_later_answer(const dsmipv4_event_t *copy)
{
	const dsmipv4_event_t *o = copy->relay_of;
	int64_t passed = copy->time - o->time + DSMIPV4_SECOND / 10;
	bool shorter = copy->lifetime < o->lifetime && (o->lifetime - copy->lifetime) * DSMIPV4_SECOND <= passed;
	return copy->type == DSMIPV4_REGISTRATION_REPLY && copy->code == o->code && copy->hoa == o->hoa &&
	       copy->ha == o->ha && copy->time_known && o->time_known && shorter;
}

static dsmipv4_verdict_t unmodified(const dsmipv4_check_t *c, dsmipv4_answer_t *f, enum dsmipv4_message_type type)
{
	const dsmipv4_event_t *e = c->event, *original = e->relay_of;
	if (e->type != type || !e->signed_digest || !original->signed_digest)
		return DSMIPV4_NOT_APPLICABLE;
	if (!signed_part_differs(e, original))
		return DSMIPV4_HOLDS;
	if (is_of_another_answer(e) || is_of_later_answer(e))
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(f, 0, 0, "Foreign agent changed the authenticated part of the %s %s: %s",
				 type == DSMIPV4_REGISTRATION_REQUEST ? "request" : "reply",
				 dsmipv4_event_text(c->alloc, original), changed_words(c));
}

dsmipv4_verdict_t dsmipv4_check_relay_request_modified(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return unmodified(c, f, DSMIPV4_REGISTRATION_REQUEST);
}

dsmipv4_verdict_t dsmipv4_check_relay_reply_modified(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return unmodified(c, f, DSMIPV4_REGISTRATION_REPLY);
}

// The other extension that must not be relayed, 130, has a rule of its own (eds_relayed).
dsmipv4_verdict_t dsmipv4_check_relay_not_stripped(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (e->leg != DSMIPV4_LEG_FA_HA || !e->relay_of->mn_fa_auth || c->message->first_mn_fa == DSMIPV4_NO_EXT)
		return e->leg == DSMIPV4_LEG_FA_HA && e->relay_of->mn_fa_auth ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_ext_t *x = &c->message->exts[c->message->first_mn_fa];
	return dsmipv4_broken_at(
		f, x->offset, x->header_len + x->body_len,
		"Mobile-Foreign Authentication (type 33) of the request %s is relayed to the home agent, "
		"should be removed",
		dsmipv4_event_text(c->alloc, e->relay_of));
}

dsmipv4_verdict_t dsmipv4_check_relay_dst(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	bool by_agent = e->src == e->relay_of->dst || dsmipv4_ipv4_is_multicast(e->relay_of->dst); // not the reverse
	if (e->type != DSMIPV4_REGISTRATION_REQUEST || !by_agent || e->src == e->hoa || e->src == 0 ||
	    dsmipv4_ha_is_dynamic(e->ha))
		return DSMIPV4_NOT_APPLICABLE;
	if (e->dst == e->ha)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_HA_AT, 4,
				 "Request %s is relayed to %s, should be relayed to the home agent %s",
				 dsmipv4_event_text(c->alloc, e->relay_of), dsmipv4_ipv4_text(c->alloc, e->dst),
				 dsmipv4_ipv4_text(c->alloc, e->ha));
}

// Prefixes of one node and of others.

// A home agent checks only its own registrations, so an overlap with another home agent's is a note.
static dsmipv4_verdict_t broken_by_overlap(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const dsmipv4_prefix_t *p,
					   const dsmipv4_overlap_t *overlap)
{
	const char *at = "";
	const dsmipv4_event_t *other = overlap->binding->reply;
	if (other->node->ha != c->event->node->ha) {
		GIVES(f, prefix_overlap, NOTE);
		at = wmem_strdup_printf(c->alloc, " at the home agent %s",
					dsmipv4_ipv4_text(c->alloc, other->node->ha));
	}
	return dsmipv4_broken_at(
		f, c->ext->prefix.prefix_offset, 16, "%s overlaps %s of the mobile node %s%s (registered %s)",
		dsmipv4_prefix_text(c->alloc, p), dsmipv4_prefix_text(c->alloc, &overlap->prefix->prefix),
		dsmipv4_ipv4_text(c->alloc, other->hoa), at, dsmipv4_event_text(c->alloc, other));
}

// Of a registered ::/0 dsmipv4_check_prefix_default() speaks: not each later registration besides.
dsmipv4_verdict_t dsmipv4_check_prefix_overlap(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (!e->binding || !dsmipv4_code_accepts(c->ext->prefix.code))
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_registered_prefix_t *r =
		e->overlaps ? dsmipv4_event_equal_prefix(e, &c->ext->prefix.prefix) : NULL;
	const dsmipv4_overlap_t *overlap = r ? &e->overlaps[r - e->prefixes] : NULL;
	if (!overlap || !overlap->binding || r->prefix.len == 0 || overlap->prefix->prefix.len == 0)
		return DSMIPV4_HOLDS;
	return broken_by_overlap(c, f, &r->prefix, overlap);
}

// The link-local address always uses the tunnel to the home address.
dsmipv4_verdict_t dsmipv4_check_mode_mixed(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	const dsmipv4_ext_t *first = NULL;
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *x = &m->exts[i];
		if (x->body != DSMIPV4_BODY_PREFIX_REPLY || x->prefix.prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL ||
		    x->prefix.code > DSMIPV4_PREFIX_ACCEPTED_COA)
			continue;
		if (first && x->prefix.code != first->prefix.code)
			return dsmipv4_broken_at(
				f, x->body_offset + 1, 1,
				"%s accepted with code %u, should be code %u as for %s: a node uses one tunneling mode",
				dsmipv4_prefix_text(c->alloc, &x->prefix.prefix), x->prefix.code, first->prefix.code,
				dsmipv4_prefix_text(c->alloc, &first->prefix.prefix));
		first = x;
	}
	return first ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
}
