// SPDX-License-Identifier: GPL-2.0-or-later
// Requests whose answer was not seen. They may have been granted all the same, by a reply that was not captured or
// that follows a little later in the capture.
#include "state/pending.h"

#include "state/pairing.h"
#include "wire/reply_codes.h"

#define MOST_EVENTS 1000

typedef struct {
	uint32_t frame; // of the request that was answered
	uint32_t coa;   // whose requests up to then no longer count; 0: those of all care-of addresses
} end_t;

// A walk from the node's latest event back.
typedef struct {
	const dsmipv4_event_t *answered[DSMIPV4_LOOK_BACK], *open[DSMIPV4_LOOK_BACK];
	end_t ends[DSMIPV4_LOOK_BACK];
	unsigned n_answered, n_open, n_ends;
} walk_t;

static const dsmipv4_event_t *last_event(const dsmipv4_node_t *node, uint32_t frame)
{
	const dsmipv4_version_t *next = dsmipv4_node_after(node, frame);
	const dsmipv4_event_t *e = next ? next->event : node->last;
	for (unsigned n = 0; e && e->frame > frame; e = e->before) {
		if (++n > MOST_EVENTS)
			return NULL;
	}
	return e;
}

// An accepted request, or a revocation, settles what was requested before it (RFC 5944 3.8.2.2).
static void note_end(walk_t *w, const dsmipv4_event_t *e)
{
	bool is_reply = e->type == DSMIPV4_REGISTRATION_REPLY;
	const dsmipv4_event_t *request = is_reply && e->certain_pair ? e->pair : NULL;
	end_t end = {request ? request->frame : e->frame, is_reply ? 0 : e->coa};
	if (request && (request->lifetime == 0 || e->lifetime == 0))
		end.coa = request->coa == e->hoa ? 0 : request->coa;
	else if (request && dsmipv4_asks_for_another(request) && e->code == DSMIPV4_REPLY_ACCEPTED)
		end.coa = request->coa;
	w->ends[w->n_ends++] = end;
}

static bool is_end(const dsmipv4_event_t *e)
{
	if (e->type == DSMIPV4_REGISTRATION_REPLY)
		return e->code < DSMIPV4_REPLY_FIRST_DENIAL && !e->first && !e->relay_of;
	return e->type == DSMIPV4_REVOCATION;
}

static bool is_settled(const walk_t *w, const dsmipv4_event_t *request)
{
	for (unsigned i = 0; i < w->n_ends; i++) {
		if (request->frame <= w->ends[i].frame && (w->ends[i].coa == 0 || w->ends[i].coa == request->coa))
			return true;
	}
	return false;
}

// A foreign agent that denies a request which was sent twice may have relayed it the first time, and the answer to
// that was lost.
static bool may_be_granted(const dsmipv4_event_t *reply)
{
	dsmipv4_reply_sender_t sender = dsmipv4_reply_code_sender(reply->code);
	return (sender == DSMIPV4_REPLY_BY_FA || sender == DSMIPV4_REPLY_BY_GFA) && reply->pair->first;
}

static bool answers_pair(const dsmipv4_event_t *reply)
{
	return reply->pair && !dsmipv4_may_answer_unseen(reply, reply->pair);
}

static bool is_answered(const walk_t *w, const dsmipv4_event_t *request)
{
	for (unsigned i = 0; i < w->n_answered; i++) {
		if (w->answered[i] == dsmipv4_original_request(request))
			return true;
	}
	return false;
}

// The node sent another request soon after, so it had no answer yet. A refresh comes later.
static bool was_in_vain(const walk_t *w, const dsmipv4_event_t *request)
{
	for (unsigned i = 0; i < w->n_open; i++) {
		const dsmipv4_event_t *again = w->open[i];
		if (again->coa == request->coa &&
		    dsmipv4_original_request(again) != dsmipv4_original_request(request) &&
		    again->time - request->time < request->lifetime * DSMIPV4_SECOND / 4)
			return true;
	}
	return false;
}

static bool is_open(const walk_t *w, const dsmipv4_event_t *e, int64_t time, int64_t grace, int64_t *until)
{
	bool ended = e->lifetime != DSMIPV4_LIFETIME_INFINITE &&
		     !dsmipv4_in_grace_until(e->time + e->lifetime * DSMIPV4_SECOND, time, grace, until);
	return e->lifetime && !ended && !is_answered(w, e) && !is_settled(w, e);
}

// The later of two events, which is taken from its chain.
static const dsmipv4_event_t *take_later(const dsmipv4_event_t **a, const dsmipv4_event_t **b)
{
	const dsmipv4_event_t **later = !*a || (*b && (*b)->frame > (*a)->frame) ? b : a;
	const dsmipv4_event_t *e = *later;
	if (e)
		*later = e->before;
	return e;
}

void dsmipv4_open_requests(const dsmipv4_node_t *node, const dsmipv4_node_t *asking, uint32_t frame, int64_t time,
			   int64_t grace, int64_t *until, dsmipv4_visit_event visit, void *user)
{
	walk_t w = {.n_open = 0};
	const dsmipv4_event_t *own = last_event(node, frame), *asked = asking ? last_event(asking, frame) : NULL;
	for (unsigned n = 0; n < DSMIPV4_LOOK_BACK; n++) {
		const dsmipv4_event_t *e = take_later(&own, &asked);
		if (!e)
			return;
		if (is_end(e) && !dsmipv4_in_grace_until(e->time, time, grace, until))
			note_end(&w, e);
		if (e->type == DSMIPV4_REGISTRATION_REPLY && answers_pair(e) && !may_be_granted(e))
			w.answered[w.n_answered++] = dsmipv4_original_request(e->pair);
		if (e->type != DSMIPV4_REGISTRATION_REQUEST || !is_open(&w, e, time, grace, until))
			continue;
		if (!was_in_vain(&w, e) && !visit(e, user))
			return;
		w.open[w.n_open++] = e;
	}
}
