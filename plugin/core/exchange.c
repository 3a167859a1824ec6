// SPDX-License-Identifier: GPL-2.0-or-later
// Events of the binding table: which message is a copy of which, and which reply answers which
// request (RFC 3344 3.6-3.8, 5.7; catalogue section 4).
#include "bindings_internal.h"

void append_event(dsmipv4_bindings_t *b, dsmipv4_event_t *e, dsmipv4_node_t *node)
{
	dsmipv4_event_t **last = node ? &node->last : &b->last_orphan;
	e->node = node;
	e->before = *last;
	*last = e;
}

static bool same_header(const dsmipv4_event_t *a, const dsmipv4_event_t *b)
{
	return a->src == b->src && a->dst == b->dst;
}

const dsmipv4_event_t *original_request(const dsmipv4_event_t *request)
{
	if (request->relay_of)
		request = request->relay_of;
	return request->first ? request->first : request;
}

// Requests.

static bool is_timestamp(uint64_t id, int64_t time)
{
	int64_t distance = (int32_t)((uint32_t)(id >> 32) - (uint32_t)(time / DSMIPV4_SECOND + DSMIPV4_NTP_OFFSET));
	return distance > -DSMIPV4_DAY && distance < DSMIPV4_DAY;
}

// Sent by the mobile node itself, from the care-of address that it asks for.
static bool is_from_coa(const dsmipv4_event_t *e)
{
	return e->leg == DSMIPV4_LEG_MN_HA && e->src == e->coa;
}

// The same identification: with the same header and bytes it is a retransmission (or the capture saw
// it twice), with another header a foreign agent's relay copy. RFC 3344 3.6.3, 3.7.2.2. A node that
// moved and used the identification again signed something else.
static void find_request_copy(dsmipv4_event_t *e)
{
	unsigned n = 0;
	for (dsmipv4_event_t *old = (dsmipv4_event_t *)e->before; old && n < DSMIPV4_LOOK_BACK;
	     old = (dsmipv4_event_t *)old->before, n++) {
		if (old->type != e->type || old->id != e->id)
			continue;
		if (same_header(old, e)) {
			e->relay_of = old->relay_of;
			if (old->digest == e->digest)
				e->first = old->first ? old->first : old;
			return;
		}
		if (!is_from_coa(e) || e->signed_digest == old->signed_digest)
			e->relay_of = old->relay_of ? old->relay_of : old;
	}
}

static const dsmipv4_event_t *previous_on_leg(const dsmipv4_event_t *e)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *old = e->before; old && n < DSMIPV4_LOOK_BACK; old = old->before, n++) {
		if (old->type == e->type && old->leg == e->leg && !old->relay_of)
			return old;
	}
	return NULL;
}

static void take_new_request(dsmipv4_event_t *e)
{
	dsmipv4_node_t *node = e->node;
	e->max_id = node->max_id;
	if (e->timestamp && e->id > node->max_id)
		node->max_id = e->id;
	if (node->offered_by == e->dst && node->offered_by != 0) {
		e->has_offer = true;
		e->offered = node->offered;
	}
	node->offered_by = 0;
	node->last_request = e;
}

// Whoever hears it may answer: a multicast or broadcast address (RFC 3344 3.6.1.1, 3.6.1.2).
static bool is_group(uint32_t addr)
{
	return dsmipv4_ipv4_is_multicast(addr) || dsmipv4_ha_is_dynamic(addr);
}

// Who will answer, 0: anyone.
static uint32_t answering(const dsmipv4_event_t *request)
{
	return is_group(request->dst) ? 0 : request->dst;
}

// Requests by what their reply's header says. Replies copy the low half of the identification in every
// style of replay protection (RFC 3344 5.7). The hash is a secret one, for the sender chooses all of it.
static guint request_hash(gconstpointer p)
{
	const dsmipv4_event_t *r = p;
	const uint32_t key[] = {r->src, answering(r), (uint32_t)r->id};
	return wmem_strong_hash((const uint8_t *)key, sizeof key);
}

static gboolean request_equal(gconstpointer a, gconstpointer b)
{
	const dsmipv4_event_t *r = a, *s = b;
	return r->src == s->src && answering(r) == answering(s) && (uint32_t)r->id == (uint32_t)s->id;
}

void init_exchange(dsmipv4_bindings_t *b)
{
	b->requests = wmem_map_new(b->alloc, request_hash, request_equal);
	dsmipv4_slots_init(&b->replies, b->alloc, UINT64_MAX);
}

void remember_request(dsmipv4_bindings_t *b, dsmipv4_event_t *request)
{
	wmem_map_insert(b->requests, request, request);
}

