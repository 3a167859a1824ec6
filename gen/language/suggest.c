// SPDX-License-Identifier: GPL-2.0-or-later
// "did you mean" for mistyped names.
#include "language/suggest.h"

#include <string.h>

// Levenshtein distance, one row at a time.
static gsize edit_distance(const char *a, const char *b)
{
	gsize columns = strlen(b) + 1;
	gsize *row = g_new(gsize, columns);

	for (gsize j = 0; j < columns; j++)
		row[j] = j;
	for (gsize i = 1; a[i - 1] != '\0'; i++) {
		gsize diagonal = row[0];

		row[0] = i;
		for (gsize j = 1; j < columns; j++) {
			gsize replaced = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(replaced, MIN(row[j], row[j - 1]) + 1);
		}
	}
	gsize distance = row[columns - 1];
	g_free(row);
	return distance;
}

char *suggest(const char *name, const char *const *candidates, gsize count)
{
	gsize best = strlen(name) / 3 + 2; // further away is no typing mistake
	const char *closest = NULL;

	for (gsize i = 0; i < count; i++) {
		if (strlen(name) >= strlen(candidates[i]) + best) // the distance is no less than what one is longer
			continue;
		gsize distance = edit_distance(name, candidates[i]);

		if (distance < best) {
			best = distance;
			closest = candidates[i];
		}
	}
	return !closest ? g_strdup("; expected") : g_strdup_printf("; did you mean '%s'? expected", closest);
}
