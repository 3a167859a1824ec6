// SPDX-License-Identifier: GPL-2.0-or-later
// Judgement: which checks are asked of a message or a tunneled packet, and what they answer.
#include "rules/dispatch.h"

#include "rules/check.h"

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
	LAYER_ADVERTISEMENT,
	LAYER_COUNT
} layer_t;

static const layer_t layers[] = {
#define RULE(id, layer, source, strength, group, severity, text) [DSMIPV4_RULE_##id] = LAYER_##layer,
#include "rules/rules.def"
};

enum {
#define RULE(id, layer, source, strength, group, severity, text) PLACE_OF_##id,
#define TUNNELS FIRST_TUNNEL_RULE, BEFORE_IT = FIRST_TUNNEL_RULE - 1,
#include "rules/rules.def"
};

static dsmipv4_verdict_t (*const checks[])(const dsmipv4_check_t *c, dsmipv4_answer_t *f) = {
#define RULE(id, layer, source, strength, group, severity, text) [DSMIPV4_RULE_##id] = dsmipv4_check_##id,
#include "rules/rules.def"
};

static const struct {
	layer_t layer;
	const char *text;
	bool (*ask)(const dsmipv4_check_t *c, dsmipv4_answer_t *f);
} infos[] = {
#define INFO(id, layer, group, severity, text) [DSMIPV4_INFO_##id] = {LAYER_##layer, text, dsmipv4_info_##id},
#include "rules/infos.def"
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

static bool is_advertisement(const dsmipv4_check_t *c)
{
	return c->advertisement != NULL;
}

// For each layer: which message type it asks about (0: any), whether about each extension in turn,
// and what must be known of the conversation.
static const struct {
	uint8_t message_type;
	bool each_ext;
	bool (*needs)(const dsmipv4_check_t *c);
} dispatch[] = {
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
	[LAYER_ADVERTISEMENT] = {0, false, is_advertisement},
};

static void note_finding(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, dsmipv4_rule_id_t id,
			 const dsmipv4_answer_t *f)
{
	char *citation = dsmipv4_rule_citation(c->alloc, dsmipv4_rule(id), f->source);
	dsmipv4_finding_t found = {
		.rule = id,
		.severity = f->severity,
		.offset = f->offset,
		.length = f->length,
		.ext = c->ext,
		.words = wmem_strdup_printf(c->alloc, "%s %s", f->words, citation),
	};
	wmem_array_append_one(v->findings, found);
}

static dsmipv4_answer_t blank_finding(const dsmipv4_check_t *c, const char *text)
{
	return (dsmipv4_answer_t){
		.alloc = c->alloc,
		.offset = c->ext ? (int32_t)c->ext->offset : 0,
		.length = c->ext ? c->ext->header_len + c->ext->body_len : 0,
		.words = text,
	};
}

static void ask_rule(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, unsigned id)
{
	const dsmipv4_rule_t *rule = dsmipv4_rule((dsmipv4_rule_id_t)id);
	dsmipv4_answer_t f = blank_finding(c, rule->text);
	f.severity = rule->severity;
	f.source = rule->source;
	dsmipv4_verdict_t verdict = checks[id](c, &f);
	if (verdict == DSMIPV4_BROKEN)
		note_finding(v, c, (dsmipv4_rule_id_t)id, &f);
	if (verdict > v->verdict[id])
		v->verdict[id] = (uint8_t)verdict;
}

static void ask_info(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, unsigned id)
{
	dsmipv4_answer_t f = blank_finding(c, infos[id].text);
	if (!infos[id].ask(c, &f))
		return;
	dsmipv4_info_t info = {(dsmipv4_info_id_t)id, f.offset, f.length, c->ext, f.words};
	wmem_array_append_one(v->infos, info);
}

static bool applies(const dsmipv4_check_t *c, layer_t layer)
{
	uint8_t type = dispatch[layer].message_type;
	if (type && (type != c->message->type || !c->message->fixed))
		return false;
	return !dispatch[layer].needs || dispatch[layer].needs(c);
}

// Ask about the message, or about each of its extensions, as the layer says.
static void ask_layer(dsmipv4_verdicts_t *v, dsmipv4_check_t *c, layer_t layer, unsigned id,
		      void (*ask)(dsmipv4_verdicts_t *v, const dsmipv4_check_t *c, unsigned id))
{
	c->ext = NULL;
	if (!applies(c, layer))
		return;
	if (!dispatch[layer].each_ext) {
		ask(v, c, id);
		return;
	}
	for (c->index = 0; c->index < c->message->n_exts; c->index++) {
		c->ext = &c->message->exts[c->index];
		ask(v, c, id);
	}
}

dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_event_t *event)
{
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(alloc);
	dsmipv4_check_t c = {.alloc = alloc, .options = options, .packet = packet, .message = message, .event = event};
	for (unsigned i = 0; i < FIRST_TUNNEL_RULE; i++) {
		if (options->enabled[i])
			ask_layer(v, &c, layers[i], i, ask_rule);
	}
	for (unsigned i = 0; i < DSMIPV4_INFO_COUNT; i++) {
		if (infos[i].layer < LAYER_TUNNEL)
			ask_layer(v, &c, infos[i].layer, i, ask_info);
	}
	return v;
}

// Tunneled packets.

// What is said of a node's packets once in each direction: bits of dsmipv4_tunnel_history_t.said.
enum {
#define ONCE(id) ONCE_##id,
#include "rules/rules.def"
#define ONCE(id) ONCE_INFO_##id,
#include "rules/infos.def"
	ONCE_COUNT
};

