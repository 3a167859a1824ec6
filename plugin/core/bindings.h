// SPDX-License-Identifier: GPL-2.0-or-later
// The conversation between mobile nodes and their home agents: events in, what was known then out.
//
// So far this holds the requests, which is enough to recognise a foreign agent's relay copy and to
// find the request that a reply answers.
#ifndef DSMIPV4_BINDINGS_H
#define DSMIPV4_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "message.h"
#include "packet.h"

typedef struct dsmipv4_bindings dsmipv4_bindings_t;

// Where a request carried its UDP Tunnel Request (144) relative to the first authentication.
typedef enum {
	DSMIPV4_TUNNEL_NOT_ASKED,
	DSMIPV4_TUNNEL_ASKED_BY_MN, // before it (RFC 3519 4.4)
	DSMIPV4_TUNNEL_ASKED_BY_FA, // after it (RFC 3519 4.5)
} dsmipv4_tunnel_asked_t;

// What was known of the conversation when a message was first seen.
typedef struct {
	bool relay_copy;    // request: the same one was seen before with another IP header
	bool request_known; // reply: the request it answers was seen, and the members below are valid
	dsmipv4_tunnel_asked_t tunnel_asked;
} dsmipv4_exchange_t;

// A table that lives in `alloc` and is freed with it.
dsmipv4_bindings_t *dsmipv4_bindings_new(wmem_allocator_t *alloc);

// Take a control message as the next event. Call once for each, in the order of the capture. The
// result lives in the table's allocator and does not change; NULL where there is nothing to say.
const dsmipv4_exchange_t *dsmipv4_bindings_message(dsmipv4_bindings_t *bindings, const dsmipv4_packet_t *packet,
						   const dsmipv4_message_t *message);

#endif
