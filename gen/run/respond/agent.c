// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent knows: its own address, the nodes that it serves, and their bindings.
#include "run/respond/agent.h"

#include "run/respond/role.h"

#include <string.h>

static const char *const node_names[AGENT_NODES] = {"mn1", "mn2"};

static guint32 ipv4_fact(const agent_t *agent, const char *node, const char *name)
{
	return (guint32)role_fact(agent->actors, node, name, KIND_ADDRESS4).number;
}

static dsmipv4_prefix_t prefix_fact(const agent_t *agent, const char *node, const char *name)
{
	dsmipv4_prefix_t prefix = {.len = (uint8_t)role_fact(agent->actors, node, "mn.prefix_length", KIND_U8).number};

	memcpy(prefix.bytes, role_fact(agent->actors, node, name, KIND_ADDRESS6).octets, sizeof(prefix.bytes));
	return prefix;
}

static void provide_node(const agent_t *agent, agent_node_t *node, const char *name)
{
	node->name = name;
	node->hoa = ipv4_fact(agent, name, "mn.hoa");
	node->spi = (guint32)role_fact(agent->actors, name, "mn.spi", KIND_U32).number;
	node->key = role_fact(agent->actors, name, "mn.key", KIND_SECRET).bytes;
	node->nonce = g_random_int();
	node->own[0] = prefix_fact(agent, name, "mn.prefix");
	node->own[1] = prefix_fact(agent, name, "mn.second_prefix");
}

agent_t *agent_new(const actors_t *actors)
{
	agent_t *agent = g_new0(agent_t, 1);

	agent->actors = actors;
	agent->address = ipv4_fact(agent, NULL, "ha.address");
	memcpy(agent->link_local, role_fact(agent->actors, NULL, "ha.link_local", KIND_ADDRESS6).octets,
	       sizeof(agent->link_local));
	agent->fa_address = ipv4_fact(agent, NULL, "fa.address");
	agent->fa_spi = (guint32)role_fact(agent->actors, NULL, "fa.spi", KIND_U32).number;
	agent->fa_key = role_fact(agent->actors, NULL, "fa.key", KIND_SECRET).bytes;
	for (unsigned i = 0; i < AGENT_NODES; i++)
		provide_node(agent, &agent->nodes[i], node_names[i]);
	return agent;
}

void agent_free(agent_t *agent)
{
	for (unsigned i = 0; i < AGENT_NODES; i++)
		g_bytes_unref(agent->nodes[i].key);
	g_bytes_unref(agent->fa_key);
	g_free(agent);
}

bool agent_fails(const agent_t *agent, fault_t fault)
{
	return agent->faults.is_on[fault];
}

agent_node_t *agent_node(agent_t *agent, guint32 hoa)
{
	for (unsigned i = 0; i < AGENT_NODES; i++)
		if (agent->nodes[i].hoa == hoa)
			return &agent->nodes[i];
	return NULL;
}

bool agent_is_bound(const agent_node_t *node, gint64 now)
{
	return node->binding.is_there && now < node->binding.expires;
}

bool agent_forwards(const agent_t *agent, const agent_node_t *node, gint64 now)
{
	const agent_binding_t *binding = &node->binding;
	bool was_there = binding->expires > 0;

	if (binding->is_there)
		return now < binding->expires || agent_fails(agent, FAULT_EXPIRED_FORWARDS);
	return was_there && agent_fails(agent, FAULT_DEREGISTERED_FORWARDS);
}

const granted_t *agent_prefix(const agent_t *agent, const agent_node_t *node, const guint8 address[16], gint64 now)
{
	dsmipv4_prefix_t whole = {.len = 128};
	bool takes_all = agent_fails(agent, FAULT_REJECTED_FORWARDS);

	memcpy(whole.bytes, address, sizeof(whole.bytes));
	for (unsigned i = 0; agent_forwards(agent, node, now) && i < node->binding.n_prefixes; i++) {
		const granted_t *granted = &node->binding.prefixes[i];
		bool is_link_local = granted->prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL;

		if (!takes_all && !dsmipv4_code_accepts(granted->code))
			continue;
		if (is_link_local ? memcmp(granted->prefix.bytes, address, sizeof(whole.bytes)) == 0
				  : dsmipv4_prefix_contains(&granted->prefix, &whole))
			return granted;
	}
	return NULL;
}

static bool has_in_common(const agent_binding_t *binding, const dsmipv4_prefix_t *prefix)
{
	for (unsigned i = 0; i < binding->n_prefixes; i++)
		if (dsmipv4_code_accepts(binding->prefixes[i].code) &&
		    dsmipv4_prefix_overlaps(&binding->prefixes[i].prefix, prefix))
			return true;
	return false;
}

agent_node_t *agent_prefix_owner(agent_t *agent, const dsmipv4_prefix_t *prefix, const agent_node_t *except, gint64 now)
{
	for (unsigned i = 0; i < AGENT_NODES; i++) {
		agent_node_t *node = &agent->nodes[i];

		if (node != except && agent_is_bound(node, now) && has_in_common(&node->binding, prefix))
			return node;
	}
	return NULL;
}
