// SPDX-License-Identifier: GPL-2.0-or-later
// Values left to "auto" that follow from the other layers of the packet.
#ifndef DSMIPGEN_AUTOFILL_H
#define DSMIPGEN_AUTOFILL_H

#include "language/value.h"

// Sets protocol numbers, ports, MAC addresses and header flags in the layers (values_t).
// Lengths and checksums stay auto: they follow from the bytes.
bool autofill_values(const GPtrArray *layers, GError **error);

// Bits for the fields that a GRE header has, whatever its flags field will say.
guint16 autofill_gre_flags(const values_t *gre);

#endif
