// SPDX-License-Identifier: GPL-2.0-or-later
// Mutations of a packet's bytes: authenticators do not follow them, checksums in some cases.
#ifndef DSMIPGEN_FUZZ_BYTES_H
#define DSMIPGEN_FUZZ_BYTES_H

#include "fuzz/prng.h"
#include "packet/plan.h"

// Changes the bytes of a packet that was built from the plan, and appends to the text what was done; false if what the
// numbers chose does not fit the packet.
bool fuzz_bytes(GByteArray *bytes, const struct plan *plan, struct prng *prng, GString *text);

#endif
