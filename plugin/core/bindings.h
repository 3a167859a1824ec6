// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table: registration messages in as events, history out (catalogue section 4).
//
// Nothing is ever changed in a way that alters what was known at an earlier frame: each change of a
// mobile node's bindings starts a new version, and what the future adds to an event (its answer, its
// relay copy, who removed a binding) is in members of its own, marked "later".
#ifndef DSMIPV4_BINDINGS_H
#define DSMIPV4_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "message.h"
#include "packet.h"

typedef struct dsmipv4_bindings dsmipv4_bindings_t;
typedef struct dsmipv4_node dsmipv4_node_t;
typedef struct dsmipv4_event dsmipv4_event_t;
typedef struct dsmipv4_binding dsmipv4_binding_t;
typedef struct dsmipv4_version dsmipv4_version_t;

// How many of a node's latest events are looked back at, for copies, requests and denials: the cost of
// an event must not grow with the capture. Another file needs as many to go on.
#define DSMIPV4_LOOK_BACK 16

// Which hop a registration message travels (catalogue section 0).
typedef enum {
	DSMIPV4_LEG_UNKNOWN,
	DSMIPV4_LEG_MN_FA,
	DSMIPV4_LEG_FA_HA,
	DSMIPV4_LEG_MN_HA,
} dsmipv4_leg_t;

// Where a request carried its UDP Tunnel Request (144) relative to the first authentication.
typedef enum {
	DSMIPV4_TUNNEL_NOT_ASKED,
	DSMIPV4_TUNNEL_ASKED_BY_MN, // before it (RFC 3519 4.4)
	DSMIPV4_TUNNEL_ASKED_BY_FA, // after it (RFC 3519 4.5)
} dsmipv4_tunnel_asked_t;

// Flags of a request's 144 that an event keeps (RFC 3519 3.1).
enum {
	DSMIPV4_TUNNEL_FLAG_R = 1, // through a foreign agent: the node's port is learned from its first packet
	DSMIPV4_TUNNEL_FLAG_F = 2, // force
};

// Whether a reply's UDP Tunnel Reply (44) takes up what a request's 144 asked (RFC 3519 3.2).
typedef enum {
	DSMIPV4_TUNNEL_NOT_ANSWERED, // none there, or not readable
	DSMIPV4_TUNNEL_ACCEPTED,     // code below 64
	DSMIPV4_TUNNEL_DECLINED,
} dsmipv4_tunnel_answer_t;

// Outcome of verifying an authenticator, as far as keys are known.
typedef enum {
	DSMIPV4_AUTH_NOT_CHECKED,
	DSMIPV4_AUTH_GOOD,
	DSMIPV4_AUTH_BAD,
	DSMIPV4_AUTH_MISSING,
} dsmipv4_auth_state_t;

typedef enum {
	DSMIPV4_PREFIX_ACTIVE,  // accepted, form of the tunnel by its code
	DSMIPV4_PREFIX_REFUSED, // answered with a rejecting code
	DSMIPV4_PREFIX_IGNORED, // asked, but not answered: as good as rejected (RFC 5454 3.2, 3.5)
} dsmipv4_prefix_state_t;

typedef struct {
	dsmipv4_prefix_t prefix; // significant bits only
	uint8_t code;            // of the 152/2; meaningless where IGNORED
	uint8_t state;           // dsmipv4_prefix_state_t
} dsmipv4_registered_prefix_t;

// A registration message as it was seen. Addresses in host byte order, times in nanoseconds.
struct dsmipv4_event {
	int64_t time;
	uint64_t id;
	dsmipv4_node_t *node;          // NULL: home address unknown
	const dsmipv4_event_t *before; // the node's event before this one
	const dsmipv4_event_t *first;  // the same, same IP header, seen before; reply: or what accepted its request
	dsmipv4_event_t *relay_of;     // the same message with another IP header was seen before
	dsmipv4_event_t *pair;         // reply: its request. Request, later: its first reply
	dsmipv4_event_t *relayed;      // later: the first relay copy
	union {
		struct {                                 // request
			const dsmipv4_event_t *previous; // the request before it, same node and leg, other content
			uint64_t max_id;                 // greatest timestamp of the node's requests before
		};
		struct { // reply
			// Of each prefix the live binding of another node that it collides with, at the same home
			// agent or else at another; NULL: of none.
			const dsmipv4_binding_t **overlaps;
			const dsmipv4_binding_t *binding; // what it made, NULL if nothing
		};
	};
	uint32_t frame;
	uint32_t src, dst, coa; // coa: requests only
	uint32_t hoa, ha;
	uint32_t digest, signed_digest; // see message.h, halved; signed_digest 0: unknown
	uint16_t sport, dport;
	uint16_t lifetime; // seconds
	uint16_t offered;  // request: lifetime that this foreign agent offered with code 69, if has_offer
	uint16_t n_prefixes;
	uint16_t tunnel_keepalive; // reply: interval of its 44, seconds as sent; 0: the default (RFC 3519 4.9)
	uint8_t tunnel_code;       // reply: code of its 44
	uint8_t tunnel_encap;      // request: encapsulation that its 144 asks, an IP protocol, 0: none
	uint8_t type;
	uint8_t flags;              // request: its flags. Reply: its code
	unsigned leg : 2;           // dsmipv4_leg_t
	unsigned tunnel_asked : 2;  // dsmipv4_tunnel_asked_t
	unsigned tunnel_flags : 2;  // request: DSMIPV4_TUNNEL_FLAG_* of its 144
	unsigned tunnel_answer : 2; // reply: dsmipv4_tunnel_answer_t
	unsigned auth : 2;          // dsmipv4_auth_state_t of the Mobile-Home Authentication
	bool complete : 1;          // the whole message was captured
	bool timestamp : 1;         // request: the identification is a timestamp, not a nonce
	bool mode_asked : 1;        // request: 152/3 present
	bool mn_fa_auth : 1;        // 33 present
	bool delivery_asked : 1;    // request: 130 present, the node encapsulates to the foreign agent (RFC 3024 3.3)
	bool unknown_nonskip : 1;   // request: an unassigned non-skippable extension before the first authentication
	bool has_offer : 1;
	bool unsolicited : 1;    // reply: requests to that agent were seen, but none that it answers
	bool sure : 1;           // reply: `pair` is its request by identification, not only by what fits best
	bool late : 1;           // reply: `pair` was answered before, with the whole of its identification
	unsigned unanswered : 2; // request: how many before it had no answer yet, 2 for more
	unsigned ttl : 8;        // of the IP header, 0: unknown
	dsmipv4_registered_prefix_t prefixes[]; // request: as asked. Reply: as granted
};

