// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the mobile node and the bindings of a tunneled packet, as of its frame (doc/bindings.md).
#include "match/match.h"

#include <string.h>

#include "match/candidates.h"
#include "state/nat.h"
#include "state/node_index.h"

// How well a node fits the packet, in rising order.
typedef enum {
	FIT_NONE,   // not known at this frame
	FIT_KNOWN,  // something is known of it
	FIT_LIVE,   // it has a live binding
	FIT_OPEN,   // it has one whose care-of address is not known
	FIT_COA,    // it has one with the care-of address in question
	FIT_PORT,   // which was registered from the UDP port in question
	FIT_ADDRESS // the inner address is its own: under an active prefix, or its home address
} fit_t;

typedef struct search search_t;

struct search {
	const dsmipv4_match_t *m;
	int64_t grace;
	uint32_t ha;   // only nodes of this home agent; 0: of any
	uint32_t coa;  // 0: any
	uint16_t port; // 0: any
	const dsmipv4_node_t *other_than;
	fit_t wanted; // at least, and at least FIT_KNOWN
	// Whether a binding, present or past, is one to look for. NULL: any.
	bool (*fits)(const search_t *s, const dsmipv4_binding_t *b);
	fit_t best;
	const dsmipv4_node_t *node; // the best
	bool ambiguous;             // another node fits as well
	unsigned n_seen;
};

// The node's end of the IPv4 packet inside.
static uint32_t inner_hoa(const dsmipv4_match_t *m)
{
	const dsmipv4_ipv4_t *ipv4 = &m->tunnel->ipv4;
	return m->direction == DSMIPV4_TO_MN ? ipv4->dst : ipv4->src;
}

static bool is_own_ipv4(const dsmipv4_match_t *m, const dsmipv4_binding_t *b)
{
	return m->tunnel->kind == DSMIPV4_INNER_IPV4 && inner_hoa(m) == b->reply->hoa;
}

static bool is_named_inside(const search_t *s, const dsmipv4_binding_t *b)
{
	return dsmipv4_covering_prefix(b, s->m->address, dsmipv4_prefix_is_active) || is_own_ipv4(s->m, b);
}

static bool is_neighbor(const search_t *s, const dsmipv4_event_t *request)
{
	return s->port && request && dsmipv4_nat_is_neighbor(request, s->coa, s->port);
}

static fit_t fit_of_binding(const search_t *s, const dsmipv4_binding_t *b)
{
	if (!dsmipv4_binding_is_live_until(b, s->m->time, s->grace, s->m->until))
		return FIT_KNOWN;
	const dsmipv4_event_t *request = dsmipv4_binding_request(b);
	if (s->coa && !dsmipv4_binding_has_coa(b, s->coa))
		return request ? FIT_LIVE : FIT_OPEN;
	if (is_named_inside(s, b))
		return FIT_ADDRESS;
	if (is_neighbor(s, request))
		return FIT_KNOWN;
	return s->port && request && request->sport == s->port ? FIT_PORT : FIT_COA;
}

static fit_t fit_of_node(const search_t *s, const dsmipv4_node_t *node)
{
	const dsmipv4_version_t *v = dsmipv4_node_at(node, s->m->frame);
	fit_t best = v ? FIT_KNOWN : FIT_NONE;
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		fit_t fit = fit_of_binding(s, v->bindings[i]);
		best = fit > best ? fit : best;
	}
	return best;
}

// The binding is in the index of care-of addresses under this address. A foreign agent's address is not, nor that
// of a NAT without UDP tunneling, whatever the node registered there later. A neighbor behind the same NAT is another
// node.
static bool has_searched_coa(const search_t *s, const dsmipv4_binding_t *b)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(b);
	bool own = request && (request->flags & DSMIPV4_FLAG_D || request->tunnel_asked == DSMIPV4_TUNNEL_ASKED_BY_MN);
	return own && dsmipv4_binding_effective_coa(b) == s->coa && (!is_neighbor(s, request) || is_named_inside(s, b));
}

static bool has_searched_prefix(const search_t *s, const dsmipv4_binding_t *b)
{
	return dsmipv4_covering_prefix(b, s->m->address, dsmipv4_prefix_is_active) != NULL;
}

