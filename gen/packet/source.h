// SPDX-License-Identifier: GPL-2.0-or-later
// A source of packets, one after another, so that whoever writes or sends them need not hold them all.
#ifndef DSMIPGEN_SOURCE_H
#define DSMIPGEN_SOURCE_H

#include <glib.h>
#include <stdbool.h>

// A packet, valid until the source is asked for the next one.
struct source_packet {
	gint64 time;         // microseconds since 1970; never runs backwards
	const guint8 *bytes; // as on the wire
	gsize length;
	gsize captured;      // bytes to store
	const char *comment; // NULL where the source was not told to make comments
};

// Base of every source: a structure of its own begins with this one.
struct packet_source {
	// The next packet; false at the end.
	bool (*next)(struct packet_source *source, struct source_packet *frame);
	// Frees the source.
	void (*free)(struct packet_source *source);
	bool makes_comments; // set by the user of the source, before the first packet
};

// The packets of a list (struct packet, compose.h), which the source takes.
struct packet_source *source_of_packets(GPtrArray *packets);

// Several sources one after another, none at first.
struct packet_source *source_of_sources(void);
// Adds a source at the end and takes it.
void source_append(struct packet_source *sources, struct packet_source *part);

// Frees a source; NULL is none.
void source_free(struct packet_source *source);

#endif
