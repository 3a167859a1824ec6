// SPDX-License-Identifier: GPL-2.0-or-later
// Drawings of a mobile node. Positions across are shares of the width, so that text keeps its size on a
// phone and on paper.
#ifndef DSMIPV4_REPORT_HTML_SVG_H
#define DSMIPV4_REPORT_HTML_SVG_H

#include "html_parts.h"

// Bindings, registrations, traffic and findings over time. Nothing where the capture has no times.
void html_timeline(GString *out, const struct report *report, const struct report_node *node,
		   const GPtrArray *findings);

// Registration messages between mobile node, foreign agent and home agent, one below the other.
void html_ladder(GString *out, const struct report *report, const struct report_node *node);

#endif
