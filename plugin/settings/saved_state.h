// SPDX-License-Identifier: GPL-2.0-or-later
// The state at the end of an earlier part of the same capture, from the file that the preference bindings_file names.
#ifndef DSMIPV4_SAVED_STATE_H
#define DSMIPV4_SAVED_STATE_H

#include <stdbool.h>

#include "core/match/tunnel_history.h"

// Add what the file holds to the table and the histories; nothing to do where the preference is empty. False if the
// file could not be read as a whole: the user is told why, and the two must not be used any more.
bool dsmipv4_add_saved_state(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories);

// What the user was told when the present capture was opened, "PATH: REASON"; NULL if nothing was wrong.
const char *dsmipv4_unread_state(void);

#endif
