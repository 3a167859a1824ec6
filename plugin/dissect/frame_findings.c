// SPDX-License-Identifier: GPL-2.0-or-later
// Verdicts on data packets, kept from the first visit of a frame for the later ones. Nothing is kept of a
// frame that breaks no rule.
#include "dissect/frame_findings.h"

#include <epan/proto_data.h>

#include "core/rules/dispatch.h"

typedef struct {
	wmem_array_t *findings;
	wmem_array_t *infos;
} kept_t;

static const char *keep_text(const char *words)
{
	// Packets of one kind break the same rule by the hundred thousand, in the same words.
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

static bool has_once(const dsmipv4_verdicts_t *v)
{
	for (unsigned i = 0; i < wmem_array_get_count(v->infos); i++) {
		const dsmipv4_info_t *info = wmem_array_index(v->infos, i);
		if (dsmipv4_info_is_once(info->info))
			return true;
	}
	return false;
}

void dsmipv4_frame_findings_keep(packet_info *pinfo, const dsmipv4_verdicts_t *v)
{
	unsigned n_findings = wmem_array_get_count(v->findings), n_infos = wmem_array_get_count(v->infos);
	if (n_findings == 0 && !has_once(v))
		return;
	kept_t *kept = wmem_new(wmem_file_scope(), kept_t);
	kept->findings = wmem_array_sized_new(wmem_file_scope(), sizeof(dsmipv4_finding_t), n_findings + 1);
	kept->infos = wmem_array_sized_new(wmem_file_scope(), sizeof(dsmipv4_info_t), n_infos + 1);
	for (unsigned i = 0; i < n_findings; i++) {
		dsmipv4_finding_t f = *(const dsmipv4_finding_t *)wmem_array_index(v->findings, i);
		f.words = keep_text(f.words);
		wmem_array_append_one(kept->findings, f);
	}
	for (unsigned i = 0; i < n_infos; i++) {
		dsmipv4_info_t info = *(const dsmipv4_info_t *)wmem_array_index(v->infos, i);
		if (!dsmipv4_info_is_once(info.info))
			continue;
		info.words = keep_text(info.words);
		wmem_array_append_one(kept->infos, info);
	}
	p_add_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4, dsmipv4_layer_key(pinfo, DSMIPV4_DATA_FINDINGS),
			 kept);
}

void dsmipv4_frame_findings_add(packet_info *pinfo, dsmipv4_verdicts_t *v)
{
	const kept_t *kept = p_get_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4,
					      dsmipv4_layer_key(pinfo, DSMIPV4_DATA_FINDINGS));
	if (!kept)
		return;
	wmem_array_append(v->findings, wmem_array_get_raw(kept->findings), wmem_array_get_count(kept->findings));
	wmem_array_append(v->infos, wmem_array_get_raw(kept->infos), wmem_array_get_count(kept->infos));
}
