// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: mobile nodes and home agents, found by their addresses.
#include "state/node_index.h"

#include <glib.h>

#include "state/nat.h"

// A set of nodes is a number. If it is even, it is 2 * (number of its only node + 1). If it is odd, it is 2 * (index
// of the latest of several sharers + 1) + 1. Sharers are only added, never removed, so that the set can be read as of
// any frame.
typedef struct {
	uint32_t node;  // number
	uint32_t next;  // number of the sharer before it + 1; 0: none
	uint32_t jump;  // the same for one further back, so that any is reached in O(log n) steps
	uint32_t rank;  // how many came before it
	uint32_t since; // frame in which it came; 0 for the first
} sharer_t;

void dsmipv4_node_index_init(dsmipv4_bindings_t *b)
{
	dsmipv4_stable_array_init(&b->nodes, b->alloc, sizeof(dsmipv4_node_t));
	dsmipv4_stable_array_init(&b->sharers, b->alloc, sizeof(sharer_t));
	dsmipv4_hash64_init(&b->addresses, b->alloc, DSMIPV4_HIGH_HALF);
	dsmipv4_hash64_init(&b->names, b->alloc, DSMIPV4_HIGH_HALF);
	dsmipv4_hash64_init(&b->coas, b->alloc, DSMIPV4_HIGH_HALF);
	dsmipv4_hash64_init(&b->home_agents, b->alloc, DSMIPV4_HIGH_HALF);
	b->agents = wmem_map_new(b->alloc, g_direct_hash, g_direct_equal);
	b->home_links = wmem_map_new(b->alloc, wmem_int64_hash, g_int64_equal);
}

static dsmipv4_node_t *node_numbered(const dsmipv4_bindings_t *b, uint32_t number)
{
	return dsmipv4_stable_array_at(&b->nodes, number);
}

static sharer_t *sharer_at(const dsmipv4_bindings_t *b, uint32_t number)
{
	return number ? dsmipv4_stable_array_at(&b->sharers, number - 1) : NULL;
}

// Where two jumps of the same length follow each other, the next one is as long as both, plus one.
static uint32_t jump_over(const dsmipv4_bindings_t *b, uint32_t next)
{
	const sharer_t *near = sharer_at(b, next), *middle = sharer_at(b, near->jump);
	const sharer_t *far = sharer_at(b, middle->jump);
	return near->rank - middle->rank == middle->rank - far->rank ? middle->jump : next;
}

static uint32_t new_sharer(dsmipv4_bindings_t *b, uint32_t node, uint32_t next)
{
	sharer_t *s = dsmipv4_stable_array_add(&b->sharers);
	uint32_t number = b->sharers.n;
	*s = (sharer_t){.node = node, .next = next, .jump = number};
	if (next) {
		s->jump = jump_over(b, next);
		s->rank = sharer_at(b, next)->rank + 1;
		s->since = b->frame;
	}
	return number;
}

// The latest sharer that came up to this frame.
static const sharer_t *sharer_by(const dsmipv4_bindings_t *b, uint32_t latest, uint32_t frame)
{
	const sharer_t *s = sharer_at(b, latest);
	while (s->since > frame) {
		const sharer_t *far = sharer_at(b, s->jump);
		s = far->since > frame ? far : sharer_at(b, s->next);
	}
	return s;
}

static bool is_among_latest(const dsmipv4_bindings_t *b, uint32_t latest, uint32_t node)
{
	const sharer_t *s = sharer_at(b, latest);
	for (unsigned n = 0; s && n < DSMIPV4_LOOK_BACK; s = sharer_at(b, s->next), n++) {
		if (s->node == node)
			return true;
	}
	return false;
}

dsmipv4_node_set_t dsmipv4_node_set_add(dsmipv4_bindings_t *b, dsmipv4_node_set_t set, const dsmipv4_node_t *node)
{
	dsmipv4_node_set_t alone = (node->number + 1) << 1;
	if (set == 0 || set == alone)
		return alone;
	uint32_t latest = set & 1 ? set >> 1 : new_sharer(b, (set >> 1) - 1, 0);
	if (!is_among_latest(b, latest, node->number))
		latest = new_sharer(b, node->number, latest);
	return latest << 1 | 1;
}

bool dsmipv4_node_set_visit(const dsmipv4_bindings_t *b, dsmipv4_node_set_t set, uint32_t frame,
			    dsmipv4_visit_node visit, void *user)
{
	if (set == 0)
		return true;
	if (!(set & 1))
		return visit(node_numbered(b, (set >> 1) - 1), user);
	for (const sharer_t *s = sharer_by(b, set >> 1, frame); s; s = sharer_at(b, s->next)) {
		if (!visit(node_numbered(b, s->node), user))
			return false;
	}
	return true;
}

