// SPDX-License-Identifier: GPL-2.0-or-later
// Dispatch: which checks are asked of a message or a tunneled packet, and what they answer.
#include "rules/dispatch.h"

#include "match/expectation.h"
#include "rules/actor.h"
#include "rules/control/control.h"
#include "rules/facts.h"
#include "rules/tunnel/tunnel.h"
#include "state/node_index.h"

typedef enum {
	LAYER_MESSAGE,
	LAYER_EXTENSION,
	LAYER_REQUEST,
	LAYER_REQUEST_EXT,
	LAYER_REPLY,
	LAYER_REPLY_EXT,
	LAYER_KNOWN_REQUEST,
	LAYER_KNOWN_REQUEST_EXT,
	LAYER_KNOWN_REPLY,
	LAYER_KNOWN_REPLY_EXT,
	LAYER_PAIR,
	LAYER_EXCHANGE,
	LAYER_EXCHANGE_EXT,
	LAYER_RELAY,
	LAYER_REVOCATION,
	LAYER_TUNNEL,
	LAYER_TUNNEL_IPV6,
	LAYER_BINDING,
	LAYER_BINDING_IPV6,
	LAYER_AGENT_IPV6,
	LAYER_ADVERTISEMENT,
} layer_t;

static const uint8_t layers[] = {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) [DSMIPV4_RULE_##id] = LAYER_##layer,
#include "rules/rules.def"
};

enum {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) PLACE_OF_##id,
#define TUNNELS FIRST_TUNNEL_RULE, BEFORE_IT = FIRST_TUNNEL_RULE - 1,
#include "rules/rules.def"
};

// An information item is asked like a rule; it answers yes or no.
#define RULE(id, layer, applies, source, strength, group, severity, actor, text)
#define INFO(id, layer, applies, group, severity, text)                                                                \
	static dsmipv4_verdict_t dsmipv4_check_##id(const dsmipv4_check_t *c, dsmipv4_answer_t *f)                     \
	{                                                                                                              \
		return dsmipv4_info_##id(c, f) ? DSMIPV4_BROKEN : DSMIPV4_NOT_APPLICABLE;                              \
	}
#include "rules/rules.def"

static dsmipv4_verdict_t (*const checks[])(const dsmipv4_check_t *c, dsmipv4_answer_t *f) = {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text)                                       \
	[DSMIPV4_RULE_##id] = dsmipv4_check_##id,
#include "rules/rules.def"
};

static bool is_event(const dsmipv4_check_t *c)
{
	return c->event != NULL;
}

static bool is_event_of_node(const dsmipv4_check_t *c)
{
	return c->event && c->event->node;
}

static bool is_answer(const dsmipv4_check_t *c)
{
	return c->event && c->event->pair && c->event->certain_pair;
}

static bool is_paired(const dsmipv4_check_t *c)
{
	return c->event && c->event->pair;
}

static bool is_tunnel(const dsmipv4_check_t *c)
{
	return c->match != NULL;
}

static bool carries_ipv6(const dsmipv4_check_t *c)
{
	return is_tunnel(c) && c->match->tunnel->kind == DSMIPV4_INNER_IPV6;
}

static bool has_candidate(const dsmipv4_check_t *c)
{
	return c->candidate != NULL;
}

static bool has_candidate_and_ipv6(const dsmipv4_check_t *c)
{
	return has_candidate(c) && carries_ipv6(c);
}

static bool may_be_via_agent(const dsmipv4_check_t *c)
{
	return carries_ipv6(c) && (c->candidate || c->match->tunneling_mode == DSMIPV4_TUNNELING_FA_COA_DIRECT);
}

static bool is_advertisement(const dsmipv4_check_t *c)
{
	return c->advertisement != NULL;
}

// For each layer: which message type it asks about (0: any), whether about each extension in turn,
// and what must be known of the conversation.
typedef struct {
	uint8_t message_type;
	bool each_ext;
	bool (*needs)(const dsmipv4_check_t *c);
} asked_of_t;

