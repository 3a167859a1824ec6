// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of a request against the ones before it and against the binding table (RFC 5944 3.6, 5.7;
// RFC 5454 3.7.1), and of a revocation (RFC 3543).
#include <inttypes.h>

#include "rules/control/control.h"
#include "wire/text.h"
#include "state/pending.h"

static double seconds(int64_t nanoseconds)
{
	return (double)nanoseconds / (double)DSMIPV4_SECOND;
}

#define SHORTEST_GAP (DSMIPV4_SECOND * 9 / 10) // a second of the sender's, less a tenth for jitter on the way

// A node that moves, or registers each of its interfaces, may send requests faster (RFC 5944 3.6).
dsmipv4_verdict_t dsmipv4_check_rrq_rate(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *previous = e->previous;
	if (!previous || !previous->time_known)
		return DSMIPV4_NOT_APPLICABLE;
	if (previous->first && previous->ttl != e->ttl && dsmipv4_was_elsewhere(previous, previous->first))
		previous = previous->first;
	int64_t gap = e->time - previous->time;
	if (gap < 0)
		return DSMIPV4_NOT_APPLICABLE;
	if (gap >= SHORTEST_GAP)
		return DSMIPV4_HOLDS;
	if (e->coa != previous->coa || dsmipv4_asks_for_another(e))
		GIVES(f, rrq_rate, NOTE);
	return dsmipv4_broken_at(f, 0, 0, "Registration request %.3f s after the one %s, should be at least 1 s",
				 seconds(gap), dsmipv4_event_text(c->alloc, previous));
}

dsmipv4_verdict_t dsmipv4_check_rrq_backoff(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *last = e->previous, *before = last ? last->previous : NULL;
	if (e->relay_of || !before || e->unanswered < 2 || !last->time_known || !before->time_known)
		return DSMIPV4_NOT_APPLICABLE;
	int64_t gap = e->time - last->time, gap_before = last->time - before->time;
	if (gap < 0 || gap_before < 0 || gap >= e->lifetime * DSMIPV4_SECOND)
		return DSMIPV4_NOT_APPLICABLE;
	if (gap * 10 / 18 >= gap_before) // a tenth of tolerance
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, 0, 0, "Retransmission after %.3f s, should be after at least %.3f s: that %s came after %.3f s",
		seconds(gap), 2 * seconds(gap_before), dsmipv4_event_text(c->alloc, last), seconds(gap_before));
}

// Bytes that the mobile node signed: a foreign agent may change only what follows them.
static bool differs_in_signed_part(const dsmipv4_event_t *a, const dsmipv4_event_t *b)
{
	return a->signed_digest && b->signed_digest && a->signed_digest != b->signed_digest;
}

static bool reuses_identification(const dsmipv4_event_t *e)
{
	return e->previous && e->previous->id == e->id && differs_in_signed_part(e, e->previous);
}

dsmipv4_verdict_t dsmipv4_check_ident_reuse(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (!e->previous)
		return DSMIPV4_NOT_APPLICABLE;
	if (!reuses_identification(e))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REQUEST_ID_AT, 8,
				 "Identification 0x%016" PRIx64 " is reused from the request %s, should be another",
				 e->id, dsmipv4_event_text(c->alloc, e->previous));
}

// Within 50 ms packets may have overtaken one another. If no answer to the request with the greatest timestamp was
// seen, it may have been a denial by which the node set its clock, and where no reply of the agent was seen at all it
// is likely (RFC 5944 5.7.1).
dsmipv4_verdict_t dsmipv4_check_ident_order(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	bool unknown = e->previous && e->previous->id == e->id && !(e->signed_digest && e->previous->signed_digest);
	if (!dsmipv4_has_timestamp(e) || !e->max_id || !e->agent_heard || unknown || reuses_identification(e))
		return DSMIPV4_NOT_APPLICABLE;
	if (e->id > e->max_id)
		return DSMIPV4_HOLDS;
	bool overtaken = e->previous && e->time - e->previous->time < DSMIPV4_SECOND / 20;
	if (overtaken || !e->max_answered)
		GIVES(f, ident_order, NOTE);
	return dsmipv4_broken_at(f, REQUEST_ID_AT, 8,
				 "Timestamp 0x%016" PRIx64 " should be greater than 0x%016" PRIx64
				 ", the greatest in the requests before",
				 e->id, e->max_id);
}

// The denial may have been lost on its way: the node asks once more for what it asked for then.
static bool may_not_know_offer(const dsmipv4_event_t *e)
{
	return !e->previous || (e->previous->lifetime == e->lifetime && !e->previous->has_offer);
}

// Where the denial with the offer is, if it answers the request before.
static const char *denial_text(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *before = c->event->previous, *denial = before ? before->pair : NULL;
	return denial && denial->code == DSMIPV4_REPLY_LIFETIME_TOO_LONG
		       ? wmem_strdup_printf(c->alloc, " %s", dsmipv4_event_text(c->alloc, denial))
		       : "";
}

dsmipv4_verdict_t dsmipv4_check_life_after_69(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (!e->has_offer)
		return DSMIPV4_NOT_APPLICABLE;
	if (e->lifetime <= e->offered)
		return DSMIPV4_HOLDS;
	if (may_not_know_offer(e))
		GIVES(f, life_after_69, NOTE);
	return dsmipv4_broken_at(f, REQUEST_LIFETIME_AT, 2,
				 "Lifetime %u s requested, should be at most the %u s that the foreign agent %s "
				 "offered in its denial (code 69)%s",
				 e->lifetime, e->offered, dsmipv4_ipv4_text(c->alloc, e->dst), denial_text(c));
}

