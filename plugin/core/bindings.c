// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: what a registration changes (RFC 3344 3.6-3.8; RFC 5454 3.3, 3.8; RFC 3543).
#include "bindings.h"

#include <glib.h>
#include <string.h>

#include "bindings_internal.h"

// The request that the reply answers for certain.
static const dsmipv4_event_t *sure_request(const dsmipv4_event_t *reply)
{
	return reply->sure ? reply->pair : NULL;
}

int64_t dsmipv4_reply_expiry(const dsmipv4_event_t *reply)
{
	return reply->lifetime == DSMIPV4_LIFETIME_INFINITE ? INT64_MAX
							    : reply->time + reply->lifetime * DSMIPV4_SECOND;
}

bool dsmipv4_binding_is_live(const dsmipv4_binding_t *binding, int64_t time, int64_t grace)
{
	int64_t expires = dsmipv4_reply_expiry(binding->reply);
	return expires == INT64_MAX || time <= expires + grace;
}

const dsmipv4_event_t *dsmipv4_binding_request(const dsmipv4_binding_t *binding)
{
	return sure_request(binding->reply);
}

uint32_t dsmipv4_binding_coa(const dsmipv4_binding_t *binding)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(binding);
	return request ? request->coa : 0;
}

const dsmipv4_version_t *dsmipv4_node_version(const dsmipv4_node_t *node, uint32_t index)
{
	return node->n_versions == 1 ? node->versions.only : node->versions.all[index];
}