// The latest request from `src` to `dst` (0: to a group) with this identification that is remembered.
static dsmipv4_event_t *recall_request(const dsmipv4_bindings_t *b, uint32_t src, uint32_t dst, uint64_t id)
{
	const dsmipv4_event_t key = {.src = src, .dst = dst, .id = id};
	return wmem_map_lookup(b->requests, &key);
}

// Replies are no longer led to a request that has one. It stays where it hides another one, which is
// not meant either, that went to a group.
static void forget_answered(dsmipv4_bindings_t *b, const dsmipv4_event_t *request)
{
	const dsmipv4_event_t *latest = recall_request(b, request->src, request->dst, request->id);
	if (latest && latest->pair && (answering(request) == 0 || !recall_request(b, request->src, 0, request->id)))
		wmem_map_remove(b->requests, latest);
}

static const dsmipv4_event_t *take_request(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					   const dsmipv4_message_t *m, dsmipv4_auth_state_t auth)
{
	dsmipv4_event_t header = {0};
	read_header(&header, packet, m);
	header.flags = m->request.flags;
	header.lifetime = m->request.lifetime;
	header.hoa = m->request.hoa;
	header.ha = m->request.ha;
	header.coa = m->request.coa;
	header.id = m->request.id;
	header.auth = auth;
	header.leg = dsmipv4_request_leg(packet, m);
	header.timestamp = is_timestamp(header.id, header.time);
	header.n_prefixes = count_prefixes(m, DSMIPV4_BODY_PREFIX_REQUEST);
	dsmipv4_event_t *e = new_event(b, &header, NULL);
	read_prefixes(e->prefixes, m, DSMIPV4_BODY_PREFIX_REQUEST);
	append_event(b, e, node_of(b, e->ha, e->hoa, m->nai_digest));
	if (e->node) {
		find_request_copy(e);
		if (!e->relay_of)
			e->previous = previous_on_leg(e);
		if (e->previous && !e->previous->pair)
			e->unanswered = MIN(e->previous->unanswered + 1, 2) & 3;
		if (!e->first && !e->relay_of)
			take_new_request(e);
		if (e->relay_of && !e->relay_of->relayed)
			e->relay_of->relayed = e;
	}
	remember_request(b, e);
	return e;
}

// Replies.

// How well a reply's header fits a request's: addresses reversed; a foreign agent may answer to the
// home address or broadcast where the request came from 0.0.0.0, and anyone from his own address
// where the request was multicast (RFC 3344 3.7.2.3, 3.8.3.1).
static bool mirrors(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	bool from = reply->src == request->dst || is_group(request->dst);
	bool to = reply->dst == request->src ||
		  (request->src == 0 && (reply->dst == UINT32_MAX || reply->dst == reply->hoa));
	return from && to;
}

static bool in_time(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	int64_t time = reply->time - request->time; // less than zero where clocks of merged captures differ
	return time <= ANSWER_TIME && time >= -ANSWER_TIME;
}

// Among the node's latest requests: the whole identification counts more than the same leg, and both
// more than the low half alone, which clocks of whole seconds repeat.
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

// A request that left its home address open, or, by exactly the same identification, one whose
// addresses the reply copied wrongly.
static dsmipv4_event_t *request_of_header(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	dsmipv4_event_t *r = recall_request(b, reply->dst, reply->src, reply->id);
	if (!r)
		r = recall_request(b, reply->dst, 0, reply->id);
	if (!r || r->pair || !in_time(reply, r) || r->sport != reply->dport)
		return NULL;
	return r->hoa == 0 || r->id == reply->id ? r : NULL;
}

// The node's open request of this very leg whose identification the reply does not carry. Within
// the seconds in which an answer is due it was copied wrongly.
static dsmipv4_event_t *request_miscopied(const dsmipv4_event_t *reply, const dsmipv4_node_t *node)
{
	unsigned n = 0;
	for (dsmipv4_event_t *r = node ? node->last : NULL; r && n < DSMIPV4_LOOK_BACK;
	     r = (dsmipv4_event_t *)r->before, n++) {
		int64_t time = reply->time - r->time;
		if (r->type == DSMIPV4_REGISTRATION_REQUEST && !r->pair && mirrors(reply, r) &&
		    r->sport == reply->dport && time >= 0 && time <= 7 * DSMIPV4_SECOND)
			return r;
	}
	return NULL;
}

// The same code for the same identification; a request that used it again is another one.
static bool is_reply_copy(const dsmipv4_event_t *e, const dsmipv4_event_t *old)
{
	if (old->type != e->type || old->id != e->id || old->flags != e->flags)
		return false;
	return !e->pair || !old->pair || original_request(e->pair) == original_request(old->pair);
}