// The latest.
static dsmipv4_node_t *node_in(const dsmipv4_bindings_t *b, dsmipv4_node_set_t set)
{
	return node_numbered(b, set & 1 ? sharer_at(b, set >> 1)->node : (set >> 1) - 1);
}

// Nodes whose home address is 0.0.0.0 are told apart only by their NAI.
static uint64_t address_key(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	return dsmipv4_hash64_digest(&b->addresses, (uint64_t)ha << 32 | (hoa ? hoa : (uint32_t)nai));
}

// A slot of b->addresses has the digest of the addresses in its high half, the set of their nodes in the
// low one.
static uint64_t *address_slot(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	uint64_t key = address_key(b, ha, hoa, nai);
	for (uint64_t *slot = NULL; (slot = dsmipv4_hash64_find(&b->addresses, key, slot));) {
		const dsmipv4_node_t *node = node_in(b, (uint32_t)*slot);
		if (node->ha == ha && node->hoa == hoa && (hoa || (uint32_t)node->nai == (uint32_t)nai))
			return slot;
	}
	return NULL;
}

static uint64_t name_key(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	return dsmipv4_hash64_digest(&b->names, address_key(b, ha, hoa, nai) ^ nai);
}

// One of several nodes with the same addresses.
static dsmipv4_node_t *find_named(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	uint64_t key = name_key(b, ha, hoa, nai);
	for (uint64_t *slot = NULL; (slot = dsmipv4_hash64_find(&b->names, key, slot));) {
		dsmipv4_node_t *node = node_numbered(b, (uint32_t)*slot - 1);
		if (node->ha == ha && node->hoa == hoa && node->nai == nai)
			return node;
	}
	return NULL;
}

dsmipv4_node_t *dsmipv4_find_node(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	const uint64_t *slot = address_slot(b, ha, hoa, nai);
	if (!slot)
		return NULL;
	dsmipv4_node_t *node = node_in(b, (uint32_t)*slot);
	return nai && node->nai && node->nai != nai ? find_named(b, ha, hoa, nai) : node;
}

static void add_name(dsmipv4_bindings_t *b, const dsmipv4_node_t *node)
{
	dsmipv4_hash64_add(&b->names, name_key(b, node->ha, node->hoa, node->nai) | (node->number + 1));
}

// If several nodes have the same addresses, each has an NAI.
static void index_node(dsmipv4_bindings_t *b, const dsmipv4_node_t *node)
{
	uint64_t *slot = address_slot(b, node->ha, node->hoa, node->nai);
	if (!slot) {
		uint64_t key = address_key(b, node->ha, node->hoa, node->nai);
		dsmipv4_hash64_add(&b->addresses, key | dsmipv4_node_set_add(b, 0, node));
		return;
	}
	dsmipv4_node_set_t set = (uint32_t)*slot;
	if (!(set & 1))
		add_name(b, node_in(b, set));
	add_name(b, node);
	*slot = (*slot & DSMIPV4_HIGH_HALF) | dsmipv4_node_set_add(b, set, node);
}

static dsmipv4_node_t *new_node(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	uint32_t number = b->nodes.n;
	dsmipv4_node_t *node = dsmipv4_stable_array_add(&b->nodes);
	node->number = number;
	node->ha = ha;
	node->hoa = hoa;
	node->nai = nai;
	index_node(b, node);
	if (!dsmipv4_hash64_find(&b->home_agents, (uint64_t)ha << 32, NULL))
		dsmipv4_hash64_add(&b->home_agents, (uint64_t)ha << 32 | 1);
	return node;
}

bool dsmipv4_bindings_is_empty(const dsmipv4_bindings_t *b)
{
	return b->nodes.n == 0;
}

const dsmipv4_node_t *dsmipv4_node_without_address(const dsmipv4_bindings_t *b, const dsmipv4_node_t *node)
{
	return node->nai && node->hoa ? dsmipv4_find_node(b, node->ha, 0, node->nai) : NULL;
}

// Private home addresses may be shared: where both give one, the NAI tells nodes apart (RFC 5944
// appendix F). A message without NAI is the latest node's.
dsmipv4_node_t *dsmipv4_node_of(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	if (hoa == 0 && nai == 0)
		return NULL;
	dsmipv4_node_t *node = dsmipv4_find_node(b, ha, hoa, nai);
	if (!node)
		return new_node(b, ha, hoa, nai);
	if (!node->nai)
		node->nai = nai;
	return node;
}

dsmipv4_agent_t *dsmipv4_agent_of(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	void *key = GUINT_TO_POINTER(reply->node->ha);
	dsmipv4_agent_t *agent = wmem_map_lookup(b->agents, key);
	if (!agent) {
		agent = dsmipv4_arena_alloc(b->arena, sizeof *agent);
		agent->since = reply;
		agent->before = b->last_agent;
		b->last_agent = agent;
		agent->prefixes = dsmipv4_trie_new(b->arena);
		agent->foreign = wmem_map_new(b->alloc, g_direct_hash, g_direct_equal);
		wmem_map_insert(b->agents, key, agent);
	}
	return agent;
}