G_STATIC_ASSERT(ONCE_COUNT <= 64);

static const struct {
	bool once;
	uint8_t bit;
} once_rules[DSMIPV4_RULE_COUNT] =
	{
#define ONCE(id) [DSMIPV4_RULE_##id] = {true, ONCE_##id},
#include "rules/rules.def"
},
  once_infos[DSMIPV4_INFO_COUNT] = {
#define ONCE(id) [DSMIPV4_INFO_##id] = {true, ONCE_INFO_##id},
#include "rules/infos.def"
};

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

static bool asks_about_binding(layer_t layer)
{
	return layer == LAYER_BINDING || layer == LAYER_BINDING_IPV6;
}

// Which layers the packet is asked about: they are few, the rules are many.
typedef struct {
	bool asked[LAYER_COUNT];
} layers_t;

static layers_t tunnel_layers(const dsmipv4_check_t *c)
{
	layers_t l;
	for (unsigned i = LAYER_TUNNEL; i < LAYER_COUNT; i++)
		l.asked[i] = applies(c, i);
	return l;
}

static bool was_reported(const dsmipv4_check_t *c, bool once, uint8_t bit)
{
	return once && (!c->match->node || (c->history && c->history->reported[c->match->direction] >> bit & 1));
}

// How much is wrong with the packet if this candidate is the binding that it belongs to.
static unsigned penalty(dsmipv4_check_t *c, const dsmipv4_candidate_t *candidate)
{
	static const unsigned weight[] = {1, 100, 10000, 1000000};
	dsmipv4_verdicts_t *v = dsmipv4_verdicts_new(c->alloc);
	unsigned sum = 0;
	c->candidate = candidate;
	layers_t l = tunnel_layers(c);
	for (unsigned i = FIRST_TUNNEL_RULE; i < DSMIPV4_RULE_COUNT; i++) {
		if (asks_about_binding(layers[i]) && l.asked[layers[i]] && c->options->enabled[i] && !needs_future[i])
			ask_rule(v, c, i);
	}
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++)
		sum += weight[((dsmipv4_finding_t *)wmem_array_index(v->findings, i))->severity];
	return sum;
}

// Any live binding that explains the packet makes it right (catalogue section 4, event 10).
static const dsmipv4_candidate_t *choose_candidate(dsmipv4_check_t *c)
{
	const dsmipv4_match_t *m = c->match;
	const dsmipv4_candidate_t *best = m->n_candidates ? &m->candidates[0] : NULL;
	unsigned least = m->n_candidates > 1 ? penalty(c, best) : 0;
	for (unsigned i = 1; i < m->n_candidates && least > 0; i++) {
		unsigned sum = penalty(c, &m->candidates[i]);
		if (sum < least) {
			least = sum;
			best = &m->candidates[i];
		}
	}
	return best;
}

static void judge_by_rules(dsmipv4_verdicts_t *v, dsmipv4_check_t *c, bool first_visit)
{
	layers_t l = tunnel_layers(c);
	for (unsigned i = FIRST_TUNNEL_RULE; i < DSMIPV4_RULE_COUNT; i++) {
		if (l.asked[layers[i]] && c->options->enabled[i] && first_visit != needs_future[i] &&
		    !was_reported(c, once_rules[i].once, once_rules[i].bit))
			ask_rule(v, c, i);
	}
}

static void judge_by_infos(dsmipv4_verdicts_t *v, dsmipv4_check_t *c, bool first_visit)
{
	layers_t l = tunnel_layers(c);
	for (unsigned i = 0; i < DSMIPV4_INFO_COUNT; i++) {
		if (infos[i].layer >= LAYER_TUNNEL && l.asked[infos[i].layer] && first_visit >= once_infos[i].once &&
		    !was_reported(c, once_infos[i].once, once_infos[i].bit))
			ask_info(v, c, i);
	}
}

static uint64_t reported_now(const dsmipv4_verdicts_t *v)
{
	uint64_t reported = 0;
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		const dsmipv4_finding_t *f = wmem_array_index(v->findings, i);
		reported |= once_rules[f->rule].once ? UINT64_C(1) << once_rules[f->rule].bit : 0;
	}
	for (unsigned i = 0; i < wmem_array_get_count(v->infos); i++) {
		const dsmipv4_info_t *info = wmem_array_index(v->infos, i);
		reported |= once_infos[info->info].once ? UINT64_C(1) << once_infos[info->info].bit : 0;
	}
	return reported;
}

bool dsmipv4_info_is_once(dsmipv4_info_id_t info)
{
	return once_infos[info].once;
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

static bool is_tunnelled_advertisement(const dsmipv4_match_t *m)
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
	judge_by_rules(v, &c, true);
	return v;
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
	match->chosen = choose_candidate(&c);
	c.candidate = match->chosen;
	dsmipv4_advertisement_t advertisement = {&match->tunnel->ipv6, &match->ha, 1};
	if (is_tunnelled_advertisement(match))
		c.advertisement = &advertisement;
	judge_by_rules(v, &c, histories != NULL);
	judge_by_infos(v, &c, histories != NULL);
	if (!histories)
		return v;
	uint64_t reported = match->node ? reported_now(v) : 0;
	if (reported)
		dsmipv4_tunnel_history_make(histories, match->node)->reported[match->direction] |= reported;
	if (digest)
		note_sighting(histories, match, digest);
	dsmipv4_tunnel_history_add(histories, match, options->enabled[DSMIPV4_RULE_natt_keepalive_late]);
	return v;
}
