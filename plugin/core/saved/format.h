// SPDX-License-Identifier: GPL-2.0-or-later
// The saved state: what is known at the end of one part of a capture, as bytes for the plugin at the next part.
//
// A line of text that names the format and its version; then records, each a letter, the length of its body and the
// body; then an end record with the number of records of each kind and a checksum over everything before it. Numbers
// are varints: seven bits a byte, the lowest first, the top bit set where more follow. There is no compatibility
// between versions: a part is read by the plugin that wrote the one before.
#ifndef DSMIPV4_SAVED_FORMAT_H
#define DSMIPV4_SAVED_FORMAT_H

#include "state/event.h"

#define SAVED_NAME "DSMIPv4 state "
#define SAVED_HEADER SAVED_NAME "10\n" // with the version of the format

// Kinds of records.
#define SAVED_NODE 'N'   // a node with its events, bindings, versions and tunnel history
#define SAVED_ORPHAN 'O' // a request of a node whose home address is not known yet
#define SAVED_LINK 'L'   // the MAC address that a home agent's messages come from
#define SAVED_END 'E'    // the number of nodes, orphans and links, then the checksum
#define SAVED_CHECKSUM_LEN 4

// The members of an event: name, and the greatest value that is right. A mask says which of them differ from the
// event before of the same node (from zeros with the first); of these the difference follows.
#define SAVED_MEMBERS(M)                                                                                               \
	M(id, UINT64_MAX)                                                                                              \
	M(src, UINT32_MAX)                                                                                             \
	M(dst, UINT32_MAX)                                                                                             \
	M(coa, UINT32_MAX)                                                                                             \
	M(hoa, UINT32_MAX)                                                                                             \
	M(ha, UINT32_MAX)                                                                                              \
	M(digest, UINT32_MAX)                                                                                          \
	M(signed_digest, UINT32_MAX)                                                                                   \
	M(sport, UINT16_MAX)                                                                                           \
	M(dport, UINT16_MAX)                                                                                           \
	M(lifetime, UINT16_MAX)                                                                                        \
	M(offered, UINT16_MAX)                                                                                         \
	M(n_prefixes, UINT16_MAX)                                                                                      \
	M(tunnel_keepalive, UINT16_MAX)                                                                                \
	M(tunnel_code, UINT8_MAX)                                                                                      \
	M(tunnel_encap, UINT8_MAX)                                                                                     \
	M(type, UINT8_MAX)                                                                                             \
	M(flags, UINT8_MAX)                                                                                            \
	M(leg, DSMIPV4_LEG_MN_HA)                                                                                      \
	M(tunnel_asked, DSMIPV4_TUNNEL_ASKED_BY_FA)                                                                    \
	M(tunnel_flags, DSMIPV4_TUNNEL_FLAG_R | DSMIPV4_TUNNEL_FLAG_F)                                                 \
	M(tunnel_answer, DSMIPV4_TUNNEL_DECLINED)                                                                      \
	M(auth, DSMIPV4_AUTH_MISSING)                                                                                  \
	M(time_known, 1)                                                                                               \
	M(captured_whole, 1)                                                                                           \
	M(replay, DSMIPV4_REPLAY_NONCE)                                                                                \
	M(mode_asked, 1)                                                                                               \
	M(mn_fa_auth, 1)                                                                                               \
	M(from_agent, 1)                                                                                               \
	M(delivery_asked, 1)                                                                                           \
	M(multipath, 1)                                                                                                \
	M(bulk, 1)                                                                                                     \
	M(has_gre_key, 1)                                                                                              \
	M(gre_key, UINT32_MAX)                                                                                         \
	M(wants_agent, 1)                                                                                              \
	M(mobile_network, 1)                                                                                           \
	M(unknown_nonskip, DSMIPV4_EXT_FIRST_SKIPPABLE - 1)                                                            \
	M(has_offer, 1)                                                                                                \
	M(after_gap, 1)                                                                                                \
	M(unsolicited, 1)                                                                                              \
	M(certain_pair, 1)                                                                                             \
	M(capture_clock, DSMIPV4_CLOCK_OFF)                                                                            \
	M(late, 1)                                                                                                     \
	M(unanswered, 2)                                                                                               \
	M(ttl, UINT8_MAX)                                                                                              \
	M(agent_heard, 1)                                                                                              \
	M(max_answered, 1)

// How many bytes a prefix of this length takes: a length of more than 128 stands for a whole address (255: a link-local
// address, RFC 5454 2.1).
static inline unsigned saved_prefix_bytes(uint8_t len)
{
	return len > 128 ? 16 : (len + 7u) / 8;
}

// Links from an event to others of its node, a mask and then the numbers of those that are there. Whether the other one
// has the same type, and whether it comes before.
#define SAVED_LINKS(L)                                                                                                 \
	L(first, true, true)                                                                                           \
	L(relay_of, true, true)                                                                                        \
	L(relayed, true, false)                                                                                        \
	L(pair, false, false)

#endif
