// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a tunneled packet: its form, its mobile node, and the form that is expected.
#include "tree/tunnel.h"

#include <epan/unit_strings.h>

#include "core/match/candidates.h"
#include "core/match/expectation.h"
#include "core/wire/text.h"
#include "tree/ends.h"
#include "tree/event.h"
#include "tree/findings.h"
#include "tree/info_column.h"
#include "tree/items.h"
#include "tree/words.h"

static int hf_mode = -1;
static int hf_expected = -1;
static int hf_direction = -1;
static int hf_encap = -1;
static int hf_ha = -1;
static int hf_hoa = -1;
static int hf_coa = -1;
static int hf_expected_coa = -1;
static int hf_prefix_with_len = -1;
static int hf_prefix = -1;
static int hf_prefix_len = -1;
static int hf_overhead = -1;
static int hf_binding_frame = -1;
static int hf_binding_age = -1;
static int hf_binding_remaining = -1;
static int hf_binding_since_expired = -1;

static int ett_tunnel = -1;

// As values of fields.
static const char *const form_words[] = {
	[DSMIPV4_TUNNELING_UNKNOWN] = "unknown",
	[DSMIPV4_TUNNELING_HOA] = "hoa",
	[DSMIPV4_TUNNELING_COA] = "coa",
	[DSMIPV4_TUNNELING_FA_COA_DIRECT] = "fa-coa-direct",
};

static const char *const direction_words[] = {
	[DSMIPV4_TO_MN] = "to-mn",
	[DSMIPV4_FROM_MN] = "from-mn",
};

// One line to read; address and length only for filters and columns.
static void draw_prefix(const dsmipv4_prefix_t *p, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const ws_in6_addr *address = (const ws_in6_addr *)(const void *)p->bytes;
	dsmipv4_add_words(tree, hf_prefix_with_len, tvb, dsmipv4_prefix_text(pinfo->pool, p));
	if (dsmipv4_is_asked_for(hf_prefix))
		proto_item_set_hidden(proto_tree_add_ipv6(tree, hf_prefix, tvb, 0, 0, address));
	if (dsmipv4_is_asked_for(hf_prefix_len))
		proto_item_set_hidden(proto_tree_add_uint(tree, hf_prefix_len, tvb, 0, 0, p->len));
}

static uint32_t hoa_of(const dsmipv4_match_t *m)
{
	return m->node ? m->node->hoa : m->hoa;
}

// A line of its own where the packet has another one.
static void draw_expected_coa(uint32_t expected, uint32_t coa, tvbuff_t *tvb, proto_tree *tree)
{
	proto_item *item = dsmipv4_add_ipv4(tree, hf_expected_coa, tvb, expected);
	if (expected == coa)
		proto_item_set_hidden(item);
}

static void draw_addresses(const dsmipv4_match_t *m, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const dsmipv4_binding_t *b = m->chosen ? m->chosen->binding : NULL;
	const dsmipv4_binding_t *current = dsmipv4_current_binding(m);
	dsmipv4_add_ipv4(tree, hf_ha, tvb, m->ha);
	proto_item_set_hidden(dsmipv4_add_ipv4(tree, hf_hoa, tvb, hoa_of(m))); // the mobile node's line has it
	uint32_t coa = m->coa || !b ? m->coa : dsmipv4_binding_coa(b);
	dsmipv4_add_ipv4(tree, hf_coa, tvb, coa);
	if (current)
		draw_expected_coa(dsmipv4_binding_effective_coa(current), coa, tvb, tree);
	if (!m->chosen || !m->chosen->prefix)
		return;
	draw_prefix(&m->chosen->prefix->prefix, tvb, pinfo, tree);
}

