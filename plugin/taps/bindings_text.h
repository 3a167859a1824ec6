// SPDX-License-Identifier: GPL-2.0-or-later
// The live bindings as text.
#ifndef DSMIPV4_BINDINGS_TEXT_H
#define DSMIPV4_BINDINGS_TEXT_H

#include <stdio.h>

#include "core/match/tunnel_history.h"
#include "core/state/bindings.h"

// Write the live bindings as text, one prefix on a line.
void dsmipv4_bindings_write_text(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories,
				 FILE *out);

#endif
