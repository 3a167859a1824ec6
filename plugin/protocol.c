// SPDX-License-Identifier: GPL-2.0-or-later
// The registered protocol.
#include "protocol.h"

int proto_dsmipv4 = -1;

uint32_t dsmipv4_layer_key(const packet_info *pinfo, dsmipv4_frame_data_t kind)
{
	return (uint32_t)kind << 16 | pinfo->curr_layer_num;
}

uint32_t dsmipv4_frame_key(dsmipv4_frame_data_t kind)
{
	return (uint32_t)kind << 16;
}