// All that is known of the node is that it was denied a registration with the care-of address in question.
static bool was_denied_there(const search_t *s, const dsmipv4_version_t *v)
{
	return v && v->removal == DSMIPV4_REMOVED_DENIED && v->n_bindings == 0 && s->coa &&
	       dsmipv4_denied_coa(v->event) == s->coa;
}

// A binding fitted by this frame. The indexes hold later ones, too.
static bool fitted(const search_t *s, const dsmipv4_node_t *node)
{
	const dsmipv4_version_t *v = s->fits ? dsmipv4_node_at(node, s->m->frame) : NULL;
	if (was_denied_there(s, v))
		return true;
	for (unsigned n = 0; v && n < DSMIPV4_LOOK_BACK; n++, v = dsmipv4_version_before(node, v)) {
		for (uint32_t i = 0; i < v->n_bindings; i++) {
			if (s->fits(s, v->bindings[i]))
				return true;
		}
	}
	return !s->fits;
}

// Later registrations change the order in which nodes are visited, but must not change the choice.
static bool is_better(const search_t *s, const dsmipv4_node_t *node, fit_t fit)
{
	if (fit != s->best || !s->node)
		return fit > s->best;
	uint32_t frame = dsmipv4_node_at(node, s->m->frame)->event->frame;
	uint32_t best = dsmipv4_node_at(s->node, s->m->frame)->event->frame;
	return frame != best ? frame > best : node->number < s->node->number;
}

// Only a limited number of nodes at one address is looked at, so that the cost of a packet does not grow with them.
static bool visit(const dsmipv4_node_t *node, void *user)
{
	search_t *s = user;
	if ((s->ha && node->ha != s->ha) || node == s->other_than)
		return ++s->n_seen < DSMIPV4_LOOK_BACK;
	fit_t fit = fit_of_node(s, node);
	if (fit >= s->wanted && fit >= s->best && node != s->node && fitted(s, node)) {
		s->ambiguous = s->node && fit == s->best;
		s->node = is_better(s, node, fit) ? node : s->node;
		s->best = fit;
	}
	return ++s->n_seen < DSMIPV4_LOOK_BACK;
}

// The two ways to read a header: from or to the home agent.
typedef struct {
	uint32_t ha, peer;
	uint16_t port; // of the peer, where it is UDP tunnel data
	dsmipv4_direction_t direction;
} ends_t;

// GRE or minimal encapsulation inside tunnel data has no header of its own: it goes through the ports around it.
static const dsmipv4_outer_t *with_ports(const dsmipv4_match_t *m, const dsmipv4_outer_t *layer)
{
	bool inside_udp = layer > m->tunnel->layers && layer->compressed && dsmipv4_layer_is_udp(&layer[-1]);
	return inside_udp ? &layer[-1] : layer;
}

static void read_ends(const dsmipv4_match_t *m, const dsmipv4_outer_t *layer, ends_t ends[2])
{
	layer = with_ports(m, layer);
	bool udp = dsmipv4_layer_is_udp(layer);
	ends[0] = (ends_t){layer->src, layer->dst, udp ? layer->udp.dport : 0, DSMIPV4_TO_MN};
	ends[1] = (ends_t){layer->dst, layer->src, udp ? layer->udp.sport : 0, DSMIPV4_FROM_MN};
}

static const uint8_t *node_address(const dsmipv4_tunnel_t *t, dsmipv4_direction_t direction)
{
	if (t->kind != DSMIPV4_INNER_IPV6)
		return NULL;
	return direction == DSMIPV4_TO_MN ? t->ipv6.dst : t->ipv6.src;
}

static void set_ends(dsmipv4_match_t *m, const ends_t *ends)
{
	m->ha = ends->ha;
	m->direction = ends->direction;
	m->address = node_address(m->tunnel, ends->direction);
}

static bool is_home_agent(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b, uint32_t addr)
{
	const dsmipv4_event_t *since = dsmipv4_home_agent_since(b, addr);
	return since && since->frame <= m->frame;
}

// The care-of address in the header around this one, 0: there is none.
static uint32_t coa_around(const dsmipv4_match_t *m, const dsmipv4_outer_t *layer)
{
	if (layer == m->tunnel->layers)
		return 0;
	return m->direction == DSMIPV4_TO_MN ? layer[-1].dst : layer[-1].src;
}

