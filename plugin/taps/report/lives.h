// SPDX-License-Identifier: GPL-2.0-or-later
// The care-of addresses of a node, each from its first registration until it is gone.
#ifndef DSMIPV4_TAPS_REPORT_LIVES_H
#define DSMIPV4_TAPS_REPORT_LIVES_H

#include <glib.h>

#include "core/state/history.h"

// In the words of doc/report.schema.json.
typedef enum {
	DSMIPV4_END_LIVE,
	DSMIPV4_END_EXPIRED,
	DSMIPV4_END_DEREGISTERED,
	DSMIPV4_END_REPLACED,
	DSMIPV4_END_REVOKED,
	DSMIPV4_END_DENIED,
	DSMIPV4_END_UNKNOWN,
} dsmipv4_binding_end_t;

typedef struct {
	GPtrArray *registrations; // const dsmipv4_binding_t *, of the first registration and each refresh
	dsmipv4_binding_end_t end;
	int64_t until;                   // nanoseconds; meaningless where LIVE
	const dsmipv4_event_t *ended_by; // NULL: nothing but time
} dsmipv4_binding_life_t;

// The node's lives in the order in which they began, of dsmipv4_binding_life_t, by the frames up to `frame` and at
// `time`, nanoseconds since 1970. UINT32_MAX: by all frames.
GArray *dsmipv4_binding_lives(const dsmipv4_node_t *node, uint32_t frame, int64_t time);
void dsmipv4_binding_lives_free(GArray *lives);

// The reply that began it, and the binding of its latest registration.
const dsmipv4_event_t *dsmipv4_life_began(const dsmipv4_binding_life_t *life);
const dsmipv4_binding_t *dsmipv4_life_latest(const dsmipv4_binding_life_t *life);

// "live", "expired" and so on.
const char *dsmipv4_life_end_word(dsmipv4_binding_end_t end);

// The reply that first registered a binding's care-of address, which tells the life that it belongs to.
const dsmipv4_event_t *dsmipv4_binding_began(const dsmipv4_binding_t *binding);

// How its packets are to be encapsulated: "UDP", "GRE", "minimal" or "IPv4".
const char *dsmipv4_binding_encapsulation(const dsmipv4_binding_t *binding);

// The request that came from a NAT's address and port instead of the care-of address (RFC 3519 4.2); NULL: there is no
// NAT, or none was seen.
const dsmipv4_event_t *dsmipv4_binding_nat(const dsmipv4_binding_t *binding);

// What the registration says of IPv6: "explicit", "implicit" (RFC 5454 2.4) where `ipv6` was tunneled all the same, or
// "IPv4 only".
const char *dsmipv4_binding_mode(const dsmipv4_binding_t *binding, bool ipv6);

#endif
