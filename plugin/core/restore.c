// SPDX-License-Identifier: GPL-2.0-or-later
// What is known before the capture begins.
#include "restore.h"

#include "bindings_internal.h"

void dsmipv4_bindings_each_orphan(const dsmipv4_bindings_t *bindings, dsmipv4_visit_event visit, void *user)
{
	const dsmipv4_event_t *latest = bindings->last_orphan;
	for (const dsmipv4_event_t *e = latest; e && latest->time - e->time <= ANSWER_TIME; e = e->before) {
		if (e->type == DSMIPV4_REGISTRATION_REQUEST && !e->pair && !visit(e, user))
			return;
	}
}

dsmipv4_node_t *dsmipv4_restore_node(dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	return node_of(bindings, ha, hoa, nai);
}

dsmipv4_event_t *dsmipv4_restore_event(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node,
				       const dsmipv4_event_t *header, const dsmipv4_registered_prefix_t *prefixes)
{
	dsmipv4_event_t *e = new_event(bindings, header, prefixes);
	e->frame = 0;
	e->node = NULL;
	e->before = e->first = NULL;
	e->relay_of = e->pair = e->relayed = NULL;
	append_event(bindings, e, node);
	if (e->type == DSMIPV4_REGISTRATION_REQUEST) {
		e->previous = NULL;
		remember_request(bindings, e);
	} else if (e->type == DSMIPV4_REGISTRATION_REPLY) {
		e->overlaps = NULL;
		e->binding = NULL;
		note_reply(bindings, e);
	}
	return e;
}

dsmipv4_binding_t *dsmipv4_restore_binding(dsmipv4_bindings_t *bindings, dsmipv4_event_t *reply)
{
	dsmipv4_binding_t *binding = new_binding(bindings, reply);
	note_binding(bindings, binding);
	claim_prefixes(bindings, reply);
	reply->overlaps = NULL; // whoever was there first spoke of it
	return binding;
}

void dsmipv4_restore_version(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, const dsmipv4_event_t *event,
			     dsmipv4_removal_t removal, const dsmipv4_binding_t *const *live, uint32_t n)
{
	uint32_t first = n > MOST_BINDINGS ? n - MOST_BINDINGS : 0;
	dsmipv4_version_t *v = new_version(bindings, event, n - first);
	v->removal = removal;
	for (uint32_t i = first; i < n; i++)
		v->bindings[v->n_bindings++] = live[i];
	append_version(bindings, node, v);
}
