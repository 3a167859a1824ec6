// SPDX-License-Identifier: GPL-2.0-or-later
// Parts of the page that render_html() makes.
#ifndef DSMIPV4_REPORT_HTML_PARTS_H
#define DSMIPV4_REPORT_HTML_PARTS_H

#include "base/html_text.h"
#include "causes.h"

// "+12.345 s" from the first frame of the capture, or "-".
void html_relative(GString *out, const struct report *report, gint64 time);

// "2001:db8:a::/48 to CoA", "2001:db8:b::/48 rejected (9)", or of a request "2001:db8:c::/48"
void html_prefix(GString *out, const struct report_prefix *prefix);

// All of them, separated by commas.
void html_prefixes(GString *out, const GArray *prefixes);

// A mobile node, with its timeline, bindings, traffic and ladder. `number` counts the nodes of the page;
// `findings` may be NULL. `open`: shown without a click.
void html_node(GString *out, const struct report *report, const struct report_node *node, const GPtrArray *findings,
	       bool open);

#endif
