// SPDX-License-Identifier: GPL-2.0-or-later
// The registered protocol, and the keys of what is stored for a frame.
#ifndef DSMIPV4_PROTOCOL_H
#define DSMIPV4_PROTOCOL_H

#include <epan/packet.h>

#include "core/wire/dsmipv4.h"

#define DSMIPV4_FILTER_NAME "dsmipv4"

// Number of the protocol, set by proto_register_dsmipv4().
extern int proto_dsmipv4;

// What is stored for a frame by p_add_proto_data(), each kind under keys of its own.
typedef enum {
	DSMIPV4_DATA_EVENT,    // file scope, each layer: dsmipv4_event_t of a control message
	DSMIPV4_DATA_TUNNEL,   // packet scope: the tunnel that was described last
	DSMIPV4_DATA_FINDINGS, // file scope, each layer: what a first visit found on a data packet
	DSMIPV4_DATA_RULES,    // packet scope: the rules that were named on this frame
	DSMIPV4_DATA_NODE,     // packet scope: dsmipv4_node_t of a control message
	DSMIPV4_DATA_VERDICTS, // file scope, each layer: verdicts of a first visit, where a tap listens
} dsmipv4_frame_data_t;

// The key of a kind for the layer that is being dissected, whose bytes are `tvb`: a frame may hold several messages
// and tunnels, one inside the other or one after the other.
uint32_t dsmipv4_layer_key(const packet_info *pinfo, tvbuff_t *tvb, dsmipv4_frame_data_t kind);

// The key of a kind that a frame has only once.
uint32_t dsmipv4_frame_key(dsmipv4_frame_data_t kind);

#endif
