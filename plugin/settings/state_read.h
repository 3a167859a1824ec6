// SPDX-License-Identifier: GPL-2.0-or-later
// The state at the end of an earlier file of the same capture, read from JSON.
#ifndef DSMIPV4_STATE_READ_H
#define DSMIPV4_STATE_READ_H

#include "core/match/tunnel_history.h"
#include "core/state/preload.h"

// Add the contents of such a JSON file to the table and the histories. A failure is reported to the user; what was read
// before it stays.
void dsmipv4_bindings_read_json(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories, const char *path);

#endif