// How many of the node's versions there are up to a frame.
static uint32_t count_versions(const dsmipv4_node_t *node, uint32_t frame)
{
	uint32_t low = 0, high = node->n_versions;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (dsmipv4_node_version(node, middle)->event->frame <= frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const dsmipv4_version_t *dsmipv4_node_at(const dsmipv4_node_t *node, uint32_t frame)
{
	uint32_t n = count_versions(node, frame);
	return n ? dsmipv4_node_version(node, n - 1) : NULL;
}

const dsmipv4_version_t *dsmipv4_node_after(const dsmipv4_node_t *node, uint32_t frame)
{
	uint32_t n = count_versions(node, frame);
	return n < node->n_versions ? dsmipv4_node_version(node, n) : NULL;
}

const dsmipv4_version_t *dsmipv4_version_before(const dsmipv4_node_t *node, const dsmipv4_version_t *version)
{
	uint32_t n = count_versions(node, version->event->frame);
	while (n > 0 && dsmipv4_node_version(node, n - 1) != version) // several of one frame, or of before frame 1
		n--;
	return n > 1 ? dsmipv4_node_version(node, n - 2) : NULL;
}

const dsmipv4_version_t *dsmipv4_node_latest(const dsmipv4_node_t *node)
{
	return node->n_versions ? dsmipv4_node_version(node, node->n_versions - 1) : NULL;
}

// A frame may hold several messages, and those that a read filter drops all have the number of the next one
// that stays: whether `event` is `other` or came after it, in the same frame.
static bool is_since(const dsmipv4_event_t *event, const dsmipv4_event_t *other)
{
	if (other == other->node->last)
		return event == other;
	while (event && event != other && event->frame == other->frame)
		event = event->before;
	return event == other;
}

const dsmipv4_version_t *dsmipv4_state_before(const dsmipv4_event_t *event)
{
	const dsmipv4_node_t *node = event->node;
	uint32_t n = node ? count_versions(node, event->frame) : 0;
	while (n && is_since(dsmipv4_node_version(node, n - 1)->event, event))
		n--;
	return n ? dsmipv4_node_version(node, n - 1) : NULL;
}

dsmipv4_version_t *new_version(dsmipv4_bindings_t *b, const dsmipv4_event_t *event, uint32_t room)
{
	dsmipv4_version_t *v = dsmipv4_arena_alloc(b->arena, sizeof *v + room * sizeof v->bindings[0]);
	v->event = event;
	return v;
}

// Most nodes have one version. Where there are more, there is room for a power of two.
void append_version(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_version_t *version)
{
	uint32_t n = node->n_versions++;
	if (n == 0) {
		node->versions.only = version;
		return;
	}
	if (n == 1) {
		const dsmipv4_version_t *only = node->versions.only;
		node->versions.all = wmem_alloc_array(b->alloc, const dsmipv4_version_t *, 2);
		node->versions.all[0] = only;
	} else if ((n & (n - 1)) == 0) {
		node->versions.all =
			wmem_realloc(b->alloc, node->versions.all, 2 * (size_t)n * sizeof node->versions.all[0]);
	}
	node->versions.all[n] = version;
}

// Begin a version with the bindings of the one before for which `stays` says yes, and `added`.
typedef bool (*stays_fn)(const dsmipv4_binding_t *binding, uint32_t coa);

static uint32_t count_staying(const dsmipv4_version_t *old, stays_fn stays, uint32_t coa)
{
	uint32_t n = 0;
	for (uint32_t i = 0; old && i < old->n_bindings; i++)
		n += stays(old->bindings[i], coa);
	return n;
}

static dsmipv4_version_t *begin_version(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_event_t *event,
					stays_fn stays, uint32_t coa, const dsmipv4_binding_t *added,
					dsmipv4_removal_t removal)
{
	const dsmipv4_version_t *old = dsmipv4_node_latest(node);
	uint32_t n_old = old ? old->n_bindings : 0;
	uint32_t room = count_staying(old, stays, coa) + (added ? 1 : 0);
	dsmipv4_version_t *v = new_version(b, event, room);
	for (uint32_t i = 0; i < n_old; i++) {
		dsmipv4_binding_t *binding = (dsmipv4_binding_t *)old->bindings[i];
		bool too_many = added && i == 0 && n_old >= MOST_BINDINGS;
		if (stays(binding, coa) && !too_many) {
			v->bindings[v->n_bindings++] = binding;
			continue;
		}
		bool refreshed = added && dsmipv4_binding_coa(added) == dsmipv4_binding_coa(binding);
		binding->removed_by = event;
		binding->removal = refreshed ? DSMIPV4_REMOVED_REFRESHED : removal;
		v->removal = binding->removal;
	}
	if (added)
		v->bindings[v->n_bindings++] = added;
	append_version(b, node, v);
	return v;
}

static bool all_stay(const dsmipv4_binding_t *binding, uint32_t coa)
{
	(void)binding;
	(void)coa;
	return true;
}

static bool none_stays(const dsmipv4_binding_t *binding, uint32_t coa)
{
	(void)binding;
	(void)coa;
	return false;
}

static bool others_stay(const dsmipv4_binding_t *binding, uint32_t coa)
{
	return dsmipv4_binding_coa(binding) != coa;
}

// A version with the same bindings as the one before.
static void repeat_version(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_event_t *event,
			   dsmipv4_removal_t removal)
{
	begin_version(b, node, event, all_stay, 0, NULL, DSMIPV4_REMOVED_NOT)->removal = removal;
}

// Prefixes looked at for one reply, and for one of its prefixes. Neither a message of thousands of prefixes,
// against nodes that hold as many, nor one prefix that thousands held before must stop the show: a collision
// beyond that goes unnoticed.
#define MOST_EFFORT 1000000
#define MOST_EFFORT_EACH 8192
#define EFFORT_OF_NODE 16

// A live binding of `node` in which a prefix is active that overlaps `p`.
static const dsmipv4_binding_t *overlapping_binding(const dsmipv4_node_t *node, const dsmipv4_prefix_t *p, int64_t time,
						    unsigned *effort)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(node);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_event_t *reply = v->bindings[i]->reply;
		if (!dsmipv4_binding_is_live(v->bindings[i], time, 0))
			continue;
		for (unsigned k = 0; k<reply->n_prefixes && * effort> 0; k++, --*effort) {
			const dsmipv4_registered_prefix_t *r = &reply->prefixes[k];
			if (r->state == DSMIPV4_PREFIX_ACTIVE && r->prefix.len <= 128 &&
			    (dsmipv4_prefix_contains(&r->prefix, p) || dsmipv4_prefix_contains(p, &r->prefix)))
				return v->bindings[i];
		}
	}
	return NULL;
}

typedef struct {
	const dsmipv4_bindings_t *bindings;
	const dsmipv4_node_t *node;
	const dsmipv4_prefix_t *prefix;
	int64_t time;
	unsigned *effort; // that is left
	const dsmipv4_binding_t *found;
} overlap_search_t;

