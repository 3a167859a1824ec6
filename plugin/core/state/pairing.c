// SPDX-License-Identifier: GPL-2.0-or-later
// Which reply answers which request (RFC 5944 3.6 to 3.8, 5.7), and which acknowledgment which revocation.
#include "state/pairing.h"

#include <glib.h>

#include "state/node_index.h"

// Requests.

// Any agent that hears it may answer: a multicast or broadcast address (RFC 5944 3.6.1.1, 3.6.1.2).
static bool is_group(uint32_t addr)
{
	return dsmipv4_ipv4_is_multicast(addr) || dsmipv4_ha_is_dynamic(addr);
}

// Who will answer, 0: anyone.
static uint32_t answering(const dsmipv4_event_t *request)
{
	return request->type == DSMIPV4_REGISTRATION_REQUEST && is_group(request->dst) ? 0 : request->dst;
}

// An agent may revoke the bindings of several nodes with one identifier (RFC 3543 3.3). A node that asks for a home
// address is answered with one.
static uint32_t named_hoa(const dsmipv4_event_t *request)
{
	return request->type == DSMIPV4_REVOCATION ? request->hoa : 0;
}

// Requests and revocations, found by the header of their answer. Replies copy the low half of the identification in
// every style of replay protection (RFC 5944 5.7). The hash is keyed, because the sender chooses all of its input.
static guint request_hash(gconstpointer p)
{
	const dsmipv4_event_t *r = p;
	const uint32_t key[] = {r->src, answering(r), (uint32_t)r->id, named_hoa(r), r->type};
	return wmem_strong_hash((const uint8_t *)key, sizeof key);
}

static gboolean request_equal(gconstpointer a, gconstpointer b)
{
	const dsmipv4_event_t *r = a, *s = b;
	return r->type == s->type && r->src == s->src && answering(r) == answering(s) &&
	       (uint32_t)r->id == (uint32_t)s->id && named_hoa(r) == named_hoa(s);
}

void dsmipv4_pairing_init(dsmipv4_bindings_t *b)
{
	b->requests = wmem_map_new(b->alloc, request_hash, request_equal);
	dsmipv4_hash64_init(&b->replies, b->alloc, UINT64_MAX);
}

void dsmipv4_remember_request(dsmipv4_bindings_t *b, dsmipv4_event_t *request)
{
	wmem_map_insert(b->requests, request, request);
}

// The latest stored request from `src` to `dst` (0: to a group) with this identification.
static dsmipv4_event_t *recall_request(const dsmipv4_bindings_t *b, uint32_t src, uint32_t dst, uint64_t id)
{
	const dsmipv4_event_t key = {.type = DSMIPV4_REGISTRATION_REQUEST, .src = src, .dst = dst, .id = id};
	return wmem_map_lookup(b->requests, &key);
}

// A request that has a reply is no longer found by other replies. It stays stored if it hides another one that
// went to a group, which must not be found either.
static void forget_answered(dsmipv4_bindings_t *b, const dsmipv4_event_t *request)
{
	const dsmipv4_event_t *latest = recall_request(b, request->src, request->dst, request->id);
	if (latest && latest->pair && (answering(request) == 0 || !recall_request(b, request->src, 0, request->id)))
		wmem_map_remove(b->requests, latest);
}

// Replies.

// Perhaps to a node that sent its request from 0.0.0.0.
static bool is_to_unaddressed(const dsmipv4_event_t *reply)
{
	return reply->dst == UINT32_MAX || reply->dst == reply->hoa;
}

// How well a reply's header fits a request's: addresses reversed; a foreign agent may answer to the
// home address or broadcast where the request came from 0.0.0.0, and anyone from his own address
// where the request was multicast (RFC 5944 3.7.2.3, 3.8.3.1).
static bool mirrors(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	bool from = reply->src == request->dst || is_group(request->dst);
	bool to = reply->dst == request->src || (request->src == 0 && is_to_unaddressed(reply));
	return from && to;
}

static bool in_time(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	int64_t time = reply->time - request->time; // less than zero where clocks of merged captures differ
	return time <= DSMIPV4_ANSWER_TIME && time >= -DSMIPV4_ANSWER_TIME;
}

