// SPDX-License-Identifier: GPL-2.0-or-later
// Requests whose answer was not seen, and which may have been granted all the same.
#ifndef DSMIPV4_PENDING_H
#define DSMIPV4_PENDING_H

#include "state/history.h"

// Visit the node's requests whose answer was not seen up to this frame, and which may be in force at this time if
// they were granted; the latest first, relayed copies and retransmissions included. For `grace` nanoseconds, later
// registrations do not settle them. Only the latest DSMIPV4_LOOK_BACK events of the node are searched. `asking`: the
// node under its NAI alone, which has its requests for a home address; NULL: there is none. `until` as in
// dsmipv4_in_grace_until().
void dsmipv4_open_requests(const dsmipv4_node_t *node, const dsmipv4_node_t *asking, uint32_t frame, int64_t time,
			   int64_t grace, int64_t *until, dsmipv4_visit_event visit, void *user);

#endif
