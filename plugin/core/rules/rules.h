// SPDX-License-Identifier: GPL-2.0-or-later
// Rules and information items: what is known about each, and which of them are asked.
#ifndef DSMIPV4_RULES_H
#define DSMIPV4_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <wsutil/wmem/wmem.h>

#include "state/nat.h"
#include "wire/auth.h"
#include "wire/ipv4_header.h"

// The rows of rules.def, in their order.
typedef enum {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) DSMIPV4_RULE_##id,
#include "rules/rules.def"
	DSMIPV4_RULE_COUNT
} dsmipv4_rule_id_t;

typedef enum {
	DSMIPV4_CHAT,
	DSMIPV4_NOTE,
	DSMIPV4_WARN,
	DSMIPV4_ERROR,
	DSMIPV4_SEVERITY_COUNT,
} dsmipv4_severity_t;

typedef enum {
	DSMIPV4_STRENGTH_MUST,
	DSMIPV4_STRENGTH_SHOULD,
	DSMIPV4_STRENGTH_RECOMMENDED,
	DSMIPV4_STRENGTH_MAY,
	DSMIPV4_STRENGTH_FORMAT,
	DSMIPV4_STRENGTH_RESERVED,
	DSMIPV4_STRENGTH_ADVICE,
	DSMIPV4_STRENGTH_INFO, // reported like a rule, but nothing is broken
	DSMIPV4_STRENGTH_ITEM, // an information item
} dsmipv4_strength_t;

// Who broke a rule: as in rules.def, and in a finding one of the first four.
typedef enum {
	DSMIPV4_ACTOR_UNKNOWN,
	DSMIPV4_ACTOR_MN,
	DSMIPV4_ACTOR_FA,
	DSMIPV4_ACTOR_HA,
	DSMIPV4_ACTOR_SENDER, // who sent the message, or the packet inside
	DSMIPV4_ACTOR_OUTER,  // who put the outer headers on
	DSMIPV4_ACTOR_OF_ROW, // in the answer of a check: as the row says
} dsmipv4_actor_t;

typedef struct {
	const char *id;
	const char *source; // as in rules.def: "5944 1.8, 1.9; IANA Mobile IPv4 Numbers"
	const char *text;   // what is wrong
	dsmipv4_strength_t strength;
	dsmipv4_severity_t severity; // unless the finding says otherwise
	dsmipv4_actor_t actor;
} dsmipv4_rule_t;

// The row of a rule; never NULL for an id below DSMIPV4_RULE_COUNT.
const dsmipv4_rule_t *dsmipv4_rule(dsmipv4_rule_id_t id);

// The row is an information item, for which no rule is broken.
bool dsmipv4_rule_is_item(dsmipv4_rule_id_t id);

// The rule is asked only where a preference switches it on.
bool dsmipv4_rule_is_off_by_default(dsmipv4_rule_id_t id);

// The rule or item of that name, DSMIPV4_RULE_COUNT if there is none.
dsmipv4_rule_id_t dsmipv4_rule_by_name(const char *name, size_t len);

// A severity that a check may give beside the row's own: an ALSO row, DSMIPV4_ALSO_<id>_<severity>, or a LOSS row,
// DSMIPV4_ALSO_<id>_LOSS.
enum {
#define ALSO(id, severity) DSMIPV4_ALSO_##id##_##severity,
#define LOSS(id) DSMIPV4_ALSO_##id##_LOSS,
#include "rules/rules.def"
	DSMIPV4_ALSO_COUNT
};

typedef struct {
	dsmipv4_rule_id_t rule;
	dsmipv4_severity_t severity;
} dsmipv4_also_t;

// The ALSO row of this number, below DSMIPV4_ALSO_COUNT.
const dsmipv4_also_t *dsmipv4_also(unsigned also);

// "mn", "fa", "ha" or "unknown"; "chat", "note", "warn" or "error".
const char *dsmipv4_actor_name(dsmipv4_actor_t actor);
const char *dsmipv4_severity_name(dsmipv4_severity_t severity);

// "[RFC 5454 2.1; IANA Mobile IPv4 Numbers]" or "[advice: RFC 5454 3.3]" from a source of rules.def's form.
char *dsmipv4_rule_citation(wmem_allocator_t *alloc, const dsmipv4_rule_t *rule, const char *source);

#define DSMIPV4_SEVERITY_OF_ROW (-1)

typedef struct {
	bool enabled[DSMIPV4_RULE_COUNT];    // false: the rule is not asked
	int8_t severity[DSMIPV4_RULE_COUNT]; // of all findings of the rule; DSMIPV4_SEVERITY_OF_ROW: as it says
	dsmipv4_nat_t nat;                   // where a NAT may explain an address
	bool strict_rfc3344;                 // judge by RFC 3344 where RFC 5944 became more lenient
	int64_t grace;                       // nanoseconds for which the state before a change still counts
	const dsmipv4_keys_t *keys;          // NULL: no authenticator is verified
	const char *unread_state;            // why what was known before the capture could not be read; NULL: it was
} dsmipv4_options_t;

#define DSMIPV4_GRACE (2 * DSMIPV4_SECOND) // of the options by default

// All rules on except those that are off by default, with the severities of their rows.
void dsmipv4_options_init(dsmipv4_options_t *options);

// Switch rules on and off and set their severities by a list "id=off|chat|note|warn|error", separated by
// commas or white space. False at the first word that is not of this form, or whose id is unknown: then
// `*wrong` and `*len` say where it is in `list`, and what came before it has been taken.
bool dsmipv4_options_severities(dsmipv4_options_t *options, const char *list, const char **wrong, size_t *len);

#endif
