// SPDX-License-Identifier: GPL-2.0-or-later
// What is found out about a message or packet.
#include "rules/verdicts.h"

dsmipv4_verdicts_t *dsmipv4_verdicts_new(wmem_allocator_t *alloc)
{
	dsmipv4_verdicts_t *v = wmem_new0(alloc, dsmipv4_verdicts_t);
	v->findings = wmem_array_new(alloc, sizeof(dsmipv4_finding_t));
	v->infos = wmem_array_new(alloc, sizeof(dsmipv4_info_t));
	return v;
}
