// SPDX-License-Identifier: GPL-2.0-or-later
// What changes at a time, without any packet.
#include "taps/deadlines.h"

static gint compare(gconstpointer a, gconstpointer b, gpointer user)
{
	(void)user;
	const dsmipv4_deadline_t *x = a, *y = b;
	return x->at != y->at ? (x->at < y->at ? -1 : 1) : (x->order > y->order) - (x->order < y->order);
}

dsmipv4_deadlines_t *dsmipv4_deadlines_new(void)
{
	return g_tree_new_full(compare, NULL, NULL, NULL);
}

void dsmipv4_deadline_set(dsmipv4_deadlines_t *all, dsmipv4_deadline_t *deadline, int64_t at)
{
	if (deadline->at != INT64_MAX)
		g_tree_remove(all, deadline);
	deadline->at = at;
	if (at != INT64_MAX)
		g_tree_insert(all, deadline, deadline);
}

dsmipv4_deadline_t *dsmipv4_deadline_passed(dsmipv4_deadlines_t *all, int64_t now)
{
	GTreeNode *first = g_tree_node_first(all);
	dsmipv4_deadline_t *deadline = first ? g_tree_node_value(first) : NULL;
	return deadline && deadline->at <= now ? deadline : NULL;
}
