// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table in a file: written by -z dsmipv4,bindings,json, read by the preference
// dsmipv4.bindings_file, so that a long capture in many files is read with its state.
#ifndef DSMIPV4_BINDINGS_FILE_H
#define DSMIPV4_BINDINGS_FILE_H

#include <stdio.h>

#include "core/restore.h"
#include "core/trace.h"

// Write the table as JSON, a node a line, with what the traces keep of nodes.
void dsmipv4_bindings_write_json(const dsmipv4_bindings_t *bindings, const dsmipv4_traces_t *traces, FILE *out);

// Write the live bindings for people, a prefix a line.
void dsmipv4_bindings_write_text(const dsmipv4_bindings_t *bindings, const dsmipv4_traces_t *traces, FILE *out);

// Add to the table and the traces what such a JSON file holds. On failure the user is told why; what was read
// before the fault stays.
void dsmipv4_bindings_read_json(dsmipv4_bindings_t *bindings, dsmipv4_traces_t *traces, const char *path);

#endif
