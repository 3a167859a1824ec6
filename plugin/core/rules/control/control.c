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

// Prefix requests, in a reply prefix replies: those of the other kind are in the wrong message. NULL stands for all
// other extensions.
static const dsmipv4_prefix_t **prefixes_of_message(const dsmipv4_check_t *c, unsigned *n)
{
	const dsmipv4_message_t *m = c->message;
	dsmipv4_body_t wanted =
		m->type == DSMIPV4_REGISTRATION_REQUEST ? DSMIPV4_BODY_PREFIX_REQUEST : DSMIPV4_BODY_PREFIX_REPLY;
	const dsmipv4_prefix_t **prefixes = NULL;
	*n = 0;
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].body != wanted)
			continue;
		if (!prefixes)
			prefixes = wmem_alloc0_array(c->alloc, const dsmipv4_prefix_t *, m->n_exts);
		prefixes[i] = &m->exts[i].prefix.prefix;
		++*n;
	}
	return prefixes;
}

void dsmipv4_find_prefix_matches(dsmipv4_check_t *c)
{
	unsigned n;
	const dsmipv4_prefix_t **prefixes = prefixes_of_message(c, &n);
	uint32_t n_exts = c->message->n_exts;
	const dsmipv4_event_t *request = c->event ? c->event->pair : NULL;
	if (n > 1)
		c->among = dsmipv4_prefix_matches(c->alloc, prefixes, n_exts, prefixes, n_exts);
	if (n == 0 || !request || request->type != DSMIPV4_REGISTRATION_REQUEST || request->n_prefixes == 0)
		return;
	const dsmipv4_prefix_t **asked = wmem_alloc_array(c->alloc, const dsmipv4_prefix_t *, request->n_prefixes);
	for (unsigned i = 0; i < request->n_prefixes; i++)
		asked[i] = &request->prefixes[i].prefix;
	c->requested = dsmipv4_prefix_matches(c->alloc, asked, request->n_prefixes, prefixes, n_exts);
}

bool dsmipv4_is_judged_prefix(const dsmipv4_ext_t *ext)
{
	bool rejected = ext->body == DSMIPV4_BODY_PREFIX_REPLY && !dsmipv4_code_accepts(ext->prefix.code);
	return dsmipv4_ext_has_prefix(ext) && !rejected;
}
