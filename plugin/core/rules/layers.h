// SPDX-License-Identifier: GPL-2.0-or-later
// Layers: what a rule is asked of, as the column `layer` of rules.def says.
#ifndef DSMIPV4_LAYERS_H
#define DSMIPV4_LAYERS_H

#include "rules/check.h"
#include "rules/facts.h"

// Those up to REVOCATION are of control messages, the others of packets.
typedef enum {
	DSMIPV4_LAYER_MESSAGE,
	DSMIPV4_LAYER_EXTENSION,
	DSMIPV4_LAYER_REQUEST,
	DSMIPV4_LAYER_REQUEST_EXT,
	DSMIPV4_LAYER_REPLY,
	DSMIPV4_LAYER_REPLY_EXT,
	DSMIPV4_LAYER_KNOWN_REQUEST,
	DSMIPV4_LAYER_KNOWN_REQUEST_EXT,
	DSMIPV4_LAYER_KNOWN_REPLY,
	DSMIPV4_LAYER_KNOWN_REPLY_EXT,
	DSMIPV4_LAYER_PAIR,
	DSMIPV4_LAYER_EXCHANGE,
	DSMIPV4_LAYER_EXCHANGE_EXT,
	DSMIPV4_LAYER_RELAY,
	DSMIPV4_LAYER_REVOCATION,
	DSMIPV4_LAYER_TUNNEL,
	DSMIPV4_LAYER_TUNNEL_IPV6,
	DSMIPV4_LAYER_BINDING,
	DSMIPV4_LAYER_BINDING_IPV6,
	DSMIPV4_LAYER_AGENT_IPV6,
	DSMIPV4_LAYER_ADVERTISEMENT,
	DSMIPV4_LAYER_COUNT
} dsmipv4_layer_t;

// Those that are asked of each extension of a message in turn, a bit each.
#define DSMIPV4_LAYERS_OF_EXTS                                                                                         \
	(UINT32_C(1) << DSMIPV4_LAYER_EXTENSION | UINT32_C(1) << DSMIPV4_LAYER_REQUEST_EXT |                           \
	 UINT32_C(1) << DSMIPV4_LAYER_REPLY_EXT | UINT32_C(1) << DSMIPV4_LAYER_KNOWN_REQUEST_EXT |                     \
	 UINT32_C(1) << DSMIPV4_LAYER_KNOWN_REPLY_EXT | UINT32_C(1) << DSMIPV4_LAYER_EXCHANGE_EXT)

// The layers from `from` to `to` that apply to a context, a bit each.
uint32_t dsmipv4_layers_of(const dsmipv4_check_t *c, dsmipv4_layer_t from, dsmipv4_layer_t to);

// The layer of a rule.
dsmipv4_layer_t dsmipv4_layer_of(dsmipv4_rule_id_t id);

#endif
