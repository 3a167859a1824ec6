// SPDX-License-Identifier: GPL-2.0-or-later
// Findings: an item at the wrong bytes, the expert item on it, and fields for programs.
//
// The label of the item has the values of this packet; its value is the id, so that the keys of -T json are ids and not
// sentences. The expert item on it has the title of the rule, so that lists of expert items show a cause once.
// Each broken rule of a frame has one dsmipv4.rule, however often it is broken. Other places that break the same rule
// have dsmipv4.rule_again.
#include "tree/findings.h"

#include <epan/proto_data.h>

#include "tree/expert.h"

static int hf_rule = -1;
static int hf_rule_again = -1;
static int hf_severity = -1;
static int hf_text = -1;
static int hf_actor = -1;
static int hf_info = -1;
static int hf_info_text = -1;
static int ett_finding = -1;

// True for the first time in this frame.
static bool is_first(dsmipv4_rule_id_t rule, packet_info *pinfo)
{
	const uint32_t key = dsmipv4_frame_key(DSMIPV4_DATA_RULES);
	uint8_t *named = p_get_proto_data(pinfo->pool, pinfo, proto_dsmipv4, key);
	if (!named) {
		named = wmem_alloc0_array(pinfo->pool, uint8_t, DSMIPV4_RULE_COUNT);
		p_add_proto_data(pinfo->pool, pinfo, proto_dsmipv4, key, named);
	}
	bool first = !named[rule];
	named[rule] = 1;
	return first;
}

dsmipv4_place_t dsmipv4_place(int32_t offset, uint32_t length, tvbuff_t *tvb)
{
	if (offset < 0) {
		offset += (int)tvb_raw_offset(tvb);
		tvb = tvb_get_ds_tvb(tvb);
	}
	int captured = (int)tvb_captured_length(tvb), at = CLAMP(offset, 0, captured);
	return (dsmipv4_place_t){tvb, at, (int)MIN(length, (uint32_t)(captured - at))};
}

static proto_item *add_id(proto_tree *tree, int hf, const dsmipv4_finding_t *f, tvbuff_t *tvb)
{
	dsmipv4_place_t p = dsmipv4_place(f->offset, f->length, tvb);
	return proto_tree_add_string_format(tree, hf, p.tvb, p.at, p.len, dsmipv4_rule(f->rule)->id, "%s", f->words);
}

static proto_item *add_word(proto_tree *tree, int hf, tvbuff_t *tvb, const char *word)
{
	proto_item *item = proto_tree_add_string(tree, hf, tvb, 0, 0, word);
	proto_item_set_generated(item);
	return item;
}

// An item with the finding's words as its label, and the expert item on it; the tree below.
static proto_tree *draw_words(const dsmipv4_finding_t *f, int hf, int hf_words, tvbuff_t *tvb, packet_info *pinfo,
			      proto_tree *tree)
{
	proto_item *item = add_id(tree, hf, f, tvb);
	dsmipv4_add_expert(f, pinfo, item);
	proto_tree *finding_tree = proto_item_add_subtree(item, ett_finding);
	if (hf_words >= 0)
		proto_item_set_hidden(add_word(finding_tree, hf_words, tvb, f->words)); // the label says it
	return finding_tree;
}

static void draw_rule(const dsmipv4_finding_t *f, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	if (!is_first(f->rule, pinfo)) {
		draw_words(f, hf_rule_again, -1, tvb, pinfo, tree);
		return;
	}
	proto_tree *finding_tree = draw_words(f, hf_rule, hf_text, tvb, pinfo, tree);
	add_word(finding_tree, hf_severity, tvb, dsmipv4_severity_name(f->severity));
	add_word(finding_tree, hf_actor, tvb, dsmipv4_actor_name(f->actor));
}

static void draw_finding(const dsmipv4_finding_t *f, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	if (dsmipv4_rule_is_item(f->rule))
		draw_words(f, hf_info, hf_info_text, tvb, pinfo, tree);
	else
		draw_rule(f, tvb, pinfo, tree);
}

void dsmipv4_draw_findings(const dsmipv4_verdicts_t *v, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
			   const dsmipv4_ext_t *exts, proto_tree **ext_trees)
{
	const char *protocol = pinfo->current_proto; // what Wireshark's list of expert items names
	pinfo->current_proto = "DSMIPv4";
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(v, i);
		proto_tree *ext_tree = f->ext && ext_trees ? ext_trees[f->ext - exts] : NULL;
		draw_finding(f, tvb, pinfo, ext_tree ? ext_tree : tree);
	}
	pinfo->current_proto = protocol;
}

void dsmipv4_register_finding_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_rule,
		 {"Broken rule", "dsmipv4.rule", FT_STRING, BASE_NONE, NULL, 0,
		  "Identifier of a rule that this frame breaks, once for each", HFILL}},
		{&hf_rule_again,
		 {"Broken rule", "dsmipv4.rule_again", FT_STRING, BASE_NONE, NULL, 0,
		  "Identifier of a rule that this frame breaks in another place too", HFILL}},
		{&hf_severity,
		 {"Severity", "dsmipv4.rule_severity", FT_STRING, BASE_NONE, NULL, 0,
		  "How grave the break is: error, warn, note or chat", HFILL}},
		{&hf_text,
		 {"Text", "dsmipv4.rule_text", FT_STRING, BASE_NONE, NULL, 0,
		  "What is wrong, and the source of the rule", HFILL}},
		{&hf_actor,
		 {"Broken by", "dsmipv4.rule_actor", FT_STRING, BASE_NONE, NULL, 0,
		  "Who broke the rule: mn, fa, ha or unknown", HFILL}},
		{&hf_info,
		 {"Information", "dsmipv4.info", FT_STRING, BASE_NONE, NULL, 0,
		  "Identifier of an information item: what happened, nothing is broken", HFILL}},
		{&hf_info_text,
		 {"Text", "dsmipv4.info_text", FT_STRING, BASE_NONE, NULL, 0, "What happened, with the values", HFILL}},
	};
	static int *ett[] = {&ett_finding};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
	proto_register_subtree_array(ett, array_length(ett));
}
