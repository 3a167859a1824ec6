// SPDX-License-Identifier: GPL-2.0-or-later
// The tunneling mode that a binding calls for (RFC 5454 3.3.2, 3.3.3, 3.7.1).
#include "match/expectation.h"

bool dsmipv4_mode_is_open(const dsmipv4_candidate_t *c)
{
	return c->prefix && c->prefix->code == DSMIPV4_PREFIX_ACCEPTED_COA && c->request &&
	       c->request->captured_whole && !c->request->mode_asked;
}

static bool is_link_business(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	const dsmipv4_ipv6_t *ipv6 = &m->tunnel->ipv6;
	if (m->tunnel->kind != DSMIPV4_INNER_IPV6)
		return false;
	if (dsmipv4_ipv6_is_mld(ipv6))
		return true;
	return c->link_local && (dsmipv4_ipv6_link_local(m->address) || dsmipv4_ipv6_is_dhcp(ipv6));
}

dsmipv4_tunneling_mode_t dsmipv4_expected_tunneling_mode(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	if (m->tunnel->kind == DSMIPV4_INNER_IPV4 || !c->binding || !c->request || c->status != DSMIPV4_BINDING_LIVE)
		return DSMIPV4_TUNNELING_UNKNOWN;
	bool exchange_captured = c->request->captured_whole && c->binding->reply->captured_whole;
	if (c->implicit || is_link_business(m, c) || (c->link_local && c->n_global == 0 && exchange_captured))
		return DSMIPV4_TUNNELING_HOA;
	if (!c->prefix || c->prefix->code > DSMIPV4_PREFIX_ACCEPTED_COA || dsmipv4_mode_is_open(c))
		return DSMIPV4_TUNNELING_UNKNOWN;
	bool to_node = c->prefix->code == DSMIPV4_PREFIX_ACCEPTED_COA && c->request->flags & DSMIPV4_FLAG_D;
	return to_node ? DSMIPV4_TUNNELING_COA : DSMIPV4_TUNNELING_HOA;
}

const dsmipv4_binding_t *dsmipv4_current_binding(const dsmipv4_match_t *m)
{
	if (m->chosen && m->chosen->binding && m->chosen->status == DSMIPV4_BINDING_LIVE)
		return m->chosen->binding;
	const dsmipv4_version_t *v = m->node ? dsmipv4_node_at(m->node, m->frame) : NULL;
	for (uint32_t i = v ? v->n_bindings : 0; i > 0; i--) {
		if (dsmipv4_binding_is_live(v->bindings[i - 1], m->time, 0))
			return v->bindings[i - 1];
	}
	return NULL;
}

dsmipv4_tunneling_mode_t dsmipv4_current_tunneling_mode(const dsmipv4_match_t *m)
{
	bool is_explained = m->chosen && m->chosen->status == DSMIPV4_BINDING_LIVE;
	const dsmipv4_binding_t *b = is_explained ? NULL : dsmipv4_current_binding(m);
	const dsmipv4_event_t *request = b ? dsmipv4_binding_request(b) : NULL;
	if (!request)
		return m->expected;
	dsmipv4_candidate_t now = {
		.binding = b,
		.request = request,
		.status = DSMIPV4_BINDING_LIVE,
		.prefix = dsmipv4_covering_prefix(b, m->address, dsmipv4_prefix_is_active),
		.implicit = request->n_prefixes == 0,
	};
	return dsmipv4_expected_tunneling_mode(m, &now);
}
