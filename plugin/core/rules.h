// SPDX-License-Identifier: GPL-2.0-or-later
// Rules: what is known about each, and the judgement of a control message by all that apply to it.
#ifndef DSMIPV4_RULES_H
#define DSMIPV4_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "auth.h"
#include "bindings.h"
#include "match.h"
#include "message.h"
#include "packet.h"
#include "trace.h"

typedef enum {
#define RULE(id, layer, source, strength, group, severity, text) DSMIPV4_RULE_##id,
#include "rules.def"
	DSMIPV4_RULE_COUNT
} dsmipv4_rule_id_t;

typedef enum {
#define INFO(id, layer, group, severity, text) DSMIPV4_INFO_##id,
#include "infos.def"
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

typedef enum {
	DSMIPV4_NOT_APPLICABLE, // the packet does not exercise the rule, or does not show enough
	DSMIPV4_HOLDS,
	DSMIPV4_BROKEN,
} dsmipv4_verdict_t;

// A broken rule, and where. `words` say what is wrong in this packet and end with the citation.
typedef struct {
	dsmipv4_rule_id_t rule;
	dsmipv4_severity_t severity;
	int32_t offset;           // of the offending bytes, from the start of the UDP payload; of a tunneled
				  // packet, from the end of its outermost header (see tunnel.h)
	uint32_t length;          // 0: the message or packet as a whole
	const dsmipv4_ext_t *ext; // the extension it is about, or NULL
	const char *words;
} dsmipv4_finding_t;

// An information item, and where. Words are complete.
typedef struct {
	dsmipv4_info_id_t info;
	int32_t offset;  // as in dsmipv4_finding_t
	uint32_t length; // 0: the message or packet as a whole
	const dsmipv4_ext_t *ext;
	const char *words;
} dsmipv4_info_t;

typedef struct {
	uint8_t verdict[DSMIPV4_RULE_COUNT]; // dsmipv4_verdict_t, the worst over all extensions
	wmem_array_t *findings;              // dsmipv4_finding_t, in the order of rules.def
	wmem_array_t *infos;                 // dsmipv4_info_t, in the order of infos.def
} dsmipv4_verdicts_t;

typedef struct {
	bool enabled[DSMIPV4_RULE_COUNT]; // false: the rule is not asked
	bool strict_rfc3344;              // judge by RFC 3344 where RFC 5944 became more lenient
	int64_t grace;                    // nanoseconds for which the state before a change still counts
	const dsmipv4_keys_t *keys;       // NULL: no authenticator is verified
} dsmipv4_options_t;

#define DSMIPV4_GRACE (2 * DSMIPV4_SECOND) // of the options by default

// All rules on, but for those that are off by default.
void dsmipv4_options_init(dsmipv4_options_t *options);

// Empty verdicts that live in `alloc`.
dsmipv4_verdicts_t *dsmipv4_verdicts_new(wmem_allocator_t *alloc);

// Judge a control message. `event` is the message as the binding table took it, NULL if it did not.
// The verdicts and all they point to live in `alloc`; ext pointers point into `message`.
dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_event_t *event);

// Judge a tunneled packet, and choose the binding that explains it best: match->chosen. On its first
// visit the packet is held against `traces` of those before it and added to them. Later NULL is passed:
// then only what needs the future is judged, and information is given that is given each time; all other
// findings, and information given once, must have been kept from the first visit.
dsmipv4_verdicts_t *dsmipv4_judge_tunnel(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					 const dsmipv4_packet_t *packet, dsmipv4_match_t *match,
					 const dsmipv4_bindings_t *bindings, dsmipv4_traces_t *traces);

// A router advertisement, and the home agents on its link: those in whose tunnel it is, or whose
// messages come from the same MAC address.
typedef struct {
	const dsmipv4_ipv6_t *ipv6;
	const uint32_t *agents;
	unsigned n_agents;
} dsmipv4_advertisement_t;

// Judge a router advertisement that is not tunnelled.
dsmipv4_verdicts_t *dsmipv4_judge_advertisement(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
						const dsmipv4_packet_t *packet, const dsmipv4_bindings_t *bindings,
						const dsmipv4_advertisement_t *advertisement);

// The item is given once for a node and direction.
bool dsmipv4_info_is_once(dsmipv4_info_id_t info);

#endif
