// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: mobile nodes and home agents, found by their addresses.
#include <stddef.h>

#include "bindings_internal.h"

// Nodes that leave their home address open are told apart by their NAI alone.
static uint64_t address_key(uint32_t ha, uint32_t hoa, uint64_t nai)
{
	return (uint64_t)ha << 32 | (hoa ? hoa : (uint32_t)nai);
}

static uint64_t node_key(const void *member)
{
	const dsmipv4_node_t *node = member;
	return address_key(node->ha, node->hoa, node->nai);
}

static uint64_t coa_key(const void *member)
{
	return ((const dsmipv4_binding_t *)member)->effective_coa;
}

void init_nodes(dsmipv4_bindings_t *b)
{
	dsmipv4_index_init(&b->nodes, b->alloc, node_key, offsetof(dsmipv4_node_t, other));
	dsmipv4_index_init(&b->coas, b->alloc, coa_key, offsetof(dsmipv4_binding_t, same_coa));
	b->agents = wmem_map_new(b->alloc, g_direct_hash, g_direct_equal);
}

dsmipv4_node_t *find_node(const dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	dsmipv4_node_t *node = dsmipv4_index_find(&b->nodes, address_key(ha, hoa, nai));
	while (node && (node->hoa != hoa || (nai && node->nai && node->nai != nai)))
		node = dsmipv4_index_next(&b->nodes, node);
	return node;
}

static dsmipv4_node_t *new_node(dsmipv4_bindings_t *b, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	dsmipv4_node_t *node = wmem_new0(b->alloc, dsmipv4_node_t);
	node->ha = ha;
	node->hoa = hoa;
	node->nai = nai;
	node->versions = wmem_array_sized_new(b->alloc, sizeof(const dsmipv4_version_t *), 1);
	if (b->last_node)
		b->last_node->next = node;
	else
		b->first_node = node;
	b->last_node = node;
	dsmipv4_index_add(&b->nodes, node);
	return node;
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
		agent = wmem_new0(b->alloc, agent_t);
		agent->since = reply;
		agent->prefixes = dsmipv4_trie_new(b->alloc);
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

// A node that refreshes its binding, or moves to and fro, is in the index already. Of many nodes behind
// one NAT only the latest are looked at: twice does no harm.
static void index_coa(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding)
{
	unsigned n = 0;
	for (const dsmipv4_binding_t *old = dsmipv4_index_find(&b->coas, binding->effective_coa);
	     old && n < DSMIPV4_LOOK_BACK; old = dsmipv4_index_next(&b->coas, old), n++) {
		if (old->reply->node == binding->reply->node)
			return;
	}
	dsmipv4_index_add(&b->coas, binding);
}

static bool is_indexed(const dsmipv4_binding_t *binding, uint32_t coa)
{
	return binding && binding->effective_coa == coa && binding->request && is_colocated(binding->request);
}

void note_binding(dsmipv4_bindings_t *b, dsmipv4_binding_t *binding)
{
	agent_t *agent = agent_of(b, binding->reply);
	const dsmipv4_event_t *request = binding->request;
	if (!request)
		return;
	bool through_nat =
		binding->reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED && request->leg != DSMIPV4_LEG_MN_FA;
	binding->effective_coa = through_nat ? request->src : request->coa;
	if (is_colocated(request)) {
		if (!is_indexed(binding->before, binding->effective_coa))
			index_coa(b, binding);
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
	const dsmipv4_node_t *node = dsmipv4_index_find(&b->nodes, address_key(ha, hoa, 0));
	while (node && (node->hoa != hoa || visit(node, user)))
		node = dsmipv4_index_next(&b->nodes, node);
}

void dsmipv4_nodes_by_coa(const dsmipv4_bindings_t *b, uint32_t coa, dsmipv4_visit_node visit, void *user)
{
	const dsmipv4_binding_t *binding = dsmipv4_index_find(&b->coas, coa);
	while (binding && visit(binding->reply->node, user))
		binding = dsmipv4_index_next(&b->coas, binding);
}

typedef struct {
	dsmipv4_visit_node visit;
	void *user;
} holder_visit_t;

static bool visit_holders(void *value, void *user)
{
	const holder_visit_t *v = user;
	for (const holder_t *h = value; h; h = h->next) {
		if (!v->visit(h->node, v->user))
			return false;
	}
	return true;
}

static const agent_t *find_agent(const dsmipv4_bindings_t *b, uint32_t ha)
{
	return wmem_map_lookup(b->agents, GUINT_TO_POINTER(ha));
}

void dsmipv4_nodes_by_prefix(const dsmipv4_bindings_t *b, uint32_t ha, const uint8_t address[16],
			     dsmipv4_visit_node visit, void *user)
{
	const agent_t *agent = find_agent(b, ha);
	holder_visit_t v = {visit, user};
	if (agent)
		dsmipv4_trie_covering(agent->prefixes, address, 128, visit_holders, &v);
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
