// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the mobile node and the bindings of a tunneled packet, as of its frame.
#ifndef DSMIPV4_MATCH_H
#define DSMIPV4_MATCH_H

#include "state/bindings.h"
#include "wire/tunnel.h"

// Form of the tunnel by its headers (doc/bindings.md).
typedef enum {
	DSMIPV4_TUNNELING_UNKNOWN,
	DSMIPV4_TUNNELING_HOA,           // between home agent and home address
	DSMIPV4_TUNNELING_COA,           // directly between home agent and the node's care-of address
	DSMIPV4_TUNNELING_FA_COA_DIRECT, // directly between home agent and a foreign agent
} dsmipv4_tunneling_mode_t;

typedef enum {
	DSMIPV4_TO_MN,
	DSMIPV4_FROM_MN,
} dsmipv4_direction_t;

typedef enum {
	DSMIPV4_BINDING_LIVE, // or ended within the grace period
	DSMIPV4_BINDING_EXPIRED,
	DSMIPV4_BINDING_REMOVED,
	DSMIPV4_BINDING_PERHAPS, // there may be one: no reply to its request was seen, or neither of them
} dsmipv4_binding_status_t;

// A binding that may explain the packet.
typedef struct {
	const dsmipv4_binding_t *binding;    // NULL: the node's registration was denied, or only asked for
	const dsmipv4_event_t *request;      // that made it or asks for it, NULL if it is not known for certain
	const dsmipv4_version_t *removed_by; // REMOVED: what ended it
	dsmipv4_binding_status_t status;
	const dsmipv4_registered_prefix_t *prefix;     // active, longest that covers the node's address; NULL: none
	const dsmipv4_registered_prefix_t *refused;    // the same among those that were refused or not answered
	const dsmipv4_event_t *omitted_by;             // the reply that left out the prefix which covered it, or NULL
	const dsmipv4_registered_prefix_t *link_local; // the active 255 entry, or NULL
	unsigned n_global;                             // active prefixes, not counting the 255 entry
	bool implicit;                                 // no prefix was requested, or none was answered
} dsmipv4_candidate_t;

#define DSMIPV4_MOST_CANDIDATES 8

typedef struct {
	const dsmipv4_tunnel_t *tunnel;
	int64_t time;
	int64_t *until; // see dsmipv4_match_until(), or NULL
	uint32_t frame;
	dsmipv4_direction_t direction;
	dsmipv4_tunneling_mode_t tunneling_mode;
	const dsmipv4_outer_t *adjacent; // the header next to the inner packet
	const dsmipv4_outer_t *care_of;  // the header between home agent and care-of address, NULL: none
	uint32_t ha, hoa, coa;           // as in the headers, 0 where there is none; coa may be a NAT's
	uint16_t coa_port;               // of the node's side, of UDP tunnel data; else 0
	bool ha_known;                   // ha accepted a registration before this frame
	bool strange_ha;                 // the other end of a known binding is not its home agent
	bool by_inside;                  // the node is known by what is inside alone: neither outer address is its own
	bool strange_coa;                // the node cannot be at the address coa
	const uint8_t *address;          // the node's IPv6 address in the inner packet, NULL: no IPv6
	const dsmipv4_node_t *node;      // NULL: not known
	dsmipv4_candidate_t candidates[DSMIPV4_MOST_CANDIDATES];
	unsigned n_candidates;             // the most likely one first
	const dsmipv4_candidate_t *chosen; // the one that explains the packet best, set when it is judged; or NULL
	dsmipv4_tunneling_mode_t expected; // the mode that `chosen` calls for, UNKNOWN where either is right
} dsmipv4_match_t;

// Find the tunnel's home agent, direction, form, node and bindings as of the frame. `grace` in
// nanoseconds. False: neither end is known, or the other end of the home agent's tunnel is no mobile node and no
// foreign agent, so the tunnel is an unrelated one. The match points to `tunnel` and into `bindings`.
bool dsmipv4_match(dsmipv4_match_t *match, const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_t *tunnel,
		   uint32_t frame, int64_t time, int64_t grace);

// The same. What is asked of the time, here and when the match is judged, lowers `*until` to the last time at which the
// answers are the same: a packet like this one up to then is judged like it, unless something else changed.
bool dsmipv4_match_until(dsmipv4_match_t *match, const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_t *tunnel,
			 uint32_t frame, int64_t time, int64_t grace, int64_t *until);

// Another node of the same home agent with a live active prefix that covers the address, NULL if there is none.
const dsmipv4_node_t *dsmipv4_match_prefix_owner(const dsmipv4_bindings_t *bindings, const dsmipv4_match_t *match,
						 const uint8_t address[16]);

// Another node of the same home agent with a live binding and this home address, NULL if there is none.
const dsmipv4_node_t *dsmipv4_match_address_owner(const dsmipv4_bindings_t *bindings, const dsmipv4_match_t *match,
						  uint32_t hoa);

#endif
