// SPDX-License-Identifier: GPL-2.0-or-later
// What taps are told of each message and packet.
#include "dissect/tapped.h"

#include <epan/tap.h>

#include "core/rules/actor.h"

static int tap = -1;

void dsmipv4_register_tap(void)
{
	tap = register_tap(DSMIPV4_FILTER_NAME);
}

bool dsmipv4_is_tapped(void)
{
	return have_tap_listener(tap);
}

static void queue(const dsmipv4_tapped_t *tapped, packet_info *pinfo)
{
	tap_queue_packet(tap, pinfo, wmem_memdup(pinfo->pool, tapped, sizeof *tapped));
}

void dsmipv4_tap_control(const dsmipv4_control_t *control, tvbuff_t *tvb, packet_info *pinfo)
{
	if (!dsmipv4_is_tapped() || !control->verdicts)
		return;
	dsmipv4_check_t c = {.packet = &control->packet, .message = control->message, .event = control->event};
	dsmipv4_tapped_t tapped = {
		.verdicts = control->verdicts,
		.sender = dsmipv4_actor_of(&c, DSMIPV4_ACTOR_SENDER),
		.tvb = tvb,
		.control = control,
	};
	queue(&tapped, pinfo);
}

// The same place in a copy of an array, for a pointer that may be NULL.
#define MOVED(pointer, from, to) ((pointer) ? (to) + ((pointer) - (from)) : NULL)

// A match and the tunnel that it points into.
static dsmipv4_match_t *copy_match(wmem_allocator_t *alloc, const dsmipv4_match_t *match)
{
	dsmipv4_tunnel_t *tunnel = wmem_memdup(alloc, match->tunnel, sizeof *tunnel);
	dsmipv4_match_t *copy = wmem_memdup(alloc, match, sizeof *copy);
	copy->tunnel = tunnel;
	copy->adjacent = MOVED(match->adjacent, match->tunnel->layers, tunnel->layers);
	copy->care_of = MOVED(match->care_of, match->tunnel->layers, tunnel->layers);
	copy->chosen = MOVED(match->chosen, match->candidates, copy->candidates);
	copy->address = NULL; // may point into the tunnel; tell it by tunnel->ipv6
	return copy;
}

void dsmipv4_tap_tunnel(const dsmipv4_match_t *match, const dsmipv4_packet_t *packet,
			const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo)
{
	if (!dsmipv4_is_tapped())
		return;
	dsmipv4_check_t c = {.packet = packet, .match = match, .candidate = match->chosen};
	dsmipv4_tapped_t tapped = {
		.verdicts = verdicts,
		.sender = dsmipv4_actor_of(&c, DSMIPV4_ACTOR_SENDER),
		.encapsulator = dsmipv4_actor_of(&c, DSMIPV4_ACTOR_OUTER),
		.tvb = tvb,
		.match = copy_match(pinfo->pool, match),
	};
	queue(&tapped, pinfo);
}

void dsmipv4_tap_advertisement(const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo)
{
	if (!dsmipv4_is_tapped())
		return;
	dsmipv4_tapped_t tapped = {.verdicts = verdicts, .tvb = tvb};
	queue(&tapped, pinfo);
}
