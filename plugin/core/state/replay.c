// SPDX-License-Identifier: GPL-2.0-or-later
// Which style of replay protection a node and its home agent use (RFC 5944 5.7).
#include "state/replay.h"

#include <stdlib.h>

#define LEAST_TIME 10 // seconds between two requests, or their difference tells nothing
#define TOLERANCE 2   // seconds: fractions, and time on the way

static uint32_t high_half(uint64_t id)
{
	return (uint32_t)(id >> 32);
}

static int64_t seconds_of(const dsmipv4_event_t *request)
{
	return request->time / DSMIPV4_SECOND;
}

int32_t dsmipv4_timestamp_ahead(const dsmipv4_event_t *request)
{
	return (int32_t)(high_half(request->id) - (uint32_t)(seconds_of(request) + DSMIPV4_NTP_OFFSET));
}

dsmipv4_clock_t dsmipv4_clock_of_capture(const dsmipv4_event_t *accepting)
{
	const dsmipv4_event_t *request = accepting ? dsmipv4_certain_request(accepting) : NULL;
	if (!request || !request->time_known || !dsmipv4_has_timestamp(request))
		return DSMIPV4_CLOCK_UNKNOWN;
	int64_t ahead = dsmipv4_timestamp_ahead(request);
	return llabs(ahead) <= DSMIPV4_CLOCK_TOLERANCE ? DSMIPV4_CLOCK_RIGHT : DSMIPV4_CLOCK_OFF;
}

dsmipv4_replay_t dsmipv4_replay_of_one(const dsmipv4_event_t *request)
{
	int64_t distance = dsmipv4_timestamp_ahead(request);
	return request->time_known && llabs(distance) < DSMIPV4_DAY ? DSMIPV4_REPLAY_TIMESTAMP : DSMIPV4_REPLAY_UNKNOWN;
}

// The clocks of node and capture go, but perhaps not right. What differs by less than a day may be a clock that was
// set, by more a nonce.
static dsmipv4_replay_t replay_of_two(const dsmipv4_event_t *before, const dsmipv4_event_t *request)
{
	if (!before->time_known || !request->time_known)
		return DSMIPV4_REPLAY_UNKNOWN;
	int64_t elapsed = seconds_of(request) - seconds_of(before);
	int64_t advanced = (int32_t)(high_half(request->id) - high_half(before->id));
	int64_t off = llabs(advanced - elapsed);
	if (elapsed >= LEAST_TIME && off <= TOLERANCE + elapsed / 1000)
		return DSMIPV4_REPLAY_TIMESTAMP;
	return off > DSMIPV4_DAY ? DSMIPV4_REPLAY_NONCE : DSMIPV4_REPLAY_UNKNOWN;
}

dsmipv4_replay_t dsmipv4_replay_of(const dsmipv4_node_t *node, const dsmipv4_event_t *request)
{
	if (node->replay != DSMIPV4_REPLAY_UNKNOWN)
		return node->replay;
	dsmipv4_replay_t style = dsmipv4_replay_of_one(request);
	const dsmipv4_event_t *before = node->last_request;
	if (style != DSMIPV4_REPLAY_UNKNOWN || !before || node->clock_set)
		return style;
	style = replay_of_two(before, request);
	bool may_have_set_clock = !request->agent_heard; // told to by replies that were not captured
	return style == DSMIPV4_REPLAY_NONCE && may_have_set_clock ? DSMIPV4_REPLAY_UNKNOWN : style;
}
