// SPDX-License-Identifier: GPL-2.0-or-later
// The registered protocol.
#include "protocol.h"

int proto_dsmipv4 = -1;

// From Wireshark 4.4 on the layers of two packets of one aggregated frame have the same numbers.
uint32_t dsmipv4_layer_key(const packet_info *pinfo, tvbuff_t *tvb, dsmipv4_frame_data_t kind)
{
	uint32_t offset = (uint32_t)tvb_raw_offset(tvb) & 0x1fffff;
	return (uint32_t)kind << 29 | (uint32_t)pinfo->curr_layer_num << 21 | offset;
}

uint32_t dsmipv4_frame_key(dsmipv4_frame_data_t kind)
{
	return (uint32_t)kind << 29;
}
