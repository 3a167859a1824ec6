// SPDX-License-Identifier: GPL-2.0-or-later
// Facts about what is judged: which rules apply is data (rules.def) in terms of these (facts.def).
#ifndef DSMIPV4_FACTS_H
#define DSMIPV4_FACTS_H

#include "rules/check.h"

// The set of facts, a bit each as the column `applies` of rules.def uses them.
typedef uint64_t dsmipv4_facts_t;

// When a fact can be asked: which members of the context are there.
typedef enum {
	DSMIPV4_FACTS_OF_MESSAGE,
	DSMIPV4_FACTS_OF_EVENT,
	DSMIPV4_FACTS_OF_EXCHANGE,
	DSMIPV4_FACTS_OF_EXTENSION,
	DSMIPV4_FACTS_OF_TUNNEL,
	DSMIPV4_FACTS_OF_IPV6,
	DSMIPV4_FACTS_OF_BINDING,
} dsmipv4_facts_of_t;

// The facts of this kind that hold.
dsmipv4_facts_t dsmipv4_facts_of(const dsmipv4_check_t *c, dsmipv4_facts_of_t what);

// The facts that the row of a rule asks for, all of which must hold.
dsmipv4_facts_t dsmipv4_rule_applies(dsmipv4_rule_id_t rule);

#endif