// Clocks of merged captures may be shifted: no negative times are shown.
static void draw_times(const dsmipv4_match_t *m, const dsmipv4_binding_t *b, proto_item *expiry, tvbuff_t *tvb,
		       proto_tree *tree)
{
	int64_t age = m->time - b->reply->time, left = dsmipv4_reply_expiry(b->reply) - m->time;
	if (age >= 0 && b->reply->frame && b->reply->time_known)
		dsmipv4_add_time(tree, hf_binding_age, tvb, age);
	if (!expiry || age < 0)
		return;
	proto_item_set_hidden(expiry); // the reply's line has it
	if (left >= 0)
		dsmipv4_add_time(tree, hf_binding_remaining, tvb, left);
	else
		dsmipv4_add_time(tree, hf_binding_since_expired, tvb, -left);
}

// The binding that the packet belongs to.
static void draw_live(const dsmipv4_match_t *m, const dsmipv4_binding_t *b, tvbuff_t *tvb, proto_tree *tree)
{
	dsmipv4_add_frame(tree, hf_binding_frame, tvb, b->reply);
	proto_item *creation = dsmipv4_draw_creation(b, tvb, tree);
	if (b->created == b->reply)
		proto_item_set_hidden(creation); // the line before has it
	proto_item *expiry = dsmipv4_draw_expiry(b, tvb, tree);
	dsmipv4_draw_removal(b, tvb, tree);
	draw_times(m, b, expiry, tvb, tree);
}

// A line of its own where the packet has another one.
static void draw_expected(const dsmipv4_match_t *m, tvbuff_t *tvb, proto_tree *tree)
{
	dsmipv4_tunneling_mode_t expected = dsmipv4_current_tunneling_mode(m);
	if (expected == DSMIPV4_TUNNELING_UNKNOWN)
		return;
	proto_item *item = dsmipv4_add_words(tree, hf_expected, tvb, form_words[expected]);
	if (expected == m->tunneling_mode)
		proto_item_set_hidden(item);
}

static void draw_binding(const dsmipv4_match_t *m, tvbuff_t *tvb, proto_tree *tree)
{
	const dsmipv4_candidate_t *c = m->chosen;
	draw_expected(m, tvb, tree);
	if (!c || !c->binding)
		return;
	if (c->implicit || c->n_global || c->link_local)
		dsmipv4_draw_mode(!c->implicit, tvb, tree);
	if (!dsmipv4_candidate_is_certain(m, c))
		return;
	if (c->status == DSMIPV4_BINDING_REMOVED) {
		dsmipv4_draw_creation(c->binding, tvb, tree);
		dsmipv4_draw_expiry(c->binding, tvb, tree);
		dsmipv4_draw_removal(c->binding, tvb, tree);
	} else {
		draw_live(m, c->binding, tvb, tree);
	}
}

static void draw_title(const dsmipv4_match_t *m, proto_item *item, const char *whose)
{
	const char *way = m->direction == DSMIPV4_TO_MN ? "to" : "from";
	bool differs = m->expected != DSMIPV4_TUNNELING_UNKNOWN && m->expected != m->tunneling_mode;
	if (m->tunnel->kind == DSMIPV4_INNER_IPV4)
		proto_item_set_text(item, "Dual-Stack Mobile IPv4 Tunnel, %s %s", way, whose);
	else
		proto_item_set_text(item, "Dual-Stack Mobile IPv4 Tunnel, %s %s, mode: %s%s%s", way, whose,
				    dsmipv4_mode_words(m->tunneling_mode), differs ? ", expected: " : "",
				    differs ? dsmipv4_mode_words(m->expected) : "");
}

// IPv6 is shown in full, and so is what breaks a rule.
static bool is_worth_showing(const dsmipv4_match_t *m, const dsmipv4_verdicts_t *v)
{
	return m->tunnel->kind == DSMIPV4_INNER_IPV6 || dsmipv4_n_findings(v) > 0;
}

static bool asks_for_ipv6(const dsmipv4_candidate_t *c)
{
	return c->request ? c->request->n_prefixes > 0 : c->n_global > 0 || c->link_local;
}

// Other traffic of a node that asked for IPv6.
static bool is_of_dual_stack_node(const dsmipv4_match_t *m)
{
	bool dual_stack = false;
	for (unsigned i = 0; i < m->n_candidates; i++)
		dual_stack |= asks_for_ipv6(&m->candidates[i]);
	return m->node && dual_stack;
}

