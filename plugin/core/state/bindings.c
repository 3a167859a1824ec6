// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: registration messages in as events, history out (RFC 5944 3.6 to 3.8; RFC 3543).
#include "state/bindings.h"

#include <glib.h>

#include "state/changes.h"
#include "state/copies.h"
#include "state/node_index.h"
#include "state/pairing.h"
#include "state/prefix_outcome.h"
#include "state/replay.h"
#include "state/table.h"

static bool has_answer(const dsmipv4_event_t *request)
{
	return request && request->pair && request->pair->certain_pair;
}

static bool is_answered(const dsmipv4_event_t *request)
{
	return has_answer(request) || has_answer(request->relayed);
}

// The identification has a nonce that is of no message before it, but a home agent chose another one since: the reply
// with it was not captured.
static bool has_unseen_nonce(const dsmipv4_event_t *request)
{
	bool replied = false;
	unsigned n = 0;
	if (request->replay != DSMIPV4_REPLAY_NONCE)
		return false;
	for (const dsmipv4_event_t *e = request->before; e && n < DSMIPV4_LOOK_BACK; e = e->before, n++) {
		if (e->id >> 32 == request->id >> 32)
			return false;
		replied |= e->type == DSMIPV4_REGISTRATION_REPLY;
	}
	return replied;
}

// A request that had no answer as far as was captured, but was not repeated until it was time for a refresh.
static bool was_answered_unseen(const dsmipv4_event_t *request)
{
	const dsmipv4_event_t *before = request->previous;
	return before && !before->pair && !(before->relayed && before->relayed->pair) && !before->unanswered &&
	       before->agent_heard && before->coa == request->coa && before->lifetime && request->lifetime &&
	       before->time_known && request->time_known &&
	       request->time - before->time >= MAX(before->lifetime * DSMIPV4_SECOND / 4, 10 * DSMIPV4_SECOND);
}

static void take_new_request(dsmipv4_event_t *e)
{
	dsmipv4_node_t *node = e->node;
	e->max_id = node->max_request ? node->max_request->id : 0;
	e->max_answered = node->max_request && is_answered(node->max_request);
	node->replay = e->replay = dsmipv4_replay_of(node, e) & 3;
	node->clock_set = false;
	if (dsmipv4_has_timestamp(e) && e->id > e->max_id)
		node->max_request = e;
	if (node->offered_by == e->dst && node->offered_by != 0) {
		e->has_offer = true;
		e->offered = node->offered;
	}
	node->offered_by = 0;
	node->last_request = e;
}

// An agent relays the request: it adds its own authentication, or is known by its address to relay others.
static bool is_from_agent(const dsmipv4_bindings_t *b, const dsmipv4_message_t *m, const dsmipv4_event_t *request)
{
	const dsmipv4_event_t *since = dsmipv4_foreign_agent_since(b, request->ha, request->src);
	const dsmipv4_event_t *other = since ? dsmipv4_certain_request(since) : NULL;
	return m->first_fa_ha != DSMIPV4_NO_EXT || (other && other->coa == request->src);
}

static const dsmipv4_event_t *take_request(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					   const dsmipv4_message_t *m, dsmipv4_auth_state_t auth)
{
	dsmipv4_event_t header = {0};
	dsmipv4_event_read(&header, packet, m);
	header.flags = m->request.flags;
	header.lifetime = m->request.lifetime;
	header.hoa = m->request.hoa;
	header.ha = m->request.ha;
	header.coa = m->request.coa;
	header.id = m->request.id;
	header.auth = auth;
	header.leg = dsmipv4_request_leg(packet, m);
	header.from_agent = is_from_agent(b, m, &header);
	header.replay = dsmipv4_replay_of_one(&header) & 3;
	header.n_prefixes = dsmipv4_event_count_prefixes(m, DSMIPV4_BODY_PREFIX_REQUEST);
	dsmipv4_event_t *e = dsmipv4_event_new(b->arena, &header, NULL);
	dsmipv4_event_read_prefixes(e->prefixes, m, DSMIPV4_BODY_PREFIX_REQUEST);
	dsmipv4_event_append(b, e, dsmipv4_node_of(b, e->ha, e->hoa, m->nai_digest));
	e->after_gap = dsmipv4_home_agent_gap(b, e->ha) != NULL;
	e->agent_heard = dsmipv4_agent_replied(b, e->dst);
	if (e->node) {
		dsmipv4_find_request_copy(e);
		if (!e->relay_of)
			e->previous = dsmipv4_previous_on_leg(e);
		if (e->previous && !e->previous->pair)
			e->unanswered = MIN(e->previous->unanswered + 1, 2) & 3;
		if (!e->first && !e->relay_of) {
			take_new_request(e);
			if (has_unseen_nonce(e) || was_answered_unseen(e))
				dsmipv4_note_gap(b, e);
		} else
			e->replay = e->node->replay & 3u;
		if (e->relay_of && !e->relay_of->relayed)
			e->relay_of->relayed = e;
	}
	dsmipv4_remember_request(b, e);
	return e;
}

