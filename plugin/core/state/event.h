// SPDX-License-Identifier: GPL-2.0-or-later
// A registration message as it was seen: what the binding table stores of it.
#ifndef DSMIPV4_EVENT_H
#define DSMIPV4_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "wire/auth.h"
#include "wire/ipv4_header.h"
#include "wire/message.h"

typedef struct dsmipv4_node dsmipv4_node_t;
typedef struct dsmipv4_event dsmipv4_event_t;
typedef struct dsmipv4_binding dsmipv4_binding_t;
typedef struct dsmipv4_version dsmipv4_version_t;

// How many of a node's latest events are searched for copies, requests and denials: a limit, so that the cost of
// an event does not grow with the capture. The next file of a capture gets as many.
#define DSMIPV4_LOOK_BACK 16

// Which hop a registration message travels (doc/bindings.md).
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

// The answer of a reply's UDP Tunnel Reply (44) to the request's UDP Tunnel Request (144) (RFC 3519 3.2).
typedef enum {
	DSMIPV4_TUNNEL_NOT_ANSWERED, // none there, or not readable
	DSMIPV4_TUNNEL_ACCEPTED,     // code below 64
	DSMIPV4_TUNNEL_DECLINED,
} dsmipv4_tunnel_answer_t;

// Style of replay protection (RFC 5944 5.7): part of the security association of a node and its home agent.
typedef enum {
	DSMIPV4_REPLAY_UNKNOWN,
	DSMIPV4_REPLAY_TIMESTAMP,
	DSMIPV4_REPLAY_NONCE,
} dsmipv4_replay_t;

typedef enum {
	DSMIPV4_PREFIX_ACTIVE,  // accepted, form of the tunnel by its code
	DSMIPV4_PREFIX_REFUSED, // answered with a rejecting code
	DSMIPV4_PREFIX_IGNORED, // requested, but not answered: the same as rejected (RFC 5454 3.2, 3.5)
} dsmipv4_prefix_state_t;

typedef struct {
	dsmipv4_prefix_t prefix; // significant bits only
	uint8_t code;            // of the 152/2; meaningless where IGNORED
	uint8_t state;           // dsmipv4_prefix_state_t
} dsmipv4_registered_prefix_t;

// The capture's clock, compared with a home agent's, as far as the latest timestamp tells that it accepted.
typedef enum {
	DSMIPV4_CLOCK_UNKNOWN,
	DSMIPV4_CLOCK_RIGHT, // they agree, within DSMIPV4_CLOCK_TOLERANCE
	DSMIPV4_CLOCK_OFF,
} dsmipv4_clock_t;

// A prefix that is active in a live binding.
typedef struct {
	const dsmipv4_binding_t *binding; // NULL: there is none
	const dsmipv4_registered_prefix_t *prefix;
} dsmipv4_overlap_t;

// A registration message as it was seen. Addresses in host byte order, times in nanoseconds.
struct dsmipv4_event {
	int64_t time;
	uint64_t id;
	dsmipv4_node_t *node;          // NULL: home address unknown
	const dsmipv4_event_t *before; // the node's event before this one
	const dsmipv4_event_t *first;  // the same message with the same IP header, seen before; reply: or the one that
				       // first accepted its request
	dsmipv4_event_t *relay_of;     // the same message with another IP header was seen before
	dsmipv4_event_t *pair;         // answer: its request or revocation. These, later: their first answer
	dsmipv4_event_t *relayed;      // later: the first relay copy
	union {
		struct {                                 // request
			const dsmipv4_event_t *previous; // the request before it, same node and leg, other content
			uint64_t max_id;                 // greatest timestamp of the node's requests before
		};
		struct { // reply
			// For each prefix, what it overlaps of another node, at the same home agent or else at
			// another; NULL: nothing for any of them.
			dsmipv4_overlap_t *overlaps;
			const dsmipv4_binding_t *binding; // the binding that it made, NULL if none
		};
	};
	uint32_t frame;
	uint32_t src, dst, coa; // coa: requests only
	uint32_t hoa, ha;
	union {
		uint32_t gre_key;      // of its 48, if has_gre_key: the sender's key for the other's packets (RFC 6245)
		uint32_t wanted_agent; // request: of its 139, if wants_agent
	};
	uint32_t digest, signed_digest; // see message.h, halved; signed_digest 0: unknown
	uint16_t sport, dport;
	uint16_t lifetime; // seconds
	uint16_t offered;  // request: lifetime that this foreign agent offered with code 69, if has_offer
	uint16_t n_prefixes;
	uint16_t tunnel_keepalive; // reply: interval of its 44, seconds as sent; 0: the default (RFC 3519 4.9)
	uint8_t tunnel_code;       // reply: code of its 44
	uint8_t tunnel_encap;      // request: encapsulation that its 144 asks, an IP protocol, 0: none
	uint8_t type;
	union {
		uint8_t flags; // request: DSMIPV4_FLAG_*
		uint8_t code;  // reply
	};
	unsigned leg : 2;           // dsmipv4_leg_t
	unsigned tunnel_asked : 2;  // dsmipv4_tunnel_asked_t
	unsigned tunnel_flags : 2;  // request: DSMIPV4_TUNNEL_FLAG_* of its 144
	unsigned tunnel_answer : 2; // reply: dsmipv4_tunnel_answer_t
	unsigned replay : 2;        // request: dsmipv4_replay_t of its node, as far as it was known then
	unsigned auth : 2;          // dsmipv4_auth_state_t of the Mobile-Home Authentication
	bool time_known : 1;        // the packet has a time of capture
	bool captured_whole : 1;    // the whole message was captured
	bool mode_asked : 1;        // request: 152/3 present
	bool mn_fa_auth : 1;        // 33 present
	bool from_agent : 1;        // request: a foreign agent sent it, by its source or its own extensions
	bool delivery_asked : 1;    // request: 130 present, the node encapsulates to the foreign agent (RFC 3024 3.3)
	bool multipath : 1;         // request: 154 asks for a binding beside the others (RFC 7629 4.1, O flag 0)
	bool bulk : 1;              // request: and for the lifetime of all of them (RFC 7629 4.1, B flag 1)
	bool mobile_network : 1;    // 148 present: the node is a mobile router (RFC 5177 4)
	bool has_gre_key : 1;       // 48 present
	bool wants_agent : 1;       // request: 139 names the home agent that should serve the node (RFC 4433), no 48
	bool has_offer : 1;
	bool after_gap : 1;    // messages of its home agent are missing before it: see dsmipv4_home_agent_gap()
	bool unsolicited : 1;  // reply: requests to that agent were seen, but none that it answers
	bool certain_pair : 1; // reply: `pair` is known to be its request by identification, and not only the best fit
	bool late : 1;         // reply: `pair` was answered before, with the whole of its identification
	bool agent_heard : 1;  // request: replies from the address that it goes to were seen before
	bool max_answered : 1; // request: the request that max_id is of was answered before
	unsigned capture_clock : 2;   // reply, a denial with code 133: dsmipv4_clock_t
	unsigned unanswered : 2;      // request: how many requests before it had no answer yet, at most 2
	unsigned n_settled : 3;       // request, later: how many replies were given its prefixes
	unsigned ttl : 8;             // of the IP header, 0: unknown
	unsigned unknown_nonskip : 7; // request: type of the first unassigned non-skippable extension before the
				      // first authentication, 0: there is none
	dsmipv4_registered_prefix_t prefixes[]; // request: as asked. Reply: as granted
};

