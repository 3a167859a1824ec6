// SPDX-License-Identifier: GPL-2.0-or-later
// How many tunneled packets a node had, and when.
#include "taps/report/traffic.h"

#include <string.h>

#include "taps/report/tally.h"

static dsmipv4_traffic_t *traffic_of(GArray *all, const dsmipv4_match_t *match)
{
	for (unsigned i = 0; i < all->len; i++) {
		dsmipv4_traffic_t *t = &g_array_index(all, dsmipv4_traffic_t, i);
		if (t->direction == match->direction && t->mode == match->tunneling_mode)
			return t;
	}
	dsmipv4_traffic_t t = {.direction = match->direction,
			       .mode = match->tunneling_mode,
			       .first_frame = match->frame,
			       .first_time = DSMIPV4_NO_TIME,
			       .last_time = DSMIPV4_NO_TIME};
	g_array_append_val(all, t);
	return &g_array_index(all, dsmipv4_traffic_t, all->len - 1);
}

// Make the bins twice as wide.
static void widen(dsmipv4_traffic_t *t)
{
	uint64_t wide[DSMIPV4_REPORT_MOST_BINS] = {0};
	int64_t first = t->bin_first / 2;
	unsigned n = 0;
	for (unsigned i = 0; i < t->n_bins; i++) {
		n = (unsigned)((t->bin_first + i) / 2 - first);
		wide[n] += t->bins[i];
	}
	memcpy(t->bins, wide, sizeof wide);
	t->bin_first = first;
	t->bin_seconds *= 2;
	t->n_bins = n + 1;
}

// Let the bins begin so many earlier; there is room for them.
static void begin_earlier(dsmipv4_traffic_t *t, unsigned by)
{
	memmove(t->bins + by, t->bins, t->n_bins * sizeof t->bins[0]);
	memset(t->bins, 0, by * sizeof t->bins[0]);
	t->bin_first -= by;
	t->n_bins += by;
}

static void count_in_bin(dsmipv4_traffic_t *t, int64_t second)
{
	if (t->bin_seconds == 0) {
		t->bin_seconds = 1;
		t->bin_first = second;
		t->n_bins = 1;
	}
	while (MAX(second / t->bin_seconds, t->bin_first + t->n_bins - 1) -
		       MIN(second / t->bin_seconds, t->bin_first) >=
	       DSMIPV4_REPORT_MOST_BINS)
		widen(t);
	int64_t bin = second / t->bin_seconds;
	if (bin < t->bin_first)
		begin_earlier(t, (unsigned)(t->bin_first - bin));
	t->n_bins = MAX(t->n_bins, (unsigned)(bin - t->bin_first) + 1);
	t->bins[bin - t->bin_first]++;
}

void dsmipv4_traffic_add(GArray *all, const dsmipv4_match_t *match, uint32_t bytes, int64_t time)
{
	dsmipv4_traffic_t *t = traffic_of(all, match);
	if (t->last_frame == match->frame)
		return;
	t->packets++;
	t->bytes += bytes;
	t->ipv6 += match->tunnel->kind == DSMIPV4_INNER_IPV6;
	t->last_frame = match->frame;
	if (time == DSMIPV4_NO_TIME)
		return;
	t->first_time = t->first_time == DSMIPV4_NO_TIME ? time : MIN(t->first_time, time);
	t->last_time = MAX(t->last_time, time);
	if (time >= 0)
		count_in_bin(t, time / DSMIPV4_SECOND);
}
