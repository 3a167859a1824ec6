// SPDX-License-Identifier: GPL-2.0-or-later
// Information items: what happened, in words.
#include "rules/control/control.h"
#include "state/nat.h"
#include "wire/text.h"

// Answer yes, with these words, at these bytes of the message.
static bool say(dsmipv4_answer_t *f, uint32_t offset, uint32_t length, const char *words)
{
	f->offset = offset;
	f->length = length;
	f->words = words;
	return true;
}

bool dsmipv4_info_state_unread(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return c->options->unread_state &&
	       say(f, 0, 0,
		   wmem_strdup_printf(c->alloc,
				      "Not followed: the state of the earlier part of this capture could not "
				      "be read (%s)",
				      c->options->unread_state));
}

bool dsmipv4_info_retransmission(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return c->event->first && say(f, 0, 0,
				      wmem_strdup_printf(c->alloc, "Retransmission of the request %s",
							 dsmipv4_event_text(c->alloc, c->event->first)));
}

bool dsmipv4_info_relay_copy(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return say(f, 0, 0,
		   wmem_strdup_printf(c->alloc, "Relayed copy of the message %s",
				      dsmipv4_event_text(c->alloc, c->event->relay_of)));
}

// The live binding that a request moves: the latest one with another care-of address.
static const dsmipv4_binding_t *binding_elsewhere(const dsmipv4_event_t *request)
{
	const dsmipv4_version_t *state = dsmipv4_state_before(request);
	for (uint32_t i = state ? state->n_bindings : 0; i > 0; i--) {
		const dsmipv4_binding_t *b = state->bindings[i - 1];
		const dsmipv4_event_t *made_by = dsmipv4_binding_request(b);
		if (made_by && made_by->coa != request->coa && dsmipv4_binding_is_live(b, request->time, 0))
			return b;
	}
	return NULL;
}

bool dsmipv4_info_handoff(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	const dsmipv4_binding_t *old = e->lifetime ? binding_elsewhere(e) : NULL;
	bool another = dsmipv4_asks_for_another(e); // in addition to the old one
	if (!old || another || e->relay_of || e->coa == e->hoa)
		return false;
	return say(f, REQUEST_COA_AT, 4,
		   wmem_strdup_printf(c->alloc, "Care-of address changed from %s, registered %.1f s ago %s",
				      dsmipv4_ipv4_text(c->alloc, dsmipv4_binding_coa(old)),
				      (double)(e->time - old->reply->time) / (double)DSMIPV4_SECOND,
				      dsmipv4_event_text(c->alloc, old->reply)));
}

// The request came another way here than an earlier copy of it, and was not relayed by an agent on that way.
static const dsmipv4_event_t *seen_before_nat(const dsmipv4_event_t *e)
{
	const dsmipv4_event_t *copy = e->relay_of;
	return copy && copy->src == copy->coa && copy->src != e->src && copy->dst == e->dst ? copy : NULL;
}

static bool request_through_nat(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (!e || !dsmipv4_nat_is_shown(c->options->nat, e) || (e->relay_of && !seen_before_nat(e)))
		return false;
	return say(f, REQUEST_COA_AT, 4,
		   wmem_strdup_printf(c->alloc,
				      "Sent from %s, not from the care-of address: there is a NAT on the path",
				      dsmipv4_ipv4_text(c->alloc, e->src)));
}

// What became of the UDP Tunnel Request (RFC 3519 4.6).
static const char *natt_words(const dsmipv4_check_t *c, const dsmipv4_event_t *reply)
{
	switch (reply->tunnel_answer) {
	case DSMIPV4_TUNNEL_ACCEPTED:
		return "accepted";
	case DSMIPV4_TUNNEL_DECLINED:
		return wmem_strdup_printf(c->alloc, "declined (code %u)", reply->tunnel_code);
	default:
		return "not answered";
	}
}

// Where the home agent sends tunneled packets.
static const char *effective_coa_words(const dsmipv4_check_t *c, const dsmipv4_event_t *reply,
				       const dsmipv4_event_t *request)
{
	bool udp = reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED;
	const char *address = dsmipv4_ipv4_text(c->alloc, dsmipv4_nat_effective_coa(request, reply));
	if (!udp)
		return wmem_strdup_printf(c->alloc, "the care-of address %s", address);
	if (request->tunnel_flags & DSMIPV4_TUNNEL_FLAG_R)
		return wmem_strdup_printf(c->alloc, "%s, the node's first packet tells the port", address);
	return wmem_strdup_printf(c->alloc, "%s port %u", address, request->sport);
}

static bool reply_through_nat(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event, *request = dsmipv4_answered_request(c);
	if (!request || !dsmipv4_nat_is_shown(c->options->nat, request) ||
	    (request->relay_of && !seen_before_nat(request)) || e->relay_of || !e->captured_whole ||
	    !request->captured_whole || !dsmipv4_is_accepted(c) || e->lifetime == 0)
		return false;
	return say(f, 0, 0,
		   wmem_strdup_printf(c->alloc, "Behind a NAT: UDP tunneling %s, packets go to %s", natt_words(c, e),
				      effective_coa_words(c, e, request)));
}

