// SPDX-License-Identifier: GPL-2.0-or-later
// What is found out about a message or packet: broken rules, and information items.
#ifndef DSMIPV4_VERDICTS_H
#define DSMIPV4_VERDICTS_H

#include "rules/rules.h"
#include "wire/inner_packet.h"
#include "wire/message.h"

typedef enum {
	DSMIPV4_NOT_APPLICABLE, // the packet does not exercise the rule, or does not show enough
	DSMIPV4_HOLDS,
	DSMIPV4_BROKEN, // of an information item: there is something to say
} dsmipv4_verdict_t;

// A broken rule or an information item, and where. `words` are complete: what is wrong in this packet, with the
// citation at the end.
typedef struct {
	dsmipv4_rule_id_t rule;
	int also;                    // the ALSO row whose severity the check gave, -1: the rule's own
	dsmipv4_severity_t severity; // as the options want it
	dsmipv4_actor_t actor;       // MN, FA, HA or UNKNOWN
	// Of the offending bytes, from the start of the UDP payload; of a tunneled packet, from the end of its
	// outermost header (see tunnel.h).
	int32_t offset;
	uint32_t length;          // 0: the message or packet as a whole
	const dsmipv4_ext_t *ext; // the extension it is about, or NULL
	const char *words;
	const char *citation; // where the rule stands, as at the end of the words; NULL: of an information item
} dsmipv4_finding_t;

typedef struct {
	uint8_t verdict[DSMIPV4_RULE_COUNT]; // dsmipv4_verdict_t, the worst over all extensions
	wmem_array_t *findings;              // dsmipv4_finding_t, in the order of rules.def
} dsmipv4_verdicts_t;

// Empty verdicts that live in `alloc`.
dsmipv4_verdicts_t *dsmipv4_verdicts_new(wmem_allocator_t *alloc);

// How many findings there are, and the one of this number.
unsigned dsmipv4_n_findings(const dsmipv4_verdicts_t *verdicts);
const dsmipv4_finding_t *dsmipv4_finding(const dsmipv4_verdicts_t *verdicts, unsigned index);

// Bring findings into the order of rules.def, and those of one rule into that of their extensions.
void dsmipv4_verdicts_sort(dsmipv4_verdicts_t *verdicts);

// A message of Neighbor Discovery, and the home agents on its link: those in whose tunnel it is, or whose
// messages come from the same MAC address.
typedef struct {
	const dsmipv4_ipv6_t *ipv6;
	const uint32_t *agents;
	unsigned n_agents;
} dsmipv4_advertisement_t;

#endif