#define DUE (7 * DSMIPV4_SECOND)

#define MANY_TRIES 3

// How often the node sent this request, or others before it, without any answer.
static unsigned tries_in_vain(const dsmipv4_event_t *request)
{
	unsigned tries = 1 + request->unanswered, n = 0;
	for (const dsmipv4_event_t *e = request->node ? request->node->last : NULL; e && n < DSMIPV4_LOOK_BACK;
	     e = e->before, n++)
		tries += e->type == DSMIPV4_REGISTRATION_REQUEST && e->first == request;
	return tries;
}

// Replies to this node may be captured elsewhere. If it asked again and again, while the home agent answered others
// before and after, it is likelier that there were none.
static bool lacks_reply(const dsmipv4_check_t *c)
{
	return c->packet->replies_seen || (c->packet->agent_answers && tries_in_vain(c->event) >= MANY_TRIES);
}

// Judged only if the capture was read to its end, and replies of that host were captured.
dsmipv4_verdict_t dsmipv4_check_no_reply(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	const dsmipv4_event_t *copy = e->relayed;
	if (e->relay_of || e->first || !c->packet->capture_end || !lacks_reply(c) ||
	    c->packet->capture_end < e->time + DUE)
		return DSMIPV4_NOT_APPLICABLE;
	if (copy && copy->pair)
		return DSMIPV4_HOLDS;
	bool by_retransmission = e->pair && e->pair->pair != e;
	if (!e->pair)
		return dsmipv4_broken_at(f, 0, 0, "No reply from %s seen within 7 s",
					 dsmipv4_ipv4_text(c->alloc, e->dst));
	int64_t late = e->pair->time_known ? e->pair->time - e->time : 0;
	if (by_retransmission || late <= DUE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, 0, 0, "Reply %s came after %.1f s, should come within 7 s",
				 dsmipv4_event_text(c->alloc, e->pair), seconds(late));
}

static bool has_live_binding(const dsmipv4_version_t *state, int64_t time)
{
	for (uint32_t i = 0; state && i < state->n_bindings; i++) {
		if (dsmipv4_binding_is_live(state->bindings[i], time, 0))
			return true;
	}
	return false;
}

static bool is_another(const dsmipv4_event_t *request, void *user)
{
	const dsmipv4_event_t **e = user;
	if (request->id == (*e)->id)
		return true;
	*e = NULL;
	return false;
}

// No answer was seen to a request before this one.
static bool is_another_open(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *e = c->event, *found = e;
	dsmipv4_open_requests(e->node, NULL, e->frame, e->time, c->options->grace, NULL, is_another, &found);
	return found == NULL;
}

// The node was seen at home, too: the capture is not that of one link, which a node leaves to register elsewhere.
static bool was_seen_at_home(const dsmipv4_event_t *e)
{
	for (unsigned n = 0; e && n < DSMIPV4_LOOK_BACK; e = e->before, n++) {
		if (e->type == DSMIPV4_REGISTRATION_REQUEST && e->coa == e->hoa)
			return true;
	}
	return false;
}

// The node may have been registered before the capture began, or on another link, and a denial does not end that
// registration. It is a warning only if the end of the registration was captured and the node was seen at home, too.
dsmipv4_verdict_t dsmipv4_check_ll_before_hoa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (e->hoa == 0)
		return DSMIPV4_NOT_APPLICABLE;
	const dsmipv4_version_t *state = dsmipv4_state_before(e);
	if (has_live_binding(state, e->time))
		return DSMIPV4_HOLDS;
	if ((state && state->removal == DSMIPV4_REMOVED_UNKNOWN) || is_another_open(c))
		return DSMIPV4_NOT_APPLICABLE;
	const char *address = dsmipv4_ipv6_text(c->alloc, c->ext->prefix.prefix.bytes);
	if (!state || state->removal == DSMIPV4_REMOVED_DENIED || !was_seen_at_home(e))
		return dsmipv4_broken_at(f, f->offset, f->length,
					 "Link-local address %s requested, but no registration of the home address %s "
					 "was seen in this capture",
					 address, dsmipv4_ipv4_text(c->alloc, e->hoa));
	GIVES(f, ll_before_hoa, WARN);
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"Link-local address %s requested before the home address %s is registered (its registration ended %s)",
		address, dsmipv4_ipv4_text(c->alloc, e->hoa), dsmipv4_event_text(c->alloc, state->event));
}

dsmipv4_verdict_t dsmipv4_check_revoke_after_expiry(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_version_t *state = dsmipv4_state_before(c->event);
	const dsmipv4_binding_t *revoked = NULL;
	for (uint32_t i = 0; state && i < state->n_bindings; i++) {
		const dsmipv4_binding_t *b = state->bindings[i];
		if (c->event->coa && dsmipv4_binding_coa(b) != c->event->coa)
			continue;
		if (dsmipv4_binding_is_live(b, c->event->time, c->options->grace))
			return DSMIPV4_HOLDS;
		revoked = b;
	}
	if (!revoked)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Revoked registration of %s expired %.1f s ago (registered %s for %u s)",
				 dsmipv4_ipv4_text(c->alloc, c->event->hoa),
				 seconds(c->event->time - dsmipv4_reply_expiry(revoked->reply)),
				 dsmipv4_event_text(c->alloc, revoked->reply), revoked->reply->lifetime);
}
