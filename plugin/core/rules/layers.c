// SPDX-License-Identifier: GPL-2.0-or-later
// Layers: what a rule is asked of.
#include "rules/layers.h"

#include "rules/control/control.h"

static const uint8_t layers[] = {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text)                                       \
	[DSMIPV4_RULE_##id] = DSMIPV4_LAYER_##layer,
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

// For each layer: which message type it asks about (0: any), and what must be known of the conversation.
typedef struct {
	uint8_t message_type;
	bool (*needs)(const dsmipv4_check_t *c);
} asked_of_t;

static const asked_of_t dispatch[] = {
	[DSMIPV4_LAYER_MESSAGE] = {0, NULL},
	[DSMIPV4_LAYER_EXTENSION] = {0, NULL},
	[DSMIPV4_LAYER_REQUEST] = {DSMIPV4_REGISTRATION_REQUEST, NULL},
	[DSMIPV4_LAYER_REQUEST_EXT] = {DSMIPV4_REGISTRATION_REQUEST, NULL},
	[DSMIPV4_LAYER_REPLY] = {DSMIPV4_REGISTRATION_REPLY, NULL},
	[DSMIPV4_LAYER_REPLY_EXT] = {DSMIPV4_REGISTRATION_REPLY, NULL},
	[DSMIPV4_LAYER_KNOWN_REQUEST] = {DSMIPV4_REGISTRATION_REQUEST, is_event},
	[DSMIPV4_LAYER_KNOWN_REQUEST_EXT] = {DSMIPV4_REGISTRATION_REQUEST, is_event},
	[DSMIPV4_LAYER_KNOWN_REPLY] = {DSMIPV4_REGISTRATION_REPLY, is_event},
	[DSMIPV4_LAYER_KNOWN_REPLY_EXT] = {DSMIPV4_REGISTRATION_REPLY, is_event},
	[DSMIPV4_LAYER_PAIR] = {DSMIPV4_REGISTRATION_REPLY, is_paired},
	[DSMIPV4_LAYER_EXCHANGE] = {DSMIPV4_REGISTRATION_REPLY, is_answer},
	[DSMIPV4_LAYER_EXCHANGE_EXT] = {DSMIPV4_REGISTRATION_REPLY, is_answer},
	[DSMIPV4_LAYER_RELAY] = {0, dsmipv4_is_relay_copy},
	[DSMIPV4_LAYER_REVOCATION] = {DSMIPV4_REVOCATION, is_event_of_node},
	[DSMIPV4_LAYER_TUNNEL] = {0, is_tunnel},
	[DSMIPV4_LAYER_TUNNEL_IPV6] = {0, carries_ipv6},
	[DSMIPV4_LAYER_BINDING] = {0, has_candidate},
	[DSMIPV4_LAYER_BINDING_IPV6] = {0, has_candidate_and_ipv6},
	[DSMIPV4_LAYER_AGENT_IPV6] = {0, may_be_via_agent},
	[DSMIPV4_LAYER_ADVERTISEMENT] = {0, is_advertisement},
};

static bool layer_applies(const dsmipv4_check_t *c, dsmipv4_layer_t layer)
{
	const asked_of_t *of = &dispatch[layer];
	if (of->message_type && (of->message_type != c->message->type || !c->message->fixed))
		return false;
	return !of->needs || of->needs(c);
}

uint32_t dsmipv4_layers_of(const dsmipv4_check_t *c, dsmipv4_layer_t from, dsmipv4_layer_t to)
{
	uint32_t set = 0;
	for (unsigned i = from; i <= to; i++)
		set |= layer_applies(c, i) ? UINT32_C(1) << i : 0;
	return set;
}

dsmipv4_layer_t dsmipv4_layer_of(dsmipv4_rule_id_t id)
{
	return layers[id];
}
