// SPDX-License-Identifier: GPL-2.0-or-later
// respond --role mn: a mobile node, which registers, stays registered, and answers in its tunnels.
#ifndef DSMIPGEN_MOBILE_NODE_H
#define DSMIPGEN_MOBILE_NODE_H

#include "run/respond/role.h"

extern const role_t role_mobile_node;

#endif