// Why a version ended, or a binding or prefix went.
typedef enum {
	DSMIPV4_REMOVED_NOT,
	DSMIPV4_REMOVED_REFRESHED,
	DSMIPV4_REMOVED_DEREGISTERED,
	DSMIPV4_REMOVED_REPLACED, // by a registration with another care-of address
	DSMIPV4_REMOVED_ZERO_GRANTED,
	DSMIPV4_REMOVED_REVOKED,
	DSMIPV4_REMOVED_DENIED,  // nothing: a denial while there was no binding
	DSMIPV4_REMOVED_UNKNOWN, // a reply without its request leaves open what is left
} dsmipv4_removal_t;

// One registration's bindings: care-of address and prefixes, valid from its reply on until removed
// or expired (dsmipv4_reply_expiry()). A refresh makes a new one. Its request may be unknown.
struct dsmipv4_binding {
	const dsmipv4_event_t *reply;      // the first copy of it
	const dsmipv4_event_t *created;    // the reply that first registered this care-of address
	const dsmipv4_binding_t *before;   // live until then: of the same care-of address, else the one it replaces
	const dsmipv4_event_t *removed_by; // later
	dsmipv4_removal_t removal;         // later
	uint32_t effective_coa;            // see dsmipv4_binding_effective_coa()
};

// The live bindings of a node from an event on.
struct dsmipv4_version {
	const dsmipv4_event_t *event; // what made it
	dsmipv4_removal_t removal;    // what it did to bindings of the version before, NOT if nothing
	uint32_t n_bindings;
	const dsmipv4_binding_t *bindings[];
};

// A mobile node as its home agent knows it: home agent, home address and, where given, NAI.
struct dsmipv4_node {
	uint32_t ha, hoa;
	uint64_t nai;                  // digest, 0: none seen
	dsmipv4_event_t *last;         // its latest event
	dsmipv4_event_t *last_request; // latest new request, relay copies and retransmissions aside
	uint64_t max_id;
	union {                                // see dsmipv4_node_version()
		const dsmipv4_version_t *only; // where there is one
		const dsmipv4_version_t **all; // where there are more
	} versions;
	uint32_t n_versions;
	uint32_t offered_by; // foreign agent that last answered 69, 0: none
	uint32_t number;     // in the order in which nodes were first seen, from 0
	uint16_t offered;
};

// A table that lives in `alloc` and is freed with it.
dsmipv4_bindings_t *dsmipv4_bindings_new(wmem_allocator_t *alloc);

// Take a registration message as the next event. Call once for each, in the order of the capture.
// `auth` is what is known of its Mobile-Home Authentication. NULL for what is no registration
// message, or not captured beyond its fixed part, or not over IPv4.
const dsmipv4_event_t *dsmipv4_bindings_message(dsmipv4_bindings_t *bindings, const dsmipv4_packet_t *packet,
						const dsmipv4_message_t *message, dsmipv4_auth_state_t auth);

// No registration was seen yet.
bool dsmipv4_bindings_is_empty(const dsmipv4_bindings_t *bindings);

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

// Tell the packet of a message what could not be known when it was first seen: that `end` (nanoseconds
// since 1970) is the time of the last message of the capture, and whether replies to it are captured.
void dsmipv4_look_ahead(const dsmipv4_bindings_t *bindings, dsmipv4_packet_t *packet, int64_t end);

// When a binding ends that this reply makes, by the lifetime it grants; INT64_MAX: never.
int64_t dsmipv4_reply_expiry(const dsmipv4_event_t *reply);

