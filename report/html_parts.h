// SPDX-License-Identifier: GPL-2.0-or-later
// Parts of the page that render_html() makes.
#ifndef DSMIPV4_REPORT_HTML_PARTS_H
#define DSMIPV4_REPORT_HTML_PARTS_H

#include "causes.h"

// Appends text with what HTML would take for markup escaped; good in attributes in double quotes, too.
void html_text(GString *out, const char *text);

// g_string_append_printf(), with every %s escaped.
void html_printf(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

// "2026-01-01 12:00:00.000 UTC", or "-"
void html_time(GString *out, gint64 time);

// "+12.345 s" from the first frame of the capture, or "-".
void html_relative(GString *out, const struct report *report, gint64 time);

// "2001:db8:a::/48 to CoA", "2001:db8:b::/48 rejected (9)", or of a request "2001:db8:c::/48"
void html_prefix(GString *out, const struct report_prefix *prefix);

// All of them, separated by commas.
void html_prefixes(GString *out, const GArray *prefixes);

// A link to a frame's number is of no use outside of Wireshark: the number as text, "-" for ABSENT.
void html_frame(GString *out, gint64 frame);

// The style sheet of the page.
extern const char html_style[];

// A mobile node, with its timeline, bindings, traffic and ladder. `number` counts the nodes of the page;
// `findings` may be NULL. `open`: shown without a click.
void html_node(GString *out, const struct report *report, const struct report_node *node, const GPtrArray *findings,
	       bool open);

#endif
