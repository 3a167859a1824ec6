// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,tree
#ifndef DSMIPV4_TAPS_TREE_H
#define DSMIPV4_TAPS_TREE_H

void dsmipv4_register_tree(void);

#endif
