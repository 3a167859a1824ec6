// SPDX-License-Identifier: GPL-2.0-or-later
// "did you mean" for mistyped names.
#include "language/suggest.h"

#include <string.h>

// What a typing mistake costs: a letter left out or added is likelier than a wrong one, so that "sed" is "seed", not
// "set".
enum { ONE_MORE = 2, WRONG = 3 };

// Levenshtein distance, one row at a time.
static gsize edit_distance(const char *a, const char *b)
{
	gsize columns = strlen(b) + 1;
	gsize *row = g_new(gsize, columns);

	for (gsize j = 0; j < columns; j++)
		row[j] = j * ONE_MORE;
	for (gsize i = 1; a[i - 1] != '\0'; i++) {
		gsize diagonal = row[0];

		row[0] = i * ONE_MORE;
		for (gsize j = 1; j < columns; j++) {
			gsize replaced = diagonal + (a[i - 1] != b[j - 1] ? WRONG : 0);

			diagonal = row[j];
			row[j] = MIN(replaced, MIN(row[j], row[j - 1]) + ONE_MORE);
		}
	}
	gsize distance = row[columns - 1];
	g_free(row);
	return distance;
}

char *suggest(const char *name, const char *const *candidates, gsize count)
{
	gsize best = (strlen(name) / 3 + 2) * ONE_MORE; // further away is no typing mistake
	const char *closest = NULL;

	for (gsize i = 0; i < count; i++) {
		if (strlen(name) >= strlen(candidates[i]) + best / ONE_MORE) // each letter too many costs one
			continue;
		gsize distance = edit_distance(name, candidates[i]);

		if (distance < best) {
			best = distance;
			closest = candidates[i];
		}
	}
	return !closest ? g_strdup("; expected") : g_strdup_printf("; did you mean '%s'? expected", closest);
}
