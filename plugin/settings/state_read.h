// SPDX-License-Identifier: GPL-2.0-or-later
// The state at the end of an earlier file of the same capture, read from JSON.
#ifndef DSMIPV4_STATE_READ_H
#define DSMIPV4_STATE_READ_H

#include "core/match/tunnel_history.h"
#include "core/state/preload.h"

// Add to the table and the traces what such a JSON file holds. On failure the user is told why; what was read
// before the fault stays.
void dsmipv4_bindings_read_json(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories, const char *path);

#endif
