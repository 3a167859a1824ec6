// SPDX-License-Identifier: GPL-2.0-or-later
// Requests that nothing was seen to answer: what they ask for may have been granted all the same.
#ifndef DSMIPV4_PENDING_H
#define DSMIPV4_PENDING_H

#include "state/history.h"

// Visit the node's requests, the latest first, relay copies and retransmissions too, that nothing was seen to
// answer up to this frame, and that may be in force at this time if they were granted. For `grace`
// nanoseconds what was registered since does not settle them. Of a node's events so many as are looked back at.
void dsmipv4_open_requests(const dsmipv4_node_t *node, uint32_t frame, int64_t time, int64_t grace,
			   dsmipv4_visit_event visit, void *user);

#endif
