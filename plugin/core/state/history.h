// SPDX-License-Identifier: GPL-2.0-or-later
// What is known about a mobile node as of any frame: its bindings, version after version.
//
// What was known at an earlier frame never changes: each change of a mobile node's bindings starts a new version,
// and what is learned later (an answer, a relayed copy, what removed a binding) is in separate members, which are
// marked "later".
#ifndef DSMIPV4_HISTORY_H
#define DSMIPV4_HISTORY_H

#include "state/event.h"

typedef struct dsmipv4_bindings dsmipv4_bindings_t; // see bindings.h

// Why a version, a binding or a prefix ended.
typedef enum {
	DSMIPV4_REMOVED_NOT,
	DSMIPV4_REMOVED_REFRESHED,
	DSMIPV4_REMOVED_DEREGISTERED,
	DSMIPV4_REMOVED_REPLACED, // by a registration with another care-of address
	DSMIPV4_REMOVED_ZERO_GRANTED,
	DSMIPV4_REMOVED_REVOKED,
	DSMIPV4_REMOVED_DENIED,  // nothing was removed: a denial while there was no binding
	DSMIPV4_REMOVED_UNKNOWN, // after a reply without its request it is not known what is left
} dsmipv4_removal_t;

// One registration's bindings: care-of address and prefixes, valid from its reply on until removed
// or expired (dsmipv4_reply_expiry()). A refresh makes a new one. Its request may be unknown.
struct dsmipv4_binding {
	const dsmipv4_event_t *reply;      // the first copy of it
	const dsmipv4_event_t *created;    // the reply that first registered this care-of address
	const dsmipv4_binding_t *before;   // live until then, of the same care-of address, or else the one it replaces
	const dsmipv4_event_t *removed_by; // later
	dsmipv4_removal_t removal;         // later
	uint32_t effective_coa;            // see dsmipv4_binding_effective_coa()
};

// The live bindings of a node from an event on.
struct dsmipv4_version {
	const dsmipv4_event_t *event; // what made it
	dsmipv4_removal_t removal;    // what happened to bindings of the version before, NOT if nothing did
	uint32_t n_bindings;
	const dsmipv4_binding_t *bindings[];
};

// A mobile node as its home agent knows it: home agent, home address and, where given, NAI.
struct dsmipv4_node {
	uint32_t ha, hoa;
	uint64_t nai;                  // digest, 0: none seen
	dsmipv4_event_t *last;         // its latest event
	dsmipv4_event_t *last_request; // latest new request, relay copies and retransmissions aside
	const dsmipv4_event_t
		*max_request; // the one with the greatest timestamp, NULL: none, or it set its clock since
	union {               // see dsmipv4_node_version()
		const dsmipv4_version_t *only; // where there is one
		const dsmipv4_version_t **all; // where there are more
	} versions;
	uint32_t n_versions;
	uint32_t offered_by; // foreign agent that last answered 69, 0: none
	uint32_t number;     // in the order in which nodes were first seen, from 0
	uint16_t offered;
	uint8_t replay; // dsmipv4_replay_t, kept once it is known
	bool clock_set; // since its latest request a reply told it to take the home agent's time
};

// Called for a node; false ends the walk.
typedef bool (*dsmipv4_visit_node)(const dsmipv4_node_t *node, void *user);

// The node's versions 0 to n_versions - 1, in the order of frames.
const dsmipv4_version_t *dsmipv4_node_version(const dsmipv4_node_t *node, uint32_t index);

// The node's state as of a frame (the frame's own event included); NULL if nothing was known then.
const dsmipv4_version_t *dsmipv4_node_at(const dsmipv4_node_t *node, uint32_t frame);

// The latest version of a node, NULL if there is none.
const dsmipv4_version_t *dsmipv4_node_latest(const dsmipv4_node_t *node);

// The node's version after a frame's, NULL if there is none.
const dsmipv4_version_t *dsmipv4_node_after(const dsmipv4_node_t *node, uint32_t frame);

// The node's version before this one, NULL if there is none.
const dsmipv4_version_t *dsmipv4_version_before(const dsmipv4_node_t *node, const dsmipv4_version_t *version);

// The state of the event's node when the event came, NULL if nothing was known then.
const dsmipv4_version_t *dsmipv4_state_before(const dsmipv4_event_t *event);

// When the binding ends that this reply makes, by the lifetime that it grants; INT64_MAX: never, or it is not known, as
// the reply has no time.
int64_t dsmipv4_reply_expiry(const dsmipv4_event_t *reply);

// Live at `time` as far as lifetimes go; `grace` nanoseconds are added to the lifetime.
bool dsmipv4_binding_is_live(const dsmipv4_binding_t *binding, int64_t time, int64_t grace);

// At `time` the change at `since` is so recent, within `grace` nanoseconds, that what was so before still explains
// a packet. The one place that says where the grace period ends: at its last nanosecond it still counts.
static inline bool dsmipv4_in_grace(int64_t since, int64_t time, int64_t grace)
{
	return time - since <= grace;
}

// The same two for a time that goes on: where the answer is yes, `*until` becomes the last time at which it still is,
// if that is earlier. A no stays a no. `until` may be NULL.
bool dsmipv4_in_grace_until(int64_t since, int64_t time, int64_t grace, int64_t *until);
bool dsmipv4_binding_is_live_until(const dsmipv4_binding_t *binding, int64_t time, int64_t grace, int64_t *until);

// The request that made the binding, NULL if it was not seen.
const dsmipv4_event_t *dsmipv4_binding_request(const dsmipv4_binding_t *binding);

// The care-of address, 0 if the request was not seen.
uint32_t dsmipv4_binding_coa(const dsmipv4_binding_t *binding);

// Where the home agent sends tunneled packets: the care-of address or, if UDP tunneling was granted, the source
// address of the request, which is a NAT's (RFC 3519 4.6). 0 if the request was not seen.
uint32_t dsmipv4_binding_effective_coa(const dsmipv4_binding_t *binding);

// The longest of the binding's prefixes for which `counts` is true that covers the address; NULL: none, or no address.
const dsmipv4_registered_prefix_t *dsmipv4_covering_prefix(const dsmipv4_binding_t *b, const uint8_t address[16],
							   bool (*counts)(const dsmipv4_registered_prefix_t *r));

// The prefix was accepted.
bool dsmipv4_prefix_is_active(const dsmipv4_registered_prefix_t *r);

// The address is that of a NAT through which the binding's request came from another port than this one, so that it is
// not where the node is reached by this binding. Port 0: not known.
bool dsmipv4_binding_is_at_other_port(const dsmipv4_binding_t *b, uint32_t coa, uint16_t port);

// The binding can be reached at this address. A NAT's address counts, whether UDP tunneling was granted or not.
bool dsmipv4_binding_has_coa(const dsmipv4_binding_t *b, uint32_t coa);

#endif