// If several nodes share a home address, the care-of address tells them apart better than the prefix, since not
// every packet has an address under a prefix.
static const dsmipv4_node_t *node_by_hoa(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b,
					 const dsmipv4_outer_t *layer, uint32_t hoa, int64_t grace)
{
	search_t s = {.m = m, .grace = grace, .coa = coa_around(m, layer), .wanted = FIT_KNOWN};
	dsmipv4_nodes_by_hoa(b, m->ha, hoa, m->frame, visit, &s);
	if (s.best >= FIT_OPEN || !s.coa)
		return s.node;
	s = (search_t){.m = m, .grace = grace, .wanted = FIT_KNOWN};
	dsmipv4_nodes_by_hoa(b, m->ha, hoa, m->frame, visit, &s);
	return s.node;
}

// The header next to the inner packet is that of the tunnel between home agent and home address.
static bool find_by_hoa(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_outer_t *layer, int64_t grace)
{
	ends_t ends[2];
	read_ends(m, layer, ends);
	for (unsigned i = 0; i < 2; i++) {
		set_ends(m, &ends[i]);
		m->node = node_by_hoa(m, b, layer, ends[i].peer, grace);
		if (m->node) {
			m->hoa = ends[i].peer;
			return true;
		}
	}
	return false;
}

// Visit the nodes whose prefix or home address is inside.
static void search_by_inside(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b, search_t *s)
{
	if (m->address)
		dsmipv4_nodes_by_prefix(b, m->ha, m->address, m->frame, visit, s);
	else if (m->tunnel->kind == DSMIPV4_INNER_IPV4)
		dsmipv4_nodes_by_hoa(b, m->ha, inner_hoa(m), m->frame, visit, s);
}

// Looks again, by prefix, if there are too many nodes behind one NAT to look at all of them.
static void find_among_many(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, search_t *s)
{
	s->n_seen = 0;
	s->wanted = FIT_ADDRESS;
	s->fits = NULL;
	search_by_inside(m, b, s);
}

// Registrations through a foreign agent with this address were seen.
static bool is_foreign_agent(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b, uint32_t coa)
{
	const dsmipv4_event_t *since = dsmipv4_foreign_agent_since(b, m->ha, coa);
	return since && since->frame <= m->frame;
}

// A header between home agent and a node's own care-of address, or that of its NAT. If several nodes fit equally
// well, or a foreign agent has the address as well, none is chosen.
static bool find_by_coa(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_outer_t *layer, int64_t grace)
{
	ends_t ends[2];
	read_ends(m, layer, ends);
	for (unsigned i = 0; i < 2; i++) {
		set_ends(m, &ends[i]);
		search_t s = {.m = m,
			      .grace = grace,
			      .ha = m->ha,
			      .coa = ends[i].peer,
			      .port = ends[i].port,
			      .wanted = FIT_KNOWN,
			      .fits = has_searched_coa};
		dsmipv4_nodes_by_coa(b, ends[i].peer, m->frame, visit, &s);
		bool more = s.n_seen >= DSMIPV4_LOOK_BACK && s.best < FIT_PORT;
		if ((s.node || more) && s.best < FIT_ADDRESS)
			find_among_many(m, b, &s);
		bool open = s.best >= FIT_COA && s.best < FIT_ADDRESS &&
			    (s.ambiguous || more || is_foreign_agent(m, b, s.coa));
		m->node = open ? NULL : s.node;
		if (m->node)
			return true;
	}
	return false;
}

// One end is a home agent, and the prefix or the home address inside identifies the node: many nodes share a foreign
// agent's care-of address, and a wrong outer address belongs to no node.
static bool find_by_inside(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_outer_t *layer, int64_t grace)
{
	ends_t ends[2];
	read_ends(m, layer, ends);
	for (unsigned i = 0; i < 2; i++) {
		if (!is_home_agent(m, b, ends[i].ha))
			continue;
		set_ends(m, &ends[i]);
		search_t s = {.m = m, .grace = grace, .coa = ends[i].peer, .wanted = FIT_KNOWN};
		s.fits = m->address ? has_searched_prefix : NULL;
		search_by_inside(m, b, &s);
		m->node = s.node;
		m->by_inside = s.best < FIT_COA;
		return true;
	}
	return false;
}

