// SPDX-License-Identifier: GPL-2.0-or-later
// Where packets come from, one after another: what writes or sends them need not hold them all.
#ifndef DSMIPGEN_SOURCE_H
#define DSMIPGEN_SOURCE_H

#include <glib.h>
#include <stdbool.h>

// A packet, valid until the source is asked for the next one.
struct frame {
	gint64 time;         // microseconds since 1970; never runs backwards
	const guint8 *bytes; // as on the wire
	gsize length;
	gsize captured;      // bytes to store
	const char *comment; // NULL where the source was not told to make comments
	bool source_is_auto; // the Ethernet addresses are not given by the scenario
	bool destination_is_auto;
};

// Base of every source: a structure of its own begins with this one.
struct frame_source {
	// The next packet; false at the end.
	bool (*next)(struct frame_source *source, struct frame *frame);
	// Frees the source.
	void (*free)(struct frame_source *source);
	bool makes_comments; // set by the user of the source, before the first packet
};

// The packets of a list (struct packet, compose.h), which the source takes.
struct frame_source *source_of_packets(GPtrArray *packets);

// Several sources one after another, none at first.
struct frame_source *source_of_sources(void);
// Adds a source at the end and takes it.
void source_append(struct frame_source *sources, struct frame_source *part);

// Frees a source; NULL is none.
void source_free(struct frame_source *source);

#endif
