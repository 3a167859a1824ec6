// SPDX-License-Identifier: GPL-2.0-or-later
// Packets on their way from their maker to a writer or sender, one after another, so that neither has to hold them all.
#ifndef DSMIPGEN_SOURCE_H
#define DSMIPGEN_SOURCE_H

#include <glib.h>
#include <stdbool.h>

// A packet, valid until its maker is asked for the next one.
typedef struct {
	gint64 time;         // microseconds since 1970; never runs backwards
	const guint8 *bytes; // as on the wire, from the Ethernet header on
	gsize length;
	gsize captured;       // bytes to store
	const char *comment;  // NULL where the source was not told to make comments
	gsize comment_length; // of the comment, without a NUL
	// Where it comes from, for errors.
	guint scenario; // of a run of several
	guint index;    // among the packets of a node
	guint32 node;
} packet_t;

// Base of every source: a structure of its own begins with this one.
typedef struct packet_source {
	// The next packet; false at the end.
	bool (*next)(struct packet_source *source, packet_t *packet);
	// Frees the source.
	void (*free)(struct packet_source *source);
	bool is_live; // packets come when they are due, and are to be handed on at once
	// Set by the user of the source, before the first packet.
	bool makes_comments;
	int descriptor; // where the packets go, for a source that waits
} packet_source_t;

// Frees a source; NULL is none.
static inline void packet_source_free(packet_source_t *source)
{
	if (source)
		source->free(source);
}

#endif
