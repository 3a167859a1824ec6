// SPDX-License-Identifier: GPL-2.0-or-later
// The history of a node's tunneled packets.
#include "match/tunnel_history.h"

#include <glib.h>

#define N_SIGHTINGS 4096 // each digest has its place among them

struct dsmipv4_tunnel_histories {
	wmem_allocator_t *alloc;
	wmem_map_t *of;                // dsmipv4_node_t -> dsmipv4_tunnel_history_t
	uint32_t n;                    // of them
	dsmipv4_sighting_t *sightings; // NULL: none yet
};

dsmipv4_tunnel_histories_t *dsmipv4_tunnel_histories_new(wmem_allocator_t *alloc)
{
	dsmipv4_tunnel_histories_t *histories = wmem_new(alloc, dsmipv4_tunnel_histories_t);
	histories->alloc = alloc;
	histories->n = 0;
	histories->sightings = NULL;
	histories->of = wmem_map_new(alloc, g_direct_hash, g_direct_equal);
	return histories;
}

const dsmipv4_tunnel_history_t *dsmipv4_tunnel_history_of(const dsmipv4_tunnel_histories_t *histories,
							  const dsmipv4_node_t *node)
{
	return node ? wmem_map_lookup(histories->of, node) : NULL;
}

dsmipv4_tunnel_history_t *dsmipv4_tunnel_history_make(dsmipv4_tunnel_histories_t *histories, const dsmipv4_node_t *node)
{
	dsmipv4_tunnel_history_t *history = wmem_map_lookup(histories->of, node);
	if (!history) {
		history = wmem_new0(histories->alloc, dsmipv4_tunnel_history_t);
		wmem_map_insert(histories->of, node, history);
		histories->n++;
	}
	return history;
}

uint32_t dsmipv4_tunnel_histories_count(const dsmipv4_tunnel_histories_t *histories)
{
	return histories->n;
}

void dsmipv4_sighting_add(dsmipv4_tunnel_histories_t *histories, const dsmipv4_sighting_t *sighting)
{
	if (!histories->sightings)
		histories->sightings = wmem_alloc0_array(histories->alloc, dsmipv4_sighting_t, N_SIGHTINGS);
	histories->sightings[sighting->digest % N_SIGHTINGS] = *sighting;
}

const dsmipv4_sighting_t *dsmipv4_sighting_of(const dsmipv4_tunnel_histories_t *histories, uint64_t digest)
{
	const dsmipv4_sighting_t *s = histories->sightings ? &histories->sightings[digest % N_SIGHTINGS] : NULL;
	return s && s->digest == digest ? s : NULL;
}

bool dsmipv4_udp_tunneling(const dsmipv4_candidate_t *c)
{
	return c->binding && c->request && c->request->tunnel_asked &&
	       c->binding->reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED;
}

static bool awaits_keepalive(const dsmipv4_candidate_t *c)
{
	return c->status == DSMIPV4_BINDING_LIVE && dsmipv4_udp_tunneling(c) &&
	       c->request->tunnel_flags & DSMIPV4_TUNNEL_FLAG_R;
}

// The packet is the keepalive from which the home agent learns the node's port, or shows that it has come: the
// packet goes to a port that the home agent can only know from it.
static bool shows_port(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	return awaits_keepalive(c) &&
	       (m->direction == DSMIPV4_FROM_MN || (m->coa_port && m->coa_port != c->request->sport));
}

bool dsmipv4_is_first_keepalive(const dsmipv4_tunnel_history_t *history, const dsmipv4_match_t *m,
				const dsmipv4_candidate_t *c)
{
	return m->direction == DSMIPV4_FROM_MN && awaits_keepalive(c) && (!history || history->awaited != c->binding);
}

static bool is_echo_between_ends(const dsmipv4_match_t *m)
{
	const dsmipv4_ipv4_t *ipv4 = &m->tunnel->ipv4;
	if (m->tunnel->kind != DSMIPV4_INNER_IPV4 || !m->node || !m->care_of || !dsmipv4_layer_is_udp(m->care_of))
		return false;
	return m->direction == DSMIPV4_FROM_MN
		       ? ipv4->echo_request && ipv4->src == m->node->hoa && ipv4->dst == m->node->ha
		       : ipv4->echo_reply && ipv4->src == m->node->ha && ipv4->dst == m->node->hoa;
}

