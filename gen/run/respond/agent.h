// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent knows: its own address, the nodes that it serves, and their bindings.
#ifndef DSMIPGEN_AGENT_H
#define DSMIPGEN_AGENT_H

#include "language/actors.h"
#include "run/respond/faults.h"
#include "wire/message.h"

enum {
	AGENT_NODES = 2,          // mn1 and mn2
	AGENT_MOST_PREFIXES = 16, // of one registration
	AGENT_MOST_GROUPS = 8,    // of a node
};

// A prefix with the code that its reply has (RFC 5454 2.2).
typedef struct {
	dsmipv4_prefix_t prefix;
	guint8 code;
} granted_t;

// Where a registered node is.
typedef struct {
	bool is_there;
	guint32 coa;        // host byte order, as all IPv4 addresses here
	guint32 reached_at; // address that tunneled packets go to: the care-of address, or that of a NAT
	guint16 port;       // of the UDP tunnel; 0: there is none
	guint8 mac[6];      // of the neighbor that the request came from
	guint8 flags;       // DSMIPV4_FLAG_*
	gint64 expires;     // nanoseconds since 1970; G_MAXINT64: never
	granted_t prefixes[AGENT_MOST_PREFIXES];
	unsigned n_prefixes;
	guint8 groups[AGENT_MOST_GROUPS][16]; // IPv6 multicast groups that the node has joined
	unsigned n_groups;
	guint32 left;       // address that tunneled packets went to before; 0: none
	guint8 left_mac[6]; // of its neighbor
} agent_binding_t;

typedef struct {
	const char *name; // "mn1"
	guint32 hoa;
	guint32 spi;
	GBytes *key;
	dsmipv4_prefix_t own[2]; // that it may register
	guint64 last_id;         // greatest that was accepted; 0: none
	guint32 nonce;           // that the next request has to have
	agent_binding_t binding;
} agent_node_t;

typedef struct {
	const actors_t *actors;
	guint32 address;
	guint8 link_local[16];
	guint32 fa_address;
	guint32 fa_spi;
	GBytes *fa_key;
	guint16 most_lifetime; // seconds
	bool uses_nonces;      // against replay, else timestamps (RFC 5944 5.7)
	faults_t faults;
	agent_node_t nodes[AGENT_NODES];
} agent_t;

// A home agent that serves the nodes mn1 and mn2 with their addresses, keys, and first two prefixes. The actors must
// live longer.
agent_t *agent_new(const actors_t *actors);
void agent_free(agent_t *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(agent_t, agent_free)

// Whether it is told to do this wrong.
bool agent_fails(const agent_t *agent, fault_t fault);

// The node with this home address, or NULL.
agent_node_t *agent_node(agent_t *agent, guint32 hoa);

// Whether the node is registered at a time, in nanoseconds since 1970.
bool agent_is_bound(const agent_node_t *node, gint64 now);

// Whether tunneled packets go to the node at a time: it is registered, or a fault forgets that it is not any more.
bool agent_forwards(const agent_t *agent, const agent_node_t *node, gint64 now);

// The prefix of a node's registration that an IPv6 address is in, NULL: in none, or tunneled packets do not go there.
const granted_t *agent_prefix(const agent_t *agent, const agent_node_t *node, const guint8 address[16], gint64 now);

// The registered node, other than `except`, that has a prefix in common with this one; NULL: there is none.
agent_node_t *agent_prefix_owner(agent_t *agent, const dsmipv4_prefix_t *prefix, const agent_node_t *except,
				 gint64 now);

#endif
