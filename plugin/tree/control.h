// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a control message, and its columns.
#ifndef DSMIPV4_TREE_CONTROL_H
#define DSMIPV4_TREE_CONTROL_H

#include "core/rules/verdicts.h"
#include "core/state/event.h"
#include "protocol.h"

// What is known about one control message before anything is drawn.
typedef struct {
	dsmipv4_packet_t packet;
	const dsmipv4_message_t *message;
	const dsmipv4_event_t *event;       // NULL: no registration message, or no event
	const dsmipv4_verdicts_t *verdicts; // NULL: no verdicts on this packet
} dsmipv4_control_t;

// Register the fields of the extensions of RFC 5454.
void dsmipv4_register_control_fields(void);

// Add the plugin's tree and expert items and, for messages with RFC 5454 extensions, the Info column. Reads only
// captured bytes, so that it never throws.
void dsmipv4_draw_control(const dsmipv4_control_t *control, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
