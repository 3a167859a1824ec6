// SPDX-License-Identifier: GPL-2.0-or-later
// Writes the saved state (format.h).
#ifndef DSMIPV4_SAVED_WRITE_H
#define DSMIPV4_SAVED_WRITE_H

#include <glib.h>

#include "match/tunnel_history.h"
#include "state/bindings.h"

// What is known at the end of a capture, as far as the rules look back from its next part. The caller frees it.
GByteArray *dsmipv4_saved_write(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories);

#endif
