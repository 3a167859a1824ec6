// SPDX-License-Identifier: GPL-2.0-or-later
// What is known before the capture begins.
#include "state/preload.h"

#include "state/changes.h"
#include "state/node_index.h"
#include "state/overlap.h"
#include "state/pairing.h"
#include "state/table.h"

void dsmipv4_bindings_each_orphan(const dsmipv4_bindings_t *bindings, dsmipv4_visit_event visit, void *user)
{
	const dsmipv4_event_t *latest = bindings->last_orphan;
	for (const dsmipv4_event_t *e = latest; e && latest->time - e->time <= DSMIPV4_ANSWER_TIME; e = e->before) {
		if (dsmipv4_is_to_be_answered(e) && !e->pair && !visit(e, user))
			return;
	}
}

dsmipv4_node_t *dsmipv4_preload_node(dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t hoa, uint64_t nai)
{
	return dsmipv4_node_of(bindings, ha, hoa, nai);
}

dsmipv4_event_t *dsmipv4_preload_event(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node,
				       const dsmipv4_event_t *header, const dsmipv4_registered_prefix_t *prefixes)
{
	dsmipv4_event_t *e = dsmipv4_event_new(bindings->arena, header, prefixes);
	e->frame = 0;
	e->node = NULL;
	e->before = e->first = NULL;
	e->relay_of = e->pair = e->relayed = NULL;
	dsmipv4_event_append(bindings, e, node);
	if (dsmipv4_is_to_be_answered(e))
		dsmipv4_remember_request(bindings, e);
	if (e->type == DSMIPV4_REGISTRATION_REQUEST) {
		e->previous = NULL;
	} else if (e->type == DSMIPV4_REGISTRATION_REPLY) {
		e->overlaps = NULL;
		e->binding = NULL;
		dsmipv4_note_reply(bindings, e);
	}
	return e;
}

dsmipv4_binding_t *dsmipv4_preload_binding(dsmipv4_bindings_t *bindings, dsmipv4_event_t *reply)
{
	dsmipv4_binding_t *binding = dsmipv4_binding_new(bindings, reply);
	dsmipv4_index_binding(bindings, binding);
	dsmipv4_claim_prefixes(bindings, reply);
	reply->overlaps = NULL; // whoever was there first spoke of it
	if (reply->node && (reply->after_gap || reply->unsolicited))
		dsmipv4_note_gap(bindings, reply);
	return binding;
}

void dsmipv4_preload_version(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, const dsmipv4_event_t *event,
			     dsmipv4_removal_t removal, const dsmipv4_binding_t *const *live, uint32_t n)
{
	uint32_t first = n > DSMIPV4_MOST_BINDINGS ? n - DSMIPV4_MOST_BINDINGS : 0;
	dsmipv4_version_t *v = dsmipv4_version_new(bindings, event, n - first);
	v->removal = removal;
	for (uint32_t i = first; i < n; i++)
		v->bindings[v->n_bindings++] = live[i];
	dsmipv4_version_append(bindings, node, v);
	if (removal == DSMIPV4_REMOVED_DENIED)
		dsmipv4_index_denied(bindings, event);
}
