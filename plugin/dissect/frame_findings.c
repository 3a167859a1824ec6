// SPDX-License-Identifier: GPL-2.0-or-later
// Findings on data packets, stored on the first visit of a frame for later visits. Nothing is stored for a frame that
// breaks no rule.
#include "dissect/frame_findings.h"

#include <epan/proto_data.h>

#include "core/rules/dispatch.h"

static const char *keep_text(const char *words)
{
	// Hundreds of thousands of packets may break the same rule, in the same words.
	static wmem_map_t *all;
	if (!all)
		all = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
	const char *kept = wmem_map_lookup(all, words);
	if (!kept) {
		kept = wmem_strdup(wmem_file_scope(), words);
		wmem_map_insert(all, kept, (void *)kept);
	}
	return kept;
}

// A later visit would not find this again.
static bool is_lasting(const dsmipv4_finding_t *f)
{
	return !dsmipv4_rule_is_item(f->rule) || dsmipv4_rule_is_once(f->rule);
}

void dsmipv4_frame_findings_keep(packet_info *pinfo, tvbuff_t *tvb, const dsmipv4_verdicts_t *v)
{
	wmem_array_t *kept = NULL;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		dsmipv4_finding_t f = *dsmipv4_finding(v, i);
		if (!is_lasting(&f))
			continue;
		if (!kept)
			kept = wmem_array_sized_new(wmem_file_scope(), sizeof f, 1);
		f.words = keep_text(f.words);
		f.citation = f.citation ? keep_text(f.citation) : NULL;
		wmem_array_append_one(kept, f);
	}
	if (kept)
		p_add_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4,
				 dsmipv4_layer_key(pinfo, tvb, DSMIPV4_DATA_FINDINGS), kept);
}

void dsmipv4_frame_findings_add(packet_info *pinfo, tvbuff_t *tvb, dsmipv4_verdicts_t *v)
{
	wmem_array_t *kept = p_get_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4,
					      dsmipv4_layer_key(pinfo, tvb, DSMIPV4_DATA_FINDINGS));
	if (!kept)
		return;
	wmem_array_append(v->findings, wmem_array_get_raw(kept), wmem_array_get_count(kept));
	dsmipv4_verdicts_sort(v);
}
