// SPDX-License-Identifier: GPL-2.0-or-later
// Retransmissions, and the copies that a foreign agent relays (RFC 5944 3.6.3, 3.7.2.2, 3.7.3.2).
#include "state/copies.h"

static bool same_header(const dsmipv4_event_t *a, const dsmipv4_event_t *b)
{
	return a->src == b->src && a->dst == b->dst;
}

// Sent by the mobile node itself, from the care-of address that it asks for.
static bool is_from_coa(const dsmipv4_event_t *e)
{
	return e->leg == DSMIPV4_LEG_MN_HA && e->src == e->coa;
}

// What was seen before of the message that an event repeats, up to DSMIPV4_LOOK_BACK events back.
typedef struct {
	dsmipv4_event_t *same;    // the latest with the same IP header
	dsmipv4_event_t *other;   // the first with another one
	dsmipv4_event_t *repeats; // of these, the first that has the same signed bytes
} copies_t;

static void note_copy(copies_t *found, const dsmipv4_event_t *e, dsmipv4_event_t *old)
{
	if (same_header(old, e)) {
		if (!found->same)
			found->same = old;
		return;
	}
	dsmipv4_event_t *original = old->relay_of ? old->relay_of : old;
	found->other = original;
	if (e->signed_digest && e->signed_digest == original->signed_digest && !same_header(original, e))
		found->repeats = original;
}

// An identification may belong to several answers, so the copy is that of the message whose signed bytes it repeats;
// it was modified only if there is none.
static dsmipv4_event_t *original_of(const copies_t *found)
{
	if (found->same && !found->same->relay_of)
		return NULL;
	if (found->repeats)
		return found->repeats;
	return found->same ? found->same->relay_of : found->other;
}

// The same identification: with the same header and bytes it is a retransmission (or was captured twice), with
// another header it is the copy that a foreign agent relays (RFC 5944 3.6.3, 3.7.2.2). A node that moved and used
// the identification again signed something else.
void dsmipv4_find_request_copy(dsmipv4_event_t *e)
{
	copies_t found = {0};
	unsigned n = 0;
	for (dsmipv4_event_t *old = (dsmipv4_event_t *)e->before; old && n < DSMIPV4_LOOK_BACK;
	     old = (dsmipv4_event_t *)old->before, n++) {
		if (old->type != e->type || old->id != e->id)
			continue;
		if (same_header(old, e) || !is_from_coa(e) || e->signed_digest == old->signed_digest)
			note_copy(&found, e, old);
	}
	e->relay_of = original_of(&found);
	if (found.same && found.same->digest == e->digest)
		e->first = found.same->first ? found.same->first : found.same;
}

const dsmipv4_event_t *dsmipv4_previous_on_leg(const dsmipv4_event_t *e)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *old = e->before; old && n < DSMIPV4_LOOK_BACK; old = old->before, n++) {
		if (old->type == e->type && old->leg == e->leg && !old->relay_of)
			return old;
	}
	return NULL;
}

// The same code for the same identification, unless another request used the identification again.
static bool is_reply_copy(const dsmipv4_event_t *e, const dsmipv4_event_t *old)
{
	if (old->type != e->type || old->id != e->id || old->code != e->code)
		return false;
	return !e->pair || !old->pair || dsmipv4_original_request(e->pair) == dsmipv4_original_request(old->pair);
}

void dsmipv4_find_reply_copy(dsmipv4_event_t *e)
{
	copies_t found = {0};
	unsigned n = 0;
	for (dsmipv4_event_t *old = (dsmipv4_event_t *)e->before; old && n < DSMIPV4_LOOK_BACK;
	     old = (dsmipv4_event_t *)old->before, n++) {
		if (is_reply_copy(e, old))
			note_copy(&found, e, old);
	}
	e->relay_of = original_of(&found);
	if (found.same)
		e->first = found.same->first ? found.same->first : found.same;
}

const dsmipv4_event_t *dsmipv4_retransmission_of(const dsmipv4_event_t *e)
{
	if (e->first)
		return e->first;
	return e->unanswered > 0 && e->coa == e->previous->coa ? e->previous : NULL;
}