bool dsmipv4_info_nat_detected(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->message->fixed)
		return false;
	switch (c->message->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return request_through_nat(c, f);
	case DSMIPV4_REGISTRATION_REPLY:
		return reply_through_nat(c, f);
	default:
		return false;
	}
}

bool dsmipv4_info_dereg_all(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	return m->request.lifetime == 0 && m->request.coa == m->request.hoa && say(f, REQUEST_LIFETIME_AT, 2, f->words);
}

bool dsmipv4_info_dereg_coa(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	return m->request.lifetime == 0 && m->request.coa != m->request.hoa && say(f, REQUEST_LIFETIME_AT, 2, f->words);
}

bool dsmipv4_info_prefix_rejected(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->body != DSMIPV4_BODY_PREFIX_REPLY || dsmipv4_code_accepts(c->ext->prefix.code))
		return false;
	uint8_t code = c->ext->prefix.code;
	return say(f, c->ext->body_offset + 1, 1,
		   wmem_strdup_printf(c->alloc, "%s rejected: code %s",
				      dsmipv4_prefix_text(c->alloc, &c->ext->prefix.prefix),
				      dsmipv4_prefix_code_text(c->alloc, code)));
}

bool dsmipv4_info_partial_accept(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	unsigned n[3] = {0};
	if (!dsmipv4_accepts_live(c))
		return false;
	for (unsigned i = 0; i < c->event->n_prefixes; i++)
		n[c->event->prefixes[i].state]++;
	unsigned rejected = n[DSMIPV4_PREFIX_REFUSED], ignored = n[DSMIPV4_PREFIX_IGNORED];
	if (n[DSMIPV4_PREFIX_ACTIVE] == 0 || rejected + ignored == 0)
		return false;
	return say(f, 0, 0,
		   wmem_strdup_printf(c->alloc, "Accepted prefixes: %u, rejected: %u, without a reply: %u",
				      n[DSMIPV4_PREFIX_ACTIVE], rejected, ignored));
}

bool dsmipv4_info_hoa_mode_despite_request(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return dsmipv4_is_accepted(c) && c->event->pair->mode_asked && c->ext->body == DSMIPV4_BODY_PREFIX_REPLY &&
	       c->ext->prefix.code == DSMIPV4_PREFIX_ACCEPTED_HOA &&
	       c->ext->prefix.prefix.len != DSMIPV4_PREFIX_LEN_LINK_LOCAL &&
	       say(f, c->ext->body_offset + 1, 1, f->words);
}

bool dsmipv4_info_lifetime_reduced(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *e = c->event;
	if (!dsmipv4_is_accepted(c) || e->lifetime >= e->pair->lifetime)
		return false;
	return say(f, REPLY_LIFETIME_AT, 2,
		   wmem_strdup_printf(c->alloc, "Lifetime %u s granted, %u s were requested", e->lifetime,
				      e->pair->lifetime));
}

bool dsmipv4_info_simultaneous_unsupported(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return c->message->reply.code == DSMIPV4_REPLY_ACCEPTED_NO_SIMULTANEOUS &&
	       (c->event->pair->flags & DSMIPV4_FLAG_S) && say(f, REPLY_CODE_AT, 1, f->words);
}

// The reply that made the binding before this one.
static const dsmipv4_event_t *reply_before(const dsmipv4_check_t *c)
{
	const dsmipv4_binding_t *b = c->event->binding;
	return b && b->before ? b->before->reply : NULL;
}

bool dsmipv4_info_dereg_prefix(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *before = reply_before(c);
	wmem_strbuf_t *list = NULL;
	for (unsigned i = 0; before && c->event->pair && i < before->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &before->prefixes[i];
		if (r->state != DSMIPV4_PREFIX_ACTIVE || dsmipv4_event_equal_prefix(c->event, &r->prefix))
			continue;
		if (!list)
			list = wmem_strbuf_new(c->alloc, "Omitted from the re-registration, so deregistered:");
		wmem_strbuf_append_printf(list, " %s", dsmipv4_prefix_text(c->alloc, &r->prefix));
	}
	return list && say(f, 0, 0, wmem_strbuf_get_str(list));
}

bool dsmipv4_info_mode_changed(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_event_t *before = reply_before(c);
	if (!before || c->ext->body != DSMIPV4_BODY_PREFIX_REPLY || !dsmipv4_code_accepts(c->ext->prefix.code))
		return false;
	const dsmipv4_registered_prefix_t *r = dsmipv4_event_equal_prefix(before, &c->ext->prefix.prefix);
	return r && r->state == DSMIPV4_PREFIX_ACTIVE && r->code != c->ext->prefix.code &&
	       say(f, c->ext->body_offset + 1, 1, f->words);
}