// A packet to a node's care-of address and prefix that does not come from its home agent.
static bool find_strange_ha(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_outer_t *layer,
			    int64_t grace)
{
	set_ends(m, &(ends_t){layer->src, layer->dst, 0, DSMIPV4_TO_MN});
	search_t s = {.m = m, .grace = grace, .coa = layer->dst, .wanted = FIT_ADDRESS};
	if (m->address)
		dsmipv4_nodes_by_coa(b, layer->dst, m->frame, visit, &s);
	m->node = s.node;
	m->strange_ha = m->node != NULL;
	return m->strange_ha;
}

typedef bool (*find_t)(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_outer_t *layer, int64_t grace);

// From the header next to the inner packet to the outermost one.
static bool find(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, int64_t grace)
{
	static const find_t ways[] = {find_by_hoa, find_by_coa, find_by_inside, find_strange_ha};
	for (unsigned way = 0; way < sizeof ways / sizeof ways[0]; way++) {
		for (unsigned i = m->tunnel->n_layers; i-- > 0;) {
			if (ways[way](m, b, &m->tunnel->layers[i], grace))
				return true;
		}
	}
	return false;
}

static uint32_t peer_of(const dsmipv4_match_t *m, const dsmipv4_outer_t *layer)
{
	return m->direction == DSMIPV4_TO_MN ? layer->dst : layer->src;
}

static uint32_t ha_end_of(const dsmipv4_match_t *m, const dsmipv4_outer_t *layer)
{
	return m->direction == DSMIPV4_TO_MN ? layer->src : layer->dst;
}

// The node has a binding with this care-of address.
static bool is_at(const dsmipv4_match_t *m, uint32_t coa)
{
	const dsmipv4_version_t *v = m->node ? dsmipv4_node_at(m->node, m->frame) : NULL;
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		if (dsmipv4_binding_has_coa(v->bindings[i], coa))
			return true;
	}
	return false;
}

// The outermost header between the home agent and a care-of address of the node, or else another address that is
// not its home address. A node in another mobile node's network has it inside that node's tunnel.
static void find_care_of(dsmipv4_match_t *m)
{
	for (unsigned i = 0; i < m->tunnel->n_layers; i++) {
		const dsmipv4_outer_t *layer = &m->tunnel->layers[i];
		if (ha_end_of(m, layer) != m->ha || (m->node && peer_of(m, layer) == m->node->hoa))
			continue;
		if (!m->care_of || (is_at(m, peer_of(m, layer)) && !is_at(m, peer_of(m, m->care_of))))
			m->care_of = layer;
	}
	if (!m->care_of)
		return;
	m->coa = peer_of(m, m->care_of);
	if (dsmipv4_layer_is_udp(m->care_of))
		m->coa_port = m->direction == DSMIPV4_TO_MN ? m->care_of->udp.dport : m->care_of->udp.sport;
}

// A node with a care-of address of its own is registered at this address.
static bool is_colocated_at(const dsmipv4_match_t *m, const dsmipv4_node_t *node, uint32_t coa)
{
	const dsmipv4_version_t *v = dsmipv4_node_at(node, m->frame);
	for (uint32_t i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_event_t *request = dsmipv4_binding_request(v->bindings[i]);
		if (request && request->flags & DSMIPV4_FLAG_D && dsmipv4_binding_has_coa(v->bindings[i], coa))
			return true;
	}
	return false;
}

typedef struct {
	const dsmipv4_match_t *m;
	bool found;
} colocated_t;

static bool note_colocated(const dsmipv4_node_t *node, void *user)
{
	colocated_t *c = user;
	c->found = is_colocated_at(c->m, node, c->m->coa);
	return !c->found;
}

// Behind a NAT the port tells the foreign agent from others (RFC 3519 4.5).
static bool is_port_of_agent(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b)
{
	const dsmipv4_event_t *since = dsmipv4_foreign_agent_since(b, m->ha, m->coa);
	const dsmipv4_event_t *request = dsmipv4_certain_request(since);
	return !m->coa_port || !request || !dsmipv4_nat_is_neighbor(request, m->coa, m->coa_port);
}

