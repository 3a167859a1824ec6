// SPDX-License-Identifier: GPL-2.0-or-later
// Which rules a data packet kept, remembered from its first visit for later ones.
#include "dissect/frame_verdicts.h"

#include <epan/proto_data.h>

#define VERDICTS_LEN sizeof((dsmipv4_verdicts_t *)0)->verdict

static guint hash_verdicts(const void *key)
{
	return wmem_strong_hash(key, VERDICTS_LEN);
}

static gboolean equal_verdicts(const void *a, const void *b)
{
	return memcmp(a, b, VERDICTS_LEN) == 0;
}

// The lasting copy of these verdicts, which are those of many packets.
static const uint8_t *lasting(const uint8_t *verdict)
{
	static wmem_map_t *all;
	if (!all)
		all = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_verdicts, equal_verdicts);
	const uint8_t *kept = wmem_map_lookup(all, verdict);
	if (!kept) {
		kept = wmem_memdup(wmem_file_scope(), verdict, VERDICTS_LEN);
		wmem_map_insert(all, kept, (void *)kept);
	}
	return kept;
}

void dsmipv4_frame_verdicts_keep(packet_info *pinfo, tvbuff_t *tvb, const dsmipv4_verdicts_t *v)
{
	p_add_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4, dsmipv4_layer_key(pinfo, tvb, DSMIPV4_DATA_VERDICTS),
			 (void *)lasting(v->verdict));
}

void dsmipv4_frame_verdicts_add(packet_info *pinfo, tvbuff_t *tvb, dsmipv4_verdicts_t *v)
{
	const uint8_t *kept = p_get_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4,
					       dsmipv4_layer_key(pinfo, tvb, DSMIPV4_DATA_VERDICTS));
	for (unsigned i = 0; kept && i < DSMIPV4_RULE_COUNT; i++)
		v->verdict[i] = MAX(v->verdict[i], kept[i]);
}
