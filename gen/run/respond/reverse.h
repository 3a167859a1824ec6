// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent makes of a packet that comes in a tunnel (RFC 5454 3.3.2, 3.3.3, 4).
//
// Of IPv4 it answers keepalives (RFC 3519 4.9), and forwards nothing.
#ifndef DSMIPGEN_REVERSE_H
#define DSMIPGEN_REVERSE_H

#include "run/heard.h"
#include "run/respond/forward.h"

// Takes a HEARD_TUNNEL to the agent's address. `now` is monotonic, in microseconds. False with an error if a frame
// cannot be built.
bool reverse_hear(const forwarder_t *forwarder, const heard_t *heard, gint64 now, GError **error);

#endif
