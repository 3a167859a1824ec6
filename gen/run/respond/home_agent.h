// SPDX-License-Identifier: GPL-2.0-or-later
// respond --role ha: a home agent, which answers registration requests and forwards what is tunneled after them.
#ifndef DSMIPGEN_HOME_AGENT_H
#define DSMIPGEN_HOME_AGENT_H

#include "run/respond/role.h"

extern const role_t role_home_agent;

#endif
