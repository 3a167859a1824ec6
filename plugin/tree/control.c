// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a control message, with the extensions of RFC 5454, type 152.
#include "tree/control.h"

#include "core/wire/text.h"
#include "tree/ends.h"
#include "tree/event.h"
#include "tree/findings.h"
#include "tree/info_column.h"
#include "tree/items.h"
#include "tree/words.h"

static int hf_ext = -1;
static int hf_ext_type = -1;
static int hf_ext_length = -1;
static int hf_ext_subtype = -1;
static int hf_ext_data = -1;
static int hf_prefix = -1;
static int hf_prefix_len = -1;
static int hf_prefix_with_len = -1;
static int hf_code = -1;
static int hf_reserved = -1;
static int hf_requested_ha = -1;
static int hf_redirected_ha = -1;

static int ett_dsmipv4 = -1;
static int ett_ext = -1;

// Subtypes of type 152 (RFC 5454 5).
static const value_string subtypes[] = {
	{DSMIPV4_PREFIX_REQUEST, "IPv6 Prefix Request"},
	{DSMIPV4_PREFIX_REPLY, "IPv6 Prefix Reply"},
	{DSMIPV4_TUNNELING_MODE, "IPv6 Tunneling Mode"},
	{0, NULL},
};

// Codes of the IPv6 prefix reply extension (RFC 5454 2.2, 5).
static const range_string codes[] = {
	{0, 0, "registration accepted, IPv6 to be tunneled to HoA"},
	{1, 1, "registration accepted, IPv6 to be tunneled to CoA"},
	{2, 7, "reserved accept code"},
	{8, 8, "registration rejected, reason unspecified"},
	{9, 9, "registration rejected, administratively prohibited"},
	{10, 255, "reserved reject code"},
	{0, 0, NULL},
};

static const value_string ext_types[] = {
	{DSMIPV4_EXT_DSMIPV4, "DSMIPv4 Extension"},
	{0, NULL},
};

// Values of the prefix length that are not lengths (RFC 5454 2.2).
static const value_string special_lengths[] = {
	{DSMIPV4_PREFIX_LEN_LINK_LOCAL, "link-local address"},
	{0, NULL},
};

static const char *subtype_words(const dsmipv4_ext_t *e)
{
	switch (e->body) {
	case DSMIPV4_BODY_PREFIX_REQUEST:
		return "IPv6 Prefix Request: ";
	case DSMIPV4_BODY_PREFIX_REPLY:
		return "IPv6 Prefix Reply: ";
	case DSMIPV4_BODY_TUNNELING_MODE:
		return "IPv6 Tunneling Mode: may be tunneled to the care-of address";
	default:
		return e->has_subtype ? val_to_str_const(e->subtype, subtypes, "reserved subtype") : "";
	}
}

// The item of an extension. `prefix` is empty where it has none.
static proto_item *add_ext(const dsmipv4_ext_t *e, const char *prefix, tvbuff_t *tvb, packet_info *pinfo,
			   proto_tree *tree)
{
	int len = (int)MIN(e->header_len + e->body_len, tvb_captured_length(tvb) - e->offset);
	if (!PTREE_DATA(tree)->visible) // no words for a line that nobody sees
		return proto_tree_add_item(tree, hf_ext, tvb, (int)e->offset, len, ENC_NA);
	bool known = e->body != DSMIPV4_BODY_OPAQUE, reply = e->body == DSMIPV4_BODY_PREFIX_REPLY;
	const char *kind = known ? "" : e->has_subtype ? "DSMIPv4 Extension: " : "DSMIPv4 Extension";
	return proto_tree_add_none_format(tree, hf_ext, tvb, (int)e->offset, len, "%s%s%s%s%s", kind, subtype_words(e),
					  prefix, reply ? " " : "",
					  reply ? dsmipv4_prefix_code_words(pinfo->pool, e->prefix.code) : "");
}

// Hidden: the title of the extension has it.
static void draw_prefix(const dsmipv4_ext_t *e, const char *prefix, tvbuff_t *tvb, proto_tree *tree)
{
	proto_item *item =
		proto_tree_add_string(tree, hf_prefix_with_len, tvb, (int)e->prefix.prefix_offset, 16, prefix);
	proto_item_set_generated(item);
	proto_item_set_hidden(item);
}

