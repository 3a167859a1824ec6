// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: mobile nodes and home agents, found by their addresses.
#include "bindings_internal.h"
#include "restore.h"

// A set of nodes is, times two, the number of its only node + 1; or that, plus one, of the first of
// several sharers + 1.
typedef struct {
	uint32_t node; // number
	uint32_t next; // number of the next sharer + 1; 0: none
} sharer_t;

void init_nodes(dsmipv4_bindings_t *b)
{
	dsmipv4_numbered_init(&b->nodes, b->alloc, sizeof(dsmipv4_node_t));
	dsmipv4_numbered_init(&b->sharers, b->alloc, sizeof(sharer_t));
	dsmipv4_slots_init(&b->addresses, b->alloc, DSMIPV4_HIGH_HALF);
	dsmipv4_slots_init(&b->coas, b->alloc, DSMIPV4_HIGH_HALF);
	b->agents = wmem_map_new(b->alloc, g_direct_hash, g_direct_equal);
	b->links = wmem_map_new(b->alloc, g_int64_hash, g_int64_equal);
}

// Nodes that leave their home address open are told apart by their NAI alone.
static uint64_t address_key(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	return dsmipv4_slots_digest(&b->addresses, (uint64_t)ha << 32 | (hoa ? hoa : (uint32_t)nai));
}

static dsmipv4_node_t *node_numbered(const dsmipv4_bindings_t *b, uint32_t number)
{
	return dsmipv4_numbered_at(&b->nodes, number);
}

// A slot of b->addresses.
static dsmipv4_node_t *node_in(const dsmipv4_bindings_t *b, const uint64_t *slot)
{
	return node_numbered(b, (uint32_t)*slot - 1);
}

dsmipv4_node_t *find_node(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	uint64_t key = address_key(b, ha, hoa, nai);
	dsmipv4_node_t *found = NULL;
	for (uint64_t *slot = NULL; (slot = dsmipv4_slots_find(&b->addresses, key, slot));) {
		dsmipv4_node_t *node = node_in(b, slot);
		bool other = nai && node->nai && node->nai != nai;
		if (node->ha == ha && node->hoa == hoa && !other && (!found || found->number < node->number))
			found = node;
	}
	return found;
}

static dsmipv4_node_t *new_node(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	uint32_t number = b->nodes.n;
	dsmipv4_node_t *node = dsmipv4_numbered_add(&b->nodes);
	node->number = number;
	node->ha = ha;
	node->hoa = hoa;
	node->nai = nai;
	dsmipv4_slots_add(&b->addresses, address_key(b, ha, hoa, nai) | (number + 1));
	return node;
}

bool dsmipv4_bindings_is_empty(const dsmipv4_bindings_t *b)
{
	return b->nodes.n == 0;
}

// Private home addresses may be shared: where both give one, the NAI tells nodes apart (RFC 5944
// appendix F). A message without NAI is the latest node's.
dsmipv4_node_t *node_of(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	if (hoa == 0 && nai == 0)
		return NULL;
	dsmipv4_node_t *node = find_node(b, ha, hoa, nai);
	if (!node)
		return new_node(b, ha, hoa, nai);
	if (!node->nai)
		node->nai = nai;
	return node;
}

