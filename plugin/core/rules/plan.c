// SPDX-License-Identifier: GPL-2.0-or-later
// The plan by which rules are asked.
#include "rules/plan.h"

#include <string.h>

G_STATIC_ASSERT(DSMIPV4_RULE_COUNT <= UINT8_MAX);

// What is reported once for a node and direction: bits of dsmipv4_tunnel_history_t.reported.
enum {
#define ONCE(id) ONCE_##id,
#include "rules/rules.def"
	ONCE_COUNT
};

G_STATIC_ASSERT(ONCE_COUNT <= 64);

static const uint64_t once[DSMIPV4_RULE_COUNT] = {
#define ONCE(id) [DSMIPV4_RULE_##id] = UINT64_C(1) << ONCE_##id,
#include "rules/rules.def"
};

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

static uint8_t occasions_of(dsmipv4_rule_id_t id)
{
	bool item = dsmipv4_rule_is_item(id);
	bool first = !needs_future[id] || item, later = item ? !once[id] : needs_future[id];
	return (uint8_t)(DSMIPV4_ASKED_OF_MESSAGE | (first ? DSMIPV4_ASKED_FIRST : 0) |
			 (later ? DSMIPV4_ASKED_LATER : 0) |
			 (!item && !needs_future[id] ? DSMIPV4_ASKED_OF_CANDIDATE : 0));
}

static dsmipv4_planned_t planned(dsmipv4_rule_id_t id)
{
	return (dsmipv4_planned_t){once[id], (uint8_t)id, occasions_of(id)};
}

// Append the rules of the layer that need the same facts as `like`, unless an earlier one did that.
static void add_group(dsmipv4_plan_t *plan, dsmipv4_layer_t layer, dsmipv4_rule_id_t like, uint8_t *n_groups,
		      uint8_t *n_rules)
{
	dsmipv4_group_t group = {.applies = dsmipv4_rule_applies(like), .first = *n_rules};
	for (unsigned i = plan->first_group[layer]; i < *n_groups; i++) {
		if (plan->groups[i].applies == group.applies)
			return;
	}
	for (unsigned id = like; id < DSMIPV4_RULE_COUNT; id++) {
		if (dsmipv4_layer_of((dsmipv4_rule_id_t)id) == layer &&
		    dsmipv4_rule_applies((dsmipv4_rule_id_t)id) == group.applies)
			plan->rules[(*n_rules)++] = planned((dsmipv4_rule_id_t)id);
	}
	group.end = *n_rules;
	plan->groups[(*n_groups)++] = group;
}

static dsmipv4_plan_t *make_plan(void)
{
	dsmipv4_plan_t *plan = g_new0(dsmipv4_plan_t, 1);
	uint8_t n_groups = 0, n_rules = 0;
	for (unsigned layer = 0; layer < DSMIPV4_LAYER_COUNT; layer++) {
		plan->first_group[layer] = n_groups;
		for (unsigned id = 0; id < DSMIPV4_RULE_COUNT; id++) {
			if (dsmipv4_layer_of((dsmipv4_rule_id_t)id) == layer)
				add_group(plan, layer, (dsmipv4_rule_id_t)id, &n_groups, &n_rules);
		}
	}
	plan->first_group[DSMIPV4_LAYER_COUNT] = n_groups;
	memcpy(plan->once, once, sizeof once);
	return plan;
}

const dsmipv4_plan_t *dsmipv4_plan(void)
{
	static const dsmipv4_plan_t *plan;
	if (g_once_init_enter(&plan))
		g_once_init_leave(&plan, make_plan());
	return plan;
}
