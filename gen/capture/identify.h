// SPDX-License-Identifier: GPL-2.0-or-later
// Identifications as times and references, so that they can be written at another time.
#ifndef DSMIPGEN_CAPTURE_IDENTIFY_H
#define DSMIPGEN_CAPTURE_IDENTIFY_H

#include "capture/describe.h"

// Gives the identifications of all messages (descriptions in their order, with the names of their steps) texts: that of
// an earlier message, a time relative to the packet's, or the number where it is neither.
void identify_messages(const describer_t *describer, GArray *descriptions);

#endif
