// SPDX-License-Identifier: GPL-2.0-or-later
// Conversation Filter > Mobile node, in the menu of a packet.
#ifndef DSMIPV4_TAPS_NODE_FILTER_H
#define DSMIPV4_TAPS_NODE_FILTER_H

void dsmipv4_register_node_filter(void);

#endif
