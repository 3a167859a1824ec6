// SPDX-License-Identifier: GPL-2.0-or-later
// Conversation Filter > Mobile node, in the menu of a packet: all of the node's registrations, on whatever leg, and its
// tunneled packets.
#include "taps/node_filter.h"

#include <epan/packet.h>

#include <epan/conversation_filter.h>

#include "compat.h"
#include "dissect/control.h"
#include "dissect/tunnel.h"

static const dsmipv4_node_t *node_of(packet_info *pinfo)
{
	const dsmipv4_node_t *node = dsmipv4_control_node(pinfo);
	return node ? node : dsmipv4_tunnel_node(pinfo);
}

static conversation_bool_t has_node(CONVERSATION_FILTER_PARAMETERS)
{
	CONVERSATION_FILTER_UNUSED;
	const dsmipv4_node_t *node = node_of(pinfo);
	return node && node->hoa;
}

static char *filter_of_node(CONVERSATION_FILTER_PARAMETERS)
{
	CONVERSATION_FILTER_UNUSED;
	const dsmipv4_node_t *node = node_of(pinfo);
	if (!node || !node->hoa)
		return NULL;
	uint32_t hoa = node->hoa;
	char *address = g_strdup_printf("%u.%u.%u.%u", hoa >> 24, hoa >> 16 & 0xff, hoa >> 8 & 0xff, hoa & 0xff);
	char *filter = g_strdup_printf("dsmipv4.node == \"%s\"", address);
	g_free(address);
	return filter;
}

void dsmipv4_register_node_filter(void)
{
	REGISTER_CONVERSATION_FILTER(DSMIPV4_FILTER_NAME, "Mobile node", has_node, filter_of_node);
}
