// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics > Conversations and Endpoints, tab "DSMIPv4"; -z conv,dsmipv4 and -z endpoints,dsmipv4.
//
// A node keeps its home address wherever it is, so its registrations on all legs and its tunneled packets are one
// conversation. A frame that holds two packets of a node counts twice.
#include "taps/conversations.h"

#include <epan/packet.h>

#include <epan/conversation_table.h>

#include "dissect/tapped.h"
#include "tree/ends.h"
#include "tree/tunnel.h"

// What "Apply as Filter" of a row compares.
static const char *conversation_field(conv_item_t *item, conv_filter_type_e type)
{
	(void)item;
	switch (type) {
	case CONV_FT_SRC_ADDRESS:
		return DSMIPV4_FILTER_SRC;
	case CONV_FT_DST_ADDRESS:
		return DSMIPV4_FILTER_DST;
	case CONV_FT_ANY_ADDRESS:
		return DSMIPV4_FILTER_ADDR;
	default:
		return CONV_FILTER_INVALID;
	}
}

static const char *endpoint_field(endpoint_item_t *item, conv_filter_type_e type)
{
	(void)item;
	return conversation_field(NULL, type);
}

static ct_dissector_info_t conversation_info = {conversation_field};
static et_dissector_info_t endpoint_info = {endpoint_field};

// The ends of a message or packet, as addresses that point into `bytes`. False: one of them is not known.
static bool take_ends(const dsmipv4_tapped_t *tapped, ws_in4_addr bytes[2], address ends[2])
{
	dsmipv4_ends_t known = {0};
	if (tapped->control)
		known = dsmipv4_control_ends(tapped->control);
	else if (tapped->match && dsmipv4_tunnel_has_tree(tapped->match, tapped->verdicts))
		known = dsmipv4_tunnel_ends(tapped->match);
	if (!known.src)
		return false;
	bytes[0] = g_htonl(known.src);
	bytes[1] = g_htonl(known.dst);
	for (int i = 0; i < 2; i++)
		set_address(&ends[i], AT_IPv4, sizeof bytes[i], &bytes[i]);
	return true;
}

static tap_packet_status count_conversation(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
					    tap_flags_t flags)
{
	(void)edt;
	conv_hash_t *hash = data;
	ws_in4_addr bytes[2];
	address ends[2];
	if (!take_ends(packet, bytes, ends))
		return TAP_PACKET_DONT_REDRAW;
	hash->flags = flags;
	add_conversation_table_data(hash, &ends[0], &ends[1], 0, 0, 1, (int)pinfo->fd->pkt_len, &pinfo->rel_ts,
				    &pinfo->abs_ts, &conversation_info, CONVERSATION_NONE);
	return TAP_PACKET_REDRAW;
}

static tap_packet_status count_endpoints(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
					 tap_flags_t flags)
{
	(void)edt;
	conv_hash_t *hash = data;
	ws_in4_addr bytes[2];
	address ends[2];
	if (!take_ends(packet, bytes, ends))
		return TAP_PACKET_DONT_REDRAW;
	hash->flags = flags;
	for (int i = 0; i < 2; i++)
		add_endpoint_table_data(hash, &ends[i], 0, i == 0, 1, (int)pinfo->fd->pkt_len, &endpoint_info,
					ENDPOINT_NONE);
	return TAP_PACKET_REDRAW;
}

void dsmipv4_register_conversations(void)
{
	register_conversation_table(proto_dsmipv4, true, count_conversation, count_endpoints);
}