// What a request asks for is stored once more with its reply. Thousands of small replies to a large request would take
// a thousand times their size: only the first few get its prefixes, as copies of the one reply do; the others speak for
// themselves.
#define FEW_PREFIXES 16
#define MOST_SETTLED 4

static const dsmipv4_event_t *request_to_settle(dsmipv4_event_t *request)
{
	if (!request || request->n_prefixes <= FEW_PREFIXES)
		return request;
	if (request->n_settled == MOST_SETTLED)
		return NULL;
	request->n_settled++;
	return request;
}

// A permanent copy of the reply, with the outcome of its prefixes.
static dsmipv4_event_t *new_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *header, const dsmipv4_message_t *m,
				  const dsmipv4_event_t *request)
{
	unsigned n_replies = dsmipv4_event_count_prefixes(m, DSMIPV4_BODY_PREFIX_REPLY),
		 n_asked = request ? request->n_prefixes : 0;
	dsmipv4_registered_prefix_t *replies =
		wmem_alloc_array(NULL, dsmipv4_registered_prefix_t, 2 * n_replies + n_asked + 1);
	dsmipv4_registered_prefix_t *settled = replies + n_replies;
	dsmipv4_event_read_prefixes(replies, m, DSMIPV4_BODY_PREFIX_REPLY);
	header->n_prefixes = dsmipv4_settle_prefixes(settled, replies, n_replies, request);
	dsmipv4_event_t *e = dsmipv4_event_new(b->arena, header, settled);
	wmem_free(NULL, replies);
	return e;
}

// As far as can be known the home agent and its node go by this reply, if not to the request that was captured then to
// another one.
static bool counts(const dsmipv4_event_t *reply)
{
	const dsmipv4_event_t *request = reply->pair;
	return !request || dsmipv4_is_credible(reply, request) || dsmipv4_may_answer_unseen(reply, request);
}

static void link_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *e)
{
	dsmipv4_find_reply_copy(e);
	if (e->relay_of && !e->relay_of->relayed)
		e->relay_of->relayed = e;
	if (!e->first && !e->relay_of && counts(e))
		dsmipv4_apply_reply(b, e);
}

static void forget_clock_of(dsmipv4_node_t *node)
{
	if (!node)
		return;
	node->max_request = NULL;
	node->clock_set = true;
}

// Identification mismatch: the node takes the home agent's time, which may be earlier than its own (RFC 5944 5.7.1). A
// node that asks for a home address is known by its NAI at first.
static void forget_clock(const dsmipv4_event_t *denial)
{
	forget_clock_of(denial->node);
	if (denial->pair)
		forget_clock_of(denial->pair->node);
}

// A node that asks for a home address is known by its NAI alone until it has one.
static void take_over_replay(dsmipv4_node_t *node, const dsmipv4_node_t *from)
{
	if (from && node->replay == DSMIPV4_REPLAY_UNKNOWN)
		node->replay = from->replay;
}