static void find_reply_copy(dsmipv4_event_t *e)
{
	unsigned n = 0;
	for (dsmipv4_event_t *old = (dsmipv4_event_t *)e->before; old && n < DSMIPV4_LOOK_BACK;
	     old = (dsmipv4_event_t *)old->before, n++) {
		if (!is_reply_copy(e, old))
			continue;
		if (same_header(old, e)) {
			e->relay_of = old->relay_of;
			e->first = old->first ? old->first : old;
			return;
		}
		e->relay_of = old->relay_of ? old->relay_of : old;
	}
}

static const dsmipv4_registered_prefix_t *find_prefix(const dsmipv4_registered_prefix_t *list, unsigned n,
						      const dsmipv4_prefix_t *p)
{
	for (unsigned i = 0; i < n; i++) {
		if (dsmipv4_prefix_equal(&list[i].prefix, p))
			return &list[i];
	}
	return NULL;
}

// What a requested prefix came to: the reply for the same prefix, else one for the same bits at a
// length that nobody asked for (RFC 5454 3.5; a difference in length alone still answers).
static const dsmipv4_registered_prefix_t *answer_for(const dsmipv4_registered_prefix_t *replies, const bool *was_asked,
						     unsigned n_replies, const dsmipv4_prefix_t *asked)
{
	const dsmipv4_registered_prefix_t *equal = find_prefix(replies, n_replies, asked);
	for (unsigned i = 0; !equal && i < n_replies; i++) {
		if (!was_asked[i] && dsmipv4_prefix_similar(&replies[i].prefix, asked))
			return &replies[i];
	}
	return equal;
}

static void grant(dsmipv4_registered_prefix_t *to, const dsmipv4_registered_prefix_t *answer)
{
	if (!answer)
		return;
	to->code = answer->code;
	to->state = dsmipv4_code_accepts(answer->code) ? DSMIPV4_PREFIX_ACTIVE : DSMIPV4_PREFIX_REFUSED;
}

// What the pair of request and reply came to, prefix by prefix: into `settled`, which has room for all
// of both. Without its request, or beyond what was captured of it, a reply speaks for itself.
static uint16_t settle_prefixes(dsmipv4_registered_prefix_t *settled, const dsmipv4_registered_prefix_t *replies,
				unsigned n_replies, const dsmipv4_event_t *request)
{
	unsigned n_asked = request ? request->n_prefixes : 0, n = 0;
	bool *was_asked = wmem_alloc0_array(NULL, bool, n_replies + 1); // once for all, not for each request
	for (unsigned i = 0; i < n_replies && n_asked; i++)
		was_asked[i] = find_prefix(request->prefixes, n_asked, &replies[i].prefix) != NULL;
	for (unsigned i = 0; i < n_asked; i++) {
		settled[n] = request->prefixes[i];
		grant(&settled[n++], answer_for(replies, was_asked, n_replies, &request->prefixes[i].prefix));
	}
	for (unsigned i = 0; i < n_replies && (!request || !request->complete); i++) {
		if (find_prefix(settled, n, &replies[i].prefix))
			continue;
		settled[n] = replies[i];
		grant(&settled[n++], &replies[i]);
	}
	wmem_free(NULL, was_asked);
	return (uint16_t)n;
}

// A lasting copy of the reply with what its prefixes came to.
static dsmipv4_event_t *new_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *header, const dsmipv4_message_t *m,
				  const dsmipv4_event_t *request)
{
	unsigned n_replies = count_prefixes(m, DSMIPV4_BODY_PREFIX_REPLY), n_asked = request ? request->n_prefixes : 0;
	dsmipv4_registered_prefix_t *replies =
		wmem_alloc_array(NULL, dsmipv4_registered_prefix_t, 2 * n_replies + n_asked + 1);
	dsmipv4_registered_prefix_t *settled = replies + n_replies;
	read_prefixes(replies, m, DSMIPV4_BODY_PREFIX_REPLY);
	header->n_prefixes = settle_prefixes(settled, replies, n_replies, request);
	dsmipv4_event_t *e = new_event(b, header, settled);
	wmem_free(NULL, replies);
	return e;
}

// The identification names this request. That of an accepted timestamp is copied whole; where only
// the low half agrees the request may be another one, which was not captured (RFC 3344 5.7).
static bool identifies(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	bool whole = request->timestamp && reply->flags < DSMIPV4_REPLY_FIRST_DENIAL;
	return whole ? reply->id == request->id : (uint32_t)reply->id == (uint32_t)request->id;
}

// A mobile node would take this reply, if not for this request then for one that was not captured.
static bool is_credible(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	bool low_half = (uint32_t)reply->id == (uint32_t)request->id;
	return low_half && (request->hoa == 0 || request->hoa == reply->hoa);
}

// The reply answers this request for certain.
static bool answers(const dsmipv4_event_t *reply, const dsmipv4_event_t *request)
{
	return identifies(reply, request) && is_credible(reply, request);
}