// A mobile node may have registered at several home agents, and keeps its home address or its NAI.
static bool is_same_mobile(const dsmipv4_node_t *a, const dsmipv4_node_t *b)
{
	return a == b || (a->ha != b->ha && (a->hoa == b->hoa || (a->nai && a->nai == b->nai)));
}

static bool search_node(const dsmipv4_node_t *node, void *user)
{
	overlap_search_t *s = user;
	*s->effort -= MIN(*s->effort, EFFORT_OF_NODE);
	if (!is_same_mobile(node, s->node))
		s->found = overlapping_binding(node, s->prefix, s->time, s->effort);
	return s->found == NULL && *s->effort > 0;
}

static bool search_holders(uint32_t set, void *user)
{
	const overlap_search_t *s = user;
	return visit_set(s->bindings, set, UINT32_MAX, search_node, user);
}

static const dsmipv4_binding_t *find_overlap(const dsmipv4_bindings_t *b, const dsmipv4_trie_t *trie,
					     const dsmipv4_event_t *reply, const dsmipv4_prefix_t *p, unsigned *effort)
{
	unsigned most = MIN(*effort, MOST_EFFORT_EACH), left = most;
	overlap_search_t s = {b, reply->node, p, reply->time, &left, NULL};
	dsmipv4_trie_covering(trie, p->bytes, p->len, search_holders, &s);
	if (!s.found)
		dsmipv4_trie_inside(trie, p->bytes, p->len, search_holders, &s);
	*effort -= most - left;
	return s.found;
}

// At home agents other than that of `trie`: of many only the latest are looked at.
static const dsmipv4_binding_t *find_overlap_elsewhere(const dsmipv4_bindings_t *b, const dsmipv4_trie_t *trie,
						       const dsmipv4_event_t *reply, const dsmipv4_prefix_t *p,
						       unsigned *effort)
{
	const dsmipv4_binding_t *found = NULL;
	unsigned n = 0;
	for (const agent_t *agent = b->last_agent; agent && !found && n < DSMIPV4_LOOK_BACK;
	     agent = agent->before, n++) {
		if (agent->prefixes != trie)
			found = find_overlap(b, agent->prefixes, reply, p, effort);
	}
	return found;
}

// RFC 5454 3.3: registered prefixes of different nodes must not overlap. Only what is live at this
// moment counts, without grace.
static void claim_prefix(dsmipv4_bindings_t *b, dsmipv4_event_t *reply, unsigned index, unsigned *effort)
{
	const dsmipv4_prefix_t *p = &reply->prefixes[index].prefix;
	dsmipv4_trie_t *trie = agent_of(b, reply)->prefixes;
	const dsmipv4_event_t *request = sure_request(reply);
	bool complete = reply->complete && (!request || request->complete);
	const dsmipv4_binding_t *other = complete ? find_overlap(b, trie, reply, p, effort) : NULL;
	if (complete && !other)
		other = find_overlap_elsewhere(b, trie, reply, p, effort);
	if (other && !reply->overlaps)
		reply->overlaps = dsmipv4_arena_alloc(b->arena, reply->n_prefixes * sizeof reply->overlaps[0]);
	if (other)
		reply->overlaps[index] = other;
	// Those who hold it no longer stay in the set, for what was so at an earlier frame.
	node_set_t *holders = dsmipv4_trie_slot(trie, p->bytes, p->len);
	*holders = add_to_set(b, *holders, reply->node);
}

void claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	unsigned effort = MOST_EFFORT;
	for (unsigned i = 0; i < reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		if (r->state == DSMIPV4_PREFIX_ACTIVE && r->prefix.len <= 128)
			claim_prefix(b, reply, i, &effort);
	}
}

// The live binding that one for `coa` takes the place of: that of the same address, else, unless
// they stand beside each other, the latest.
static const dsmipv4_binding_t *binding_before(const dsmipv4_node_t *node, uint32_t coa, bool simultaneous,
					       int64_t time)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(node);
	const dsmipv4_binding_t *found = NULL;
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		if (!dsmipv4_binding_is_live(b, time, 0))
			continue;
		if (dsmipv4_binding_coa(b) == coa)
			return b;
		if (!simultaneous)
			found = b;
	}
	return found;
}

dsmipv4_binding_t *new_binding(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	dsmipv4_binding_t *binding = dsmipv4_arena_alloc(b->arena, sizeof *binding);
	binding->reply = reply;
	binding->created = reply;
	reply->binding = binding;
	return binding;
}

