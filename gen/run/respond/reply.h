// SPDX-License-Identifier: GPL-2.0-or-later
// The registration reply of the reference home agent (RFC 5944 3.8.3).
#ifndef DSMIPGEN_REPLY_H
#define DSMIPGEN_REPLY_H

#include "run/craft.h"
#include "run/respond/registration.h"

// Builds the frame that answers a request which was heard on an interface with this MAC address. The bytes belong to
// the craft. NULL with an error.
const GByteArray *reply_build(const agent_t *agent, craft_t *craft, const guint8 mac[6], const heard_t *heard,
			      const decision_t *decision, GError **error);

#endif
