// SPDX-License-Identifier: GPL-2.0-or-later
// Frame numbers in the words of rules.
#include "run/suite/frame_words.h"

#define IN_FRAME "in frame "

char *frame_words(const char *words, guint32 earlier)
{
	g_auto(GStrv) parts = g_strsplit(words, IN_FRAME, -1);
	GString *text = g_string_new(parts[0]);

	for (char **part = parts + 1; parts[0] && *part; part++) {
		char *rest;
		guint64 frame = g_ascii_strtoull(*part, &rest, 10);

		if (frame > earlier)
			g_string_append_printf(text, IN_FRAME "%" G_GUINT64_FORMAT "%s", frame - earlier, rest);
		else
			g_string_append_printf(text, "in an earlier test%s", rest);
	}
	return g_string_free(text, FALSE);
}
