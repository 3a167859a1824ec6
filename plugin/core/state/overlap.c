// SPDX-License-Identifier: GPL-2.0-or-later
// Prefixes of different nodes that overlap (RFC 5454 3.3).
#include "state/overlap.h"

#include <glib.h>
#include <string.h>

#include "state/node_index.h"
#include "state/table.h"

// How many nodes are looked at that hold a prefix or once held it: of one prefix, the latest; for one of a reply's
// prefixes; and on the average of its prefixes. A prefix that thousands of nodes held before, or that contains
// thousands of others, must not cost without limit. An overlap beyond these limits is not noticed.
#define MOST_HOLDERS DSMIPV4_LOOK_BACK
#define MOST_EACH 512
#define MOST_ON_AVERAGE 32

typedef struct {
	const dsmipv4_bindings_t *bindings;
	const dsmipv4_event_t *reply; // that is claiming
	dsmipv4_prefix_t held;        // the prefix whose holders are visited
	unsigned n_holders;           // of them, that were visited
	unsigned effort;              // that is left
	dsmipv4_overlap_t found;
} overlap_search_t;

// A mobile node that is registered at several home agents has the same home address or NAI at each.
static bool is_same_mobile(const dsmipv4_node_t *a, const dsmipv4_node_t *b)
{
	return a == b || (a->ha != b->ha && (a->hoa == b->hoa || (a->nai && a->nai == b->nai)));
}

// A live binding of `node` in which the prefix is active.
static dsmipv4_overlap_t holding(const overlap_search_t *s, const dsmipv4_node_t *node)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(node);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		if (!dsmipv4_binding_is_live(b, s->reply->time, 0))
			continue;
		const dsmipv4_registered_prefix_t *r = dsmipv4_event_equal_prefix(b->reply, &s->held);
		if (r && r->state == DSMIPV4_PREFIX_ACTIVE)
			return (dsmipv4_overlap_t){b, r};
	}
	return (dsmipv4_overlap_t){NULL, NULL};
}

// Whoever registered ::/0 overlaps all others; one with a narrower prefix says more.
static bool is_best(const dsmipv4_overlap_t *found)
{
	return found->binding && found->prefix->prefix.len > 0;
}

static bool search_node(const dsmipv4_node_t *node, void *user)
{
	overlap_search_t *s = user;
	if (s->effort == 0)
		return false;
	s->effort--;
	s->n_holders++;
	dsmipv4_overlap_t found = {NULL, NULL};
	if (!is_same_mobile(node, s->reply->node))
		found = holding(s, node);
	if (found.binding)
		s->found = found;
	return !found.binding && s->n_holders < MOST_HOLDERS;
}

static bool search_holders(const uint8_t *bytes, unsigned len, uint32_t set, void *user)
{
	overlap_search_t *s = user;
	memcpy(s->held.bytes, bytes, sizeof s->held.bytes);
	s->held.len = (uint8_t)len;
	s->n_holders = 0;
	dsmipv4_node_set_visit(s->bindings, set, UINT32_MAX, search_node, s);
	return !is_best(&s->found) && s->effort > 0;
}

static void search_agent(overlap_search_t *s, const dsmipv4_trie_t *trie, const dsmipv4_prefix_t *p)
{
	dsmipv4_trie_covering(trie, p->bytes, p->len, search_holders, s);
	if (!is_best(&s->found))
		dsmipv4_trie_inside(trie, p->bytes, p->len, search_holders, s);
}

// At its own home agent, else at others. Only the latest of these are looked at.
static dsmipv4_overlap_t find_overlap(const dsmipv4_bindings_t *b, const dsmipv4_trie_t *trie,
				      const dsmipv4_event_t *reply, const dsmipv4_prefix_t *p, unsigned *effort)
{
	unsigned most = MIN(*effort, MOST_EACH), n = 0;
	overlap_search_t s = {.bindings = b, .reply = reply, .effort = most};
	search_agent(&s, trie, p);
	for (const dsmipv4_agent_t *agent = b->last_agent; agent && !s.found.binding && n < DSMIPV4_LOOK_BACK;
	     agent = agent->before, n++) {
		if (agent->prefixes != trie)
			search_agent(&s, agent->prefixes, p);
	}
	*effort -= most - s.effort;
	return s.found;
}

// RFC 5454 3.3: registered prefixes of different nodes must not overlap. Only what is live at this moment counts,
// without a grace period.
static void claim_prefix(dsmipv4_bindings_t *b, dsmipv4_event_t *reply, unsigned index, unsigned *effort)
{
	const dsmipv4_prefix_t *p = &reply->prefixes[index].prefix;
	dsmipv4_trie_t *trie = dsmipv4_agent_of(b, reply)->prefixes;
	const dsmipv4_event_t *request = dsmipv4_certain_request(reply);
	dsmipv4_overlap_t other = {NULL, NULL};
	if (reply->captured_whole && (!request || request->captured_whole))
		other = find_overlap(b, trie, reply, p, effort);
	if (other.binding && !reply->overlaps)
		reply->overlaps = dsmipv4_arena_alloc(b->arena, reply->n_prefixes * sizeof reply->overlaps[0]);
	if (other.binding)
		reply->overlaps[index] = other;
	// Nodes that no longer hold the prefix stay in the set, for the sake of earlier frames.
	dsmipv4_node_set_t *holders = dsmipv4_trie_slot(trie, p->bytes, p->len);
	*holders = dsmipv4_node_set_add(b, *holders, reply->node);
}

void dsmipv4_claim_prefixes(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	unsigned effort = MOST_EACH + MOST_ON_AVERAGE * reply->n_prefixes;
	for (unsigned i = 0; i < reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		if (r->state == DSMIPV4_PREFIX_ACTIVE && r->prefix.len <= 128)
			claim_prefix(b, reply, i, &effort);
	}
}
