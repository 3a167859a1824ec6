// SPDX-License-Identifier: GPL-2.0-or-later
// The history of a node's tunneled packets, for the few rules and items that depend on earlier packets.
//
// A history is made only for a node that has something to remember; conforming data packets store nothing.
// It changes only when a packet is visited for the first time.
#ifndef DSMIPV4_TUNNEL_HISTORY_H
#define DSMIPV4_TUNNEL_HISTORY_H

#include "match/match.h"

typedef struct dsmipv4_tunnel_histories dsmipv4_tunnel_histories_t;

typedef struct {
	uint64_t reported[2];                 // by direction: which rules and items were reported, a bit each
	int64_t heard;                        // when the node last sent to port 434, 0: never (RFC 3519 4.9)
	const dsmipv4_binding_t *awaited;     // the binding whose first packet was seen (RFC 3519 4.6)
	uint32_t unanswered;                  // keepalives of the node since the latest answer to one, or registration
	int64_t unanswered_since;             // when the first of them came
	bool has_network;                     // the home agent sends it IPv4 for other addresses than its home address
	const dsmipv4_binding_t *outlived[2]; // by direction: the latest binding that was used after it had expired
	uint32_t strange_coa;                 // where the home agent last sent to the node without a registration there
	uint64_t sent;                        // digest of the latest packet that went to the home agent unencapsulated
	int64_t sent_at;
	uint32_t sent_in; // frame of it, 0: of an earlier file
} dsmipv4_tunnel_history_t;

// An IPv6 packet that was seen somewhere: in a node's tunnel, or outside of any.
typedef struct {
	uint64_t digest; // see dsmipv4_ipv6_digest()
	int64_t time;
	const dsmipv4_node_t *node; // NULL: outside
	bool from_mn;               // in the node's tunnel: on its way to the home agent
	uint32_t frame;
	uint8_t hop_limit;
} dsmipv4_sighting_t;

// Empty histories, which live in `alloc`.
dsmipv4_tunnel_histories_t *dsmipv4_tunnel_histories_new(wmem_allocator_t *alloc);

// The history of a node, NULL if there is none.
const dsmipv4_tunnel_history_t *dsmipv4_tunnel_history_of(const dsmipv4_tunnel_histories_t *histories,
							  const dsmipv4_node_t *node);

// The same; it is made if there is none.
dsmipv4_tunnel_history_t *dsmipv4_tunnel_history_make(dsmipv4_tunnel_histories_t *histories,
						      const dsmipv4_node_t *node);

// How many histories there are.
uint32_t dsmipv4_tunnel_histories_count(const dsmipv4_tunnel_histories_t *histories);

// Remember what later packets will be compared with, after this packet was judged. `keepalives`: also remember
// when the node was heard.
void dsmipv4_tunnel_history_add(dsmipv4_tunnel_histories_t *histories, const dsmipv4_match_t *match, bool keepalives);

// Remember that a packet was seen. Some older ones are forgotten.
void dsmipv4_sighting_add(dsmipv4_tunnel_histories_t *histories, const dsmipv4_sighting_t *sighting);

// The last sighting of the packet, NULL if there is none.
const dsmipv4_sighting_t *dsmipv4_sighting_of(const dsmipv4_tunnel_histories_t *histories, uint64_t digest);

// The packet is the first from the node since its binding was accepted with the R flag, and so should be the
// keepalive from which the home agent learns the node's port (RFC 3519 4.6). The history may be NULL.
bool dsmipv4_is_first_keepalive(const dsmipv4_tunnel_history_t *history, const dsmipv4_match_t *match,
				const dsmipv4_candidate_t *candidate);

// The packet is a keepalive of the node: an ICMP echo request in UDP tunnel data from the home address to the home
// agent (RFC 3519 4.9).
bool dsmipv4_is_keepalive(const dsmipv4_match_t *match);

// How many keepalives of the binding before this one had no answer. The history may be NULL.
uint32_t dsmipv4_unanswered_keepalives(const dsmipv4_tunnel_history_t *history, const dsmipv4_candidate_t *candidate);

// Packets in the other direction went on after this binding had expired, too, so its refresh is likely missing from the
// capture. The history may be NULL.
bool dsmipv4_both_outlived(const dsmipv4_tunnel_history_t *history, const dsmipv4_match_t *match,
			   const dsmipv4_binding_t *binding);

// The home agent itself sent to the node at this address, where it is not registered as far as was captured. The
// history may be NULL.
bool dsmipv4_home_agent_sent_to(const dsmipv4_tunnel_history_t *history, uint32_t coa);

// The node asked to deliver packets to the foreign agent encapsulated, and was accepted (RFC 3024 5).
bool dsmipv4_asked_for_delivery(const dsmipv4_candidate_t *candidate);

// The binding uses UDP tunneling: it was requested and granted (RFC 3519 3.2).
bool dsmipv4_udp_tunneling(const dsmipv4_candidate_t *candidate);

#endif
