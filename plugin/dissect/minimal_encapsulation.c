// SPDX-License-Identifier: GPL-2.0-or-later
// Minimal encapsulation (RFC 2004), IP protocol 55, for which Wireshark has no dissector.
#include "dissect/minimal_encapsulation.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/expert.h>
#include <epan/in_cksum.h>
#include <epan/ipproto.h>

#include "compat.h"
#include "core/wire/inner_packet.h"
#include "core/wire/tunnel.h"
#include "dissect/tunnel.h"
#include "settings/preferences.h"

#define HEADER_LEN 8
#define HEADER_LEN_S 12 // with the original source address
#define FLAG_S 0x80

static int proto_minencap = -1;
static int hf_protocol = -1;
static int hf_source_present = -1;
static int hf_reserved = -1;
static int hf_checksum = -1;
static int hf_checksum_status = -1;
static int hf_dst = -1;
static int hf_src = -1;
static int ett_minencap = -1;
static expert_field ei_checksum = EI_INIT;

static dissector_handle_t minencap_handle;
static dissector_handle_t ipv6_handle;
static dissector_table_t ip_protocols;

static int header_len(tvbuff_t *tvb)
{
	return tvb_get_uint8(tvb, 1) & FLAG_S ? HEADER_LEN_S : HEADER_LEN;
}

static bool is_good(tvbuff_t *tvb)
{
	int len = header_len(tvb);
	return tvb_bytes_exist(tvb, 0, len) && ip_checksum_tvb(tvb, 0, len) == 0;
}

// IPv6 instead of a forwarding header. Minimal encapsulation cannot carry it.
static bool is_bare_ipv6(tvbuff_t *tvb)
{
	return !is_good(tvb) && tvb_get_uint8(tvb, 0) >> 4 == 6 &&
	       tvb_reported_length(tvb) >= IPV6_HEADER_LEN + (uint32_t)tvb_get_ntohs(tvb, 4);
}

static void draw_header(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, int len)
{
	proto_item *item = proto_tree_add_item(tree, proto_minencap, tvb, 0, len, ENC_NA);
	proto_tree *our_tree = proto_item_add_subtree(item, ett_minencap);
	vec_t covered = {.len = 0};
	SET_CKSUM_VEC_TVB(covered, tvb, 0, len);
	proto_tree_add_item(our_tree, hf_protocol, tvb, 0, 1, ENC_NA);
	proto_tree_add_item(our_tree, hf_source_present, tvb, 1, 1, ENC_NA);
	proto_tree_add_item(our_tree, hf_reserved, tvb, 1, 1, ENC_NA);
	proto_tree_add_checksum(our_tree, tvb, 2, hf_checksum, hf_checksum_status, &ei_checksum, pinfo,
				in_cksum(&covered, 1), ENC_BIG_ENDIAN, PROTO_CHECKSUM_VERIFY | PROTO_CHECKSUM_IN_CKSUM);
	proto_tree_add_item(our_tree, hf_dst, tvb, 4, 4, ENC_BIG_ENDIAN);
	if (len == HEADER_LEN_S)
		proto_tree_add_item(our_tree, hf_src, tvb, 8, 4, ENC_BIG_ENDIAN);
}

// The packet's own header before encapsulation (RFC 2004 3.2), as far as it is used elsewhere.
static void restore_addresses(ws_ip4 *ip, tvbuff_t *tvb, packet_info *pinfo, const ws_ip4 *outer, int len)
{
	*ip = outer ? *outer : (ws_ip4){.ip_ver = 4};
	ip->ip_proto = tvb_get_uint8(tvb, 0);
	set_address_tvb(&pinfo->net_dst, AT_IPv4, 4, tvb, 4);
	copy_address_shallow(&pinfo->dst, &pinfo->net_dst);
	if (len == HEADER_LEN_S) {
		set_address_tvb(&pinfo->net_src, AT_IPv4, 4, tvb, 8);
		copy_address_shallow(&pinfo->src, &pinfo->net_src);
	}
	copy_address_shallow(&ip->ip_src, &pinfo->src);
	copy_address_shallow(&ip->ip_dst, &pinfo->dst);
}

