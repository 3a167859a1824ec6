// SPDX-License-Identifier: GPL-2.0-or-later
// The last touch on a built packet: explicit header values, then checksums.
#ifndef DSMIPGEN_MUTATE_H
#define DSMIPGEN_MUTATE_H

#include "value.h"

struct layout {
	const GPtrArray *layers; // of struct values, outermost first
	const gsize *offsets;    // of each layer in the packet
	guint8 *bytes;
	gsize length;
};

// Writes what the scenario says over what the libraries built, innermost layer first, and computes
// each checksum over the outcome unless the scenario gives that too.
void mutate_packet(const struct layout *layout);

#endif
