// SPDX-License-Identifier: GPL-2.0-or-later
// Who broke a rule.
#ifndef DSMIPV4_ACTOR_H
#define DSMIPV4_ACTOR_H

#include "rules/check.h"

// The actor of a row or an answer, resolved for this message or packet: MN, FA, HA or UNKNOWN.
dsmipv4_actor_t dsmipv4_actor_of(const dsmipv4_check_t *c, dsmipv4_actor_t actor);

#endif
