// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses and prefixes in words, for the texts of findings.
#ifndef DSMIPV4_WORDS_H
#define DSMIPV4_WORDS_H

#include "bindings.h"

// "198.51.100.1" from host byte order.
const char *ipv4_words(wmem_allocator_t *alloc, uint32_t addr);

// "2001:db8:a::/48", or "link-local fe80::1" where the length is 255.
const char *prefix_words(wmem_allocator_t *alloc, const dsmipv4_prefix_t *prefix);

// "frame 12", or "before this capture" for 0: it lies in an earlier file.
const char *frame_number_words(wmem_allocator_t *alloc, uint32_t frame);

// The same of an event's frame.
const char *frame_words(wmem_allocator_t *alloc, const dsmipv4_event_t *event);

#endif
