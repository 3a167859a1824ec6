// SPDX-License-Identifier: GPL-2.0-or-later
// Generated items of a registration message: what it answers, repeats and changes.
#include "tree/event.h"

#include <epan/proto.h>

#include "core/wire/text.h"
#include "settings/preferences.h"
#include "tree/items.h"

static int hf_request_in = -1;
static int hf_response_in = -1;
static int hf_response_time = -1;
static int hf_response_time_first = -1;
static int hf_relay_of = -1;
static int hf_relayed_in = -1;
static int hf_mode = -1;
static int hf_replay = -1;
static int hf_auth = -1;
static int hf_outcome = -1;
static int hf_binding_created_in = -1;
static int hf_binding_refreshed_in = -1;
static int hf_binding_removed_in = -1;
static int hf_binding_removed_by = -1;
static int hf_binding_expires_at = -1;

// Clocks of merged captures may be shifted: no negative times are shown, nor any of packets that have no time.
static proto_item *add_time_since(proto_tree *tree, int hf, tvbuff_t *tvb, const dsmipv4_event_t *from,
				  const dsmipv4_event_t *to)
{
	if (!from->time_known || !to->time_known || to->time < from->time)
		return NULL;
	return dsmipv4_add_time(tree, hf, tvb, to->time - from->time);
}

// The time from the first transmission has a line of its own where there was another one.
static void draw_answered(const dsmipv4_event_t *request, const dsmipv4_event_t *e, tvbuff_t *tvb, proto_tree *tree)
{
	dsmipv4_add_frame(tree, hf_request_in, tvb, request);
	add_time_since(tree, hf_response_time, tvb, request, e);
	const dsmipv4_event_t *first = request->first ? request->first : request;
	proto_item *item = add_time_since(tree, hf_response_time_first, tvb, first, e);
	if (first == request)
		proto_item_set_hidden(item);
}

// The reply to the first transmission also answers a retransmission. The copy that a foreign agent relays is answered
// on its own leg. A reply that fits best, but has another identification, may be that to another request.
static const dsmipv4_event_t *answer_to(const dsmipv4_event_t *request)
{
	const dsmipv4_event_t *reply = request->pair || !request->first ? request->pair : request->first->pair;
	return reply && reply->certain_pair ? reply : NULL;
}

void dsmipv4_draw_mode(bool is_explicit, tvbuff_t *tvb, proto_tree *tree)
{
	dsmipv4_add_words(tree, hf_mode, tvb, is_explicit ? "explicit" : "implicit");
}

static const char *const replay_words[] = {
	[DSMIPV4_REPLAY_UNKNOWN] = "unknown",
	[DSMIPV4_REPLAY_TIMESTAMP] = "timestamp",
	[DSMIPV4_REPLAY_NONCE] = "nonce",
};

static void draw_request(const dsmipv4_event_t *e, tvbuff_t *tvb, proto_tree *tree)
{
	dsmipv4_add_words(tree, hf_replay, tvb, replay_words[e->replay]);
	if (e->n_prefixes > 0)
		dsmipv4_draw_mode(true, tvb, tree);
	dsmipv4_add_frame(tree, hf_response_in, tvb, answer_to(e));
}

static const char *outcome_words(wmem_allocator_t *pool, const dsmipv4_registered_prefix_t *r)
{
	const char *prefix = dsmipv4_prefix_text(pool, &r->prefix);
	switch (r->state) {
	case DSMIPV4_PREFIX_REFUSED:
		return wmem_strdup_printf(pool, "%s is rejected: code %s", prefix,
					  dsmipv4_prefix_code_text(pool, r->code));
	case DSMIPV4_PREFIX_IGNORED:
		return wmem_strdup_printf(pool, "%s is rejected: no reply for it", prefix);
	default:
		break;
	}
	if (r->code > DSMIPV4_PREFIX_ACCEPTED_COA)
		return wmem_strdup_printf(pool, "%s is registered (code %u)", prefix, r->code);
	return wmem_strdup_printf(pool, "%s is registered, tunneled to the %s address", prefix,
				  r->code == DSMIPV4_PREFIX_ACCEPTED_COA ? "care-of" : "home");
}

static const char *const removal_words[] = {
	[DSMIPV4_REMOVED_NOT] = "",
	[DSMIPV4_REMOVED_REFRESHED] = "refreshed",
	[DSMIPV4_REMOVED_DEREGISTERED] = "deregistered",
	[DSMIPV4_REMOVED_REPLACED] = "replaced",
	[DSMIPV4_REMOVED_ZERO_GRANTED] = "zero lifetime granted",
	[DSMIPV4_REMOVED_REVOKED] = "revoked",
	[DSMIPV4_REMOVED_DENIED] = "denied",
	[DSMIPV4_REMOVED_UNKNOWN] = "reply without its request",
};

