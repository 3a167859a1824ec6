// SPDX-License-Identifier: GPL-2.0-or-later
// Dispatch: which checks are asked of a message or a tunneled packet, and what they answer.
#include "rules/dispatch.h"

#include "match/expectation.h"
#include "rules/actor.h"
#include "rules/control/control.h"
#include "rules/facts.h"
#include "rules/plan.h"
#include "rules/tunnel/tunnel.h"
#include "state/node_index.h"

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
		found.citation = dsmipv4_rule_citation(c->alloc, dsmipv4_rule(id), f->source);
		found.words = wmem_strdup_printf(c->alloc, "%s %s", f->words, found.citation);
	}
	wmem_array_append_one(v->findings, found);
}

// What the check left to the row.
static void complete_answer(dsmipv4_rule_id_t id, dsmipv4_answer_t *f)
{
	const dsmipv4_rule_t *rule = dsmipv4_rule(id);
	if (f->actor == DSMIPV4_ACTOR_OF_ROW)
		f->actor = rule->actor;
	if (!f->source)
		f->source = rule->source;
	if (!f->words)
		f->words = rule->text;
}

// `preset`: what an answer holds before the check.
static void ask(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, const dsmipv4_answer_t *preset, unsigned id)
{
	dsmipv4_answer_t f = *preset;
	dsmipv4_verdict_t verdict = checks[id](c, &f);
	if (verdict > v->verdict[id])
		v->verdict[id] = (uint8_t)verdict;
	if (verdict != DSMIPV4_BROKEN)
		return;
	complete_answer((dsmipv4_rule_id_t)id, &f);
	excuse_by_loss(c, (dsmipv4_rule_id_t)id, &f);
	note_finding(v, c, (dsmipv4_rule_id_t)id, &f);
}

// What is asked: which of the rules, and of what.
typedef struct {
	uint32_t layers; // a bit each
	dsmipv4_facts_t facts;
	dsmipv4_occasion_t occasion;
	uint64_t reported; // rules that are not asked again, as in dsmipv4_tunnel_history_t
} asked_t;

static void ask_group(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, const asked_t *asked,
		      const dsmipv4_planned_t *rule, const dsmipv4_planned_t *end, const dsmipv4_answer_t *preset)
{
	const bool *enabled = c->options->enabled;
	for (; rule < end; rule++) {
		if (rule->occasions & asked->occasion && enabled[rule->rule] && !(rule->once & asked->reported))
			ask(v, c, preset, rule->rule);
	}
}

static void ask_rules(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, const asked_t *asked)
{
	const dsmipv4_plan_t *plan = dsmipv4_plan();
	const dsmipv4_answer_t preset = {
		.alloc = c->alloc,
		.also = -1,
		.actor = DSMIPV4_ACTOR_OF_ROW,
		.offset = c->ext ? (int32_t)c->ext->offset : 0,
		.length = c->ext ? c->ext->header_len + c->ext->body_len : 0,
	};
	for (uint32_t layers = asked->layers; layers; layers &= layers - 1) {
		unsigned layer = (unsigned)__builtin_ctz(layers);
		const dsmipv4_group_t *group = &plan->groups[plan->first_group[layer]];
		const dsmipv4_group_t *end = &plan->groups[plan->first_group[layer + 1]];
		for (; group < end; group++) {
			if ((group->applies & ~asked->facts) == 0)
				ask_group(v, c, asked, plan->rules + group->first, plan->rules + group->end, &preset);
		}
	}
}

// Control messages.

static dsmipv4_facts_t facts_of_message(const dsmipv4_check_t *c)
{
	dsmipv4_facts_t facts = dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_MESSAGE);
	if (c->event)
		facts |= dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_EVENT);
	if (c->event && c->event->pair)
		facts |= dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_EXCHANGE);
	return facts;
}

static void count_before(dsmipv4_check_t *c)
{
	c->n_modes += dsmipv4_ext_is(c->ext, DSMIPV4_TUNNELING_MODE);
	c->n_auths += dsmipv4_ext_type_is_auth(c->ext->type);
}

dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_event_t *event)
{
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(alloc);
	dsmipv4_check_t c = {.alloc = alloc, .options = options, .packet = packet, .message = message, .event = event};
	uint32_t layers = dsmipv4_layers_of(&c, DSMIPV4_LAYER_MESSAGE, DSMIPV4_LAYER_REVOCATION);
	dsmipv4_facts_t facts = facts_of_message(&c);
	asked_t asked = {layers & ~DSMIPV4_LAYERS_OF_EXTS, facts, DSMIPV4_ASKED_OF_MESSAGE, 0};
	ask_rules(v, &c, &asked);
	asked.layers = layers & DSMIPV4_LAYERS_OF_EXTS;
	dsmipv4_find_prefix_matches(&c);
	for (c.index = 0; c.index < message->n_exts; c.index++) {
		c.ext = &message->exts[c.index];
		asked.facts = facts | dsmipv4_facts_of(&c, DSMIPV4_FACTS_OF_EXTENSION);
		ask_rules(v, &c, &asked);
		count_before(&c);
	}
	dsmipv4_verdicts_sort(v);
	return v;
}

// Tunneled packets.

bool dsmipv4_rule_is_of_packets(dsmipv4_rule_id_t id)
{
	return dsmipv4_layer_of(id) >= DSMIPV4_LAYER_TUNNEL;
}

bool dsmipv4_rule_is_once(dsmipv4_rule_id_t id)
{
	return dsmipv4_plan()->once[id] != 0;
}

// What is said once for a node is not said of one that is not known.
static uint64_t reported_before(const dsmipv4_check_t *c)
{
	if (!c->match)
		return 0;
	if (!c->match->node)
		return UINT64_MAX;
	return c->history ? c->history->reported[c->match->direction] : 0;
}

static dsmipv4_facts_t facts_of_packet(const dsmipv4_check_t *c)
{
	if (!c->match)
		return 0;
	dsmipv4_facts_t facts = dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_TUNNEL);
	bool ipv6 = c->match->tunnel->kind == DSMIPV4_INNER_IPV6;
	return facts | (ipv6 ? dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_IPV6) : 0);
}

static dsmipv4_facts_t facts_of_binding(const dsmipv4_check_t *c)
{
	return c->candidate ? dsmipv4_facts_of(c, DSMIPV4_FACTS_OF_BINDING) : 0;
}

// How much is wrong with the packet if this candidate is the binding that it belongs to.
static unsigned penalty(dsmipv4_check_t *c, dsmipv4_facts_t facts, const dsmipv4_candidate_t *candidate)
{
	static const unsigned weight[] = {1, 100, 10000, 1000000};
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(c->alloc);
	unsigned sum = 0;
	c->candidate = candidate;
	ask_rules(v, c,
		  &(asked_t){
			  .layers = dsmipv4_layers_of(c, DSMIPV4_LAYER_BINDING, DSMIPV4_LAYER_AGENT_IPV6),
			  .facts = facts | facts_of_binding(c),
			  .occasion = DSMIPV4_ASKED_OF_CANDIDATE,
		  });
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

static void ask_packet(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, dsmipv4_facts_t facts, bool first_visit)
{
	ask_rules(v, c,
		  &(asked_t){
			  .layers = dsmipv4_layers_of(c, DSMIPV4_LAYER_TUNNEL, DSMIPV4_LAYER_ADVERTISEMENT),
			  .facts = facts,
			  .occasion = first_visit ? DSMIPV4_ASKED_FIRST : DSMIPV4_ASKED_LATER,
			  .reported = reported_before(c),
		  });
	dsmipv4_verdicts_sort(v);
}

static uint64_t reported_now(const dsmipv4_verdicts_t *v)
{
	uint64_t reported = 0;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		reported |= dsmipv4_plan()->once[dsmipv4_finding(v, i)->rule];
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

// A router advertisement, or what the home agent sends to a node about others.
static bool is_tunneled_advertisement(const dsmipv4_match_t *m)
{
	const dsmipv4_ipv6_t *ipv6 = &m->tunnel->ipv6;
	return m->tunnel->kind == DSMIPV4_INNER_IPV6 && m->node && dsmipv4_ipv6_is_nd(ipv6) &&
	       (ipv6->icmp_type == DSMIPV4_ND_ROUTER_ADVERTISEMENT ||
		(ipv6->neighbor_offset && m->direction == DSMIPV4_TO_MN));
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
