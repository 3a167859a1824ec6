// SPDX-License-Identifier: GPL-2.0-or-later
// The order of RFC sections.
#include "base/section.h"

#define NO_RFC 65536 // above all numbers of RFCs

gint64 section_key(const char *text)
{
	char *end;
	guint64 rfc = g_ascii_strtoull(text, &end, 10), parts[4] = {0};

	for (gsize i = 0; i < G_N_ELEMENTS(parts) && (*end == ' ' || *end == '.'); i++)
		parts[i] = g_ascii_strtoull(end + 1, &end, 10);
	rfc = rfc == 5454 ? 0 : rfc == 0 ? NO_RFC : rfc;
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		rfc = rfc * 256 + MIN(parts[i], 255);
	return (gint64)rfc;
}
