// SPDX-License-Identifier: GPL-2.0-or-later
// Texts in XML.
#include "base/xml.h"

#include <stdbool.h>

// Characters that XML 1.0 does not have, not even as references.
static bool is_xml(gunichar c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

void xml_text(GString *out, const char *text)
{
	char *valid = g_utf8_make_valid(text, -1), *escaped;
	GString *clean = g_string_new(NULL);

	for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at))
		g_string_append_unichar(clean, is_xml(g_utf8_get_char(at)) ? g_utf8_get_char(at) : '?');
	escaped = g_markup_escape_text(clean->str, (gssize)clean->len);
	g_string_append(out, escaped);
	g_free(escaped);
	g_string_free(clean, TRUE);
	g_free(valid);
}

void xml_attribute(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, " %s=\"", name);
	xml_text(out, value);
	g_string_append_c(out, '"');
}
