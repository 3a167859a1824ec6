// SPDX-License-Identifier: GPL-2.0-or-later
// Tunnel data with next header 47 or 55 (RFC 3519 3.3), whose payload the built-in dissector takes for IP. The header
// is shown with the built-in dissector's own fields, then the right dissector gets the rest.
#include "dissect/tunnel_data.h"

#include "compat.h"
#include "core/wire/tunnel.h"
#include "dissect/minimal_encapsulation.h"

static int ett_tunnel_data = -1;

static int hf_type, hf_next_header, hf_reserved, proto_mip; // the built-in's
static dissector_handle_t gre_handle;
static dissector_handle_t mip_handle; // NULL: leave tunnel data to the built-in

static dissector_handle_t handle_of(uint8_t next_header)
{
	switch (next_header) {
	case DSMIPV4_ENCAP_GRE:
		return gre_handle;
	case DSMIPV4_ENCAP_MINIMAL:
		return dsmipv4_minimal_handle();
	default:
		return NULL;
	}
}

// In the name of the built-in dissector, so that the frame's list of protocols has it.
static int dissect_as_mip(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	(void)data;
	dissector_handle_t handle = handle_of(tvb_get_uint8(tvb, 1));
	col_set_str(pinfo->cinfo, COL_PROTOCOL, "MobileIP");
	col_set_str(pinfo->cinfo, COL_INFO, "Tunnel Data");
	proto_item *item = proto_tree_add_item(tree, proto_mip, tvb, 0, DSMIPV4_TUNNEL_DATA_LEN, ENC_NA);
	proto_tree *mip_tree = proto_item_add_subtree(item, ett_tunnel_data);
	proto_tree_add_item(mip_tree, hf_type, tvb, 0, 1, ENC_NA);
	proto_tree_add_item(mip_tree, hf_next_header, tvb, 1, 1, ENC_NA);
	proto_tree_add_item(mip_tree, hf_reserved, tvb, 2, 2, ENC_BIG_ENDIAN);
	call_dissector(handle, tvb_new_subset_remaining(tvb, DSMIPV4_TUNNEL_DATA_LEN), pinfo, tree);
	return (int)tvb_captured_length(tvb);
}

bool dsmipv4_dissect_tunnel_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	return mip_handle && handle_of(tvb_get_uint8(tvb, 1)) &&
	       call_dissector_only(mip_handle, tvb, pinfo, tree, NULL) > 0; // not where the built-in is disabled
}

void dsmipv4_register_tunnel_data(void)
{
	static int *ett[] = {&ett_tunnel_data};
	proto_register_subtree_array(ett, array_length(ett));
}

void dsmipv4_hand_off_tunnel_data(dissector_handle_t gre)
{
	gre_handle = gre;
	proto_mip = proto_get_id_by_filter_name("mip");
	hf_type = proto_registrar_get_id_byname("mip.type");
	hf_next_header = proto_registrar_get_id_byname("mip.nattt.nexthdr");
	hf_reserved = proto_registrar_get_id_byname("mip.nattt.reserved");
	// If another version of Wireshark uses other names, tunnel data is left alone.
	if (proto_mip > 0 && hf_type > 0 && hf_next_header > 0 && hf_reserved > 0)
		mip_handle = create_dissector_handle(dissect_as_mip, proto_mip);
}
