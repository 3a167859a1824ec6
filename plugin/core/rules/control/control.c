// SPDX-License-Identifier: GPL-2.0-or-later
// What the checks of control messages share.
#include "rules/control/control.h"

dsmipv4_leg_t dsmipv4_leg_of(const dsmipv4_check_t *c)
{
	return dsmipv4_request_leg(c->packet, c->message);
}

bool dsmipv4_is_relay_copy(const dsmipv4_check_t *c)
{
	return c->event && c->event->relay_of;
}

const dsmipv4_event_t *dsmipv4_answered_request(const dsmipv4_check_t *c)
{
	return c->event && c->event->certain_pair ? c->event->pair : NULL;
}

static bool is_reply(const dsmipv4_check_t *c)
{
	return c->message->fixed && c->message->type == DSMIPV4_REGISTRATION_REPLY;
}

bool dsmipv4_is_accepted(const dsmipv4_check_t *c)
{
	return is_reply(c) && dsmipv4_reply_accepts(c->message);
}

bool dsmipv4_is_denied(const dsmipv4_check_t *c)
{
	return is_reply(c) && !dsmipv4_reply_accepts(c->message);
}

bool dsmipv4_is_by_fa(const dsmipv4_check_t *c)
{
	return is_reply(c) && dsmipv4_reply_from_fa(c->message);
}

uint16_t dsmipv4_lifetime_of(const dsmipv4_check_t *c)
{
	if (!c->message->fixed)
		return 0;
	switch (c->message->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return c->message->request.lifetime;
	case DSMIPV4_REGISTRATION_REPLY:
		return c->message->reply.lifetime;
	default:
		return 0;
	}
}

bool dsmipv4_is_same_leg(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *request = c->event->pair;
	return c->event->src == request->dst && c->event->dst == request->src;
}

bool dsmipv4_accepts_live(const dsmipv4_check_t *c)
{
	const dsmipv4_event_t *e = c->event;
	return dsmipv4_is_accepted(c) && e->captured_whole && e->pair->captured_whole && e->pair->lifetime > 0 &&
	       e->lifetime > 0;
}
