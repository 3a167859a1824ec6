// SPDX-License-Identifier: GPL-2.0-or-later
// A registered prefix belongs only to the mobile node's own network (RFC 5454 3.3).
//
// The node rightly advertises it there, and a capture may show that. So only messages of known senders are judged: of a
// home agent or the router to it, known by the MAC address that messages of home agents come from, or in another node's
// tunnel.
#include <string.h>

#include "rules/check.h"
#include "wire/text.h"
#include "state/node_index.h"

typedef struct {
	const dsmipv4_check_t *c;
	const dsmipv4_prefix_t *prefix;
	const dsmipv4_node_t *holder;            // a node that has registered it or a part of it,
	const dsmipv4_registered_prefix_t *held; // by this prefix
	const dsmipv4_event_t *reply;            // of this reply
	unsigned n_seen;
} search_t;

// The advertisement comes from the node itself, as far as its registered link-local address tells.
static bool is_senders(const dsmipv4_check_t *c, const dsmipv4_registered_prefix_t *r)
{
	return r->prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL &&
	       memcmp(r->prefix.bytes, c->advertisement->ipv6->src, sizeof r->prefix.bytes) == 0;
}

static const dsmipv4_registered_prefix_t *held_by(const search_t *s, const dsmipv4_binding_t *b)
{
	const dsmipv4_registered_prefix_t *found = NULL;
	for (unsigned i = 0; i < b->reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &b->reply->prefixes[i];
		if (r->state != DSMIPV4_PREFIX_ACTIVE)
			continue;
		if (is_senders(s->c, r))
			return NULL;
		if (r->prefix.len <= 128 && dsmipv4_prefix_overlaps(&r->prefix, s->prefix))
			found = r;
	}
	return found;
}

static bool visit(const dsmipv4_node_t *node, void *user)
{
	search_t *s = user;
	bool is_own = s->c->match && s->c->match->node == node;
	const dsmipv4_version_t *v = is_own ? NULL : dsmipv4_node_at(node, s->c->packet->frame);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		if (!dsmipv4_binding_is_live(b, dsmipv4_packet_time(s->c->packet), 0))
			continue;
		const dsmipv4_registered_prefix_t *r = held_by(s, b);
		if (r) {
			s->holder = node;
			s->held = r;
			s->reply = b->reply;
		}
	}
	return !s->holder && ++s->n_seen < DSMIPV4_LOOK_BACK;
}

static search_t find_holder(const dsmipv4_check_t *c, const dsmipv4_prefix_t *p)
{
	search_t s = {.c = c, .prefix = p};
	for (unsigned i = 0; i < c->advertisement->n_agents && !s.holder; i++)
		dsmipv4_nodes_by_overlap(c->bindings, c->advertisement->agents[i], p, c->packet->frame, visit, &s);
	return s;
}

dsmipv4_verdict_t dsmipv4_check_prefix_ra_onlink(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_ipv6_t *ipv6 = c->advertisement->ipv6;
	for (unsigned i = 0; i < ipv6->n_prefixes; i++) {
		search_t search = find_holder(c, &ipv6->prefixes[i]);
		if (search.holder)
			return dsmipv4_broken_at(
				f, (int32_t)ipv6->upper_offset, 16,
				"%s is advertised as on-link, but %s is registered for the mobile node %s "
				"(%s)",
				dsmipv4_prefix_text(c->alloc, &ipv6->prefixes[i]),
				dsmipv4_prefix_text(c->alloc, &search.held->prefix),
				dsmipv4_ipv4_text(c->alloc, search.holder->hoa),
				dsmipv4_event_text(c->alloc, search.reply));
	}
	return ipv6->n_prefixes ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
}

// What ::/0 covers is everybody's, as dsmipv4_check_prefix_default() says.

// Where the node was at home a while ago, neighbors on that link may still ask whether it is there.
#define LEAVING (60 * DSMIPV4_SECOND)

static bool has_left(const search_t *s, const dsmipv4_binding_t *b)
{
	const dsmipv4_packet_t *packet = s->c->packet;
	return packet->time_known && b->created->time_known && dsmipv4_packet_time(packet) - b->created->time > LEAVING;
}

// The sender itself has an address under the prefix: then it is advertised on the link, and that is what is wrong.
static bool is_among_them(const dsmipv4_check_t *c, const dsmipv4_registered_prefix_t *r)
{
	const uint8_t *src = c->advertisement->ipv6->src;
	return dsmipv4_ipv6_unspecified(src) || dsmipv4_prefix_in(&r->prefix, src, r->prefix.len);
}

static bool visit_neighbor(const dsmipv4_node_t *node, void *user)
{
	search_t *s = user;
	const dsmipv4_ipv6_t *ipv6 = s->c->advertisement->ipv6;
	bool is_own = s->c->match && s->c->match->node == node;
	const dsmipv4_version_t *v = is_own ? NULL : dsmipv4_node_at(node, s->c->packet->frame);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		const dsmipv4_registered_prefix_t *r =
			dsmipv4_covering_prefix(b, ipv6->neighbor, dsmipv4_prefix_is_active);
		bool live = dsmipv4_binding_is_live(b, dsmipv4_packet_time(s->c->packet), 0);
		if (!r || r->prefix.len == 0 || !live || !has_left(s, b) || is_among_them(s->c, r))
			continue;
		s->holder = node;
		s->held = r;
		s->reply = b->reply;
	}
	return !s->holder && ++s->n_seen < DSMIPV4_LOOK_BACK;
}

static const char *neighbor_words(uint8_t icmp_type)
{
	switch (icmp_type) {
	case DSMIPV4_ND_NEIGHBOR_SOLICITATION:
		return "looked for among the neighbors";
	case DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT:
		return "announced as a neighbor";
	default:
		return "said to be a neighbor";
	}
}

dsmipv4_verdict_t dsmipv4_check_prefix_nd_onlink(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_advertisement_t *ad = c->advertisement;
	search_t s = {.c = c};
	if (!ad->ipv6->neighbor_offset || dsmipv4_ipv6_link_local(ad->ipv6->neighbor))
		return DSMIPV4_NOT_APPLICABLE;
	for (unsigned i = 0; i < ad->n_agents && !s.holder; i++)
		dsmipv4_nodes_by_prefix(c->bindings, ad->agents[i], ad->ipv6->neighbor, c->packet->frame,
					visit_neighbor, &s);
	if (!s.holder)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, (int32_t)ad->ipv6->neighbor_offset, sizeof ad->ipv6->neighbor,
				 "%s is %s, but %s is registered for the mobile node %s (%s)",
				 dsmipv4_ipv6_text(c->alloc, ad->ipv6->neighbor), neighbor_words(ad->ipv6->icmp_type),
				 dsmipv4_prefix_text(c->alloc, &s.held->prefix),
				 dsmipv4_ipv4_text(c->alloc, s.holder->hoa), dsmipv4_event_text(c->alloc, s.reply));
}