static void draw_ext_body(const dsmipv4_ext_t *e, const char *prefix, tvbuff_t *tvb, proto_tree *tree)
{
	int at = (int)e->body_offset, end = at + (int)MIN(e->body_len, tvb_captured_length(tvb) - e->body_offset);
	proto_tree_add_item(tree, hf_ext_subtype, tvb, at++, 1, ENC_NA);
	switch (e->body) {
	case DSMIPV4_BODY_PREFIX_REQUEST:
		proto_tree_add_item(tree, hf_prefix_len, tvb, at++, 1, ENC_NA);
		proto_tree_add_item(tree, hf_prefix, tvb, at, 16, ENC_NA);
		at += 16;
		break;
	case DSMIPV4_BODY_PREFIX_REPLY:
		proto_tree_add_item(tree, hf_code, tvb, at++, 1, ENC_NA);
		proto_tree_add_item(tree, hf_prefix_len, tvb, at++, 1, ENC_NA);
		proto_tree_add_item(tree, hf_reserved, tvb, at++, 1, ENC_NA);
		proto_tree_add_item(tree, hf_prefix, tvb, at, 16, ENC_NA);
		at += 16;
		break;
	case DSMIPV4_BODY_TUNNELING_MODE:
		proto_tree_add_item(tree, hf_reserved, tvb, at++, 1, ENC_NA);
		break;
	default:
		break;
	}
	if (*prefix)
		draw_prefix(e, prefix, tvb, tree);
	if (at < end) // more bytes than the subtype defines, or a body that could not be decoded
		proto_tree_add_item(tree, hf_ext_data, tvb, at, end - at, ENC_NA);
}

static proto_tree *draw_ext(const dsmipv4_ext_t *e, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	bool wanted = dsmipv4_ext_has_prefix(e) && proto_field_is_referenced(tree, hf_prefix_with_len);
	const char *prefix = wanted ? dsmipv4_prefix_text(pinfo->pool, &e->prefix.prefix) : "";
	proto_item *item = add_ext(e, prefix, tvb, pinfo, tree);
	proto_tree *ext_tree = proto_item_add_subtree(item, ett_ext);
	proto_tree_add_item(ext_tree, hf_ext_type, tvb, (int)e->offset, 1, ENC_NA);
	proto_tree_add_item(ext_tree, hf_ext_length, tvb, (int)e->offset + 1, 1, ENC_NA);
	if (e->has_subtype)
		draw_ext_body(e, prefix, tvb, ext_tree);
	if (!e->captured)
		proto_item_append_text(item, " [cut by the capture]");
	return ext_tree;
}

// Wireshark's own dissector does not read it.
static void draw_dynamic_ha(const dsmipv4_ext_t *e, tvbuff_t *tvb, proto_tree *tree)
{
	int hf = e->subtype == DSMIPV4_REQUESTED_HA ? hf_requested_ha : hf_redirected_ha;
	proto_tree_add_item(tree, hf, tvb, (int)e->body_offset, 4, ENC_BIG_ENDIAN);
}

// Nothing is added to a message that is not a registration, breaks no rule and has no RFC 5454 extension.
static bool has_something_to_show(const dsmipv4_control_t *control, bool *dsmipv4)
{
	const dsmipv4_message_t *m = control->message;
	*dsmipv4 = false;
	for (uint32_t i = 0; i < m->n_exts && !*dsmipv4; i++)
		*dsmipv4 = m->exts[i].type == DSMIPV4_EXT_DSMIPV4;
	return *dsmipv4 || control->event || (control->verdicts && dsmipv4_n_findings(control->verdicts) > 0);
}

// The home address or, where it is not known yet, the network access identifier. NULL: neither.
static const char *node_words(const dsmipv4_message_t *m, tvbuff_t *tvb, wmem_allocator_t *pool)
{
	uint32_t hoa = 0;
	if (m->fixed && m->type == DSMIPV4_REGISTRATION_REQUEST)
		hoa = m->request.hoa;
	else if (m->fixed && m->type == DSMIPV4_REGISTRATION_REPLY)
		hoa = m->reply.hoa;
	else if (m->fixed && (m->type == DSMIPV4_REVOCATION || m->type == DSMIPV4_REVOCATION_ACK))
		hoa = m->revocation.hoa;
	else if (m->fixed && (m->type == DSMIPV4_NOTIFICATION || m->type == DSMIPV4_NOTIFICATION_ACK))
		hoa = m->notification.hoa;
	if (hoa)
		return dsmipv4_ipv4_text(pool, hoa);
	const dsmipv4_ext_t *nai = m->first_nai == DSMIPV4_NO_EXT ? NULL : &m->exts[m->first_nai];
	if (!nai || !nai->captured)
		return NULL;
	return (const char *)tvb_get_string_enc(pool, tvb, (int)nai->body_offset, (int)nai->body_len, ENC_UTF_8);
}