static const asked_of_t dispatch[] = {
	[LAYER_MESSAGE] = {0, false, NULL},
	[LAYER_EXTENSION] = {0, true, NULL},
	[LAYER_REQUEST] = {DSMIPV4_REGISTRATION_REQUEST, false, NULL},
	[LAYER_REQUEST_EXT] = {DSMIPV4_REGISTRATION_REQUEST, true, NULL},
	[LAYER_REPLY] = {DSMIPV4_REGISTRATION_REPLY, false, NULL},
	[LAYER_REPLY_EXT] = {DSMIPV4_REGISTRATION_REPLY, true, NULL},
	[LAYER_KNOWN_REQUEST] = {DSMIPV4_REGISTRATION_REQUEST, false, is_event},
	[LAYER_KNOWN_REQUEST_EXT] = {DSMIPV4_REGISTRATION_REQUEST, true, is_event},
	[LAYER_KNOWN_REPLY] = {DSMIPV4_REGISTRATION_REPLY, false, is_event},
	[LAYER_KNOWN_REPLY_EXT] = {DSMIPV4_REGISTRATION_REPLY, true, is_event},
	[LAYER_PAIR] = {DSMIPV4_REGISTRATION_REPLY, false, is_paired},
	[LAYER_EXCHANGE] = {DSMIPV4_REGISTRATION_REPLY, false, is_answer},
	[LAYER_EXCHANGE_EXT] = {DSMIPV4_REGISTRATION_REPLY, true, is_answer},
	[LAYER_RELAY] = {0, false, dsmipv4_is_relay_copy},
	[LAYER_REVOCATION] = {DSMIPV4_REVOCATION, false, is_event_of_node},
	[LAYER_TUNNEL] = {0, false, is_tunnel},
	[LAYER_TUNNEL_IPV6] = {0, false, carries_ipv6},
	[LAYER_BINDING] = {0, false, has_candidate},
	[LAYER_BINDING_IPV6] = {0, false, has_candidate_and_ipv6},
	[LAYER_AGENT_IPV6] = {0, false, may_be_via_agent},
	[LAYER_ADVERTISEMENT] = {0, false, is_advertisement},
};

static bool layer_applies(const dsmipv4_check_t *c, layer_t layer)
{
	const asked_of_t *of = &dispatch[layer];
	if (of->message_type && (of->message_type != c->message->type || !c->message->fixed))
		return false;
	return !of->needs || of->needs(c);
}

// The layers that apply to a context, a bit each.
static uint32_t layers_of(const dsmipv4_check_t *c, layer_t from, layer_t to)
{
	uint32_t set = 0;
	for (unsigned i = from; i <= to; i++)
		set |= layer_applies(c, i) ? UINT32_C(1) << i : 0;
	return set;
}

static dsmipv4_severity_t severity_of(const dsmipv4_check_t *c, dsmipv4_rule_id_t id, const dsmipv4_answer_t *f)
{
	if (c->options->severity[id] != DSMIPV4_SEVERITY_OF_ROW)
		return (dsmipv4_severity_t)c->options->severity[id];
	return f->also < 0 ? dsmipv4_rule(id)->severity : dsmipv4_also((unsigned)f->also)->severity;
}

// The LOSS row of a rule, counted from 1; 0: it has none.
static const unsigned loss_rows[DSMIPV4_RULE_COUNT] = {
#define LOSS(id) [DSMIPV4_RULE_##id] = DSMIPV4_ALSO_##id##_LOSS + 1,
#include "rules/rules.def"
};

// Registration messages of this home agent are missing from the capture: one is known for certain, so there may be
// others.
static bool lacks_messages(const dsmipv4_check_t *c)
{
	if (c->event)
		return c->event->after_gap;
	if (!c->match)
		return false;
	uint32_t ha = c->match->node ? c->match->node->ha : c->match->ha;
	const dsmipv4_event_t *gap = dsmipv4_home_agent_gap(c->bindings, ha);
	return gap && gap->frame <= c->packet->frame;
}

