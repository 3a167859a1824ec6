// SPDX-License-Identifier: GPL-2.0-or-later
// What is found out about a message or packet.
#include "rules/verdicts.h"

#include <stdlib.h>

dsmipv4_verdicts_t *dsmipv4_verdicts_new(wmem_allocator_t *alloc)
{
	dsmipv4_verdicts_t *v = wmem_new0(alloc, dsmipv4_verdicts_t);
	v->findings = wmem_array_new(alloc, sizeof(dsmipv4_finding_t));
	return v;
}

unsigned dsmipv4_n_findings(const dsmipv4_verdicts_t *v)
{
	return wmem_array_get_count(v->findings);
}

const dsmipv4_finding_t *dsmipv4_finding(const dsmipv4_verdicts_t *v, unsigned index)
{
	return wmem_array_index(v->findings, index);
}

static int compare_findings(const void *a, const void *b)
{
	const dsmipv4_finding_t *x = a, *y = b;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (!x->ext || !y->ext || x->ext == y->ext)
		return 0;
	return x->ext < y->ext ? -1 : 1;
}

void dsmipv4_verdicts_sort(dsmipv4_verdicts_t *v)
{
	unsigned n = dsmipv4_n_findings(v);
	if (n > 1)
		qsort(wmem_array_get_raw(v->findings), n, sizeof(dsmipv4_finding_t), compare_findings);
}
