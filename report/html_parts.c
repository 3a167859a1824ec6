// SPDX-License-Identifier: GPL-2.0-or-later
// Parts of the page that render_html() makes.
#include "html_parts.h"

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)

void html_relative(GString *out, const struct report *report, gint64 time)
{
	if (time == TIME_UNKNOWN || report->capture.first_time == TIME_UNKNOWN) {
		g_string_append_c(out, '-');
		return;
	}
	g_string_append_printf(out, "%+.3f s", (double)(time - report->capture.first_time) / (double)NANOSECONDS);
}

void html_prefix(GString *out, const struct report_prefix *prefix)
{
	html_text(out, prefix->prefix);
	if (prefix->code == 0 || prefix->code == 1)
		g_string_append(out, prefix->code == 0 ? " to HoA" : " to CoA");
	else if (prefix->code != ABSENT)
		g_string_append_printf(out, " %s (%" G_GINT64_FORMAT ")", prefix->code < 8 ? "accepted" : "rejected",
				       prefix->code);
}

void html_prefixes(GString *out, const GArray *prefixes)
{
	for (guint i = 0; i < list_length(prefixes); i++) {
		g_string_append(out, i > 0 ? ", " : "");
		html_prefix(out, &g_array_index(prefixes, struct report_prefix, i));
	}
}
