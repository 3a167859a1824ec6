// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent makes of a registration request (RFC 5944 3.8.2, RFC 5454 3.3).
#ifndef DSMIPGEN_REGISTRATION_H
#define DSMIPGEN_REGISTRATION_H

#include "run/heard.h"
#include "run/respond/agent.h"

// The answer to a request, as it goes into the reply.
typedef struct {
	bool is_silent;     // no reply is sent
	bool is_crash;      // the agent ends
	const char *reason; // of a denial or of silence, for people
	agent_node_t *node; // NULL: not known
	guint8 code;
	guint16 lifetime; // seconds
	guint64 identification;
	granted_t prefixes[AGENT_MOST_PREFIXES]; // in the order of the request
	unsigned n_prefixes;
	bool answers_udp_tunnel; // with an extension 44
	guint8 udp_tunnel_code;
	bool is_forced;   // the UDP tunnel was asked for although no NAT is there
	bool has_fa_auth; // the request was authenticated by the foreign agent, too
} decision_t;

// Decides on a registration request that was heard, and registers the node if it is accepted.
void registration_decide(agent_t *agent, const heard_t *heard, decision_t *decision);

#endif
