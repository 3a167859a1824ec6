// SPDX-License-Identifier: GPL-2.0-or-later
// Generated items, for all trees of the plugin.
#include "tree/items.h"

#include "protocol.h"

static int hf_node = -1;
static int proto_expert = -1;

bool dsmipv4_is_looked_at(proto_tree *tree)
{
	if (!tree)
		return false;
	if (proto_expert == -1)
		proto_expert = proto_get_id_by_filter_name("_ws.expert");
	return proto_field_is_referenced(tree, proto_dsmipv4) || proto_field_is_referenced(tree, proto_expert);
}

bool dsmipv4_is_asked_for(int hf)
{
	return proto_registrar_get_nth((unsigned)hf)->ref_type != HF_REF_TYPE_NONE;
}

static proto_item *generated(proto_item *item)
{
	proto_item_set_generated(item);
	return item;
}

proto_item *dsmipv4_add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, const dsmipv4_event_t *event)
{
	if (!event || !event->frame)
		return NULL;
	return generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, event->frame));
}

proto_item *dsmipv4_add_words(proto_tree *tree, int hf, tvbuff_t *tvb, const char *words)
{
	return generated(proto_tree_add_string(tree, hf, tvb, 0, 0, words));
}

proto_item *dsmipv4_add_time(proto_tree *tree, int hf, tvbuff_t *tvb, int64_t nanoseconds)
{
	nstime_t t = {.secs = nanoseconds / DSMIPV4_SECOND, .nsecs = (int)(nanoseconds % DSMIPV4_SECOND)};
	return generated(proto_tree_add_time(tree, hf, tvb, 0, 0, &t));
}

proto_item *dsmipv4_add_ipv4(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t addr)
{
	return addr ? generated(proto_tree_add_ipv4(tree, hf, tvb, 0, 0, g_htonl(addr))) : NULL;
}

void dsmipv4_add_node(proto_tree *tree, tvbuff_t *tvb, const char *words)
{
	if (words)
		dsmipv4_add_words(tree, hf_node, tvb, words);
}

void dsmipv4_register_item_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_node,
		 {"Mobile node", "dsmipv4.node", FT_STRING, BASE_NONE, NULL, 0,
		  "Home address, or the network access identifier of a node that has none yet", HFILL}},
	};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
}
