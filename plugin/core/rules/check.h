// SPDX-License-Identifier: GPL-2.0-or-later
// Inside the rules: what a check is given, how it answers, and how each file offers its checks.
//
// A check is a pure function, `dsmipv4_verdict_t dsmipv4_check_<id>(const dsmipv4_check_t *c, dsmipv4_answer_t *f)`.
// It is called only for what its row in rules.def says, layer and facts. In the _EXT layers c->ext is set; in the
// TUNNEL layers there is no message, but c->match. Absence may be concluded only from a message that was
// captured whole. Without its check, a row of rules.def does not link; without its row, a check does not compile.
#ifndef DSMIPV4_CHECK_H
#define DSMIPV4_CHECK_H

#include "match/match.h"
#include "match/tunnel_history.h"
#include "rules/verdicts.h"
#include "state/bindings.h"
#include "wire/prefix_matches.h"

typedef struct {
	wmem_allocator_t *alloc;
	const dsmipv4_options_t *options;
	const dsmipv4_packet_t *packet;
	const dsmipv4_message_t *message;
	const dsmipv4_event_t *event; // NULL where nothing is known of the conversation
	const dsmipv4_ext_t *ext;     // layers EXTENSION and *_EXT
	uint32_t index;               // of ext in message->exts
	uint32_t n_modes;             // 152/3 before ext
	uint32_t n_auths;             // authentications before ext

	// Of each extension with a prefix of the kind that such a message has, by its index: what it meets among these
	// extensions (NULL: it is the only one), and among the prefixes of the request that is answered (NULL: none).
	const dsmipv4_prefix_matches_t *among, *requested;

	// Layers TUNNEL to AGENT_IPV6.
	const dsmipv4_match_t *match;
	const dsmipv4_candidate_t *candidate; // layers BINDING and BINDING_IPV6, perhaps AGENT_IPV6, else NULL
	const dsmipv4_bindings_t *bindings;

	// Layer ADVERTISEMENT; in a tunnel with c->match.
	const dsmipv4_advertisement_t *advertisement;

	const dsmipv4_sighting_t *sighting;      // of the same IPv6 packet before, or NULL
	const dsmipv4_tunnel_history_t *history; // of the node as of the packet's first visit, NULL if there is none
} dsmipv4_check_t;

// What a check fills in with dsmipv4_broken_at(). Preset: the whole extension (or message); severity, source, actor and
// words that a check does not give are the row's.
typedef struct {
	wmem_allocator_t *alloc;
	int also; // an ALSO row whose severity is given, -1: the row's own
	dsmipv4_actor_t actor;
	int32_t offset;
	uint32_t length;
	const char *source; // NULL: the row's
	const char *words;  // NULL: the row's text
} dsmipv4_answer_t;

// Give this break another severity than the row's: GIVES(f, prefix_overlap, NOTE). Does not compile without
// ALSO(prefix_overlap, NOTE) in rules.def.
#define GIVES(f, id, severity) ((f)->also = DSMIPV4_ALSO_##id##_##severity)

#define INFO(id, layer, applies, group, severity, text)
#define RULE(id, layer, applies, source, strength, group, severity, actor, text)                                       \
	dsmipv4_verdict_t dsmipv4_check_##id(const dsmipv4_check_t *c, dsmipv4_answer_t *f);
#include "rules/rules.def"

// Information items: true where there is something to say, with the words in `f`.
#define INFO(id, layer, applies, group, severity, text)                                                                \
	bool dsmipv4_info_##id(const dsmipv4_check_t *c, dsmipv4_answer_t *f);
#include "rules/rules.def"

// Answer BROKEN at these bytes of the message; words as in printf, NULL for the row's.
dsmipv4_verdict_t dsmipv4_broken_at(dsmipv4_answer_t *f, int32_t offset, uint32_t length, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

#endif