bool dsmipv4_tunnel_has_tree(const dsmipv4_match_t *m, const dsmipv4_verdicts_t *v)
{
	return is_worth_showing(m, v) || is_of_dual_stack_node(m);
}

// The plugin's tree, for the headers of the tunnel: all that lies around the packet inside.
static proto_item *add_tree(const dsmipv4_tunnel_t *t, tvbuff_t *tvb, proto_tree *tree)
{
	const dsmipv4_outer_t *outermost = &t->layers[0];
	int32_t end =
		t->kind != DSMIPV4_INNER_UNKNOWN ? (int32_t)t->inner_offset : outermost->offset + outermost->header_len;
	dsmipv4_place_t p = dsmipv4_place(outermost->offset, (uint32_t)(end - outermost->offset), tvb);
	return proto_tree_add_item(tree, proto_dsmipv4, p.tvb, p.at, outermost->header_len ? p.len : 0, ENC_NA);
}

// A line says whose traffic it is.
static void draw_node(const dsmipv4_match_t *m, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	proto_tree *our_tree = proto_item_add_subtree(add_tree(m->tunnel, tvb, tree), ett_tunnel);
	dsmipv4_add_node(our_tree, tvb, dsmipv4_ipv4_text(pinfo->pool, m->node->hoa));
	dsmipv4_add_ends(our_tree, tvb, dsmipv4_tunnel_ends(m));
}

static const char *encapsulation_title(const dsmipv4_outer_t *layer)
{
	switch (layer->protocol) {
	case DSMIPV4_ENCAP_IPIP:
		return "IPv4";
	case DSMIPV4_ENCAP_IPV6:
		return "IPv6";
	case DSMIPV4_ENCAP_GRE:
		return "GRE";
	case DSMIPV4_ENCAP_MINIMAL:
		return "minimal encapsulation";
	default:
		return "tunnel data";
	}
}

static void draw_encapsulation(const dsmipv4_tunnel_t *t, tvbuff_t *tvb, proto_tree *tree)
{
	for (unsigned i = 0; i < t->n_layers; i++) {
		const char *word = dsmipv4_encap_word(&t->layers[i]);
		proto_item_set_generated(proto_tree_add_string_format_value(tree, hf_encap, tvb, 0, 0, word, "%s (%s)",
									    word, encapsulation_title(&t->layers[i])));
	}
	uint32_t overhead = dsmipv4_tunnel_overhead(t);
	if (overhead)
		proto_item_set_generated(proto_tree_add_uint(tree, hf_overhead, tvb, 0, 0, overhead));
}

void dsmipv4_draw_tunnel(const dsmipv4_match_t *m, const dsmipv4_verdicts_t *v, tvbuff_t *tvb, packet_info *pinfo,
			 proto_tree *tree)
{
	dsmipv4_packet_column(m, v, pinfo);
	if (!dsmipv4_is_looked_at(tree)) { // expert items are taken all the same
		dsmipv4_draw_findings(v, tvb, pinfo, NULL, NULL, NULL);
		return;
	}
	if (!is_worth_showing(m, v)) {
		if (is_of_dual_stack_node(m))
			draw_node(m, tvb, pinfo, tree);
		return;
	}
	const char *node = hoa_of(m) ? dsmipv4_ipv4_text(pinfo->pool, hoa_of(m)) : NULL;
	proto_item *item = add_tree(m->tunnel, tvb, tree);
	if (PTREE_DATA(tree)->visible)
		draw_title(m, item, m->node ? node : "an unknown node");
	proto_tree *our_tree = proto_item_add_subtree(item, ett_tunnel);
	dsmipv4_add_node(our_tree, tvb, node);
	dsmipv4_add_ends(our_tree, tvb, dsmipv4_tunnel_ends(m));
	if (m->tunnel->kind != DSMIPV4_INNER_IPV4)
		dsmipv4_add_words(our_tree, hf_mode, tvb, form_words[m->tunneling_mode]);
	proto_item *direction = dsmipv4_add_words(our_tree, hf_direction, tvb, direction_words[m->direction]);
	proto_item_set_hidden(direction); // the title says it
	draw_encapsulation(m->tunnel, tvb, our_tree);
	draw_addresses(m, tvb, pinfo, our_tree);
	draw_binding(m, tvb, our_tree);
	dsmipv4_draw_findings(v, tvb, pinfo, our_tree, NULL, NULL);
}