static void excuse_by_loss(const dsmipv4_check_t *c, dsmipv4_rule_id_t id, dsmipv4_answer_t *f)
{
	if (!loss_rows[id] || severity_of(c, id, f) <= DSMIPV4_NOTE || !lacks_messages(c))
		return;
	f->also = (int)loss_rows[id] - 1;
	f->words =
		wmem_strdup_printf(c->alloc, "%s; other registration messages are missing from this capture", f->words);
}

static void note_finding(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, dsmipv4_rule_id_t id,
			 const dsmipv4_answer_t *f)
{
	dsmipv4_finding_t found = {
		.rule = id,
		.also = f->also,
		.severity = severity_of(c, id, f),
		.actor = dsmipv4_actor_of(c, f->actor),
		.offset = f->offset,
		.length = f->length,
		.ext = c->ext,
		.words = f->words,
	};
	if (!dsmipv4_rule_is_item(id)) {
		char *citation = dsmipv4_rule_citation(c->alloc, dsmipv4_rule(id), f->source);
		found.words = wmem_strdup_printf(c->alloc, "%s %s", f->words, citation);
	}
	wmem_array_append_one(v->findings, found);
}

static void ask(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, unsigned id)
{
	const dsmipv4_rule_t *rule = dsmipv4_rule((dsmipv4_rule_id_t)id);
	dsmipv4_answer_t f = {
		.alloc = c->alloc,
		.also = -1,
		.actor = rule->actor,
		.offset = c->ext ? (int32_t)c->ext->offset : 0,
		.length = c->ext ? c->ext->header_len + c->ext->body_len : 0,
		.source = rule->source,
		.words = rule->text,
	};
	dsmipv4_verdict_t verdict = checks[id](c, &f);
	if (verdict == DSMIPV4_BROKEN)
		excuse_by_loss(c, (dsmipv4_rule_id_t)id, &f);
	if (verdict == DSMIPV4_BROKEN)
		note_finding(v, c, (dsmipv4_rule_id_t)id, &f);
	if (verdict > v->verdict[id])
		v->verdict[id] = (uint8_t)verdict;
}

static bool has_facts(dsmipv4_facts_t facts, unsigned id)
{
	return (dsmipv4_rule_applies((dsmipv4_rule_id_t)id) & ~facts) == 0;
}

// Control messages.

static dsmipv4_facts_t facts_of_message(const dsmipv4_check_t *c)
{
	dsmipv4_facts_t facts = dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_MESSAGE);
	if (is_event(c))
		facts |= dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_EVENT);
	if (is_paired(c))
		facts |= dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_EXCHANGE);
	return facts;
}

static void ask_message(dsmipv4_verdicts_t *v, dsmipv4_check_t *c, uint32_t asked, dsmipv4_facts_t facts, bool each_ext)
{
	for (unsigned i = 0; i < FIRST_TUNNEL_RULE; i++) {
		if (asked >> layers[i] & 1 && dispatch[layers[i]].each_ext == each_ext && c->options->enabled[i] &&
		    has_facts(facts, i))
			ask(v, c, i);
	}
}

dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_event_t *event)
{
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(alloc);
	dsmipv4_check_t c = {.alloc = alloc, .options = options, .packet = packet, .message = message, .event = event};
	uint32_t asked = layers_of(&c, LAYER_MESSAGE, LAYER_REVOCATION);
	dsmipv4_facts_t facts = facts_of_message(&c);
	ask_message(v, &c, asked, facts, false);
	for (c.index = 0; c.index < message->n_exts; c.index++) {
		c.ext = &message->exts[c.index];
		ask_message(v, &c, asked, facts | dsmipv4_facts_of(&c, DSMIPV4_FACTS_OF_EXTENSION), true);
	}
	dsmipv4_verdicts_sort(v);
	return v;
}

// Tunneled packets.

