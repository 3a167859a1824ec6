// SPDX-License-Identifier: GPL-2.0-or-later
// Rules: what is known about each, and the judgement of a control message by all that apply to it.
#ifndef DSMIPV4_RULES_H
#define DSMIPV4_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "wire/auth.h"
#include "wire/ipv4_header.h"

typedef enum {
#define RULE(id, layer, source, strength, group, severity, text) DSMIPV4_RULE_##id,
#include "rules/rules.def"
	DSMIPV4_RULE_COUNT
} dsmipv4_rule_id_t;

typedef enum {
#define INFO(id, layer, group, severity, text) DSMIPV4_INFO_##id,
#include "rules/infos.def"
	DSMIPV4_INFO_COUNT
} dsmipv4_info_id_t;

typedef enum {
	DSMIPV4_CHAT,
	DSMIPV4_NOTE,
	DSMIPV4_WARN,
	DSMIPV4_ERROR,
} dsmipv4_severity_t;

typedef enum {
	DSMIPV4_STRENGTH_MUST,
	DSMIPV4_STRENGTH_SHOULD,
	DSMIPV4_STRENGTH_RECOMMENDED,
	DSMIPV4_STRENGTH_MAY,
	DSMIPV4_STRENGTH_FORMAT,
	DSMIPV4_STRENGTH_RESERVED,
	DSMIPV4_STRENGTH_ADVICE,
	DSMIPV4_STRENGTH_INFO,
} dsmipv4_strength_t;

typedef struct {
	const char *id;
	const char *source; // as in rules.def: "3344 1.8, 1.9; 5454 2.1"
	const char *text;   // what is wrong
	dsmipv4_strength_t strength;
	dsmipv4_severity_t severity; // unless the finding says otherwise
} dsmipv4_rule_t;

// The row of a rule; never NULL for an id below DSMIPV4_RULE_COUNT.
const dsmipv4_rule_t *dsmipv4_rule(dsmipv4_rule_id_t id);

// The rule of that name, DSMIPV4_RULE_COUNT if there is none.
dsmipv4_rule_id_t dsmipv4_rule_by_name(const char *name, size_t len);

// "[RFC 5454 2.1; RFC 4291 2.7]" or "[advice: RFC 5454 3.3]" from a source of rules.def's form.
char *dsmipv4_rule_citation(wmem_allocator_t *alloc, const dsmipv4_rule_t *rule, const char *source);

typedef struct {
	bool enabled[DSMIPV4_RULE_COUNT]; // false: the rule is not asked
	bool strict_rfc3344;              // judge by RFC 3344 where RFC 5944 became more lenient
	int64_t grace;                    // nanoseconds for which the state before a change still counts
	const dsmipv4_keys_t *keys;       // NULL: no authenticator is verified
} dsmipv4_options_t;

#define DSMIPV4_GRACE (2 * DSMIPV4_SECOND) // of the options by default

// All rules on, but for those that are off by default.
void dsmipv4_options_init(dsmipv4_options_t *options);

#endif