void dsmipv4_register_tunnel_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_mode,
		 {"Tunneling mode", "dsmipv4.tunnel.mode", FT_STRING, BASE_NONE, NULL, 0,
		  "Where the header next to IPv6 leads: home address (hoa), care-of address (coa), or a foreign "
		  "agent's",
		  HFILL}},
		{&hf_expected,
		 {"Expected tunneling mode", "dsmipv4.tunnel.expected", FT_STRING, BASE_NONE, NULL, 0,
		  "The mode that the registration led to", HFILL}},
		{&hf_direction,
		 {"Direction", "dsmipv4.tunnel.direction", FT_STRING, BASE_NONE, NULL, 0, "To or from the mobile node",
		  HFILL}},
		{&hf_encap,
		 {"Encapsulation", "dsmipv4.tunnel.encap", FT_STRING, BASE_NONE, NULL, 0,
		  "Protocol number of a tunnel header, udp for tunnel data; of several from the outside in", HFILL}},
		{&hf_ha,
		 {"Home agent", "dsmipv4.tunnel.ha", FT_IPv4, BASE_NONE, NULL, 0, "Its end of the tunnel", HFILL}},
		{&hf_hoa,
		 {"Home address", "dsmipv4.tunnel.hoa", FT_IPv4, BASE_NONE, NULL, 0, "The mobile node's", HFILL}},
		{&hf_coa,
		 {"Care-of address", "dsmipv4.tunnel.coa", FT_IPv4, BASE_NONE, NULL, 0,
		  "As in the headers, or as registered; behind a NAT that of the NAT", HFILL}},
		{&hf_expected_coa,
		 {"Registered care-of address", "dsmipv4.tunnel.expected_coa", FT_IPv4, BASE_NONE, NULL, 0,
		  "Where the node is registered at the time of the packet; behind a NAT the address of the NAT",
		  HFILL}},
		{&hf_prefix_with_len,
		 {"Registered prefix", "dsmipv4.tunnel.prefix_with_len", FT_STRING, BASE_NONE, NULL, 0,
		  "The node's prefix that the packet belongs to, with its length", HFILL}},
		{&hf_prefix,
		 {"Registered prefix without length", "dsmipv4.tunnel.prefix", FT_IPv6, BASE_NONE, NULL, 0,
		  "The node's prefix that the packet belongs to", HFILL}},
		{&hf_prefix_len,
		 {"Registered prefix length", "dsmipv4.tunnel.prefix_len", FT_UINT8, BASE_DEC, NULL, 0,
		  "Length of that prefix", HFILL}},
		{&hf_overhead,
		 {"Overhead", "dsmipv4.tunnel.overhead", FT_UINT32, BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
		  "Bytes of all headers around the packet, from the outermost IPv4 header on", HFILL}},
		{&hf_binding_frame,
		 {"Registered in", "dsmipv4.binding.frame", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_ACK), 0,
		  "The reply that made the binding valid for this packet", HFILL}},
		{&hf_binding_age,
		 {"Binding age", "dsmipv4.binding.age", FT_RELATIVE_TIME, BASE_NONE, NULL, 0, "Time since that reply",
		  HFILL}},
		{&hf_binding_remaining,
		 {"Binding remaining", "dsmipv4.binding.remaining", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
		  "Time until the binding expires", HFILL}},
		{&hf_binding_since_expired,
		 {"Binding expired since", "dsmipv4.binding.since_expired", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
		  "Time since the binding expired", HFILL}},
	};
	static int *ett[] = {&ett_tunnel};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
	proto_register_subtree_array(ett, array_length(ett));
}
