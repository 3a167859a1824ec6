// SPDX-License-Identifier: GPL-2.0-or-later
// Wrappers in Wireshark's own dissector tables.
#ifndef DSMIPV4_HOOKS_H
#define DSMIPV4_HOOKS_H

#include "protocol.h"

// From now on look at plain IPv6, too. No effect before the hand-off.
void dsmipv4_watch_native(void);

void dsmipv4_register_hooks(void);

void dsmipv4_hand_off(void);

// How many hooks there are that packets to be judged come through.
#define DSMIPV4_HOOKS 5

// Packets go past hook `index` (below DSMIPV4_HOOKS), because a Decode As gives its value in its dissector table
// to another dissector. Table and value are told in either case.
bool dsmipv4_hook_is_bypassed(unsigned index, const char **table, uint32_t *value);

// Wireshark's own dissector of GRE, once the hooks are in place.
dissector_handle_t dsmipv4_builtin_gre(void);

#endif
