// SPDX-License-Identifier: GPL-2.0-or-later
// What taps are told of each message and packet: `register_tap_listener("dsmipv4", ...)`.
#ifndef DSMIPV4_TAPPED_H
#define DSMIPV4_TAPPED_H

#include "core/match/match.h"
#include "core/rules/verdicts.h"
#include "protocol.h"
#include "tree/control.h"

// One message or packet with its verdicts; lives as long as the packet. A frame may have several, one inside
// the other.
typedef struct {
	const dsmipv4_verdicts_t *verdicts; // never NULL; those of a first visit are complete in later ones
	dsmipv4_actor_t sender;             // who sent the message, or the packet inside
	dsmipv4_actor_t encapsulator;       // of a tunneled packet, who put the outer headers on
	tvbuff_t *tvb;                      // offsets of findings count from its start
	const dsmipv4_control_t *control;   // a control message, else NULL
	const dsmipv4_match_t *match;       // a tunneled packet, else NULL
} dsmipv4_tapped_t;

// Register the tap. To be called before anybody listens.
void dsmipv4_register_tap(void);

// Somebody listens. Nothing is to be made for taps otherwise.
bool dsmipv4_is_tapped(void);

// Tell of a control message that was judged, of a tunneled packet, of a router advertisement that is not
// tunneled. What is passed may go away; the tapped copy does not. Cheap when nobody listens.
void dsmipv4_tap_control(const dsmipv4_control_t *control, tvbuff_t *tvb, packet_info *pinfo);
void dsmipv4_tap_tunnel(const dsmipv4_match_t *match, const dsmipv4_packet_t *packet,
			const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo);
void dsmipv4_tap_advertisement(const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo);

#endif
