// SPDX-License-Identifier: GPL-2.0-or-later
// respond --role fa: a foreign agent, which relays registrations of its visitors and forwards their packets.
#ifndef DSMIPGEN_FOREIGN_AGENT_H
#define DSMIPGEN_FOREIGN_AGENT_H

#include "run/respond/role.h"

extern const role_t role_foreign_agent;

#endif
