// SPDX-License-Identifier: GPL-2.0-or-later
// Which IPv6 prefixes of a registration request the reference home agent accepts, and in which mode (RFC 5454 3.3).
#ifndef DSMIPGEN_PREFIXES_H
#define DSMIPGEN_PREFIXES_H

#include "run/respond/agent.h"

// The answers to the prefix requests among the first n_exts extensions of a request, in their order, each prefix once,
// in `granted` with room for AGENT_MOST_PREFIXES. Returns their number.
unsigned prefixes_decide(agent_t *agent, const agent_node_t *node, const dsmipv4_message_t *message, guint32 n_exts,
			 gint64 now, granted_t *granted);

#endif