agent_t *agent_of(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	void *key = GUINT_TO_POINTER(reply->node->ha);
	agent_t *agent = wmem_map_lookup(b->agents, key);
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

// The care-of address is no foreign agent's: the node's own, or that of the NAT that it is behind.
static bool is_colocated(const dsmipv4_event_t *request)
{
	return (request->flags & DSMIPV4_FLAG_D) || request->tunnel_asked == DSMIPV4_TUNNEL_ASKED_BY_MN;
}

static sharer_t *sharer_at(const dsmipv4_bindings_t *b, uint32_t number)
{
	return number ? dsmipv4_numbered_at(&b->sharers, number - 1) : NULL;
}

static uint32_t new_sharer(dsmipv4_bindings_t *b, uint32_t node, uint32_t next)
{
	sharer_t *s = dsmipv4_numbered_add(&b->sharers);
	*s = (sharer_t){node, next};
	return b->sharers.n;
}

// The list of sharers with the node as its first.
static uint32_t add_sharer(dsmipv4_bindings_t *b, uint32_t first, uint32_t node)
{
	uint32_t *link = &first;
	sharer_t *s;
	for (unsigned n = 0; (s = sharer_at(b, *link)) && n < DSMIPV4_LOOK_BACK; link = &s->next, n++) {
		if (s->node != node)
			continue;
		uint32_t number = *link;
		*link = s->next;
		s->next = first;
		return number;
	}
	return new_sharer(b, node, first);
}

node_set_t add_to_set(dsmipv4_bindings_t *b, node_set_t set, const dsmipv4_node_t *node)
{
	node_set_t alone = (node->number + 1) << 1;
	if (set == 0 || set == alone)
		return alone;
	uint32_t first = set & 1 ? set >> 1 : new_sharer(b, (set >> 1) - 1, 0);
	return add_sharer(b, first, node->number) << 1 | 1;
}

bool visit_set(const dsmipv4_bindings_t *b, node_set_t set, dsmipv4_visit_node visit, void *user)
{
	if (set == 0)
		return true;
	if (!(set & 1))
		return visit(node_numbered(b, (set >> 1) - 1), user);
	for (const sharer_t *s = sharer_at(b, set >> 1); s; s = sharer_at(b, s->next)) {
		if (!visit(node_numbered(b, s->node), user))
			return false;
	}
	return true;
}

// A slot of b->coas has the care-of address in its high half, the set of its nodes in the low one.
static uint64_t *coa_slot(const dsmipv4_bindings_t *b, uint32_t coa)
{
	return dsmipv4_slots_find(&b->coas, (uint64_t)coa << 32, NULL);
}

static void index_coa(dsmipv4_bindings_t *b, uint32_t coa, const dsmipv4_node_t *node)
{
	uint64_t *slot = coa_slot(b, coa);
	if (slot)
		*slot = (uint64_t)coa << 32 | add_to_set(b, (uint32_t)*slot, node);
	else
		dsmipv4_slots_add(&b->coas, (uint64_t)coa << 32 | add_to_set(b, 0, node));
}

static bool is_indexed(const dsmipv4_binding_t *binding, uint32_t coa)
{
	const dsmipv4_event_t *request = binding ? dsmipv4_binding_request(binding) : NULL;
	return request && binding->effective_coa == coa && is_colocated(request);
}

void note_binding(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding)
{
	agent_t *agent = agent_of(b, binding->reply);
	const dsmipv4_event_t *request = dsmipv4_binding_request(binding);
	if (!request)
		return;
	bool through_nat =
		binding->reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED && request->leg != DSMIPV4_LEG_MN_FA;
	binding->effective_coa = through_nat ? request->src : request->coa;
	if (is_colocated(request)) {
		if (!is_indexed(binding->before, binding->effective_coa))
			index_coa(b, binding->effective_coa, binding->reply->node);
		return;
	}
	void *key = GUINT_TO_POINTER(binding->effective_coa);
	if (!wmem_map_contains(agent->foreign, key))
		wmem_map_insert(agent->foreign, key, (void *)binding->reply);
}

uint32_t dsmipv4_binding_effective_coa(const dsmipv4_binding_t *binding)
{
	return binding->effective_coa;
}

void dsmipv4_nodes_by_hoa(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, dsmipv4_visit_node visit, void *user)
{
	uint64_t key = address_key(b, ha, hoa, 0);
	for (uint64_t *slot = NULL; (slot = dsmipv4_slots_find(&b->addresses, key, slot));) {
		const dsmipv4_node_t *node = node_in(b, slot);
		if (node->ha == ha && node->hoa == hoa && !visit(node, user))
			return;
	}
}

void dsmipv4_nodes_by_coa(const dsmipv4_bindings_t *b, uint32_t coa, dsmipv4_visit_node visit, void *user)
{
	const uint64_t *slot = coa_slot(b, coa);
	if (slot)
		visit_set(b, (uint32_t)*slot, visit, user);
}

void dsmipv4_bindings_each_node(const dsmipv4_bindings_t *b, dsmipv4_visit_node visit, void *user)
{
	for (uint32_t i = 0; i < b->nodes.n && visit(node_numbered(b, i), user); i++)
		;
}

typedef struct {
	const dsmipv4_bindings_t *b;
	dsmipv4_visit_node visit;
	void *user;
} holder_visit_t;

static bool visit_holders(uint32_t set, void *user)
{
	const holder_visit_t *v = user;
	return visit_set(v->b, set, v->visit, v->user);
}

static const agent_t *find_agent(const dsmipv4_bindings_t *b, uint32_t ha)
{
	return wmem_map_lookup(b->agents, GUINT_TO_POINTER(ha));
}

void dsmipv4_nodes_by_prefix(const dsmipv4_bindings_t *b, uint32_t ha, const uint8_t address[16],
			     dsmipv4_visit_node visit, void *user)
{
	const agent_t *agent = find_agent(b, ha);
	holder_visit_t v = {b, visit, user};
	if (agent)
		dsmipv4_trie_covering(agent->prefixes, address, 128, visit_holders, &v);
}

void dsmipv4_nodes_by_overlap(const dsmipv4_bindings_t *b, uint32_t ha, const dsmipv4_prefix_t *p,
			      dsmipv4_visit_node visit, void *user)
{
	const agent_t *agent = find_agent(b, ha);
	holder_visit_t v = {b, visit, user};
	if (!agent || p->len > 128)
		return;
	dsmipv4_trie_covering(agent->prefixes, p->bytes, p->len, visit_holders, &v);
	dsmipv4_trie_inside(agent->prefixes, p->bytes, p->len, visit_holders, &v);
}

#define MOST_AGENTS_ON_LINK 16

void dsmipv4_note_link(dsmipv4_bindings_t *b, uint64_t mac, uint32_t ha)
{
	wmem_array_t *agents = wmem_map_lookup(b->links, &mac);
	if (!agents) {
		agents = wmem_array_sized_new(b->alloc, sizeof ha, 1);
		wmem_map_insert(b->links, wmem_memdup(b->alloc, &mac, sizeof mac), agents);
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
	dsmipv4_visit_link visit;
	void *user;
} link_visit_t;

static void visit_agents(void *mac, void *agents, void *user)
{
	const link_visit_t *v = user;
	for (unsigned i = 0; i < wmem_array_get_count(agents); i++)
		v->visit(*(const uint64_t *)mac, *(const uint32_t *)wmem_array_index(agents, i), v->user);
}

void dsmipv4_bindings_each_link(const dsmipv4_bindings_t *b, dsmipv4_visit_link visit, void *user)
{
	link_visit_t v = {visit, user};
	wmem_map_foreach(b->links, visit_agents, &v);
}

const uint32_t *dsmipv4_agents_on_link(const dsmipv4_bindings_t *b, uint64_t mac, unsigned *n)
{
	wmem_array_t *agents = wmem_map_lookup(b->links, &mac);
	*n = agents ? wmem_array_get_count(agents) : 0;
	return agents ? wmem_array_get_raw(agents) : NULL;
}

const dsmipv4_event_t *dsmipv4_home_agent_since(const dsmipv4_bindings_t *b, uint32_t ha)
{
	const agent_t *agent = find_agent(b, ha);
	return agent ? agent->since : NULL;
}

const dsmipv4_event_t *dsmipv4_foreign_agent_since(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t coa)
{
	const agent_t *agent = find_agent(b, ha);
	return agent ? wmem_map_lookup(agent->foreign, GUINT_TO_POINTER(coa)) : NULL;
}
