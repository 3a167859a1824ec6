// SPDX-License-Identifier: GPL-2.0-or-later
// IPv4 packets put together from the fragments that were heard (RFC 791 3.2).
#ifndef DSMIPGEN_FRAGMENTS_H
#define DSMIPGEN_FRAGMENTS_H

#include "run/heard.h"

typedef struct fragments fragments_t;

fragments_t *fragments_new(void);
void fragments_free(fragments_t *fragments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(fragments_t, fragments_free)

// Takes a fragment (HEARD_FRAGMENT). True: it was the last one that its packet lacked, and `whole` is a frame with that
// packet, the headers of its first fragment and the time of this one; it lives until the next call. False: others are
// still missing, 30 seconds after the first one for good, or the fragments contradict each other.
bool fragments_take(fragments_t *fragments, const heard_t *heard, frame_t *whole);

// Makes of a fragment the packet that it completes, under the same number; false: others are missing, as above. What is
// no fragment stays as it is.
bool fragments_join(fragments_t *fragments, wmem_allocator_t *alloc, heard_t *heard);

#endif