// The care-of address is not a foreign agent's, but the node's own, or that of its NAT.
static bool is_colocated(const dsmipv4_event_t *request)
{
	return (request->flags & DSMIPV4_FLAG_D) || request->tunnel_asked == DSMIPV4_TUNNEL_ASKED_BY_MN;
}

// A slot of b->coas has the care-of address in its high half, the set of its nodes in the low one.
static uint64_t *coa_slot(const dsmipv4_bindings_t *b, uint32_t coa)
{
	return dsmipv4_hash64_find(&b->coas, (uint64_t)coa << 32, NULL);
}

static bool has_key(const dsmipv4_hash64_t *table, uint64_t like)
{
	return !dsmipv4_hash64_lacks(table, like) && dsmipv4_hash64_find(table, like, NULL);
}

static bool may_be_end(const dsmipv4_bindings_t *b, uint32_t addr)
{
	uint64_t key = (uint64_t)addr << 32;
	return has_key(&b->home_agents, key) || has_key(&b->coas, key);
}

bool dsmipv4_may_be_tunnel(const dsmipv4_bindings_t *b, uint32_t src, uint32_t dst)
{
	return may_be_end(b, src) || may_be_end(b, dst);
}

static void index_coa(dsmipv4_bindings_t *b, uint32_t coa, const dsmipv4_node_t *node)
{
	uint64_t *slot = coa_slot(b, coa);
	if (slot)
		*slot = (uint64_t)coa << 32 | dsmipv4_node_set_add(b, (uint32_t)*slot, node);
	else
		dsmipv4_hash64_add(&b->coas, (uint64_t)coa << 32 | dsmipv4_node_set_add(b, 0, node));
}

static bool is_indexed(const dsmipv4_binding_t *binding, uint32_t coa)
{
	const dsmipv4_event_t *request = binding ? dsmipv4_binding_request(binding) : NULL;
	return request && binding->effective_coa == coa && is_colocated(request);
}

void dsmipv4_index_binding(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding)
{
	dsmipv4_agent_t *agent = dsmipv4_agent_of(b, binding->reply);
	agent->latest = binding->reply;
	const dsmipv4_event_t *request = dsmipv4_binding_request(binding);
	bool router = binding->reply->mobile_network || (request && request->mobile_network);
	if (router && !agent->router)
		agent->router = binding->reply;
	if (!request)
		return;
	binding->effective_coa = dsmipv4_nat_effective_coa(request, binding->reply);
	if (is_colocated(request)) {
		if (!is_indexed(binding->before, binding->effective_coa))
			index_coa(b, binding->effective_coa, binding->reply->node);
		return;
	}
	void *key = GUINT_TO_POINTER(binding->effective_coa);
	if (!wmem_map_contains(agent->foreign, key))
		wmem_map_insert(agent->foreign, key, (void *)binding->reply);
}

uint32_t dsmipv4_denied_coa(const dsmipv4_event_t *denial)
{
	const dsmipv4_event_t *request = dsmipv4_certain_request(denial);
	bool own = request && request->flags & DSMIPV4_FLAG_D && request->src == request->coa;
	return own ? request->coa : 0;
}

void dsmipv4_index_denied(dsmipv4_bindings_t *b, const dsmipv4_event_t *denial)
{
	uint32_t coa = dsmipv4_denied_coa(denial);
	if (coa)
		index_coa(b, coa, denial->node);
}

void dsmipv4_nodes_by_hoa(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint32_t frame,
			  dsmipv4_visit_node visit, void *user)
{
	const uint64_t *slot = address_slot(b, ha, hoa, 0);
	if (slot)
		dsmipv4_node_set_visit(b, (uint32_t)*slot, frame, visit, user);
}

void dsmipv4_nodes_by_coa(const dsmipv4_bindings_t *b, uint32_t coa, uint32_t frame, dsmipv4_visit_node visit,
			  void *user)
{
	const uint64_t *slot = coa_slot(b, coa);
	if (slot)
		dsmipv4_node_set_visit(b, (uint32_t)*slot, frame, visit, user);
}

void dsmipv4_bindings_each_node(const dsmipv4_bindings_t *b, dsmipv4_visit_node visit, void *user)
{
	for (uint32_t i = 0; i < b->nodes.n && visit(node_numbered(b, i), user); i++)
		;
}

typedef struct {
	const dsmipv4_bindings_t *b;
	uint32_t frame;
	dsmipv4_visit_node visit;
	void *user;
} holder_visit_t;

