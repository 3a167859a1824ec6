// SPDX-License-Identifier: GPL-2.0-or-later
// respond --role mn: a mobile node, which registers, stays registered, and answers in its tunnels.
#include "run/respond/mobile_node.h"

#include "run/neighbors.h"
#include "run/respond/node_data.h"

#include <signal.h>
#include <string.h>

static gpointer begin(const role_context_t *context, GError **error)
{
	node_t *node = node_new(context, error);

	if (!node || node_register(node, g_get_monotonic_time(), error))
		return node;
	node_free(node);
	return NULL;
}

static void end(gpointer role)
{
	node_free(role);
}

static bool take_arp(node_t *node, const heard_t *heard, gint64 now, GError **error)
{
	guint8 answer[ARP_FRAME];

	if (neighbors_is_arp_answer(heard, node->ha)) {
		bool is_new = !node->knows_ha_mac;

		memcpy(node->ha_mac, heard->frame.bytes + sizeof(node->ha_mac), sizeof(node->ha_mac));
		node->knows_ha_mac = true;
		return !is_new || !node->is_waiting || node_register(node, now, error);
	}
	if (heard->dst == node->coa && neighbors_answer_arp(heard, node->context->interface->mac, answer))
		role_send(node->context, answer, sizeof(answer), now);
	return true;
}

static bool hear(gpointer role, const heard_t *heard, gint64 now, GError **error)
{
	node_t *node = role;

	if (heard->kind == HEARD_ARP)
		return take_arp(node, heard, now, error);
	if (heard->dst != node->coa)
		return true;
	if (heard->kind == HEARD_TUNNEL)
		return node_take_tunnel(node, heard, now, error);
	return heard->kind != HEARD_MESSAGE || heard->message->type != DSMIPV4_REGISTRATION_REPLY ||
	       !heard->message->fixed || node_take_reply(node, heard, now, error);
}

static bool wake(gpointer role, gint64 now, GError **error)
{
	return node_wake(role, now, error);
}

static gint64 due(gpointer role)
{
	return node_due(role);
}

// SIGUSR1: registers anew. SIGUSR2: is at its other care-of address from now on.
static bool take_signal(gpointer role, int number, gint64 now, GError **error)
{
	node_t *node = role;

	if (number == SIGUSR2) {
		node_move(node);
		if (node_fails(node, FAULT_NODE_STAYS))
			return true;
	}
	return node_register(node, now, error);
}

const role_t role_mobile_node = {
	.name = "mn",
	.title = "mobile node",
	.address = "mn1.coa",
	.faults = FAULTS_MN,
	.begin = begin,
	.end = end,
	.hear = hear,
	.wake = wake,
	.due = due,
	.signal = take_signal,
};
