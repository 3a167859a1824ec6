// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: what a registration changes (RFC 5944 3.6-3.8; RFC 5454 3.3, 3.8; RFC 3543).
#include "state/changes.h"

#include <glib.h>

#include "state/node_index.h"
#include "state/overlap.h"
#include "state/table.h"

dsmipv4_version_t *dsmipv4_version_new(dsmipv4_bindings_t *b, const dsmipv4_event_t *event, uint32_t room)
{
	dsmipv4_version_t *v = dsmipv4_arena_alloc(b->arena, sizeof *v + room * sizeof v->bindings[0]);
	v->event = event;
	return v;
}

// Most nodes have one version. If there are more, the array has room for a power of two.
void dsmipv4_version_append(dsmipv4_bindings_t *b, dsmipv4_node_t *node, const dsmipv4_version_t *version)
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

// Begin a version with those bindings of the one before for which `stays` is true, and with `added`.
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
	dsmipv4_version_t *v = dsmipv4_version_new(b, event, room);
	for (uint32_t i = 0; i < n_old; i++) {
		dsmipv4_binding_t *binding = (dsmipv4_binding_t *)old->bindings[i];
		bool too_many = added && i == 0 && n_old >= DSMIPV4_MOST_BINDINGS;
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
	dsmipv4_version_append(b, node, v);
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

// The live binding that a new one for `coa` replaces: that of the same address, or else the latest one unless
// both are kept (simultaneous bindings).
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

dsmipv4_binding_t *dsmipv4_binding_new(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	dsmipv4_binding_t *binding = dsmipv4_arena_alloc(b->arena, sizeof *binding);
	binding->reply = reply;
	binding->created = reply;
	reply->binding = binding;
	return binding;
}

// What is copied with each bulk registration must not take many times its size.
#define FEW_PREFIXES 16

// The reply that made a binding, as if it had come with a later one, which renewed the binding.
static dsmipv4_event_t *renewed_reply(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply, const dsmipv4_event_t *later)
{
	dsmipv4_event_t *e = dsmipv4_event_new(b->arena, reply, reply->prefixes);
	e->time = later->time;
	e->time_known = later->time_known;
	e->frame = later->frame;
	e->lifetime = later->lifetime;
	e->first = NULL;
	e->relay_of = e->relayed = NULL;
	e->overlaps = NULL;
	dsmipv4_event_append(b, e, reply->node);
	return e;
}

static const dsmipv4_binding_t *renewed(dsmipv4_bindings_t *b, dsmipv4_binding_t *old, const dsmipv4_event_t *later)
{
	dsmipv4_binding_t *binding = dsmipv4_binding_new(b, renewed_reply(b, old->reply, later));
	binding->created = old->created;
	binding->before = old;
	old->removed_by = later;
	old->removal = DSMIPV4_REMOVED_REFRESHED;
	dsmipv4_index_binding(b, binding);
	return binding;
}

// A bulk registration extends the lifetime of all bindings of the node (RFC 7629 5.2). They are its newest version's,
// but for the last one, which it made.
static void renew_others(dsmipv4_bindings_t *b, dsmipv4_version_t *v)
{
	for (uint32_t i = 0; i + 1 < v->n_bindings; i++) {
		dsmipv4_binding_t *old = (dsmipv4_binding_t *)v->bindings[i];
		bool live = dsmipv4_binding_is_live(old, v->event->time, 0);
		if (live && dsmipv4_binding_request(old) && old->reply->n_prefixes <= FEW_PREFIXES)
			v->bindings[i] = renewed(b, old, v->event);
	}
}

// Create or refresh: the outcome of this exchange replaces the list of prefixes (RFC 5454 3.8), and the other
// bindings end unless simultaneous ones were requested and granted (RFC 5944 3.4, 3.8.2.2).
static void bind(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	const dsmipv4_event_t *request = dsmipv4_certain_request(reply);
	uint32_t coa = request ? request->coa : 0;
	dsmipv4_binding_t *binding = dsmipv4_binding_new(b, reply);
	bool simultaneous = request && dsmipv4_asks_for_another(request) && reply->code == DSMIPV4_REPLY_ACCEPTED;
	const dsmipv4_binding_t *before = binding_before(reply->node, coa, simultaneous, reply->time);
	binding->before = before;
	if (before && dsmipv4_binding_coa(before) == coa)
		binding->created = before->created;
	dsmipv4_index_binding(b, binding);
	dsmipv4_claim_prefixes(b, reply);
	dsmipv4_version_t *v = begin_version(b, reply->node, reply, simultaneous ? others_stay : none_stays, coa,
					     binding, request ? DSMIPV4_REMOVED_REPLACED : DSMIPV4_REMOVED_UNKNOWN);
	if (simultaneous && request->bulk)
		renew_others(b, v);
}

// Zero lifetime: all bindings with the home address as care-of address, or in bulk (RFC 7629 5.1), else that one alone
// (RFC 5944 3.8.2.2, RFC 5454 3.8).
static void unbind(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	const dsmipv4_event_t *request = dsmipv4_certain_request(reply);
	if (!request) {
		begin_version(b, reply->node, reply, none_stays, 0, NULL, DSMIPV4_REMOVED_UNKNOWN);
		return;
	}
	dsmipv4_removal_t why = request->lifetime ? DSMIPV4_REMOVED_ZERO_GRANTED : DSMIPV4_REMOVED_DEREGISTERED;
	bool all = request->coa == reply->hoa || request->bulk;
	begin_version(b, reply->node, reply, all ? none_stays : others_stay, request->coa, NULL, why);
}

// The reply whose acceptance of the same request still stands: with nonces a second one differs in
// its identification (RFC 5944 3.8.2.2).
static const dsmipv4_event_t *accepted_before(const dsmipv4_event_t *reply)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(reply->node);
	const dsmipv4_event_t *request = dsmipv4_certain_request(reply);
	for (uint32_t i = 0; v && request && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *binding = v->bindings[i];
		const dsmipv4_event_t *accepted = dsmipv4_binding_request(binding);
		if (accepted && dsmipv4_original_request(accepted) == dsmipv4_original_request(request))
			return binding->reply;
	}
	return NULL;
}

