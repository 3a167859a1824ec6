// SPDX-License-Identifier: GPL-2.0-or-later
// The members of a registration message in a file of bindings, in one list for writing and reading.
#ifndef DSMIPV4_BINDINGS_MEMBERS_H
#define DSMIPV4_BINDINGS_MEMBERS_H

#define BINDINGS_FORMAT_VERSION 2

// The members of an event that a file stores, by how they are written.
#define EVENT_MEMBERS(M)                                                                                               \
	M(type, number)                                                                                                \
	M(time, time)                                                                                                  \
	M(id, hex)                                                                                                     \
	M(src, address)                                                                                                \
	M(dst, address)                                                                                                \
	M(sport, number)                                                                                               \
	M(dport, number)                                                                                               \
	M(hoa, address)                                                                                                \
	M(ha, address)                                                                                                 \
	M(coa, address)                                                                                                \
	M(flags, number)                                                                                               \
	M(lifetime, number)                                                                                            \
	M(offered, number)                                                                                             \
	M(has_offer, number)                                                                                           \
	M(digest, number)                                                                                              \
	M(signed_digest, number)                                                                                       \
	M(leg, number)                                                                                                 \
	M(tunnel_asked, number)                                                                                        \
	M(tunnel_flags, number)                                                                                        \
	M(tunnel_encap, number)                                                                                        \
	M(tunnel_answer, number)                                                                                       \
	M(tunnel_code, number)                                                                                         \
	M(tunnel_keepalive, number)                                                                                    \
	M(auth, number)                                                                                                \
	M(captured_whole, number)                                                                                      \
	M(timestamp, number)                                                                                           \
	M(mode_asked, number)                                                                                          \
	M(mn_fa_auth, number)                                                                                          \
	M(multipath, number)                                                                                           \
	M(delivery_asked, number)                                                                                      \
	M(unknown_nonskip, number)                                                                                     \
	M(unsolicited, number)                                                                                         \
	M(certain_pair, number)                                                                                        \
	M(unanswered, number)

// Links from one event of a node to another, kept as indexes into its "events".
#define EVENT_LINKS(L)                                                                                                 \
	L(first)                                                                                                       \
	L(relay_of)                                                                                                    \
	L(pair)                                                                                                        \
	L(relayed)

#endif