// What is reported once for a node and direction: bits of dsmipv4_tunnel_history_t.reported.
enum {
#define ONCE(id) ONCE_##id,
#include "rules/rules.def"
	ONCE_COUNT
};

G_STATIC_ASSERT(ONCE_COUNT <= 64);

static const struct {
	bool once;
	uint8_t bit;
} once[DSMIPV4_RULE_COUNT] = {
#define ONCE(id) [DSMIPV4_RULE_##id] = {true, ONCE_##id},
#include "rules/rules.def"
};

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

bool dsmipv4_rule_is_of_packets(dsmipv4_rule_id_t id)
{
	return (unsigned)id >= FIRST_TUNNEL_RULE;
}

bool dsmipv4_rule_is_once(dsmipv4_rule_id_t id)
{
	return once[id].once;
}

static bool asks_about_binding(unsigned id)
{
	return layers[id] >= LAYER_BINDING && layers[id] <= LAYER_AGENT_IPV6;
}

static bool was_reported(const dsmipv4_check_t *c, unsigned id)
{
	return once[id].once &&
	       (!c->match->node || (c->history && c->history->reported[c->match->direction] >> once[id].bit & 1));
}

static dsmipv4_facts_t facts_of_packet(const dsmipv4_check_t *c)
{
	dsmipv4_facts_t facts = is_tunnel(c) ? dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_TUNNEL) : 0;
	return facts | (carries_ipv6(c) ? dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_IPV6) : 0);
}

static dsmipv4_facts_t facts_of_binding(const dsmipv4_check_t *c)
{
	return has_candidate(c) ? dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_BINDING) : 0;
}

// How much is wrong with the packet if this candidate is the binding that it belongs to.
static unsigned penalty(dsmipv4_check_t *c, dsmipv4_facts_t facts, const dsmipv4_candidate_t *candidate)
{
	static const unsigned weight[] = {1, 100, 10000, 1000000};
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(c->alloc);
	unsigned sum = 0;
	c->candidate = candidate;
	uint32_t asked = layers_of(c, LAYER_BINDING, LAYER_AGENT_IPV6);
	facts |= facts_of_binding(c);
	for (unsigned i = FIRST_TUNNEL_RULE; i < DSMIPV4_RULE_COUNT; i++) {
		if (asks_about_binding(i) && !dsmipv4_rule_is_item(i) && asked >> layers[i] & 1 &&
		    c->options->enabled[i] && !needs_future[i] && has_facts(facts, i))
			ask(v, c, i);
	}
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++)
		sum += weight[dsmipv4_finding(v, i)->severity];
	return sum;
}

// A packet is right if any live binding explains it.
static const dsmipv4_candidate_t *choose_candidate(dsmipv4_check_t *c, dsmipv4_facts_t facts)
{
	const dsmipv4_match_t *m = c->match;
	const dsmipv4_candidate_t *best = m->n_candidates ? &m->candidates[0] : NULL;
	unsigned least = m->n_candidates > 1 ? penalty(c, facts, best) : 0;
	for (unsigned i = 1; i < m->n_candidates && least > 0; i++) {
		unsigned sum = penalty(c, facts, &m->candidates[i]);
		if (sum < least) {
			least = sum;
			best = &m->candidates[i];
		}
	}
	return best;
}

// On the first visit all rules are asked except those that need the future; later only those. Items are given each
// time, unless they are given only once.
static bool is_due(unsigned id, bool first_visit)
{
	if (dsmipv4_rule_is_item(id))
		return first_visit || !once[id].once;
	return first_visit != needs_future[id];
}

static void ask_packet(dsmipv4_verdicts_t *v, dsmipv4_check_t *c, dsmipv4_facts_t facts, bool first_visit)
{
	uint32_t asked = layers_of(c, LAYER_TUNNEL, LAYER_ADVERTISEMENT);
	for (unsigned i = FIRST_TUNNEL_RULE; i < DSMIPV4_RULE_COUNT; i++) {
		if (asked >> layers[i] & 1 && c->options->enabled[i] && is_due(i, first_visit) && has_facts(facts, i) &&
		    !was_reported(c, i))
			ask(v, c, i);
	}
}

