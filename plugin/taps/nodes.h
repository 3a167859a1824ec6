// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,nodes
#ifndef DSMIPV4_TAPS_NODES_H
#define DSMIPV4_TAPS_NODES_H

void dsmipv4_register_nodes_tap(void);

#endif
