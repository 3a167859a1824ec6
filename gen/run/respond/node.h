// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference mobile node knows, and its registrations (RFC 5944 3.6, RFC 5454 3.5).
#ifndef DSMIPGEN_NODE_H
#define DSMIPGEN_NODE_H

#include "run/craft.h"
#include "run/respond/role.h"

// How IPv6 is tunneled, by the reply to its prefix.
typedef enum { NODE_NO_IPV6, NODE_IPV6_BY_HOA, NODE_IPV6_BY_COA } node_mode_t;

typedef struct {
	const role_context_t *context;
	craft_t *craft;
	guint32 hoa, ha;   // host byte order, as all IPv4 addresses here
	guint32 coa;       // where it is
	guint32 other_coa; // where it goes when it moves
	guint32 spi;
	GBytes *key;
	dsmipv4_prefix_t prefix;
	guint8 ha_mac[6];
	bool knows_ha_mac;

	// The request that waits for its reply. Times are monotonic, in microseconds; -1: never.
	bool is_waiting;
	guint64 id;
	gint64 retry;
	gint64 interval;
	gint64 clock_ahead; // seconds that the home agent's clock is ahead of this one, by a denial with code 133

	// Where it is registered.
	bool is_registered;
	gint64 expires;
	gint64 refresh;
	node_mode_t mode;
} node_t;

// The node mn1 with its addresses, key and prefix; NULL with an error.
node_t *node_new(const role_context_t *context, GError **error);
void node_free(node_t *node);

bool node_fails(const node_t *node, fault_t fault);

// Sends a registration request now, and again until it is answered. False with an error if it cannot be built.
bool node_register(node_t *node, gint64 now, GError **error);

// Goes to its other care-of address.
void node_move(node_t *node);

// Does what is due: sends the request again, or renews the registration.
bool node_wake(node_t *node, gint64 now, GError **error);
gint64 node_due(const node_t *node);

// Takes a registration reply.
bool node_take_reply(node_t *node, const heard_t *heard, gint64 now, GError **error);

#endif