static uint64_t reported_now(const dsmipv4_verdicts_t *v)
{
	uint64_t reported = 0;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		unsigned rule = dsmipv4_finding(v, i)->rule;
		reported |= once[rule].once ? UINT64_C(1) << once[rule].bit : 0;
	}
	return reported;
}

static void note_sighting(dsmipv4_tunnel_histories_t *histories, const dsmipv4_match_t *m, uint64_t digest)
{
	dsmipv4_sighting_add(histories, &(dsmipv4_sighting_t){
						.digest = digest,
						.time = m->time,
						.node = m->node,
						.from_mn = m->direction == DSMIPV4_FROM_MN,
						.frame = m->frame,
						.hop_limit = m->tunnel->ipv6.hop_limit,
					});
}

static bool is_tunneled_advertisement(const dsmipv4_match_t *m)
{
	const dsmipv4_ipv6_t *ipv6 = &m->tunnel->ipv6;
	return m->tunnel->kind == DSMIPV4_INNER_IPV6 && m->node && ipv6->upper == DSMIPV4_UPPER_ICMPV6 &&
	       ipv6->icmp_type == DSMIPV4_ND_ROUTER_ADVERTISEMENT;
}

dsmipv4_verdicts_t *dsmipv4_judge_advertisement(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
						const dsmipv4_packet_t *packet, const dsmipv4_bindings_t *bindings,
						const dsmipv4_advertisement_t *advertisement)
{
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(alloc);
	dsmipv4_check_t c = {
		.alloc = alloc,
		.options = options,
		.packet = packet,
		.bindings = bindings,
		.advertisement = advertisement,
	};
	ask_packet(v, &c, 0, true);
	return v;
}

// What later packets of the node will be compared with.
static void remember(dsmipv4_tunnel_histories_t *histories, const dsmipv4_check_t *c, const dsmipv4_verdicts_t *v,
		     uint64_t digest)
{
	const dsmipv4_match_t *m = c->match;
	uint64_t reported = m->node ? reported_now(v) : 0;
	if (reported)
		dsmipv4_tunnel_history_make(histories, m->node)->reported[m->direction] |= reported;
	if (dsmipv4_leads_to_network(c))
		dsmipv4_tunnel_history_make(histories, m->node)->has_network = true;
	if (digest)
		note_sighting(histories, m, digest);
	dsmipv4_tunnel_history_add(histories, m, c->options->enabled[DSMIPV4_RULE_natt_keepalive_late]);
}

dsmipv4_verdicts_t *dsmipv4_judge_tunnel(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					 const dsmipv4_packet_t *packet, dsmipv4_match_t *match,
					 const dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories)
{
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(alloc);
	dsmipv4_check_t c = {
		.alloc = alloc,
		.options = options,
		.packet = packet,
		.match = match,
		.bindings = bindings,
		.history = histories ? dsmipv4_tunnel_history_of(histories, match->node) : NULL,
	};
	bool watches = histories && options->enabled[DSMIPV4_RULE_tun_hop_decrement];
	uint64_t digest = watches ? dsmipv4_inner_digest(match->tunnel) : 0;
	if (digest)
		c.sighting = dsmipv4_sighting_of(histories, digest);
	dsmipv4_facts_t facts = facts_of_packet(&c);
	match->chosen = choose_candidate(&c, facts);
	match->expected =
		match->chosen ? dsmipv4_expected_tunneling_mode(match, match->chosen) : DSMIPV4_TUNNELING_UNKNOWN;
	c.candidate = match->chosen;
	dsmipv4_advertisement_t advertisement = {&match->tunnel->ipv6, &match->ha, 1};
	if (is_tunneled_advertisement(match))
		c.advertisement = &advertisement;
	ask_packet(v, &c, facts | facts_of_binding(&c), histories != NULL);
	if (histories)
		remember(histories, &c, v, digest);
	return v;
}
