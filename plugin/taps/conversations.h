// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics > Conversations and Endpoints, tab "DSMIPv4"; -z conv,dsmipv4 and -z endpoints,dsmipv4: packets and bytes
// between each mobile node and its home agent.
#ifndef DSMIPV4_CONVERSATIONS_H
#define DSMIPV4_CONVERSATIONS_H

// Register the two tables. To be called when the plugin is registered.
void dsmipv4_register_conversations(void);

#endif