bool dsmipv4_is_keepalive(const dsmipv4_match_t *m)
{
	return m->direction == DSMIPV4_FROM_MN && is_echo_between_ends(m);
}

uint32_t dsmipv4_unanswered_keepalives(const dsmipv4_tunnel_history_t *history, const dsmipv4_candidate_t *c)
{
	return history && c->binding && history->unanswered_since >= c->binding->reply->time ? history->unanswered : 0;
}

static void count_keepalives(dsmipv4_tunnel_histories_t *histories, const dsmipv4_match_t *m)
{
	const dsmipv4_tunnel_history_t *before = dsmipv4_tunnel_history_of(histories, m->node);
	if (!is_echo_between_ends(m) || (m->direction == DSMIPV4_TO_MN && !before))
		return;
	dsmipv4_tunnel_history_t *history = dsmipv4_tunnel_history_make(histories, m->node);
	uint32_t unanswered = dsmipv4_unanswered_keepalives(history, m->chosen);
	history->unanswered = m->direction == DSMIPV4_FROM_MN ? unanswered + 1 : 0;
	if (history->unanswered == 1)
		history->unanswered_since = m->time;
}

// The tunnel to the home agent has no header around it, as a node sends it that does not encapsulate to its
// foreign agent (RFC 3024 5.1).
static bool is_direct_delivery(const dsmipv4_match_t *m)
{
	return m->tunneling_mode == DSMIPV4_TUNNELING_HOA && m->tunnel->n_layers == 1;
}

// A foreign agent removes the extension when it relays the request (RFC 3024 3.3).
bool dsmipv4_asked_for_delivery(const dsmipv4_candidate_t *c)
{
	const dsmipv4_event_t *request = c->request;
	return request && (request->delivery_asked || (request->relay_of && request->relay_of->delivery_asked));
}

bool dsmipv4_both_outlived(const dsmipv4_tunnel_history_t *history, const dsmipv4_match_t *m,
			   const dsmipv4_binding_t *binding)
{
	return history && history->outlived[m->direction == DSMIPV4_TO_MN ? DSMIPV4_FROM_MN : DSMIPV4_TO_MN] == binding;
}

bool dsmipv4_home_agent_sent_to(const dsmipv4_tunnel_history_t *history, uint32_t coa)
{
	return history && history->strange_coa == coa;
}

// What tells that a registration is missing from the capture: both ends go on with a binding that expired, or the home
// agent sends to where the node is not registered.
static void note_signs_of_loss(dsmipv4_tunnel_histories_t *histories, const dsmipv4_match_t *m,
			       const dsmipv4_candidate_t *c)
{
	bool expired = c->binding && c->status <= DSMIPV4_BINDING_EXPIRED &&
		       !dsmipv4_binding_is_live_until(c->binding, m->time, 0, m->until);
	if (expired)
		dsmipv4_tunnel_history_make(histories, m->node)->outlived[m->direction] = c->binding;
	if (m->direction == DSMIPV4_TO_MN && m->strange_coa && m->ha == m->node->ha)
		dsmipv4_tunnel_history_make(histories, m->node)->strange_coa = m->coa;
}

void dsmipv4_tunnel_history_add(dsmipv4_tunnel_histories_t *histories, const dsmipv4_match_t *m, bool keepalives)
{
	const dsmipv4_candidate_t *c = m->chosen;
	if (!m->node || !c)
		return;
	for (unsigned i = m->n_candidates; i-- > 0;) { // in any case it is the first packet of the latest binding
		if (shows_port(m, &m->candidates[i]))
			dsmipv4_tunnel_history_make(histories, m->node)->awaited = m->candidates[i].binding;
	}
	if (dsmipv4_udp_tunneling(c))
		count_keepalives(histories, m);
	note_signs_of_loss(histories, m, c);
	if (m->direction != DSMIPV4_FROM_MN)
		return;
	if (keepalives && dsmipv4_udp_tunneling(c))
		dsmipv4_tunnel_history_make(histories, m->node)->heard = m->time;
	if (dsmipv4_asked_for_delivery(c) && is_direct_delivery(m)) {
		dsmipv4_tunnel_history_t *history = dsmipv4_tunnel_history_make(histories, m->node);
		history->sent = dsmipv4_inner_digest(m->tunnel);
		history->sent_at = m->time;
		history->sent_in = m->frame;
	}
}
