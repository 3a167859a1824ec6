// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the saved state (format.h).
#ifndef DSMIPV4_SAVED_READ_H
#define DSMIPV4_SAVED_READ_H

#include <stddef.h>

#include "match/tunnel_history.h"
#include "state/bindings.h"

// Add a saved state to the table and the histories, as if all of it had been seen before frame 1. NULL if it was read
// as a whole; else what is wrong with it, a text that lives forever. Then the table and the histories may have a part
// of it and must not be used: whatever was judged by them could be wrong. Every number and reference is checked, so
// that bytes from anybody do no harm.
const char *dsmipv4_saved_read(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories,
			       const uint8_t *bytes, size_t len);

#endif