static int dissect_payload(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ws_ip4 *outer, int len)
{
	ws_ip4 *ip = wmem_new(pinfo->pool, ws_ip4);
	restore_addresses(ip, tvb, pinfo, outer, len);
	tvbuff_t *payload = tvb_new_subset_remaining(tvb, len);
	if (!dsmipv4_try_uint(ip_protocols, ip->ip_proto, payload, pinfo, tree, TRUE, ip))
		call_data_dissector(payload, pinfo, tree);
	return (int)tvb_captured_length(tvb);
}

static int dissect_minencap(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	if (!dsmipv4_is_wanted() || tvb_captured_length(tvb) < HEADER_LEN)
		return 0;
	if (data) // not for tunnel data, which was described as a whole
		dsmipv4_dissect_tunnel(tvb, pinfo, tree, DSMIPV4_ENCAP_MINIMAL, data);
	col_set_str(pinfo->cinfo, COL_PROTOCOL, "MinEncap");
	if (is_bare_ipv6(tvb))
		return call_dissector(ipv6_handle, tvb, pinfo, tree);
	int len = header_len(tvb);
	if (tvb_captured_length(tvb) < (uint32_t)len)
		return 0;
	col_add_fstr(pinfo->cinfo, COL_INFO, "Minimal encapsulation of protocol %u", tvb_get_uint8(tvb, 0));
	draw_header(tvb, pinfo, tree, len);
	return dissect_payload(tvb, pinfo, tree, WS_IP4_PTR(data), len);
}

dissector_handle_t dsmipv4_minimal_handle(void)
{
	return minencap_handle;
}

void dsmipv4_register_minimal(void)
{
	static hf_register_info hf[] = {
		{&hf_protocol,
		 {"Protocol", "minencap.protocol", FT_UINT8, BASE_DEC | BASE_EXT_STRING, NULL, 0,
		  "Of the packet's own header", HFILL}},
		{&hf_checksum_status,
		 {"Header Checksum Status", "minencap.checksum.status", FT_UINT8, BASE_NONE, NULL, 0, NULL, HFILL}},
		{&hf_source_present,
		 {"Original Source Address Present", "minencap.s", FT_BOOLEAN, 8, NULL, FLAG_S, NULL, HFILL}},
		{&hf_reserved, {"Reserved", "minencap.reserved", FT_UINT8, BASE_HEX, NULL, 0x7f, NULL, HFILL}},
		{&hf_checksum, {"Header Checksum", "minencap.checksum", FT_UINT16, BASE_HEX, NULL, 0, NULL, HFILL}},
		{&hf_dst, {"Original Destination Address", "minencap.dst", FT_IPv4, BASE_NONE, NULL, 0, NULL, HFILL}},
		{&hf_src, {"Original Source Address", "minencap.src", FT_IPv4, BASE_NONE, NULL, 0, NULL, HFILL}},
	};
	// Where Wireshark is a DLL, the addresses of its own tables are no constants.
	hf[0].hfinfo.strings = &ipproto_val_ext;
	hf[1].hfinfo.strings = VALS(proto_checksum_vals);
	static ei_register_info ei[] = {
		{&ei_checksum,
		 {"minencap.checksum_bad", PI_CHECKSUM, PI_ERROR, "Bad minimal encapsulation checksum", EXPFILL}},
	};
	static int *ett[] = {&ett_minencap};
	proto_minencap = proto_register_protocol("Minimal Encapsulation within IP", "MinEncap", "minencap");
	proto_register_field_array(proto_minencap, hf, array_length(hf));
	proto_register_subtree_array(ett, array_length(ett));
	expert_register_field_array(expert_register_protocol(proto_minencap), ei, array_length(ei));
	minencap_handle = register_dissector("minencap", dissect_minencap, proto_minencap);
}

void dsmipv4_hand_off_minimal(void)
{
	ip_protocols = find_dissector_table("ip.proto");
	ipv6_handle = find_dissector("ipv6");
	dissector_add_uint("ip.proto", DSMIPV4_ENCAP_MINIMAL, minencap_handle);
}
