// SPDX-License-Identifier: GPL-2.0-or-later
// Where packets go: one table of functions for each kind of output.
#ifndef DSMIPGEN_SINK_H
#define DSMIPGEN_SINK_H

#include "language/error.h"
#include "packet/source.h"

typedef struct {
	const char *name;   // value of --format
	const char *suffix; // file ending that selects it
	bool has_comments;  // whether it stores the comments of packets

	// Starts output on a file descriptor and takes it, also on failure.
	void *(*open)(int descriptor, GError **error);
	bool (*put)(void *state, const packet_t *packet, GError **error);
	// Lets whoever reads see all that was put.
	bool (*flush)(void *state, GError **error);
	// Ends the output and frees the state, also on failure.
	bool (*close)(void *state, GError **error);
} sink_t;

// Writes the packets of a source to a path, "-" for standard output. A regular file appears whole or not at all.
bool sink_write(const sink_t *sink, const char *path, packet_source_t *source, GError **error);

#endif