void dsmipv4_draw_control(const dsmipv4_control_t *control, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const dsmipv4_message_t *m = control->message;
	bool dsmipv4;
	if (!has_something_to_show(control, &dsmipv4))
		return;
	dsmipv4_control_column(control, pinfo);
	if (!dsmipv4_is_looked_at(tree)) { // expert items are taken all the same
		if (control->verdicts)
			dsmipv4_draw_findings(control->verdicts, tvb, pinfo, NULL, NULL, NULL);
		return;
	}
	proto_item *item = proto_tree_add_item(tree, proto_dsmipv4, tvb, 0, (int)tvb_captured_length(tvb), ENC_NA);
	proto_tree *our_tree = proto_item_add_subtree(item, ett_dsmipv4);
	proto_tree **ext_trees = wmem_alloc0_array(pinfo->pool, proto_tree *, m->n_exts);
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].type == DSMIPV4_EXT_DSMIPV4)
			ext_trees[i] = draw_ext(&m->exts[i], tvb, pinfo, our_tree);
		else if (m->exts[i].body == DSMIPV4_BODY_DYNAMIC_HA)
			draw_dynamic_ha(&m->exts[i], tvb, our_tree);
	}
	dsmipv4_add_node(our_tree, tvb, node_words(m, tvb, pinfo->pool));
	dsmipv4_add_ends(our_tree, tvb, dsmipv4_control_ends(control));
	if (control->event)
		dsmipv4_draw_event(control->event, m, tvb, pinfo, our_tree);
	if (control->verdicts)
		dsmipv4_draw_findings(control->verdicts, tvb, pinfo, our_tree, m->exts, ext_trees);
}

void dsmipv4_register_control_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_ext,
		 {"Extension", "dsmipv4.ext", FT_NONE, BASE_NONE, NULL, 0, "DSMIPv4 extension (type 152)", HFILL}},
		{&hf_ext_type,
		 {"Type", "dsmipv4.ext.type", FT_UINT8, BASE_DEC, VALS(ext_types), 0, "Extension type", HFILL}},
		{&hf_ext_length,
		 {"Length", "dsmipv4.ext.length", FT_UINT8, BASE_DEC, NULL, 0, "Bytes after the Length field", HFILL}},
		{&hf_ext_subtype,
		 {"Subtype", "dsmipv4.ext.subtype", FT_UINT8, BASE_DEC, VALS(subtypes), 0, "Extension subtype", HFILL}},
		{&hf_ext_data,
		 {"Data", "dsmipv4.ext.data", FT_BYTES, BASE_NONE, NULL, 0, "Bytes that no field describes", HFILL}},
		{&hf_prefix,
		 {"Mobile IPv6 network prefix", "dsmipv4.prefix", FT_IPv6, BASE_NONE, NULL, 0,
		  "Registered prefix, or link-local address", HFILL}},
		{&hf_prefix_len,
		 {"Prefix length", "dsmipv4.prefix_len", FT_UINT8, BASE_DEC | BASE_SPECIAL_VALS, VALS(special_lengths),
		  0, "255 means that a link-local address is registered", HFILL}},
		{&hf_prefix_with_len,
		 {"Prefix and length", "dsmipv4.prefix_with_len", FT_STRING, BASE_NONE, NULL, 0,
		  "As one value: 2001:db8:a::/48, or link-local and the address", HFILL}},
		{&hf_code,
		 {"Code", "dsmipv4.code", FT_UINT8, BASE_DEC | BASE_RANGE_STRING, RVALS(codes), 0,
		  "Result for this prefix", HFILL}},
		{&hf_requested_ha,
		 {"Requested home agent", "dsmipv4.requested_ha", FT_IPv4, BASE_NONE, NULL, 0,
		  "Where the mobile node wishes to be anchored, extension 139 (RFC 4433)", HFILL}},
		{&hf_redirected_ha,
		 {"Redirected to home agent", "dsmipv4.redirected_ha", FT_IPv4, BASE_NONE, NULL, 0,
		  "Where the mobile node is to register next, extension 139 (RFC 4433)", HFILL}},
		{&hf_reserved,
		 {"Reserved", "dsmipv4.reserved", FT_UINT8, BASE_HEX, NULL, 0, "Sent as zero, ignored", HFILL}},
	};
	static int *ett[] = {&ett_dsmipv4, &ett_ext};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
	proto_register_subtree_array(ett, array_length(ett));
}
