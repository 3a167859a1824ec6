// SPDX-License-Identifier: GPL-2.0-or-later
// A mobile node on the page.
#include "html_svg.h"

static void add_binding(GString *out, const struct report *report, const struct report_binding *binding)
{
	html_printf(out, "<tr><td class=\"mono\">%s</td><td>%s, %s</td><td class=\"mono\">",
		    binding->care_of != NULL ? binding->care_of : "not seen", binding->mode, binding->encapsulation);
	html_prefixes(out, binding->prefixes);
	g_string_append(out, "</td><td data-label=\"from\">");
	html_relative(out, report, binding->from_time);
	g_string_append(out, " (frame ");
	html_frame(out, binding->from_frame);
	g_string_append_printf(out, ")</td><td class=\"number\" data-unit=\"times refreshed,\">%u</td><td>%s ",
			       MAX(list_length(binding->refreshes), 1) - 1, binding_end_words[binding->end]);
	if (binding->until_time != TIME_UNKNOWN)
		html_relative(out, report, binding->until_time);
	if (binding->until_frame != ABSENT)
		g_string_append_printf(out, " (frame %" G_GINT64_FORMAT ")", binding->until_frame);
	g_string_append(out, "</td></tr>");
}

static void add_bindings(GString *out, const struct report *report, const GArray *bindings)
{
	if (list_length(bindings) == 0)
		return;
	g_string_append(out,
			"<h3>Bindings</h3><div class=\"scroll\"><table class=\"stack\"><tr><th>Care-of address<th>Mode"
			"<th>Prefixes<th>From<th class=\"number\">Refreshed<th>End</tr>");
	for (guint i = 0; i < bindings->len; i++)
		add_binding(out, report, &g_array_index(bindings, struct report_binding, i));
	g_string_append(out, "</table></div>");
}

static void add_findings(GString *out, const GPtrArray *findings)
{
	if (findings == NULL)
		return;
	g_string_append(out, "<ul class=\"plain\">");
	for (guint i = 0; i < findings->len; i++) {
		const struct report_finding *finding = g_ptr_array_index(findings, i);
		const struct report_place *place = &g_array_index(finding->places, struct report_place, 0);

		html_printf(out,
			    "<li><span class=\"chip %s\">%s</span> <code>%s</code>, %s, %" G_GINT64_FORMAT
			    " frame%s, first %" G_GINT64_FORMAT ": %s</li>",
			    severity_words[finding->severity], severity_words[finding->severity], finding->rule,
			    actor_title(finding->actor), finding->frames, finding->frames == 1 ? "" : "s", place->frame,
			    place->text);
	}
	g_string_append(out, "</ul>");
}

static const char *service_class(const struct report_node *node)
{
	if (report_node_lacks_service(node))
		return "broken";
	return node->service.outcome == OUTCOME_GRANTED ? "held" : "chat";
}

void html_node(GString *out, const struct report *report, const struct report_node *node, const GPtrArray *findings,
	       bool open)
{
	html_printf(out, "<details%s><summary><b class=\"mono\">%s</b>", open ? " open" : "", node->home_address);
	if (node->nai != NULL)
		html_printf(out, " (%s)", node->nai);
	html_printf(out, " at <span class=\"mono\">%s</span> <span class=\"chip %s\">IPv6: %s</span>", node->home_agent,
		    service_class(node), outcome_words[node->service.outcome]);
	if (findings != NULL)
		g_string_append_printf(out, " <span class=\"chip broken\">%u finding%s</span>", findings->len,
				       findings->len == 1 ? "" : "s");
	html_printf(out,
		    "</summary><p class=\"soft\">%s%s%" G_GINT64_FORMAT " request%s, %" G_GINT64_FORMAT
		    " denied, %" G_GINT64_FORMAT " unanswered</p>",
		    node->service.text, node->service.text[0] != '\0' ? "; " : "", node->requests,
		    node->requests == 1 ? "" : "s", node->denied, node->unanswered);
	add_findings(out, findings);
	html_timeline(out, report, node, findings);
	add_bindings(out, report, node->bindings);
	html_ladder(out, report, node);
	g_string_append(out, "</details>");
}