// The identification of the request is known to be a timestamp.
static inline bool dsmipv4_has_timestamp(const dsmipv4_event_t *request)
{
	return request->replay == DSMIPV4_REPLAY_TIMESTAMP;
}

// Called for an event; false ends the walk.
typedef bool (*dsmipv4_visit_event)(const dsmipv4_event_t *event, void *user);

// The two are the same packet, captured at places with routers between them. Their clocks may differ.
static inline bool dsmipv4_was_elsewhere(const dsmipv4_event_t *event, const dsmipv4_event_t *other)
{
	return event->digest == other->digest && event->ttl && other->ttl && event->ttl != other->ttl;
}

// The request's leg by its addresses and flags (doc/bindings.md).
dsmipv4_leg_t dsmipv4_request_leg(const dsmipv4_packet_t *packet, const dsmipv4_message_t *message);

// The request names no particular home agent: 0.0.0.0 or a broadcast address (RFC 5944 3.6.1.2;
// whether x.x.x.255 is a subnet's broadcast address cannot be seen, so it counts as one).
bool dsmipv4_ha_is_dynamic(uint32_t ha);

// A message that another one answers: a request or a revocation.
static inline bool dsmipv4_is_to_be_answered(const dsmipv4_event_t *event)
{
	return event->type == DSMIPV4_REGISTRATION_REQUEST || event->type == DSMIPV4_REVOCATION;
}

// The request that the reply answers for certain, NULL if none is known.
const dsmipv4_event_t *dsmipv4_certain_request(const dsmipv4_event_t *reply);

// The prefix of the message for which `match` says yes, with the prefix that is looked for as the second one;
// the first if there are several, NULL if there is none.
typedef bool (*dsmipv4_prefix_match_t)(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b);
const dsmipv4_registered_prefix_t *dsmipv4_event_find_prefix(const dsmipv4_event_t *event, const dsmipv4_prefix_t *p,
							     dsmipv4_prefix_match_t match);

// The prefix of the event that equals this one, the first if there are several, NULL if there is none. As the one above
// with dsmipv4_prefix_equal(), but O(log n) in a reply with many prefixes.
const dsmipv4_registered_prefix_t *dsmipv4_event_equal_prefix(const dsmipv4_event_t *event, const dsmipv4_prefix_t *p);

// The first copy of a request that was seen, on whatever leg.
const dsmipv4_event_t *dsmipv4_original_request(const dsmipv4_event_t *request);

// The request asks for a binding beside those that the node has: by the S flag (RFC 5944 3.3), or as one of
// several paths (RFC 7629 4.1).
bool dsmipv4_asks_for_another(const dsmipv4_event_t *request);

// The same of an event's frame.
const char *dsmipv4_event_text(wmem_allocator_t *alloc, const dsmipv4_event_t *event);

// The part of an event that every message has; the rest of `e` is zero.
void dsmipv4_event_read(dsmipv4_event_t *e, const dsmipv4_packet_t *packet, const dsmipv4_message_t *m);

// How many prefix requests or prefix replies a message has; and these, masked and not yet answered.
uint16_t dsmipv4_event_count_prefixes(const dsmipv4_message_t *m, dsmipv4_body_t wanted);
void dsmipv4_event_read_prefixes(dsmipv4_registered_prefix_t *to, const dsmipv4_message_t *m, dsmipv4_body_t wanted);

// A permanent copy of `header` with room for header->n_prefixes, and `prefixes` in it unless NULL.
dsmipv4_event_t *dsmipv4_event_new(dsmipv4_arena_t *arena, const dsmipv4_event_t *header,
				   const dsmipv4_registered_prefix_t *prefixes);

#endif
