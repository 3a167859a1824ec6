// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference mobile node answers in its tunnels: echo requests, in the tunnel that they belong to.
#ifndef DSMIPGEN_NODE_DATA_H
#define DSMIPGEN_NODE_DATA_H

#include "run/respond/node.h"

// Takes a packet in a tunnel. False with an error if the answer cannot be built.
bool node_take_tunnel(const node_t *node, const heard_t *heard, gint64 now, GError **error);

#endif
