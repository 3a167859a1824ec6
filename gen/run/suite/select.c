// SPDX-License-Identifier: GPL-2.0-or-later
// Which tests of a suite the user wants.
#include "run/suite/select.h"

#include <string.h>

#define RFC "RFC "

// "RFC 5944 3.8.2.1" is in "5944", in "5944:3.8" and in "5944:3.8.2.1", and not in "5944:3.8.2.11".
static bool is_in_section(const char *clause, const char *section)
{
	g_autofree char *wanted = g_strdelimit(g_strdup(section), ":", ' ');
	const char *place = g_str_has_prefix(clause, RFC) ? clause + strlen(RFC) : clause;
	const char *rest = place + strlen(wanted);

	return g_str_has_prefix(place, wanted) && (*rest == '\0' || *rest == ' ' || *rest == '.');
}

static bool fits(const selection_t *selection, const test_t *test)
{
	return (!selection->only || g_pattern_match_simple(selection->only, test->id)) &&
	       (!selection->section || is_in_section(test->clause, selection->section));
}

bool selection_has(const selection_t *selection, const suite_t *suite, guint index)
{
	return index == 0 || fits(selection, suite->tests->pdata[index]);
}

guint selection_count(const selection_t *selection, const suite_t *suite)
{
	guint count = 0;

	for (guint i = 0; i < suite->tests->len; i++)
		count += selection_has(selection, suite, i);
	return count;
}

bool selection_check(const selection_t *selection, const suite_t *suite, GError **error)
{
	for (guint i = 0; i < suite->tests->len; i++)
		if (fits(selection, suite->tests->pdata[i]))
			return true;
	fail(error, GEN_ERROR_SCENARIO, "the suite %s has no test for%s%s%s%s", suite->name,
	     selection->only ? " --only " : "", selection->only ? selection->only : "",
	     selection->section ? " --section " : "", selection->section ? selection->section : "");
	return false;
}
