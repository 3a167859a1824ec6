// SPDX-License-Identifier: GPL-2.0-or-later
// Which style of replay protection a node and its home agent use (RFC 5944 5.7).
#ifndef DSMIPV4_REPLAY_H
#define DSMIPV4_REPLAY_H

#include "state/history.h"

#define DSMIPV4_CLOCK_TOLERANCE 7 // seconds, the default of a home agent (RFC 5944 5.7.1)

// The style by a new request of a node, as far as it and the request before tell; once it is known it stays. Not for
// retransmissions and relayed copies.
//
// A timestamp is near the time of capture, or advances as fast as it where a clock is wrong. Nonces do neither. Where
// packets have no time, or the node set its clock in between, nothing is learned.
dsmipv4_replay_t dsmipv4_replay_of(const dsmipv4_node_t *node, const dsmipv4_event_t *request);

// The same by one request alone.
dsmipv4_replay_t dsmipv4_replay_of_one(const dsmipv4_event_t *request);

// By how many seconds the request's timestamp is ahead of the time of capture. Taken modulo 2^32, which is right beyond
// the end of the NTP era in 2036, too.
int32_t dsmipv4_timestamp_ahead(const dsmipv4_event_t *request);

// The capture's clock, by a reply that accepts; NULL: none was seen.
dsmipv4_clock_t dsmipv4_clock_of_capture(const dsmipv4_event_t *accepting);

#endif