// A denial leaves bindings as they are (RFC 5944 3.7.2). If there are none, the denial is all that is known
// about the node.
static void note_denial(dsmipv4_bindings_t *b, const dsmipv4_event_t *reply)
{
	const dsmipv4_version_t *v = dsmipv4_node_latest(reply->node);
	if (v)
		return;
	repeat_version(b, reply->node, reply, DSMIPV4_REMOVED_DENIED);
	dsmipv4_index_denied(b, reply);
}

void dsmipv4_apply_reply(dsmipv4_bindings_t *b, dsmipv4_event_t *reply)
{
	dsmipv4_node_t *node = reply->node;
	if (reply->code == DSMIPV4_REPLY_LIFETIME_TOO_LONG) {
		node->offered_by = reply->src;
		node->offered = reply->lifetime;
	}
	if (reply->code >= DSMIPV4_REPLY_FIRST_DENIAL) {
		note_denial(b, reply);
		return;
	}
	reply->first = accepted_before(reply);
	if (reply->first)
		return;
	if (reply->lifetime == 0 || (dsmipv4_certain_request(reply) && reply->pair->lifetime == 0))
		unbind(b, reply);
	else
		bind(b, reply);
}

// Bindings end with the revocation itself, since its acknowledgment may not have been captured. The
// acknowledgment restarts the grace period.
void dsmipv4_apply_revocation(dsmipv4_bindings_t *b, dsmipv4_event_t *event)
{
	if (!dsmipv4_node_latest(event->node))
		return;
	if (event->type == DSMIPV4_REVOCATION)
		begin_version(b, event->node, event, event->coa ? others_stay : none_stays, event->coa, NULL,
			      DSMIPV4_REMOVED_REVOKED);
	else
		repeat_version(b, event->node, event, DSMIPV4_REMOVED_REVOKED);
}