static bool visit_holders(const uint8_t *bytes, unsigned len, uint32_t set, void *user)
{
	(void)bytes;
	(void)len;
	const holder_visit_t *v = user;
	return dsmipv4_node_set_visit(v->b, set, v->frame, v->visit, v->user);
}

static const dsmipv4_agent_t *find_agent(const dsmipv4_bindings_t *b, uint32_t ha)
{
	return wmem_map_lookup(b->agents, GUINT_TO_POINTER(ha));
}

void dsmipv4_nodes_by_prefix(const dsmipv4_bindings_t *b, uint32_t ha, const uint8_t address[16], uint32_t frame,
			     dsmipv4_visit_node visit, void *user)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	holder_visit_t v = {b, frame, visit, user};
	if (agent)
		dsmipv4_trie_covering(agent->prefixes, address, 128, visit_holders, &v);
}

void dsmipv4_nodes_by_overlap(const dsmipv4_bindings_t *b, uint32_t ha, const dsmipv4_prefix_t *p, uint32_t frame,
			      dsmipv4_visit_node visit, void *user)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	holder_visit_t v = {b, frame, visit, user};
	if (!agent || p->len > 128)
		return;
	dsmipv4_trie_covering(agent->prefixes, p->bytes, p->len, visit_holders, &v);
	dsmipv4_trie_inside(agent->prefixes, p->bytes, p->len, visit_holders, &v);
}

#define MOST_AGENTS_ON_LINK 16

void dsmipv4_note_home_link(dsmipv4_bindings_t *b, uint64_t mac, uint32_t ha)
{
	wmem_array_t *agents = wmem_map_lookup(b->home_links, &mac);
	if (!agents) {
		agents = wmem_array_sized_new(b->alloc, sizeof ha, 1);
		wmem_map_insert(b->home_links, wmem_memdup(b->alloc, &mac, sizeof mac), agents);
	}
	unsigned n = wmem_array_get_count(agents);
	for (unsigned i = 0; i < n; i++) {
		if (*(uint32_t *)wmem_array_index(agents, i) == ha)
			return;
	}
	if (n < MOST_AGENTS_ON_LINK)
		wmem_array_append_one(agents, ha);
}

typedef struct {
	dsmipv4_visit_home_link visit;
	void *user;
} link_visit_t;

static void visit_agents(void *mac, void *agents, void *user)
{
	const link_visit_t *v = user;
	for (unsigned i = 0; i < wmem_array_get_count(agents); i++)
		v->visit(*(const uint64_t *)mac, *(const uint32_t *)wmem_array_index(agents, i), v->user);
}

void dsmipv4_bindings_each_home_link(const dsmipv4_bindings_t *b, dsmipv4_visit_home_link visit, void *user)
{
	link_visit_t v = {visit, user};
	wmem_map_foreach(b->home_links, visit_agents, &v);
}

const uint32_t *dsmipv4_agents_on_home_link(const dsmipv4_bindings_t *b, uint64_t mac, unsigned *n)
{
	wmem_array_t *agents = wmem_map_lookup(b->home_links, &mac);
	*n = agents ? wmem_array_get_count(agents) : 0;
	return agents ? wmem_array_get_raw(agents) : NULL;
}

const dsmipv4_event_t *dsmipv4_home_agent_since(const dsmipv4_bindings_t *b, uint32_t ha)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	return agent ? agent->since : NULL;
}

const dsmipv4_event_t *dsmipv4_home_agent_latest(const dsmipv4_bindings_t *b, uint32_t ha)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	return agent ? agent->latest : NULL;
}

bool dsmipv4_home_agent_answers(const dsmipv4_bindings_t *b, uint32_t ha, int64_t time)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	const dsmipv4_event_t *latest = agent ? agent->latest : NULL;
	return latest && latest->src == ha && agent->since->time <= time && latest->time > time;
}

const dsmipv4_event_t *dsmipv4_home_agent_gap(const dsmipv4_bindings_t *b, uint32_t ha)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	return agent ? agent->gap : NULL;
}

const dsmipv4_event_t *dsmipv4_mobile_router_since(const dsmipv4_bindings_t *b, uint32_t ha)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	return agent ? agent->router : NULL;
}

void dsmipv4_note_gap(dsmipv4_bindings_t *b, const dsmipv4_event_t *event)
{
	dsmipv4_agent_t *agent = wmem_map_lookup(b->agents, GUINT_TO_POINTER(event->node->ha));
	if (agent && !agent->gap)
		agent->gap = event;
}

const dsmipv4_event_t *dsmipv4_foreign_agent_since(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t coa)
{
	const dsmipv4_agent_t *agent = find_agent(b, ha);
	return agent ? wmem_map_lookup(agent->foreign, GUINT_TO_POINTER(coa)) : NULL;
}
