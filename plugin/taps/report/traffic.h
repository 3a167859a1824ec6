// SPDX-License-Identifier: GPL-2.0-or-later
// How many tunneled packets a node had, and when.
#ifndef DSMIPV4_TAPS_REPORT_TRAFFIC_H
#define DSMIPV4_TAPS_REPORT_TRAFFIC_H

#include <glib.h>

#include "core/match/match.h"

#define DSMIPV4_REPORT_MOST_BINS 64

// Packets in one direction and form. The bins are as narrow as they can be: a power of two of seconds, aligned
// to 1970, so that the sum of two parts of a capture is what the whole would give.
typedef struct {
	dsmipv4_direction_t direction;
	dsmipv4_tunneling_mode_t mode;
	uint64_t packets, bytes;
	uint64_t ipv6; // packets that carry IPv6
	uint32_t first_frame, last_frame;
	int64_t first_time, last_time; // nanoseconds, DSMIPV4_NO_TIME: unknown
	int64_t bin_seconds;           // 0: no bins yet
	int64_t bin_first;             // the first begins bin_first * bin_seconds after 1970
	unsigned n_bins;
	uint64_t bins[DSMIPV4_REPORT_MOST_BINS];
} dsmipv4_traffic_t;

// Count a packet among `all`, of dsmipv4_traffic_t; another tunnel in the same frame only if its form is another.
void dsmipv4_traffic_add(GArray *all, const dsmipv4_match_t *match, uint32_t bytes, int64_t time);

#endif
