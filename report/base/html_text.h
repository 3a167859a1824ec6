// SPDX-License-Identifier: GPL-2.0-or-later
// Texts and numbers in HTML, and the style sheet of all pages.
#ifndef DSMIPV4_REPORT_HTML_TEXT_H
#define DSMIPV4_REPORT_HTML_TEXT_H

#include <glib.h>

// Appends text with what HTML would take for markup escaped; good in attributes in double quotes, too.
void html_text(GString *out, const char *text);

// g_string_append_printf(), with every %s escaped.
void html_printf(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

// "2026-01-01 12:00:00.000 UTC", or "-"
void html_time(GString *out, gint64 time);

// A link to a frame's number is of no use outside of Wireshark: the number as text, "-" for ABSENT.
void html_frame(GString *out, gint64 frame);

// The style sheet of the page.
extern const char html_style[];

#endif
