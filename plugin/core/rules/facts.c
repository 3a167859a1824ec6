// SPDX-License-Identifier: GPL-2.0-or-later
// Facts about what is judged.
#include "rules/facts.h"

#include "rules/control/control.h"
#include "rules/tunnel/tunnel.h"

enum {
#define FACT(name, of, words, condition) BIT_OF_##name,
#include "rules/facts.def"
	N_FACTS
};

G_STATIC_ASSERT(N_FACTS <= 64);

// The names that rules.def uses.
enum {
	ALWAYS = 0,
#define FACT(name, of, words, condition) name = UINT64_C(1) << BIT_OF_##name,
#include "rules/facts.def"
};

static const dsmipv4_facts_t applies_to[] = {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) [DSMIPV4_RULE_##id] = (applies),
#include "rules/rules.def"
};

dsmipv4_facts_t dsmipv4_facts_of(const dsmipv4_check_t *c, dsmipv4_facts_of_t what)
{
	dsmipv4_facts_t held = 0;
#define FACT(name, of, words, condition)                                                                               \
	if (what == DSMIPV4_FACTS_OF_##of && (condition))                                                              \
		held |= name;
#include "rules/facts.def"
	return held;
}

dsmipv4_facts_t dsmipv4_rule_applies(dsmipv4_rule_id_t rule)
{
	return applies_to[rule];
}
