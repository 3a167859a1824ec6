// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the registration reply (RFC 5454 3.2-3.4, 3.7.1, 3.8; RFC 3344 3.4, 3.8.3; RFC 3519 4).
#include "rules/control/control.h"
#include "wire/reply_codes.h"

dsmipv4_verdict_t dsmipv4_check_code_unknown(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t code = c->message->reply.code;
	if (dsmipv4_reply_code_name(code))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, REPLY_CODE_AT, 1, "Unassigned reply code %u", code);
}

dsmipv4_verdict_t dsmipv4_check_reply_denied(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t code = c->message->reply.code;
	if (dsmipv4_reply_accepts(c->message))
		return DSMIPV4_HOLDS;
	const char *name = dsmipv4_reply_code_name(code);
	const char *sender = dsmipv4_reply_sender_name(dsmipv4_reply_code_sender(code));
	return dsmipv4_broken_at(f, REPLY_CODE_AT, 1, "Registration denied%s%s: code %u (%s)", sender ? " by the " : "",
				 sender ? sender : "", code, name ? name : "unassigned");
}

dsmipv4_verdict_t dsmipv4_check_rep_ext_after_auth(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if (!dsmipv4_reply_from_ha(m) && m->first_mn_ha == DSMIPV4_NO_EXT)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_if(f, c->index > m->first_mn_ha || c->index > m->first_link_auth);
}

dsmipv4_verdict_t dsmipv4_check_rep_accept_in_deny(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_code_accepts(c->ext->prefix.code))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 1, 1,
				 "Prefix accepted (code %u) in a reply that denies the registration",
				 c->ext->prefix.code);
}

// The first prefix reply before this one for which `match` says yes, NULL if there is none.
static const dsmipv4_prefix_t *earlier_reply(const dsmipv4_check_t *c, bool (*match)(const dsmipv4_prefix_t *earlier,
										     const dsmipv4_prefix_t *this))
{
	for (uint32_t i = 0; i < c->index; i++) {
		const dsmipv4_ext_t *e = &c->message->exts[i];
		if (e->body == DSMIPV4_BODY_PREFIX_REPLY && match(&e->prefix.prefix, &c->ext->prefix.prefix))
			return &e->prefix.prefix;
	}
	return NULL;
}

static bool same_bits(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	return a->len <= 128 && b->len <= 128 && dsmipv4_prefix_in(a, b->bytes, MAX(a->len, b->len));
}

static bool was_asked(const dsmipv4_event_t *request, const dsmipv4_prefix_t *p)
{
	return dsmipv4_event_find_prefix(request, p, dsmipv4_prefix_equal) != NULL;
}

// The same bits with two lengths are two prefixes, unless neither was requested.
dsmipv4_verdict_t dsmipv4_check_rep_dup(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *request = dsmipv4_answered_request(c);
	if (earlier_reply(c, dsmipv4_prefix_equal))
		return dsmipv4_broken(f);
	const dsmipv4_prefix_t *other = request && request->captured_whole ? earlier_reply(c, same_bits) : NULL;
	if (!other || was_asked(request, other) || was_asked(request, &c->ext->prefix.prefix))
		return DSMIPV4_HOLDS;
	GIVES(f, rep_dup, NOTE);
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "Two replies for the same prefix, with lengths that were not requested");
}

dsmipv4_verdict_t dsmipv4_check_rep_in_dereg(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return dsmipv4_broken_if(f, dsmipv4_code_accepts(c->ext->prefix.code));
}

dsmipv4_verdict_t dsmipv4_check_rep_by_fa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return dsmipv4_broken_if(f, dsmipv4_reply_from_fa(c->message));
}

dsmipv4_verdict_t dsmipv4_check_rep_ll_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->prefix.code != DSMIPV4_PREFIX_ACCEPTED_COA)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 1, 1, NULL);
}

// A UDP Tunnel Reply for the foreign agent may follow the Mobile-Home Authentication. The request shows whose it is.
dsmipv4_verdict_t dsmipv4_check_utrp_order(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!dsmipv4_answered_request(c) || dsmipv4_answered_request(c)->tunnel_asked != DSMIPV4_TUNNEL_ASKED_BY_MN)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_if(f, c->index > c->message->first_mn_ha);
}

#define SHORTEST_KEEPALIVE 10 // seconds, RFC 3519 4.10; 0 leaves it to the mobile node

dsmipv4_verdict_t dsmipv4_check_utrp_keepalive(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->udp_reply.code >= DSMIPV4_REPLY_FIRST_DENIAL)
		return DSMIPV4_NOT_APPLICABLE;
	uint16_t interval = c->ext->udp_reply.keepalive;
	if (interval == 0 || interval >= SHORTEST_KEEPALIVE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 4, 2, "Keepalive interval of %u s, under 10 s", interval);
}
