// SPDX-License-Identifier: GPL-2.0-or-later
// Which packets of a capture are those of one mobile node, and what its addresses are called.
#ifndef DSMIPGEN_CAPTURE_NODE_H
#define DSMIPGEN_CAPTURE_NODE_H

#include "capture/frame.h"
#include "capture/names.h"

// The home address to work on: the one that is wanted, or the only one in the registrations of the frames, whose layers
// are known. Host byte order. false with an error if there is none, or several and none is wanted (NULL).
bool node_choose(const GPtrArray *frames, const char *wanted, guint32 *home_address, GError **error);

// Removes the frames that are not the node's from the list: its registrations and revocations, its tunneled packets in
// either direction, and advertisements of its agents stay. Gives names to what it knows of the others.
void node_select(GPtrArray *frames, guint32 home_address, names_t *names);

// Whether a packet of the node goes to it, as far as the names tell.
bool node_is_target(const frame_t *frame, const names_t *names);

#endif
