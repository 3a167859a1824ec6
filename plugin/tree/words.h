// SPDX-License-Identifier: GPL-2.0-or-later
// Words that trees and the Info column share.
#ifndef DSMIPV4_TREE_WORDS_H
#define DSMIPV4_TREE_WORDS_H

#include "core/match/match.h"

// "home address" and so on.
const char *dsmipv4_mode_words(dsmipv4_tunneling_mode_t mode);

// Of a prefix reply: "accepted (HoA)", "rejected (9)".
const char *dsmipv4_prefix_code_words(wmem_allocator_t *pool, uint8_t code);

#endif
