// SPDX-License-Identifier: GPL-2.0-or-later
// Facts about what is judged.
#include "rules/facts.h"

#include "rules/control/control.h"
#include "rules/tunnel/tunnel.h"

// Facts of packets have the same bits as facts of messages: no rule is about both.
enum {
#define FACT(name, of, words, condition) BIT_OF_##name,
#define PACKETS N_OF_MESSAGES, BEFORE_PACKETS = -1,
#include "rules/facts.def"
	N_OF_PACKETS
};

G_STATIC_ASSERT(N_OF_MESSAGES <= 64 && N_OF_PACKETS <= 64);

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

// Inlined with each kind in turn, so that what is not of that kind costs nothing.
static inline __attribute__((always_inline)) dsmipv4_facts_t held_of(const dsmipv4_check_t *c, dsmipv4_facts_of_t what)
{
	dsmipv4_facts_t held = 0;
#define FACT(name, of, words, condition)                                                                               \
	if (what == DSMIPV4_FACTS_OF_##of && (condition))                                                              \
		held |= name;
#include "rules/facts.def"
	return held;
}

dsmipv4_facts_t dsmipv4_facts_of(const dsmipv4_check_t *c, dsmipv4_facts_of_t what)
{
	switch (what) {
	case DSMIPV4_FACTS_OF_MESSAGE:
		return held_of(c, DSMIPV4_FACTS_OF_MESSAGE);
	case DSMIPV4_FACTS_OF_EVENT:
		return held_of(c, DSMIPV4_FACTS_OF_EVENT);
	case DSMIPV4_FACTS_OF_EXCHANGE:
		return held_of(c, DSMIPV4_FACTS_OF_EXCHANGE);
	case DSMIPV4_FACTS_OF_EXTENSION:
		return held_of(c, DSMIPV4_FACTS_OF_EXTENSION);
	case DSMIPV4_FACTS_OF_TUNNEL:
		return held_of(c, DSMIPV4_FACTS_OF_TUNNEL);
	case DSMIPV4_FACTS_OF_IPV6:
		return held_of(c, DSMIPV4_FACTS_OF_IPV6);
	case DSMIPV4_FACTS_OF_BINDING:
		return held_of(c, DSMIPV4_FACTS_OF_BINDING);
	}
	return 0;
}

dsmipv4_facts_t dsmipv4_rule_applies(dsmipv4_rule_id_t rule)
{
	return applies_to[rule];
}
