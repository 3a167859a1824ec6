// SPDX-License-Identifier: GPL-2.0-or-later
// Packets that the reference home agent hears: for its nodes, or from them.
#ifndef DSMIPGEN_DATA_H
#define DSMIPGEN_DATA_H

#include "run/heard.h"
#include "run/respond/forward.h"

// Takes a frame that is no message for the agent. `now` is monotonic, in microseconds. False with an error if a frame
// cannot be built.
bool data_hear(const forwarder_t *forwarder, const heard_t *heard, gint64 now, GError **error);

#endif