// The packet leads to an address of a foreign agent. If a node is registered there with a care-of address of its own,
// as behind a NAT that they share, it may be that node's, and one that is registered elsewhere may have come there.
static dsmipv4_tunneling_mode_t mode_at_agent(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b)
{
	if (m->node && is_colocated_at(m, m->node, m->coa))
		return DSMIPV4_TUNNELING_COA;
	colocated_t c = {.m = m, .found = !is_port_of_agent(m, b)};
	if (!c.found && !is_at(m, m->coa))
		dsmipv4_nodes_by_coa(b, m->coa, m->frame, note_colocated, &c);
	return c.found ? DSMIPV4_TUNNELING_UNKNOWN : DSMIPV4_TUNNELING_FA_COA_DIRECT;
}

static dsmipv4_tunneling_mode_t tunneling_mode_of(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b)
{
	const dsmipv4_outer_t *a = m->adjacent;
	bool at_ha = ha_end_of(m, a) == m->ha;
	if (m->node && at_ha && peer_of(m, a) == m->node->hoa)
		return DSMIPV4_TUNNELING_HOA;
	bool nested = m->care_of && (a->src != m->care_of->src || a->dst != m->care_of->dst);
	if (nested)
		return at_ha ? DSMIPV4_TUNNELING_HOA : DSMIPV4_TUNNELING_UNKNOWN;
	if (is_foreign_agent(m, b, m->coa))
		return mode_at_agent(m, b);
	return m->node && m->care_of && !m->by_inside ? DSMIPV4_TUNNELING_COA : DSMIPV4_TUNNELING_UNKNOWN;
}

static bool note_visit(const dsmipv4_node_t *node, void *user)
{
	(void)node;
	*(bool *)user = true;
	return false;
}

// The node is not known. The home agent may have other tunnels as well, for example to its IPv6 provider. A tunnel of
// Mobile IP has its form, or leads to a known care-of address.
static bool is_of_mobile_ip(const dsmipv4_match_t *m, const dsmipv4_bindings_t *b)
{
	bool is_tunnel_data = false, at_care_of = false;
	for (unsigned i = 0; i < m->tunnel->n_layers; i++)
		is_tunnel_data |= dsmipv4_layer_is_udp(&m->tunnel->layers[i]);
	bool nested = m->care_of && m->adjacent != m->care_of && ha_end_of(m, m->adjacent) == m->ha;
	if (is_tunnel_data || nested || m->tunneling_mode == DSMIPV4_TUNNELING_FA_COA_DIRECT)
		return true;
	if (m->coa)
		dsmipv4_nodes_by_coa(b, m->coa, m->frame, note_visit, &at_care_of);
	return at_care_of;
}

bool dsmipv4_match_until(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_tunnel_t *tunnel,
			 uint32_t frame, int64_t time, int64_t grace, int64_t *until)
{
	memset(m, 0, sizeof *m);
	m->until = until;
	m->tunnel = tunnel;
	m->frame = frame;
	m->time = time;
	m->adjacent = dsmipv4_tunnel_adjacent(tunnel);
	if (!find(m, b, grace))
		return false;
	m->ha_known = is_home_agent(m, b, m->ha);
	find_care_of(m);
	m->tunneling_mode = tunneling_mode_of(m, b);
	dsmipv4_find_candidates(m, b, grace);
	return m->node || (m->ha_known && is_of_mobile_ip(m, b));
}

bool dsmipv4_match(dsmipv4_match_t *m, const dsmipv4_bindings_t *b, const dsmipv4_tunnel_t *tunnel, uint32_t frame,
		   int64_t time, int64_t grace)
{
	return dsmipv4_match_until(m, b, tunnel, frame, time, grace, NULL);
}

const dsmipv4_node_t *dsmipv4_match_prefix_owner(const dsmipv4_bindings_t *b, const dsmipv4_match_t *m,
						 const uint8_t address[16])
{
	search_t s = {.m = m, .other_than = m->node, .wanted = FIT_ADDRESS};
	dsmipv4_nodes_by_prefix(b, m->node ? m->node->ha : m->ha, address, m->frame, visit, &s);
	return s.node;
}

const dsmipv4_node_t *dsmipv4_match_address_owner(const dsmipv4_bindings_t *b, const dsmipv4_match_t *m, uint32_t hoa)
{
	search_t s = {.m = m, .other_than = m->node, .wanted = FIT_LIVE};
	dsmipv4_nodes_by_hoa(b, m->node ? m->node->ha : m->ha, hoa, m->frame, visit, &s);
	return s.node;
}
