// SPDX-License-Identifier: GPL-2.0-or-later
// What was found: expert items, and dsmipv4.rule for programs.
#include "tree/findings.h"

#include <epan/proto_data.h>

#include "tree/expert.h"

static int hf_rule = -1;

// Each broken rule of the frame is named once, wherever and however often it is broken.
static void draw_rule(dsmipv4_rule_id_t rule, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	const uint32_t key = dsmipv4_frame_key(DSMIPV4_DATA_RULES);
	uint8_t *named = p_get_proto_data(pinfo->pool, pinfo, proto_dsmipv4, key);
	if (!named) {
		named = wmem_alloc0_array(pinfo->pool, uint8_t, DSMIPV4_RULE_COUNT);
		p_add_proto_data(pinfo->pool, pinfo, proto_dsmipv4, key, named);
	}
	if (!named[rule] && tree)
		proto_item_set_generated(proto_tree_add_string(tree, hf_rule, tvb, 0, 0, dsmipv4_rule(rule)->id));
	named[rule] = 1;
}

// The trees of a message, and those of its extensions that have one.
typedef struct {
	proto_tree *tree;
	const dsmipv4_ext_t *exts;
	proto_tree **ext_trees;
} trees_t;

static proto_tree *tree_for(const trees_t *trees, const dsmipv4_ext_t *ext)
{
	proto_tree *ext_tree = ext ? trees->ext_trees[ext - trees->exts] : NULL;
	return ext_tree ? ext_tree : trees->tree;
}

void dsmipv4_draw_verdicts(const dsmipv4_verdicts_t *v, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
			   const dsmipv4_ext_t *exts, proto_tree **ext_trees)
{
	trees_t trees = {tree, exts, ext_trees};
	const char *protocol = pinfo->current_proto; // what Wireshark's list of expert items names
	pinfo->current_proto = "DSMIPv4";
	for (unsigned i = 0; i < wmem_array_get_count(v->infos); i++) {
		const dsmipv4_info_t *info = wmem_array_index(v->infos, i);
		dsmipv4_add_info(info, tvb, pinfo, tree_for(&trees, info->ext));
	}
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		const dsmipv4_finding_t *f = wmem_array_index(v->findings, i);
		dsmipv4_add_expert(f, tvb, pinfo, tree_for(&trees, f->ext));
		draw_rule(f->rule, tvb, pinfo, tree);
	}
	pinfo->current_proto = protocol;
}

void dsmipv4_register_verdict_fields(void)
{
	static hf_register_info hf[] = {
		{&hf_rule,
		 {"Broken rule", "dsmipv4.rule", FT_STRING, BASE_NONE, NULL, 0,
		  "Identifier of a rule that this frame breaks", HFILL}},
	};
	proto_register_field_array(proto_dsmipv4, hf, array_length(hf));
}
