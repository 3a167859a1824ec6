// SPDX-License-Identifier: GPL-2.0-or-later
// The plugin's rules, asked of each frame of a run in its order.
#ifndef DSMIPGEN_JUDGE_H
#define DSMIPGEN_JUDGE_H

#include "language/actors.h"
#include "rules/verdicts.h"
#include "run/heard.h"

typedef struct judge judge_t;

// Verifies authenticators with the keys of these actors.
judge_t *judge_new(const actors_t *actors);
void judge_free(judge_t *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(judge_t, judge_free)

// Judges a frame that was read with heard_read(). The verdicts live in `alloc`; NULL: the rules have nothing to say of
// it.
const dsmipv4_verdicts_t *judge_hear(judge_t *judge, wmem_allocator_t *alloc, const heard_t *heard);

// The state of a message's Mobile-Home Authentication.
dsmipv4_auth_state_t judge_authenticator(const judge_t *judge, const dsmipv4_message_t *message);

#endif