proto_item *dsmipv4_draw_creation(const dsmipv4_binding_t *b, tvbuff_t *tvb, proto_tree *tree)
{
	return dsmipv4_add_frame(tree, hf_binding_created_in, tvb, b->created);
}

proto_item *dsmipv4_draw_expiry(const dsmipv4_binding_t *b, tvbuff_t *tvb, proto_tree *tree)
{
	int64_t expiry = dsmipv4_reply_expiry(b->reply);
	return expiry == INT64_MAX ? NULL : dsmipv4_add_time(tree, hf_binding_expires_at, tvb, expiry);
}

void dsmipv4_draw_removal(const dsmipv4_binding_t *b, tvbuff_t *tvb, proto_tree *tree)
{
	if (!b->removed_by)
		return;
	if (b->removal == DSMIPV4_REMOVED_REFRESHED) {
		dsmipv4_add_frame(tree, hf_binding_refreshed_in, tvb, b->removed_by);
	} else {
		dsmipv4_add_frame(tree, hf_binding_removed_in, tvb, b->removed_by);
		dsmipv4_add_words(tree, hf_binding_removed_by, tvb, removal_words[b->removal]);
	}
}

// Copies of a reply show the binding that its first copy made.
static const dsmipv4_event_t *original_of(const dsmipv4_event_t *reply)
{
	if (reply->first)
		reply = reply->first;
	return reply->relay_of ? reply->relay_of : reply;
}

static void draw_reply(const dsmipv4_event_t *e, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const dsmipv4_event_t *request = e->certain_pair ? e->pair : NULL;
	if (request) {
		if (request->n_prefixes > 0)
			dsmipv4_draw_mode(true, tvb, tree);
		draw_answered(request, e, tvb, tree);
	}
	const dsmipv4_binding_t *b = original_of(e)->binding;
	if (!b)
		return;
	bool wanted = proto_field_is_referenced(tree, hf_outcome);
	for (unsigned i = 0; wanted && i < b->reply->n_prefixes; i++)
		dsmipv4_add_words(tree, hf_outcome, tvb, outcome_words(pinfo->pool, &b->reply->prefixes[i]));
	proto_item *creation = dsmipv4_draw_creation(b, tvb, tree);
	if (b->created == e) // a line that leads to itself
		proto_item_set_hidden(creation);
	dsmipv4_draw_expiry(b, tvb, tree);
	dsmipv4_draw_removal(b, tvb, tree);
}

// What a revocation ended, whether it was acknowledged or not (RFC 3543 3.3).
static void draw_revocation(const dsmipv4_event_t *e, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const dsmipv4_version_t *state = dsmipv4_state_before(e);
	dsmipv4_add_frame(tree, hf_response_in, tvb, answer_to(e));
	for (uint32_t i = 0; state && i < state->n_bindings; i++) {
		const dsmipv4_binding_t *b = state->bindings[i];
		if (b->removed_by != e)
			continue;
		const char *coa = dsmipv4_ipv4_text(pinfo->pool, dsmipv4_binding_coa(b));
		dsmipv4_add_words(tree, hf_outcome, tvb,
				  wmem_strdup_printf(pinfo->pool, "binding of %s to care-of address %s is revoked",
						     dsmipv4_ipv4_text(pinfo->pool, e->hoa), coa));
		dsmipv4_add_frame(tree, hf_binding_created_in, tvb, b->created);
	}
}

static void draw_acknowledgment(const dsmipv4_event_t *e, tvbuff_t *tvb, proto_tree *tree)
{
	if (e->pair)
		draw_answered(e->pair, e, tvb, tree);
}

static const char *const auth_words[] = {
	[DSMIPV4_AUTH_NOT_CHECKED] = "not checked",
	[DSMIPV4_AUTH_GOOD] = "good",
	[DSMIPV4_AUTH_BAD] = "bad",
	[DSMIPV4_AUTH_MISSING] = "missing",
};

// Why an authenticator was not checked, and with what a bad one does verify; NULL: nothing to add.
static const char *auth_reason(const dsmipv4_event_t *e, const dsmipv4_message_t *m, wmem_allocator_t *pool)
{
	const dsmipv4_ext_t *ext = m->first_mn_ha == DSMIPV4_NO_EXT ? NULL : &m->exts[m->first_mn_ha];
	if (e->auth == DSMIPV4_AUTH_BAD && ext)
		return dsmipv4_auth_diagnosis(pool, dsmipv4_options()->keys, NULL, m, ext);
	if (e->auth != DSMIPV4_AUTH_NOT_CHECKED)
		return NULL;
	if (!ext)
		return m->captured_whole ? "no Mobile-Home Authentication" : "not captured whole";
	if (ext->body != DSMIPV4_BODY_AUTH || !ext->captured)
		return ext->captured ? "malformed" : "not captured whole";
	return wmem_strdup_printf(pool, "no key for SPI 0x%x", ext->auth.spi);
}

