// SPDX-License-Identifier: GPL-2.0-or-later
// A part of a population as texts: which scenario, for how many nodes, from when on.
#include "language/part.h"

part_t *part_new(void)
{
	return g_new0(part_t, 1);
}

void part_free(part_t *part)
{
	g_clear_pointer(&part->set, g_ptr_array_unref);
	g_free(part);
}
