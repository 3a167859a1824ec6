// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings as JSON: doc/bindings.schema.json.
#ifndef DSMIPV4_BINDINGS_JSON_H
#define DSMIPV4_BINDINGS_JSON_H

#include <stdio.h>

#include "taps/bindings_view.h"

// Write the bindings as one JSON object.
void dsmipv4_bindings_write_json(const dsmipv4_bindings_view_t *view, FILE *out);

#endif