// The two are the same packet, captured at places with routers between them. Their clocks may differ.
static inline bool dsmipv4_was_elsewhere(const dsmipv4_event_t *event, const dsmipv4_event_t *other)
{
	return event->digest == other->digest && event->ttl && other->ttl && event->ttl != other->ttl;
}

// Live at `time` as far as lifetimes go; `grace` nanoseconds are added to the lifetime.
bool dsmipv4_binding_is_live(const dsmipv4_binding_t *binding, int64_t time, int64_t grace);

// The request that made the binding, NULL if it was not seen.
const dsmipv4_event_t *dsmipv4_binding_request(const dsmipv4_binding_t *binding);

// The care-of address, 0 if the request was not seen.
uint32_t dsmipv4_binding_coa(const dsmipv4_binding_t *binding);

// Where the home agent sends tunnelled packets: the care-of address, or with UDP tunnelling accepted
// the source address that the request arrived from, which is a NAT's (RFC 3519 4.6). 0 if the request
// was not seen.
uint32_t dsmipv4_binding_effective_coa(const dsmipv4_binding_t *binding);

// Called for a request; false ends the walk.
typedef bool (*dsmipv4_visit_event)(const dsmipv4_event_t *request, void *user);

// Visit the node's requests, the latest first, relay copies and retransmissions too, that nothing was seen to
// answer up to this frame, and that may be in force at this time if they were granted. For `grace`
// nanoseconds what was registered since does not settle them. Of a node's events so many as are looked back at.
void dsmipv4_open_requests(const dsmipv4_node_t *node, uint32_t frame, int64_t time, int64_t grace,
			   dsmipv4_visit_event visit, void *user);

// Who is behind an address, by this frame: those that came there later are not visited, so that an answer
// does not depend on what was read ahead. What was so at that frame tells dsmipv4_node_at(), or the frame of
// the event that is returned. Addresses in host byte order.

// Called for a node; false ends the walk.
typedef bool (*dsmipv4_visit_node)(const dsmipv4_node_t *node, void *user);

// Visit the nodes of a home agent with this home address: one, or several that differ in their NAI, the
// latest first. O(1) expected, and O(log n) in the number of nodes that came there later.
void dsmipv4_nodes_by_hoa(const dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t hoa, uint32_t frame,
			  dsmipv4_visit_node visit, void *user);

// Visit the nodes, of whatever home agent, of which a binding has or had this effective care-of address,
// where that is the node's own (D bit) or a NAT's; the one that came last first. Nodes behind one NAT
// share it. A node may be visited more than once. O(1) expected, O(log n) as above.
void dsmipv4_nodes_by_coa(const dsmipv4_bindings_t *bindings, uint32_t coa, uint32_t frame, dsmipv4_visit_node visit,
			  void *user);

// Visit the nodes of a home agent for which a prefix was registered that covers the IPv6 address,
// shortest prefix first, of equal prefixes the node that came last first. A node may be visited more
// than once. At most 129 steps, O(log n) each as above, and one for each node that is visited.
void dsmipv4_nodes_by_prefix(const dsmipv4_bindings_t *bindings, uint32_t ha, const uint8_t address[16], uint32_t frame,
			     dsmipv4_visit_node visit, void *user);

// The same for the nodes for which a prefix was registered that contains this one or is inside it.
void dsmipv4_nodes_by_overlap(const dsmipv4_bindings_t *bindings, uint32_t ha, const dsmipv4_prefix_t *prefix,
			      uint32_t frame, dsmipv4_visit_node visit, void *user);

// Remember that messages of this home agent arrive in frames from this MAC address, its low 48 bits: its
// own, or that of the router on the way. Of many home agents behind one router some are forgotten.
void dsmipv4_note_link(dsmipv4_bindings_t *bindings, uint64_t mac, uint32_t ha);

// The home agents whose messages arrive from this MAC address; their number in `n`.
const uint32_t *dsmipv4_agents_on_link(const dsmipv4_bindings_t *bindings, uint64_t mac, unsigned *n);

// The first reply with which this home agent accepted a registration, NULL if there is none. O(1) expected.
const dsmipv4_event_t *dsmipv4_home_agent_since(const dsmipv4_bindings_t *bindings, uint32_t ha);

// The first reply with which this home agent accepted a registration via a foreign agent that has this
// care-of address (or, behind a NAT, is reached at it). NULL if there is none. O(1) expected.
const dsmipv4_event_t *dsmipv4_foreign_agent_since(const dsmipv4_bindings_t *bindings, uint32_t ha, uint32_t coa);

// The request's leg by its addresses and flags (catalogue section 0).
dsmipv4_leg_t dsmipv4_request_leg(const dsmipv4_packet_t *packet, const dsmipv4_message_t *message);

// The request names no particular home agent: 0.0.0.0 or a broadcast address (RFC 3344 3.6.1.2;
// whether x.x.x.255 is a subnet's broadcast address cannot be seen, so it counts as one).
bool dsmipv4_ha_is_dynamic(uint32_t ha);

#endif
