// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a control message: extensions of RFC 5454, type 152, and the Info column.
#include "tree/control.h"

#include "core/wire/text.h"
#include "tree/event.h"
#include "tree/findings.h"

static int hf_ext = -1;
static int hf_ext_type = -1;
static int hf_ext_length = -1;
static int hf_ext_subtype = -1;
static int hf_ext_data = -1;
static int hf_prefix = -1;
static int hf_prefix_len = -1;
static int hf_code = -1;
static int hf_reserved = -1;

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

// "accepted (HoA)", "rejected (9)"
static const char *code_words(wmem_allocator_t *pool, uint8_t code)
{
	if (code == DSMIPV4_PREFIX_ACCEPTED_HOA)
		return "accepted (HoA)";
	if (code == DSMIPV4_PREFIX_ACCEPTED_COA)
		return "accepted (CoA)";
	return wmem_strdup_printf(pool, "%s (%u)", dsmipv4_code_accepts(code) ? "accepted" : "rejected", code);
}

static const char *ext_words(wmem_allocator_t *pool, const dsmipv4_ext_t *e)
{
	switch (e->body) {
	case DSMIPV4_BODY_PREFIX_REQUEST:
		return wmem_strdup_printf(pool, "IPv6 Prefix Request: %s",
					  dsmipv4_prefix_text(pool, &e->prefix.prefix));
	case DSMIPV4_BODY_PREFIX_REPLY:
		return wmem_strdup_printf(pool, "IPv6 Prefix Reply: %s %s",
					  dsmipv4_prefix_text(pool, &e->prefix.prefix),
					  code_words(pool, e->prefix.code));
	case DSMIPV4_BODY_TUNNELING_MODE:
		return "IPv6 Tunneling Mode: may be tunneled to the care-of address";
	default:
		if (!e->has_subtype)
			return "DSMIPv4 Extension";
		return wmem_strdup_printf(pool, "DSMIPv4 Extension: %s",
					  val_to_str_const(e->subtype, subtypes, "reserved subtype"));
	}
}

static void draw_ext_body(const dsmipv4_ext_t *e, tvbuff_t *tvb, proto_tree *tree)
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
	if (at < end) // more bytes than the subtype defines, or a body that could not be decoded
		proto_tree_add_item(tree, hf_ext_data, tvb, at, end - at, ENC_NA);
}

static proto_tree *draw_ext(const dsmipv4_ext_t *e, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	uint32_t len = MIN(e->header_len + e->body_len, tvb_captured_length(tvb) - e->offset);
	proto_item *item = proto_tree_add_none_format(tree, hf_ext, tvb, (int)e->offset, (int)len, "%s",
						      ext_words(pinfo->pool, e));
	proto_tree *ext_tree = proto_item_add_subtree(item, ett_ext);
	proto_tree_add_item(ext_tree, hf_ext_type, tvb, (int)e->offset, 1, ENC_NA);
	proto_tree_add_item(ext_tree, hf_ext_length, tvb, (int)e->offset + 1, 1, ENC_NA);
	if (e->has_subtype)
		draw_ext_body(e, tvb, ext_tree);
	if (!e->captured)
		proto_item_append_text(item, " [cut by the capture]");
	return ext_tree;
}

// The Info column lists this many prefixes, then the number of the others.
#define COLUMN_PREFIXES 4

static void append_prefixes(wmem_strbuf_t *s, packet_info *pinfo, const dsmipv4_message_t *m)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *e = &m->exts[i];
		if (!dsmipv4_ext_has_prefix(e) || n++ >= COLUMN_PREFIXES)
			continue;
		wmem_strbuf_append_printf(s, "%s%s", n == 1 ? " IPv6: " : ", ",
					  dsmipv4_prefix_text(pinfo->pool, &e->prefix.prefix));
		if (e->body == DSMIPV4_BODY_PREFIX_REPLY)
			wmem_strbuf_append_printf(s, " %s", code_words(pinfo->pool, e->prefix.code));
	}
	if (n > COLUMN_PREFIXES)
		wmem_strbuf_append_printf(s, " and %u more", n - COLUMN_PREFIXES);
}

static void draw_column(const dsmipv4_message_t *m, packet_info *pinfo)
{
	wmem_strbuf_t *s = wmem_strbuf_new(pinfo->pool, "");
	if (m->type == DSMIPV4_REGISTRATION_REQUEST) {
		wmem_strbuf_append_printf(s, "Reg Request: HoA=%s CoA=%s",
					  dsmipv4_ipv4_text(pinfo->pool, m->request.hoa),
					  dsmipv4_ipv4_text(pinfo->pool, m->request.coa));
		if (m->request.lifetime == 0)
			wmem_strbuf_append(s, " Lifetime=0");
		append_prefixes(s, pinfo, m);
		wmem_strbuf_append_printf(s, " (mode: %s)", m->first_mode == DSMIPV4_NO_EXT ? "HoA" : "CoA");
	} else {
		wmem_strbuf_append_printf(s, "Reg Reply: HoA=%s Code=%u Lifetime=%u",
					  dsmipv4_ipv4_text(pinfo->pool, m->reply.hoa), m->reply.code,
					  m->reply.lifetime);
		append_prefixes(s, pinfo, m);
	}
	col_add_str(pinfo->cinfo, COL_INFO, wmem_strbuf_get_str(s));
}

static bool is_registration(const dsmipv4_message_t *m)
{
	return m->fixed && (m->type == DSMIPV4_REGISTRATION_REQUEST || m->type == DSMIPV4_REGISTRATION_REPLY);
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

void dsmipv4_draw_control(const dsmipv4_control_t *control, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const dsmipv4_message_t *m = control->message;
	bool dsmipv4;
	if (!has_something_to_show(control, &dsmipv4))
		return;
	proto_item *item = proto_tree_add_item(tree, proto_dsmipv4, tvb, 0, (int)tvb_captured_length(tvb), ENC_NA);
	proto_tree *our_tree = proto_item_add_subtree(item, ett_dsmipv4);
	proto_tree **ext_trees = wmem_alloc0_array(pinfo->pool, proto_tree *, m->n_exts);
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].type == DSMIPV4_EXT_DSMIPV4)
			ext_trees[i] = draw_ext(&m->exts[i], tvb, pinfo, our_tree);
	}
	if (is_registration(m) && dsmipv4 && !pinfo->flags.in_error_pkt)
		draw_column(m, pinfo);
	if (control->event)
		dsmipv4_draw_event(control->event, tvb, pinfo, our_tree);
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
		 {"Mobile IPv6 Network Prefix", "dsmipv4.prefix", FT_IPv6, BASE_NONE, NULL, 0,
		  "Registered prefix, or link-local address", HFILL}},
		{&hf_prefix_len,
		 {"Prefix Length", "dsmipv4.prefix_len", FT_UINT8, BASE_DEC | BASE_SPECIAL_VALS, VALS(special_lengths),
		  0, "255 means that a link-local address is registered", HFILL}},
		{&hf_code,
		 {"Code", "dsmipv4.code", FT_UINT8, BASE_DEC | BASE_RANGE_STRING, RVALS(codes), 0,
		  "Result for this prefix", HFILL}},
		{&hf_reserved,
		 {"Reserved", "dsmipv4.reserved", FT_UINT8, BASE_HEX, NULL, 0, "Sent as zero, ignored", HFILL}},
	};
	static int *ett[] = {&ett_dsmipv4, &ett_ext};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
	proto_register_subtree_array(ett, array_length(ett));
}