// Never 0, for nobody answers from the broadcast address to the broadcast address.
static uint64_t pair_slot(uint32_t from, uint32_t to)
{
	return ~((uint64_t)from << 32 | to);
}

void note_reply(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	uint64_t slot = pair_slot(reply->src, reply->dst);
	if (slot && !dsmipv4_slots_find(&b->replies, slot, NULL))
		dsmipv4_slots_add(&b->replies, slot);
}

// The first transmission of a request is answered together with the one that the reply fits best.
static void link_request(dsmipv4_event_t *reply)
{
	dsmipv4_event_t *request = reply->pair;
	if (!request)
		return;
	dsmipv4_event_t *first = (dsmipv4_event_t *)request->first;
	bool true_answer = answers(reply, request); // takes the place of one that was copied wrongly
	reply->late = request->pair && request->pair->id == request->id;
	if (!request->pair || (true_answer && !answers(request->pair, request)))
		request->pair = reply;
	if (first && (!first->pair || (true_answer && !answers(first->pair, first))))
		first->pair = reply;
}

static void link_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *e)
{
	find_reply_copy(e);
	if (e->relay_of && !e->relay_of->relayed)
		e->relay_of->relayed = e;
	if (!e->first && !e->relay_of && (!e->pair || is_credible(e, e->pair)))
		apply_reply(b, e);
}

// The request that a reply answers: one with the whole identification wherever it is found, else one
// with its low half, else one whose identification was copied wrongly.
static dsmipv4_event_t *find_request(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply, const dsmipv4_node_t *node,
				     uint64_t nai)
{
	const dsmipv4_node_t *unassigned = nai ? find_node(b, reply->ha, 0, nai) : NULL;
	dsmipv4_event_t *candidates[] = {
		request_of_node(reply, node),
		request_of_node(reply, unassigned),
		request_of_header(b, reply),
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

static const dsmipv4_event_t *take_reply(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					 const dsmipv4_message_t *m, dsmipv4_auth_state_t auth)
{
	dsmipv4_event_t header = {0};
	read_header(&header, packet, m);
	header.flags = m->reply.code;
	header.lifetime = m->reply.lifetime;
	header.hoa = m->reply.hoa;
	header.ha = m->reply.ha;
	header.id = m->reply.id;
	header.auth = auth;
	dsmipv4_node_t *node = node_of(b, header.ha, header.hoa, m->nai_digest);
	header.pair = find_request(b, &header, node, m->nai_digest);
	header.unsolicited = !header.pair && node && node->last_request;
	header.sure = header.pair && identifies(&header, header.pair);
	bool sure = header.pair && answers(&header, header.pair);
	if (sure && header.pair->hoa != 0 && !dsmipv4_ha_is_dynamic(header.pair->ha))
		node = header.pair->node; // whatever home agent the reply names
	dsmipv4_event_t *e = new_reply(b, &header, m, sure ? header.pair : NULL);
	append_event(b, e, node);
	link_request(e);
	if (e->pair)
		forget_answered(b, e->pair);
	note_reply(b, e);
	if (node)
		link_reply(b, e);
	return e;
}

// Revocations (RFC 3543 3.3, 3.4). The acknowledgement names no home agent: it is at one of its ends.

static const dsmipv4_event_t *take_revocation(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					      const dsmipv4_message_t *m)
{
	dsmipv4_event_t header = {0};
	read_header(&header, packet, m);
	bool ack = m->type == DSMIPV4_REVOCATION_ACK;
	header.hoa = m->revocation.hoa;
	header.id = m->revocation.id;
	dsmipv4_node_t *node = NULL;
	if (ack) {
		node = find_node(b, header.dst, header.hoa, m->nai_digest);
		if (!node)
			node = find_node(b, header.src, header.hoa, m->nai_digest);
	} else {
		header.ha = m->revocation.ha;
		header.coa = m->revocation.coa;
		node = find_node(b, header.ha, header.hoa, m->nai_digest);
	}
	dsmipv4_event_t *e = new_event(b, &header, NULL);
	append_event(b, e, node);
	if (node)
		apply_revocation(b, e);
	return e;
}

void dsmipv4_look_ahead(const dsmipv4_bindings_t *b, dsmipv4_packet_t *packet, int64_t end)
{
	packet->capture_end = end;
	packet->replies_seen = dsmipv4_slots_find(&b->replies, pair_slot(packet->dst, packet->src), NULL) != NULL;
}

const dsmipv4_event_t *dsmipv4_bindings_message(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
						const dsmipv4_message_t *message, dsmipv4_auth_state_t auth)
{
	if (!message->fixed || !packet->ipv4)
		return NULL;
	b->frame = packet->frame;
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
