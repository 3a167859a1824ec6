// SPDX-License-Identifier: GPL-2.0-or-later
// Classic pcap files, by libpcap.
#ifndef DSMIPGEN_SINK_PCAP_H
#define DSMIPGEN_SINK_PCAP_H

#include "output/sink.h"

extern const sink_t sink_pcap;

#endif