static void draw_auth(const dsmipv4_event_t *e, const dsmipv4_message_t *m, tvbuff_t *tvb, packet_info *pinfo,
		      proto_tree *tree)
{
	const char *word = auth_words[e->auth], *reason = NULL;
	if (proto_field_is_referenced(tree, hf_auth)) // other keys are tried only for somebody who looks
		reason = auth_reason(e, m, pinfo->pool);
	if (reason)
		proto_item_set_generated(
			proto_tree_add_string_format_value(tree, hf_auth, tvb, 0, 0, word, "%s (%s)", word, reason));
	else
		dsmipv4_add_words(tree, hf_auth, tvb, word);
}

void dsmipv4_draw_event(const dsmipv4_event_t *event, const dsmipv4_message_t *m, tvbuff_t *tvb, packet_info *pinfo,
			proto_tree *tree)
{
	switch (event->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		draw_request(event, tvb, tree);
		break;
	case DSMIPV4_REGISTRATION_REPLY:
		draw_reply(event, tvb, pinfo, tree);
		break;
	case DSMIPV4_REVOCATION_ACK:
		draw_acknowledgment(event, tvb, tree);
		return;
	default:
		draw_revocation(event, tvb, pinfo, tree);
		return;
	}
	draw_auth(event, m, tvb, pinfo, tree);
	dsmipv4_add_frame(tree, hf_relay_of, tvb, event->relay_of);
	dsmipv4_add_frame(tree, hf_relayed_in, tvb, event->relayed);
}

void dsmipv4_register_event_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_request_in,
		 {"Request in", "dsmipv4.request_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
		  "The registration request or revocation that this message answers", HFILL}},
		{&hf_response_in,
		 {"Response in", "dsmipv4.response_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0,
		  "The reply to this request, or the acknowledgment of this revocation", HFILL}},
		{&hf_response_time,
		 {"Response time", "dsmipv4.response_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
		  "Time since the last transmission of the request on this leg", HFILL}},
		{&hf_response_time_first,
		 {"Response time from first transmission", "dsmipv4.response_time_first", FT_RELATIVE_TIME, BASE_NONE,
		  NULL, 0, "Time since the first transmission of the request on this leg", HFILL}},
		{&hf_relay_of,
		 {"Relay copy of", "dsmipv4.relay_of", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV),
		  0, "The same message on the leg before", HFILL}},
		{&hf_relayed_in,
		 {"Relayed in", "dsmipv4.relayed_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_NEXT),
		  0, "The same message on the leg after", HFILL}},
		{&hf_mode,
		 {"Registration mode", "dsmipv4.mode", FT_STRING, BASE_NONE, NULL, 0,
		  "Whether IPv6 prefixes are registered explicitly or implicitly", HFILL}},
		{&hf_replay,
		 {"Replay protection", "dsmipv4.replay", FT_STRING, BASE_NONE, NULL, 0,
		  "Whether the node and its home agent use timestamps or nonces, as far as it is known by now", HFILL}},
		{&hf_auth,
		 {"Authentication", "dsmipv4.auth", FT_STRING, BASE_NONE, NULL, 0,
		  "Whether the Mobile-Home authenticator verifies with the configured keys", HFILL}},
		{&hf_outcome,
		 {"Outcome", "dsmipv4.outcome", FT_STRING, BASE_NONE, NULL, 0,
		  "What request and reply came to for a prefix", HFILL}},
		{&hf_binding_created_in,
		 {"Binding created in", "dsmipv4.binding.created_in", FT_FRAMENUM, BASE_NONE,
		  FRAMENUM_TYPE(FT_FRAMENUM_ACK), 0, "The reply that first registered this care-of address", HFILL}},
		{&hf_binding_refreshed_in,
		 {"Binding refreshed in", "dsmipv4.binding.refreshed_in", FT_FRAMENUM, BASE_NONE,
		  FRAMENUM_TYPE(FT_FRAMENUM_ACK), 0, "The reply that registered it again", HFILL}},
		{&hf_binding_removed_in,
		 {"Binding removed in", "dsmipv4.binding.removed_in", FT_FRAMENUM, BASE_NONE,
		  FRAMENUM_TYPE(FT_FRAMENUM_ACK), 0, "The message that ended the binding", HFILL}},
		{&hf_binding_removed_by,
		 {"Binding removed because", "dsmipv4.binding.removed_reason", FT_STRING, BASE_NONE, NULL, 0,
		  "Why the binding ended", HFILL}},
		{&hf_binding_expires_at,
		 {"Binding expires at", "dsmipv4.binding.expires_at", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_LOCAL, NULL, 0,
		  "Time of the reply and the lifetime granted", HFILL}},
	};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
}
