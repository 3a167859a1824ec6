// SPDX-License-Identifier: GPL-2.0-or-later
// What came of a node's wish for IPv6.
#include "taps/report/service.h"

#include "core/state/node_index.h"
#include "core/wire/reply_codes.h"
#include "core/wire/text.h"

const char *dsmipv4_outcome_name(dsmipv4_outcome_t outcome)
{
	static const char *const names[] = {"not-asked",   "granted", "partial",    "refused",
					    "unsupported", "denied",  "unanswered", "unknown"};
	return names[outcome];
}

bool dsmipv4_lacks_service(const dsmipv4_service_t *service)
{
	return service->outcome >= DSMIPV4_OUTCOME_REFUSED && service->outcome <= DSMIPV4_OUTCOME_UNANSWERED;
}

char *dsmipv4_code_text(uint8_t code)
{
	const char *name = dsmipv4_reply_code_name(code);
	if (code == DSMIPV4_REPLY_ACCEPTED)
		return g_strdup("accepted");
	return name ? g_strdup_printf("%s (%u)", name, code) : g_strdup_printf("code %u", code);
}

bool dsmipv4_is_new_request(const dsmipv4_event_t *e)
{
	return e->type == DSMIPV4_REGISTRATION_REQUEST && !e->relay_of && !e->first;
}

const dsmipv4_event_t *dsmipv4_reply_until(const dsmipv4_event_t *request, uint32_t frame)
{
	const dsmipv4_event_t *reply = request->pair;
	if (!reply && request->relayed)
		reply = request->relayed->pair;
	return reply && reply->frame <= frame ? reply : NULL;
}

static bool is_denied(const dsmipv4_event_t *reply)
{
	return reply->code >= DSMIPV4_REPLY_FIRST_DENIAL;
}

// As of when a node is judged.
typedef struct {
	const dsmipv4_bindings_t *bindings; // NULL: answers are captured
	uint32_t frame;
	int64_t end;
} moment_t;

// Answers of whom the request went to are captured, to its sender or to anybody.
static bool answers_are_seen(const dsmipv4_event_t *request, const dsmipv4_bindings_t *bindings)
{
	dsmipv4_packet_t packet = {.src = request->src, .dst = request->dst};
	dsmipv4_look_ahead(bindings, &packet, 0);
	return packet.replies_seen || dsmipv4_home_agent_since(bindings, request->dst);
}

// That nothing answered can only be said where answers are captured, and there was time for one: retransmissions come
// after a second or more (RFC 5944 3.6.3).
static bool is_unanswered(const dsmipv4_event_t *request, const moment_t *at)
{
	return !dsmipv4_reply_until(request, at->frame) && at->end >= request->time + DSMIPV4_REPLY_DUE &&
	       (!at->bindings || answers_are_seen(request, at->bindings));
}

static void count(dsmipv4_service_t *service, const dsmipv4_event_t *request, const moment_t *at)
{
	const dsmipv4_event_t *reply = dsmipv4_reply_until(request, at->frame);
	service->requests++;
	service->denied += reply && is_denied(reply);
	service->unanswered += is_unanswered(request, at);
}

char *dsmipv4_prefixes_text(const dsmipv4_event_t *reply)
{
	wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	GString *text = g_string_new(NULL);
	for (unsigned i = 0; i < reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		g_string_append_printf(text, "%s%s ", i ? ", " : "", dsmipv4_prefix_text(pool, &r->prefix));
		if (r->state == DSMIPV4_PREFIX_IGNORED)
			g_string_append(text, "not answered");
		else if (r->state == DSMIPV4_PREFIX_REFUSED)
			g_string_append_printf(text, "rejected (%u)", r->code);
		else
			g_string_append(text, r->code == DSMIPV4_PREFIX_ACCEPTED_HOA   ? "to the home address"
					      : r->code == DSMIPV4_PREFIX_ACCEPTED_COA ? "to the care-of address"
										       : "accepted");
	}
	wmem_destroy_allocator(pool);
	return g_string_free(text, FALSE);
}

static unsigned count_prefixes(const dsmipv4_event_t *reply, dsmipv4_prefix_state_t state)
{
	unsigned n = 0;
	for (unsigned i = 0; i < reply->n_prefixes; i++)
		n += reply->prefixes[i].state == state;
	return n;
}

static void judge_acceptance(dsmipv4_service_t *service, const dsmipv4_event_t *reply)
{
	unsigned active = count_prefixes(reply, DSMIPV4_PREFIX_ACTIVE);
	if (!reply->captured_whole && active < reply->n_prefixes) {
		service->outcome = DSMIPV4_OUTCOME_UNKNOWN;
		service->text = g_strdup("the reply was not captured whole");
	} else if (count_prefixes(reply, DSMIPV4_PREFIX_IGNORED) == reply->n_prefixes) {
		service->outcome = DSMIPV4_OUTCOME_UNSUPPORTED;
		service->text = g_strdup("the home agent ignores the IPv6 extensions");
	} else {
		service->outcome = active == reply->n_prefixes ? DSMIPV4_OUTCOME_GRANTED
				   : active > 0                ? DSMIPV4_OUTCOME_PARTIAL
							       : DSMIPV4_OUTCOME_REFUSED;
		service->text = dsmipv4_prefixes_text(reply);
	}
}

static void judge_reply(dsmipv4_service_t *service, const dsmipv4_event_t *reply)
{
	service->frame = reply->frame;
	if (!is_denied(reply)) {
		judge_acceptance(service, reply);
		return;
	}
	char *code = dsmipv4_code_text(reply->code);
	service->outcome = DSMIPV4_OUTCOME_DENIED;
	service->text = g_strdup_printf("registration denied: %s", code);
	g_free(code);
}

static void judge_request(dsmipv4_service_t *service, const dsmipv4_event_t *request, const moment_t *at)
{
	const dsmipv4_event_t *reply = dsmipv4_reply_until(request, at->frame);
	if (reply) {
		judge_reply(service, reply);
		return;
	}
	service->frame = request->frame;
	bool unanswered = is_unanswered(request, at);
	service->outcome = unanswered ? DSMIPV4_OUTCOME_UNANSWERED : DSMIPV4_OUTCOME_UNKNOWN;
	service->text = g_strdup_printf("no reply to the request %s", unanswered ? "" : "was captured");
	g_strchomp(service->text);
}

// A reply to a request of an earlier file.
static bool answers_earlier_file(const dsmipv4_event_t *e)
{
	return e->type == DSMIPV4_REGISTRATION_REPLY && !e->relay_of && !e->first && e->pair && e->pair->frame == 0;
}

static bool asks_for_ipv6(const dsmipv4_event_t *request)
{
	return request->n_prefixes > 0 && request->lifetime > 0;
}

dsmipv4_service_t dsmipv4_service_of(const dsmipv4_report_node_t *node, const dsmipv4_bindings_t *bindings,
				     uint32_t frame, int64_t end)
{
	const moment_t at = {bindings, frame, end};
	dsmipv4_service_t service = {0};
	const dsmipv4_event_t *latest = NULL;
	for (unsigned i = 0; i < node->events->len; i++) {
		const dsmipv4_event_t *e = node->events->pdata[i];
		if (dsmipv4_is_new_request(e))
			count(&service, e, &at);
		else if (answers_earlier_file(e))
			service.denied += is_denied(e);
		else
			continue;
		const dsmipv4_event_t *request = dsmipv4_is_new_request(e) ? e : e->pair;
		if (asks_for_ipv6(request))
			latest = request;
	}
	if (latest)
		judge_request(&service, latest, &at);
	else
		service.text = g_strdup("");
	return service;
}