// Among the node's latest requests, the whole identification counts more than the same leg, and both more than the
// low half alone, which clocks with a resolution of a second repeat.
static dsmipv4_event_t *request_of_node(const dsmipv4_event_t *reply, const dsmipv4_node_t *node)
{
	dsmipv4_event_t *best = NULL;
	int best_fit = -1;
	unsigned n = 0;
	for (dsmipv4_event_t *r = node ? node->last : NULL; r && n < DSMIPV4_LOOK_BACK;
	     r = (dsmipv4_event_t *)r->before, n++) {
		if (r->type != DSMIPV4_REGISTRATION_REQUEST || (uint32_t)r->id != (uint32_t)reply->id ||
		    !in_time(reply, r))
			continue;
		int fit = (r->id == reply->id ? 2 : 0) + (mirrors(reply, r) ? 1 : 0);
		if (fit > best_fit) {
			best = r;
			best_fit = fit;
		}
	}
	return best;
}

// The request from `src` to the reply's sender, or to a group that he is one of.
static dsmipv4_event_t *recall_answered(const dsmipv4_bindings_t *b, uint32_t src, const dsmipv4_event_t *reply)
{
	dsmipv4_event_t *r = recall_request(b, src, reply->src, reply->id);
	return r ? r : recall_request(b, src, 0, reply->id);
}

// The identification identifies this request. An accepted timestamp is copied whole; if only the low half agrees,
// the reply may answer another request, which was not captured (RFC 5944 5.7).
bool dsmipv4_identifies(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	bool whole = dsmipv4_has_timestamp(request) && reply->code < DSMIPV4_REPLY_FIRST_DENIAL;
	return whole ? reply->id == request->id : (uint32_t)reply->id == (uint32_t)request->id;
}

// Counters, and clocks that tell no fractions of a second, give several nodes the same low half.
static bool is_random(uint32_t low_half)
{
	return low_half > UINT16_MAX && (low_half & UINT16_MAX) != 0;
}

// Nobody else sends from this address and port. A foreign agent relays requests of many nodes, and any node may send
// from 0.0.0.0.
static bool is_own_source(const dsmipv4_event_t *request)
{
	if (request->flags & DSMIPV4_FLAG_D)
		return request->src == request->coa || request->sport != DSMIPV4_UDP_PORT;
	return request->src != 0 && request->src == request->hoa;
}

// The reply answers the request, but has another home address or home agent, and `node`, which it names, may be
// nobody. By low halves alone it might be the answer to another node, whose request was not captured.
static bool miscopies_address(const dsmipv4_event_t *reply, const dsmipv4_event_t *request, const dsmipv4_node_t *node)
{
	if (reply->id == request->id)
		return true;
	bool named = node && node->last;
	return dsmipv4_identifies(reply, request) && is_random((uint32_t)reply->id) &&
	       (request->hoa == reply->hoa || is_own_source(request) || !named);
}

// A request with home address 0.0.0.0, or one whose addresses the reply copied wrongly.
static dsmipv4_event_t *request_of_header(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply,
					  const dsmipv4_node_t *node)
{
	dsmipv4_event_t *r = recall_answered(b, reply->dst, reply);
	if (!r && is_to_unaddressed(reply))
		r = recall_answered(b, 0, reply);
	if (!r || r->pair || !in_time(reply, r) || r->sport != reply->dport)
		return NULL;
	return r->hoa == 0 || miscopies_address(reply, r, node) ? r : NULL;
}

// Its reply was captured before it.
static bool was_answered_early(const dsmipv4_event_t *request)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *e = request->before; e && n < DSMIPV4_LOOK_BACK; e = e->before, n++) {
		bool answers_other = e->pair && !dsmipv4_may_answer_unseen(e, e->pair);
		if (e->type == DSMIPV4_REGISTRATION_REPLY && !answers_other && (uint32_t)e->id == (uint32_t)request->id)
			return true;
	}
	return false;
}

// The node's open request on this leg with another identification than the reply's. If the reply comes within the
// time in which an answer is due, it copied the identification wrongly.
static dsmipv4_event_t *request_miscopied(const dsmipv4_event_t *reply, const dsmipv4_node_t *node)
{
	unsigned n = 0;
	for (dsmipv4_event_t *r = node ? node->last : NULL; r && n < DSMIPV4_LOOK_BACK;
	     r = (dsmipv4_event_t *)r->before, n++) {
		int64_t time = reply->time - r->time;
		if (r->type == DSMIPV4_REGISTRATION_REQUEST && !r->pair && mirrors(reply, r) &&
		    r->sport == reply->dport && time >= 0 && time <= 7 * DSMIPV4_SECOND && !was_answered_early(r))
			return r;
	}
	return NULL;
}

// A mobile node would accept this reply, if not to this request then to one that was not captured.
bool dsmipv4_is_credible(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	bool low_half = (uint32_t)reply->id == (uint32_t)request->id;
	return low_half && (request->hoa == 0 || request->hoa == reply->hoa);
}

