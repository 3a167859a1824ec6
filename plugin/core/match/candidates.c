// SPDX-License-Identifier: GPL-2.0-or-later
// Which bindings of a node may explain a tunneled packet (doc/bindings.md).
#include "match/candidates.h"

#include <string.h>

#include "state/nat.h"
#include "state/node_index.h"
#include "state/pending.h"

static bool is_refused(const dsmipv4_registered_prefix_t *r)
{
	return r->state != DSMIPV4_PREFIX_ACTIVE;
}

// The reply, of the node's registrations up to this one, that omitted the packet's prefix.
static const dsmipv4_event_t *omitted_by(const dsmipv4_binding_t *b, const uint8_t *address)
{
	for (unsigned i = 0; b->before && i < DSMIPV4_LOOK_BACK; b = b->before, i++) {
		if (dsmipv4_covering_prefix(b->before, address, dsmipv4_prefix_is_active))
			return b->reply;
	}
	return NULL;
}

static void describe(const dsmipv4_match_t *m, dsmipv4_candidate_t *c)
{
	const dsmipv4_event_t *reply = c->binding->reply;
	bool any_answered = false;
	c->request = dsmipv4_binding_request(c->binding);
	for (unsigned i = 0; i < reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		any_answered |= r->state != DSMIPV4_PREFIX_IGNORED;
		if (dsmipv4_prefix_is_active(r) && r->prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
			c->link_local = r;
		else if (dsmipv4_prefix_is_active(r))
			c->n_global++;
	}
	c->implicit = c->request && c->request->captured_whole && reply->captured_whole && !any_answered;
	c->prefix = dsmipv4_covering_prefix(c->binding, m->address, dsmipv4_prefix_is_active);
	if (c->prefix)
		return;
	c->refused = dsmipv4_covering_prefix(c->binding, m->address, is_refused);
	if (m->address)
		c->omitted_by = omitted_by(c->binding, m->address);
}

static bool is_candidate(const dsmipv4_match_t *m, const dsmipv4_binding_t *b)
{
	for (unsigned i = 0; i < m->n_candidates; i++) {
		if (m->candidates[i].binding == b)
			return true;
	}
	return false;
}

static void add(dsmipv4_match_t *m, const dsmipv4_binding_t *b, dsmipv4_binding_status_t status,
		const dsmipv4_version_t *removed_by)
{
	if (m->n_candidates == DSMIPV4_MOST_CANDIDATES || (b && is_candidate(m, b)))
		return;
	dsmipv4_candidate_t *c = &m->candidates[m->n_candidates++];
	*c = (dsmipv4_candidate_t){.binding = b, .status = status, .removed_by = removed_by};
	if (b)
		describe(m, c);
}

// If the request of a reply is not known, neither is the care-of address.
static bool may_have_coa(const dsmipv4_match_t *m, const dsmipv4_binding_t *b)
{
	return m->coa == 0 || !dsmipv4_binding_request(b) || dsmipv4_binding_has_coa(b, m->coa);
}

typedef bool (*fits_t)(const dsmipv4_match_t *m, const dsmipv4_binding_t *b);

static bool any(const dsmipv4_match_t *m, const dsmipv4_binding_t *b)
{
	(void)m;
	(void)b;
	return true;
}

// The bindings of a version, the latest registered first.
static void add_bindings(dsmipv4_match_t *m, const dsmipv4_version_t *v, fits_t fits, int64_t grace)
{
	for (uint32_t i = v->n_bindings; i-- > 0;) {
		const dsmipv4_binding_t *b = v->bindings[i];
		if (fits(m, b))
			add(m, b,
			    dsmipv4_binding_is_live_until(b, m->time, grace, m->until) ? DSMIPV4_BINDING_LIVE
										       : DSMIPV4_BINDING_EXPIRED,
			    NULL);
	}
}

// For packets in flight, and messages that were captured a little late: for a grace period after a change, the
// bindings before it still explain a packet. A revocation takes effect when it is acknowledged.
static void add_recent(dsmipv4_match_t *m, const dsmipv4_version_t *v, fits_t fits, int64_t grace)
{
	int64_t changed = v->event->time;
	for (unsigned i = 0; v && dsmipv4_in_grace_until(changed, m->time, grace, m->until) && i < DSMIPV4_LOOK_BACK;
	     i++) {
		bool acknowledged = v->event->type == DSMIPV4_REVOCATION_ACK;
		v = dsmipv4_version_before(m->node, v);
		if (v && !(acknowledged && v->event->type == DSMIPV4_REVOCATION))
			changed = v->event->time;
		if (v)
			add_bindings(m, v, fits, grace);
	}
}

// The last binding that fits and has ended. A refresh from another address, as behind a NAT, does not end it.
static void add_former(dsmipv4_match_t *m, const dsmipv4_version_t *v, fits_t fits)
{
	bool found = false;
	for (unsigned i = 0; v && !found && i < DSMIPV4_LOOK_BACK; i++) {
		const dsmipv4_version_t *ended_by = v;
		v = dsmipv4_version_before(m->node, v);
		for (uint32_t k = v ? v->n_bindings : 0; k-- > 0;) {
			if (!fits(m, v->bindings[k]))
				continue;
			found = true;
			if (v->bindings[k]->removal != DSMIPV4_REMOVED_REFRESHED)
				add(m, v->bindings[k], DSMIPV4_BINDING_REMOVED, ended_by);
		}
	}
}

static bool is_at_other_port(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	return c->binding && dsmipv4_binding_is_at_other_port(c->binding, m->coa, m->coa_port);
}

// Behind a NAT the port tells a node's bindings apart (RFC 3519 4.3): those at the packet's port come first.
static void put_those_at_port_first(dsmipv4_match_t *m)
{
	dsmipv4_candidate_t others[DSMIPV4_MOST_CANDIDATES];
	unsigned n = 0, n_others = 0;
	for (unsigned i = 0; m->coa_port && i < m->n_candidates; i++) {
		if (is_at_other_port(m, &m->candidates[i]))
			others[n_others++] = m->candidates[i];
		else
			m->candidates[n++] = m->candidates[i];
	}
	memcpy(m->candidates + n, others, n_others * sizeof others[0]);
}

static void find_bindings(dsmipv4_match_t *m, const dsmipv4_version_t *now, int64_t grace)
{
	add_bindings(m, now, may_have_coa, grace);
	add_recent(m, now, may_have_coa, grace);
	if (m->n_candidates == 0)
		add_former(m, now, may_have_coa);
	if (m->n_candidates > 0)
		return;
	m->strange_coa = m->coa != 0;
	add_bindings(m, now, any, grace);
	add_recent(m, now, any, grace);
	if (m->n_candidates == 0)
		add_former(m, now, any);
	if (m->n_candidates == 0 && now->removal == DSMIPV4_REMOVED_DENIED &&
	    !dsmipv4_in_grace_until(now->event->time, m->time, grace, m->until))
		add(m, NULL, DSMIPV4_BINDING_REMOVED, now);
}

// The packet lies next to the header between home agent and care-of address.
static bool is_next_to_care_of(const dsmipv4_match_t *m)
{
	const dsmipv4_outer_t *a = m->adjacent, *outer = m->care_of;
	return outer && a->src == outer->src && a->dst == outer->dst;
}

static bool asks_for_coa(const dsmipv4_match_t *m, const dsmipv4_event_t *r)
{
	return m->coa == 0 || r->coa == m->coa || dsmipv4_nat_reaches(r, m->coa);
}

// If everything in the request is granted, the packet has the right form. A home agent may always choose the
// tunnel to the home address.
static bool asks_for_tunneling_mode(const dsmipv4_match_t *m, const dsmipv4_event_t *r)
{
	const dsmipv4_outer_t *outer = m->care_of;
	if (outer && dsmipv4_layer_is_udp(outer)) {
		if (!r->tunnel_asked || dsmipv4_nat_is_other_port(r, m->coa, m->coa_port))
			return false;
	} else if (outer && m->direction == DSMIPV4_FROM_MN) {
		if ((outer->protocol == DSMIPV4_ENCAP_GRE && !(r->flags & DSMIPV4_FLAG_G)) ||
		    (outer->protocol == DSMIPV4_ENCAP_MINIMAL && !(r->flags & DSMIPV4_FLAG_M)))
			return false;
	}
	return m->tunnel->kind != DSMIPV4_INNER_IPV6 || !is_next_to_care_of(m) ||
	       (r->flags & DSMIPV4_FLAG_D && r->mode_asked && r->n_prefixes > 0);
}

static bool asks_for_address(const dsmipv4_match_t *m, const dsmipv4_event_t *r)
{
	const uint8_t *a = m->address;
	if (!a || r->n_prefixes == 0 || dsmipv4_ipv6_link_local(a) || dsmipv4_ipv6_multicast(a) ||
	    dsmipv4_ipv6_unspecified(a))
		return true;
	for (unsigned i = 0; i < r->n_prefixes; i++) {
		const dsmipv4_prefix_t *p = &r->prefixes[i].prefix;
		if (p->len <= 128 && dsmipv4_prefix_in(p, a, p->len))
			return true;
	}
	return false;
}

static void add_perhaps(dsmipv4_match_t *m, const dsmipv4_event_t *request)
{
	if (m->n_candidates == DSMIPV4_MOST_CANDIDATES)
		m->n_candidates--;
	add(m, NULL, DSMIPV4_BINDING_PERHAPS, NULL);
	dsmipv4_candidate_t *last = &m->candidates[m->n_candidates - 1];
	last->request = request;
	if (m->strange_coa) { // at an address that none of the bindings has: likelier than these
		dsmipv4_candidate_t perhaps = *last;
		memmove(m->candidates + 1, m->candidates, (m->n_candidates - 1) * sizeof perhaps);
		m->candidates[0] = perhaps;
	}
}

// The part of a request that was not captured may ask for anything.
static bool add_if_asked_for(const dsmipv4_event_t *r, void *user)
{
	dsmipv4_match_t *m = user;
	if (!asks_for_coa(m, r) || (r->captured_whole && !(asks_for_tunneling_mode(m, r) && asks_for_address(m, r))))
		return true;
	add_perhaps(m, r);
	return false;
}

static bool is_simultaneous(const dsmipv4_event_t *reply)
{
	return reply->type == DSMIPV4_REGISTRATION_REPLY && reply->certain_pair &&
	       reply->pair->flags & DSMIPV4_FLAG_S && reply->code == DSMIPV4_REPLY_ACCEPTED && reply->pair->lifetime &&
	       reply->lifetime;
}

// None of the bindings found is at the address and port of the packet.
static bool is_elsewhere(const dsmipv4_match_t *m)
{
	bool other_ports = m->n_candidates > 0;
	for (unsigned i = 0; i < m->n_candidates; i++)
		other_ports = other_ports && is_at_other_port(m, &m->candidates[i]);
	return m->strange_coa || other_ports;
}

// What the node's first registration in the capture replaced is not known, so within the grace period it may have
// had any address, mode and tunnel. Where packets have no time the grace period has no end, so the mode is taken from
// the registration at once. With simultaneous bindings the node may still be at another address.
static bool may_be_from_before(const dsmipv4_match_t *m, const dsmipv4_version_t *v, int64_t grace)
{
	for (unsigned i = 0; i < DSMIPV4_LOOK_BACK; i++) {
		const dsmipv4_version_t *before = dsmipv4_version_before(m->node, v);
		bool beside = is_elsewhere(m) && is_simultaneous(v->event);
		bool open_mode = v->event->time_known || m->strange_coa;
		bool recent = open_mode && dsmipv4_in_grace_until(v->event->time, m->time, grace, m->until);
		bool open = recent || beside;
		if (!before || !open)
			return open;
		v = before;
	}
	return false;
}

void dsmipv4_find_candidates(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, int64_t grace)
{
	const dsmipv4_version_t *now = m->node ? dsmipv4_node_at(m->node, m->frame) : NULL;
	if (!now)
		return;
	find_bindings(m, now, grace);
	put_those_at_port_first(m);
	if (may_be_from_before(m, now, grace)) {
		add_perhaps(m, NULL);
		return;
	}
	const dsmipv4_node_t *asking = dsmipv4_node_without_address(b, m->node);
	dsmipv4_open_requests(m->node, asking, m->frame, m->time, grace, m->until, add_if_asked_for, m);
}

// The prefix of the packet tells which of two registrations it belongs to: only one has it, or for another form.
static bool differs_in_prefix(const dsmipv4_candidate_t *c, const dsmipv4_candidate_t *other)
{
	return c->prefix && (!other->prefix || other->prefix->code != c->prefix->code);
}

// A packet that fits a registration better than the refresh after it may have been sent before or after that.
static bool is_refreshed(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	for (unsigned i = 0; i < m->n_candidates; i++) {
		const dsmipv4_candidate_t *other = &m->candidates[i];
		const dsmipv4_binding_t *b = other->binding;
		if (b && other->status == DSMIPV4_BINDING_LIVE && b->before == c->binding &&
		    dsmipv4_binding_coa(b) == dsmipv4_binding_coa(c->binding) && !differs_in_prefix(c, other))
			return true;
	}
	return false;
}

static bool is_granting(const dsmipv4_event_t *e)
{
	return e->type == DSMIPV4_REGISTRATION_REPLY && e->code < DSMIPV4_REPLY_FIRST_DENIAL && e->lifetime &&
	       !e->first && !e->relay_of;
}

// Another reply of which the request is not known went to the same address. It may have granted a simultaneous binding,
// for which only requests ask, to another care-of address there: a packet belongs to either.
static bool is_one_of_several(const dsmipv4_event_t *reply)
{
	unsigned n = 0;
	for (const dsmipv4_event_t *e = reply->before; e && n < DSMIPV4_LOOK_BACK; e = e->before, n++) {
		if (!is_granting(e))
			continue;
		if (e->certain_pair)
			return dsmipv4_asks_for_another(e->pair);
		if (e->dst == reply->dst)
			return true;
	}
	return false;
}

bool dsmipv4_candidate_is_certain(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	if (!c->binding || m->strange_coa || is_at_other_port(m, c) || is_refreshed(m, c))
		return false;
	if (c->request || m->coa == 0)
		return true;
	const dsmipv4_event_t *reply = c->binding->reply;
	return reply->dst == m->coa && (m->coa_port == 0 || m->coa_port == reply->dport) && !is_one_of_several(reply);
}
