// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of a frame -> the blocks that they are.
#ifndef DSMIPGEN_CAPTURE_LAYERS_H
#define DSMIPGEN_CAPTURE_LAYERS_H

#include "capture/frame.h"

// Takes a frame apart: sets its layers and extensions. What is behind the outermost IP packet, such as the padding of
// Ethernet, is removed. false if it has no IPv4 packet.
bool layers_find(frame_t *frame);

#endif
