// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings as text.
#ifndef DSMIPV4_BINDINGS_TEXT_H
#define DSMIPV4_BINDINGS_TEXT_H

#include <stdio.h>

#include "taps/bindings_view.h"

// Where a NAT makes the node appear, "192.0.2.33:434"; "-": there is none, or it is not known of.
const char *dsmipv4_nat_text(wmem_allocator_t *pool, const dsmipv4_binding_t *binding);

// Write the bindings as text, one prefix on a line.
void dsmipv4_bindings_write_text(const dsmipv4_bindings_view_t *view, FILE *out);

#endif
