// SPDX-License-Identifier: GPL-2.0-or-later
// Capture files -> frames.
#ifndef DSMIPGEN_CAPTURE_READ_H
#define DSMIPGEN_CAPTURE_READ_H

#include "capture/frame.h"
#include "language/error.h"

// The IP packets of a capture file (pcap, pcapng; "-" is standard input), a list of frame_t that owns them. Their
// layers are not known yet. NULL with an error; a file that ends in the middle of a packet is one, too.
GPtrArray *capture_read(const char *path, GError **error);

#endif
