// SPDX-License-Identifier: GPL-2.0-or-later
// What a scenario expects of a packet, as the packet's comment says it.
#include "packet/expectation.h"

#include "language/rule_ids.h"

#include <string.h>

static bool is_expected(const step_t *step, const char *rule)
{
	for (guint i = 0; step->expect && i < step->expect->len; i++)
		if (strcmp(((const text_t *)step->expect->pdata[i])->string, rule) == 0)
			return true;
	return false;
}

static char *whole_expectation(const step_t *step)
{
	GString *text = g_string_new(" expect:");
	gsize empty = text->len;

	for (unsigned rule = 0; rule < rule_count; rule++)
		if (is_expected(step, rules[rule].id))
			g_string_append_printf(text, " %s", rules[rule].id);
	if (text->len == empty)
		g_string_append(text, " none");
	return g_string_free(text, FALSE);
}

char *expectation_text(const step_t *step, const cutting_t *cutting, guint place, bool claims)
{
	g_autofree char *expectation = NULL;

	if (!step->expect || !claims)
		expectation = g_strdup("");
	else
		expectation = fragment_completes(cutting, place) ? whole_expectation(step) : g_strdup(" expect: none");
	if (cutting->count == 1)
		return g_steal_pointer(&expectation);
	return g_strdup_printf(" fragment %u of %u%s", fragment_at(cutting, place) + 1, cutting->count, expectation);
}
