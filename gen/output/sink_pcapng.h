// SPDX-License-Identifier: GPL-2.0-or-later
// pcapng files with comments.
#ifndef DSMIPGEN_SINK_PCAPNG_H
#define DSMIPGEN_SINK_PCAPNG_H

#include "output/sink.h"

extern const sink_t sink_pcapng;

#endif
