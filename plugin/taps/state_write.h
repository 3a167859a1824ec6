// SPDX-License-Identifier: GPL-2.0-or-later
// The state at the end of a file as JSON, for the next file of the same capture.
#ifndef DSMIPV4_STATE_WRITE_H
#define DSMIPV4_STATE_WRITE_H

#include <stdio.h>

#include "core/match/tunnel_history.h"
#include "core/state/bindings.h"

// Write the table as JSON, one node on a line, with the histories of the nodes.
void dsmipv4_state_write_json(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories,
			      FILE *out);

#endif