// The reply answers this request for certain.
bool dsmipv4_answers(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	return dsmipv4_identifies(reply, request) && dsmipv4_is_credible(reply, request);
}

#define NEXT_REQUEST (DSMIPV4_SECOND * 9 / 10) // after it a node may send another, less a tenth for jitter

bool dsmipv4_may_answer_another(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	return !dsmipv4_has_timestamp(request) || reply->id < request->id || reply->id >> 32 != request->id >> 32;
}

bool dsmipv4_may_answer_unseen(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	return (uint32_t)reply->id != (uint32_t)request->id && dsmipv4_may_answer_another(reply, request) &&
	       reply->time - request->time >= NEXT_REQUEST;
}

// Never 0, since no reply goes from the broadcast address to the broadcast address.
static uint64_t pair_slot(uint32_t from, uint32_t to)
{
	return ~((uint64_t)from << 32 | to);
}

#define ANYONE 0 // no reply goes to 0.0.0.0

static void note_slot(dsmipv4_bindings_t *b, uint64_t slot)
{
	if (slot && !dsmipv4_hash64_find(&b->replies, slot, NULL))
		dsmipv4_hash64_add(&b->replies, slot);
}

void dsmipv4_note_reply(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	note_slot(b, pair_slot(reply->src, reply->dst));
	note_slot(b, pair_slot(reply->src, ANYONE));
}

// A reply also answers the first transmission of the request that it fits best.
void dsmipv4_link_request(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	dsmipv4_event_t *request = reply->pair;
	if (!request || dsmipv4_may_answer_unseen(reply, request))
		return;
	dsmipv4_event_t *first = (dsmipv4_event_t *)request->first;
	bool true_answer = dsmipv4_answers(reply, request); // replaces a reply that copied wrongly
	reply->late = request->pair && request->pair->id == request->id;
	if (!request->pair || (true_answer && !dsmipv4_answers(request->pair, request)))
		request->pair = reply;
	if (first && (!first->pair || (true_answer && !dsmipv4_answers(first->pair, first))))
		first->pair = reply;
	forget_answered(b, request);
}

// The request that a reply answers: one with the whole identification on any leg, else one with its low half, else
// one whose identification was copied wrongly.
dsmipv4_event_t *dsmipv4_find_request(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply, const dsmipv4_node_t *node,
				      uint64_t nai)
{
	const dsmipv4_node_t *unassigned = nai ? dsmipv4_find_node(b, reply->ha, 0, nai) : NULL;
	dsmipv4_event_t *candidates[] = {
		request_of_node(reply, node),
		request_of_node(reply, unassigned),
		request_of_header(b, reply, node),
		request_miscopied(reply, node),
	};
	dsmipv4_event_t *found = NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
		if (candidates[i] && candidates[i]->id == reply->id)
			return candidates[i];
		if (!found)
			found = candidates[i];
	}
	return found;
}

bool dsmipv4_replies_seen(const dsmipv4_bindings_t *b, uint32_t from, uint32_t to)
{
	return dsmipv4_hash64_find(&b->replies, pair_slot(from, to), NULL) != NULL;
}

bool dsmipv4_agent_replied(const dsmipv4_bindings_t *b, uint32_t agent)
{
	return dsmipv4_replies_seen(b, agent, ANYONE);
}

// Revocations.

static void link_acknowledgment(dsmipv4_bindings_t *b, dsmipv4_event_t *ack)
{
	const dsmipv4_event_t key = {
		.type = DSMIPV4_REVOCATION, .src = ack->dst, .dst = ack->src, .hoa = ack->hoa, .id = ack->id};
	dsmipv4_event_t *revocation = wmem_map_lookup(b->requests, &key);
	if (!revocation || !in_time(ack, revocation))
		return;
	ack->pair = revocation;
	ack->certain_pair = true;
	dsmipv4_event_t *first = (dsmipv4_event_t *)revocation->first;
	if (!revocation->pair)
		revocation->pair = ack;
	if (first && !first->pair)
		first->pair = ack;
}

void dsmipv4_pair_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *e)
{
	if (e->type != DSMIPV4_REVOCATION) {
		link_acknowledgment(b, e);
		return;
	}
	const dsmipv4_event_t *same = wmem_map_lookup(b->requests, e);
	if (same && same->digest == e->digest)
		e->first = same->first ? same->first : same;
	dsmipv4_remember_request(b, e);
}