// Create or refresh: the prefix list is replaced by what this exchange came to (RFC 5454 3.8), and
// the other bindings go unless simultaneous ones were asked for and granted (RFC 3344 3.4, 3.8.2.2).
static void bind(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	const dsmipv4_event_t *request = sure_request(reply);
	uint32_t coa = request ? request->coa : 0;
	dsmipv4_binding_t *binding = new_binding(b, reply);
	bool simultaneous = request && (request->flags & DSMIPV4_FLAG_S) && reply->flags == DSMIPV4_REPLY_ACCEPTED;
	const dsmipv4_binding_t *before = binding_before(reply->node, coa, simultaneous, reply->time);
	binding->before = before;
	if (before && dsmipv4_binding_coa(before) == coa)
		binding->created = before->created;
	note_binding(b, binding);
	claim_prefixes(b, reply);
	begin_version(b, reply->node, reply, simultaneous ? others_stay : none_stays, coa, binding,
		      request ? DSMIPV4_REMOVED_REPLACED : DSMIPV4_REMOVED_UNKNOWN);
}

// Zero lifetime: all bindings with the home address as care-of address, else that one alone
// (RFC 3344 3.8.2.2, RFC 5454 3.8).
static void unbind(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	const dsmipv4_event_t *request = sure_request(reply);
	if (!request) {
		begin_version(b, reply->node, reply, none_stays, 0, NULL, DSMIPV4_REMOVED_UNKNOWN);
		return;
	}
	dsmipv4_removal_t why = request->lifetime ? DSMIPV4_REMOVED_ZERO_GRANTED : DSMIPV4_REMOVED_DEREGISTERED;
	bool all = request->coa == reply->hoa;
	begin_version(b, reply->node, reply, all ? none_stays : others_stay, request->coa, NULL, why);
}

// The reply whose acceptance of the same request still stands: with nonces a second one differs in
// its identification (RFC 3344 3.8.2.2).
static const dsmipv4_event_t *accepted_before(const dsmipv4_event_t *reply)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(reply->node);
	const dsmipv4_event_t *request = sure_request(reply);
	for (uint32_t i = 0; v && request && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *binding = v->bindings[i];
		const dsmipv4_event_t *accepted = dsmipv4_binding_request(binding);
		if (accepted && original_request(accepted) == original_request(request))
			return binding->reply;
	}
	return NULL;
}

// A denial leaves bindings as they are (RFC 3344 3.7.2). Where there are none it is all that is known of
// the node.
static void note_denial(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(reply->node);
	if (!v)
		repeat_version(b, reply->node, reply, DSMIPV4_REMOVED_DENIED);
}

void apply_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	dsmipv4_node_t *node = reply->node;
	if (reply->flags == 133) // identification mismatch: the node may set its clock back
		node->max_id = 0;
	if (reply->flags == 69) { // lifetime too long: the foreign agent offers a shorter one
		node->offered_by = reply->src;
		node->offered = reply->lifetime;
	}
	if (reply->flags >= DSMIPV4_REPLY_FIRST_DENIAL) {
		note_denial(b, reply);
		return;
	}
	reply->first = accepted_before(reply);
	if (reply->first)
		return;
	if (reply->lifetime == 0 || (sure_request(reply) && reply->pair->lifetime == 0))
		unbind(b, reply);
	else
		bind(b, reply);
}

// Bindings are gone with the revocation itself, since nobody can tell whether its acknowledgement was
// lost. The acknowledgement starts the time of grace anew.
void apply_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event)
{
	if (!dsmipv4_node_latest(event->node))
		return;
	if (event->type == DSMIPV4_REVOCATION)
		begin_version(b, event->node, event, event->coa ? others_stay : none_stays, event->coa, NULL,
			      DSMIPV4_REMOVED_REVOKED);
	else
		repeat_version(b, event->node, event, DSMIPV4_REMOVED_REVOKED);
}

dsmipv4_bindings_t *dsmipv4_bindings_new(wmem_allocator_t *alloc)
{
	dsmipv4_bindings_t *b = wmem_new0(alloc, dsmipv4_bindings_t);
	b->alloc = alloc;
	b->arena = dsmipv4_arena_new(alloc);
	init_nodes(b);
	init_exchange(b);
	return b;
}