static const dsmipv4_event_t *take_reply(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					 const dsmipv4_message_t *m, dsmipv4_auth_state_t auth)
{
	dsmipv4_event_t header = {0};
	dsmipv4_event_read(&header, packet, m);
	header.code = m->reply.code;
	header.lifetime = m->reply.lifetime;
	header.hoa = m->reply.hoa;
	header.ha = m->reply.ha;
	header.id = m->reply.id;
	header.auth = auth;
	dsmipv4_node_t *node = dsmipv4_node_of(b, header.ha, header.hoa, m->nai_digest);
	header.pair = dsmipv4_find_request(b, &header, node, m->nai_digest);
	header.unsolicited = !header.pair && node && node->last_request;
	header.certain_pair = header.pair && dsmipv4_identifies(&header, header.pair);
	bool certain_pair = header.pair && dsmipv4_answers(&header, header.pair);
	if (certain_pair && header.pair->hoa != 0 && !dsmipv4_ha_is_dynamic(header.pair->ha))
		node = header.pair->node; // whatever home agent the reply names
	dsmipv4_event_t *e = new_reply(b, &header, m, request_to_settle(certain_pair ? header.pair : NULL));
	dsmipv4_event_append(b, e, node);
	e->after_gap = dsmipv4_home_agent_gap(b, e->ha) != NULL;
	dsmipv4_link_request(b, e);
	dsmipv4_note_reply(b, e);
	if (e->code == DSMIPV4_REPLY_IDENTIFICATION_MISMATCH) {
		e->capture_clock = dsmipv4_clock_of_capture(dsmipv4_home_agent_latest(b, e->ha)) & 3;
		forget_clock(e);
	}
	if (certain_pair && node)
		take_over_replay(node, e->pair->node);
	if (node)
		link_reply(b, e);
	bool answers_unseen = e->unsolicited || (e->pair && dsmipv4_may_answer_unseen(e, e->pair));
	if (node && answers_unseen && !e->first && !e->relay_of)
		dsmipv4_note_gap(b, e);
	return e;
}

static const dsmipv4_event_t *take_revocation(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					      const dsmipv4_message_t *m)
{
	dsmipv4_event_t header = {0};
	dsmipv4_event_read(&header, packet, m);
	bool ack = m->type == DSMIPV4_REVOCATION_ACK;
	header.hoa = m->revocation.hoa;
	header.id = m->revocation.id;
	dsmipv4_node_t *node = NULL;
	if (ack) {
		node = dsmipv4_find_node(b, header.dst, header.hoa, m->nai_digest);
		if (!node)
			node = dsmipv4_find_node(b, header.src, header.hoa, m->nai_digest);
	} else {
		header.ha = m->revocation.ha;
		header.coa = m->revocation.coa;
		node = dsmipv4_find_node(b, header.ha, header.hoa, m->nai_digest);
	}
	dsmipv4_event_t *e = dsmipv4_event_new(b->arena, &header, NULL);
	dsmipv4_event_append(b, e, node);
	dsmipv4_pair_revocation(b, e);
	if (node)
		dsmipv4_apply_revocation(b, e);
	return e;
}

void dsmipv4_look_ahead(const dsmipv4_bindings_t *b, dsmipv4_packet_t *packet, int64_t end)
{
	packet->capture_end = end;
	packet->replies_seen = dsmipv4_replies_seen(b, packet->dst, packet->src);
	packet->agent_answers = dsmipv4_home_agent_answers(b, packet->dst, dsmipv4_packet_time(packet));
}

const dsmipv4_event_t *dsmipv4_bindings_message(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
						const dsmipv4_message_t *message, dsmipv4_auth_state_t auth)
{
	if (!message->fixed || !packet->ipv4)
		return NULL;
	b->frame = packet->frame;
	b->n_changes++;
	switch (message->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return take_request(b, packet, message, auth);
	case DSMIPV4_REGISTRATION_REPLY:
		return take_reply(b, packet, message, auth);
	case DSMIPV4_REVOCATION:
	case DSMIPV4_REVOCATION_ACK:
		return take_revocation(b, packet, message);
	default:
		return NULL;
	}
}

uint32_t dsmipv4_bindings_changes(const dsmipv4_bindings_t *b)
{
	return b->n_changes;
}

dsmipv4_bindings_t *dsmipv4_bindings_new(wmem_allocator_t *alloc)
{
	dsmipv4_bindings_t *b = wmem_new0(alloc, dsmipv4_bindings_t);
	b->alloc = alloc;
	b->arena = dsmipv4_arena_new(alloc);
	dsmipv4_node_index_init(b);
	dsmipv4_pairing_init(b);
	return b;
}
