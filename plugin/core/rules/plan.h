// SPDX-License-Identifier: GPL-2.0-or-later
// The plan by which rules are asked: by layer and, within a layer, by the facts that they need, so that one
// comparison passes over all rules that do not apply.
#ifndef DSMIPV4_PLAN_H
#define DSMIPV4_PLAN_H

#include "rules/layers.h"

// On which occasion rules are asked, a bit each.
typedef enum {
	DSMIPV4_ASKED_OF_MESSAGE = 1,   // a control message, on each visit
	DSMIPV4_ASKED_FIRST = 2,        // a packet, on its first visit: all rules but those that need the future
	DSMIPV4_ASKED_LATER = 4,        // a packet, on a later visit: those, and items that are not given only once
	DSMIPV4_ASKED_OF_CANDIDATE = 8, // whether this binding explains the packet
} dsmipv4_occasion_t;

// Rules of a layer that need the same facts.
typedef struct {
	dsmipv4_facts_t applies;
	uint8_t first, end; // of dsmipv4_plan_t.rules
} dsmipv4_group_t;

// A rule, as it is asked.
typedef struct {
	uint64_t once;     // its bit in dsmipv4_tunnel_history_t.reported; 0: not only once
	uint8_t rule;      // dsmipv4_rule_id_t
	uint8_t occasions; // dsmipv4_occasion_t
} dsmipv4_planned_t;

typedef struct {
	dsmipv4_group_t groups[DSMIPV4_RULE_COUNT];
	uint8_t first_group[DSMIPV4_LAYER_COUNT + 1]; // of each layer
	dsmipv4_planned_t rules[DSMIPV4_RULE_COUNT];
	uint64_t once[DSMIPV4_RULE_COUNT]; // of each rule, by its id
} dsmipv4_plan_t;

// The plan; always the same.
const dsmipv4_plan_t *dsmipv4_plan(void);

#endif
