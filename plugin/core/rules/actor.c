// SPDX-License-Identifier: GPL-2.0-or-later
// Who broke a rule.
#include "rules/actor.h"

// By the Message Direction (RFC 6098 4.1).
static dsmipv4_actor_t sender_of_notification(const dsmipv4_message_t *m)
{
	static const dsmipv4_actor_t senders[] = {DSMIPV4_ACTOR_HA, DSMIPV4_ACTOR_HA, DSMIPV4_ACTOR_MN,
						  DSMIPV4_ACTOR_MN, DSMIPV4_ACTOR_FA, DSMIPV4_ACTOR_FA};
	bool known = m->fixed && m->notification.direction < G_N_ELEMENTS(senders);
	return known ? senders[m->notification.direction] : DSMIPV4_ACTOR_UNKNOWN;
}

static dsmipv4_actor_t sender_of_message(const dsmipv4_check_t *c)
{
	const dsmipv4_message_t *m = c->message;
	switch (m->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return DSMIPV4_ACTOR_MN;
	case DSMIPV4_REGISTRATION_REPLY:
		if (!m->fixed)
			return DSMIPV4_ACTOR_UNKNOWN;
		if (dsmipv4_reply_from_fa(m))
			return DSMIPV4_ACTOR_FA;
		return dsmipv4_reply_from_ha(m) ? DSMIPV4_ACTOR_HA : DSMIPV4_ACTOR_UNKNOWN;
	case DSMIPV4_REVOCATION:
		if (!m->fixed || !c->packet->ipv4)
			return DSMIPV4_ACTOR_UNKNOWN;
		return c->packet->src == m->revocation.ha ? DSMIPV4_ACTOR_HA : DSMIPV4_ACTOR_FA;
	case DSMIPV4_NOTIFICATION:
	case DSMIPV4_NOTIFICATION_ACK:
		return sender_of_notification(m);
	default:
		return DSMIPV4_ACTOR_UNKNOWN;
	}
}

static dsmipv4_actor_t sender_of_packet(const dsmipv4_match_t *m)
{
	if (m->strange_ha)
		return DSMIPV4_ACTOR_UNKNOWN;
	return m->direction == DSMIPV4_TO_MN ? DSMIPV4_ACTOR_HA : DSMIPV4_ACTOR_MN;
}

// If the care-of address is a foreign agent's, the agent sent the outer header of a packet from the node.
static dsmipv4_actor_t encapsulator(const dsmipv4_check_t *c)
{
	const dsmipv4_candidate_t *k = c->candidate ? c->candidate : c->match->chosen;
	if (c->match->direction == DSMIPV4_TO_MN || c->match->strange_ha)
		return sender_of_packet(c->match);
	if (!k || !k->request)
		return DSMIPV4_ACTOR_UNKNOWN;
	return k->request->flags & DSMIPV4_FLAG_D ? DSMIPV4_ACTOR_MN : DSMIPV4_ACTOR_FA;
}

dsmipv4_actor_t dsmipv4_actor_of(const dsmipv4_check_t *c, dsmipv4_actor_t actor)
{
	switch (actor) {
	case DSMIPV4_ACTOR_SENDER:
		if (c->message)
			return sender_of_message(c);
		return c->match ? sender_of_packet(c->match) : DSMIPV4_ACTOR_UNKNOWN;
	case DSMIPV4_ACTOR_OUTER:
		return c->match ? encapsulator(c) : DSMIPV4_ACTOR_UNKNOWN;
	default:
		return actor;
	}
}
