// SPDX-License-Identifier: GPL-2.0-or-later
// Prefixes of different nodes that overlap (RFC 5454 3.3).
#include "state/overlap.h"

#include <glib.h>

#include "state/node_index.h"
#include "state/table.h"

// How many prefixes are compared for one reply, and for one of its prefixes. A message with thousands of prefixes,
// or a prefix that thousands of nodes held before, must not cost without limit. An overlap beyond these limits is
// not noticed.
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
			    dsmipv4_prefix_overlaps(&r->prefix, p))
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

// A mobile node that is registered at several home agents has the same home address or NAI at each.
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
	return dsmipv4_node_set_visit(s->bindings, set, UINT32_MAX, search_node, user);
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

// At home agents other than that of `trie`. Only the latest ones are looked at.
static const dsmipv4_binding_t *find_overlap_elsewhere(const dsmipv4_bindings_t *b, const dsmipv4_trie_t *trie,
						       const dsmipv4_event_t *reply, const dsmipv4_prefix_t *p,
						       unsigned *effort)
{
	const dsmipv4_binding_t *found = NULL;
	unsigned n = 0;
	for (const dsmipv4_agent_t *agent = b->last_agent; agent && !found && n < DSMIPV4_LOOK_BACK;
	     agent = agent->before, n++) {
		if (agent->prefixes != trie)
			found = find_overlap(b, agent->prefixes, reply, p, effort);
	}
	return found;
}

// RFC 5454 3.3: registered prefixes of different nodes must not overlap. Only what is live at this moment counts,
// without a grace period.
static void claim_prefix(dsmipv4_bindings_t *b, dsmipv4_event_t *reply, unsigned index, unsigned *effort)
{
	const dsmipv4_prefix_t *p = &reply->prefixes[index].prefix;
	dsmipv4_trie_t *trie = dsmipv4_agent_of(b, reply)->prefixes;
	const dsmipv4_event_t *request = dsmipv4_certain_request(reply);
	bool exchange_captured = reply->captured_whole && (!request || request->captured_whole);
	const dsmipv4_binding_t *other = exchange_captured ? find_overlap(b, trie, reply, p, effort) : NULL;
	if (exchange_captured && !other)
		other = find_overlap_elsewhere(b, trie, reply, p, effort);
	if (other && !reply->overlaps)
		reply->overlaps = dsmipv4_arena_alloc(b->arena, reply->n_prefixes * sizeof reply->overlaps[0]);
	if (other)
		reply->overlaps[index] = other;
	// Nodes that no longer hold the prefix stay in the set, for the sake of earlier frames.
	dsmipv4_node_set_t *holders = dsmipv4_trie_slot(trie, p->bytes, p->len);
	*holders = dsmipv4_node_set_add(b, *holders, reply->node);
}

void dsmipv4_claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	unsigned effort = MOST_EFFORT;
	for (unsigned i = 0; i < reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		if (r->state == DSMIPV4_PREFIX_ACTIVE && r->prefix.len <= 128)
			claim_prefix(b, reply, i, &effort);
	}
}
