// SPDX-License-Identifier: GPL-2.0-or-later
// Between whom a registration or tunneled packet goes, whatever its addresses are.
#include "tree/ends.h"

#include "tree/items.h"

static int hf_src = -1, hf_dst = -1, hf_addr = -1;

static dsmipv4_ends_t ends_of(bool from_node, uint32_t hoa, uint32_t ha)
{
	if (!hoa || !ha)
		return (dsmipv4_ends_t){0};
	return from_node ? (dsmipv4_ends_t){hoa, ha} : (dsmipv4_ends_t){ha, hoa};
}

dsmipv4_ends_t dsmipv4_control_ends(const dsmipv4_control_t *control)
{
	const dsmipv4_message_t *m = control->message;
	const dsmipv4_node_t *node = control->event ? control->event->node : NULL;
	if (!m->fixed)
		return (dsmipv4_ends_t){0};
	switch (m->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return node ? ends_of(true, node->hoa, node->ha) : ends_of(true, m->request.hoa, m->request.ha);
	case DSMIPV4_REGISTRATION_REPLY:
		return node ? ends_of(false, node->hoa, node->ha) : ends_of(false, m->reply.hoa, m->reply.ha);
	default: // revocations go between agents
		return (dsmipv4_ends_t){0};
	}
}

dsmipv4_ends_t dsmipv4_tunnel_ends(const dsmipv4_match_t *m)
{
	bool from_node = m->direction == DSMIPV4_FROM_MN;
	return m->node ? ends_of(from_node, m->node->hoa, m->node->ha) : ends_of(from_node, m->hoa, m->ha);
}

// Never shown, so not made for a tree that is only shown.
static void add(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t addr)
{
	if (dsmipv4_is_asked_for(hf))
		proto_item_set_hidden(dsmipv4_add_ipv4(tree, hf, tvb, addr));
}

void dsmipv4_add_ends(proto_tree *tree, tvbuff_t *tvb, dsmipv4_ends_t ends)
{
	if (!ends.src)
		return;
	add(tree, hf_src, tvb, ends.src);
	add(tree, hf_dst, tvb, ends.dst);
	add(tree, hf_addr, tvb, ends.src);
	add(tree, hf_addr, tvb, ends.dst);
}

void dsmipv4_register_end_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_src,
		 {"From", "dsmipv4.src", FT_IPv4, BASE_NONE, NULL, 0,
		  "The mobile node's home address, or its home agent's address towards the node", HFILL}},
		{&hf_dst,
		 {"To", "dsmipv4.dst", FT_IPv4, BASE_NONE, NULL, 0,
		  "The home agent's address, or the mobile node's home address towards the node", HFILL}},
		{&hf_addr,
		 {"Mobile node or home agent", "dsmipv4.addr", FT_IPv4, BASE_NONE, NULL, 0,
		  "Both ends, in either direction", HFILL}},
	};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
}
