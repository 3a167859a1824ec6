// SPDX-License-Identifier: GPL-2.0-or-later
// The headers that libnet builds, from the values of a plan.
//
// libnet takes the values of most fields as they are, but makes versions, header lengths, lengths and checksums itself.
// Where a scenario names one of those, it is written over the packet afterwards (finish.h).
#ifndef DSMIPGEN_HEADER_H
#define DSMIPGEN_HEADER_H

#include "language/value.h"

#include <libnet.h>

// A header to be built.
typedef struct {
	const GPtrArray *layers; // values_t, outermost first
	guint index;             // of the layer among them
	gsize inside;            // bytes that the layer carries
	const GByteArray *block; // the layer as encode_block() makes it, for headers with a body of their own
} header_t;

// Whether libnet builds a layer; the others are bytes to it.
bool header_is_libnets(block_id_t id);

// Whether such a header has a body of its own, so that header_push() needs the block.
bool header_has_body(block_id_t id);

// Pushes the header on what libnet has built so far, and notes in the layer that it and its checksum are libnet's.
// Returns libnet's tag, or -1; libnet_geterror() says why.
libnet_ptag_t header_push(libnet_t *libnet, const header_t *header);

// Whether a key of a built layer is set to a value that libnet's header does not have: libnet makes it by itself.
bool header_deviates(const values_t *layer, unsigned key);

#endif
