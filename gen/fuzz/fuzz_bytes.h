// SPDX-License-Identifier: GPL-2.0-or-later
// Mutations of a packet's bytes: authenticators are left as they were, checksums are corrected in some cases.
#ifndef DSMIPGEN_FUZZ_BYTES_H
#define DSMIPGEN_FUZZ_BYTES_H

#include "fuzz/prng.h"
#include "packet/plan.h"

// Changes the bytes of a packet that was built from the plan, and appends a description to the text; false if the
// random choice does not fit the packet.
bool fuzz_bytes(GByteArray *bytes, const plan_t *plan, prng_t *prng, GString *text);

#endif
