// SPDX-License-Identifier: GPL-2.0-or-later
// Texts in XML.
#ifndef DSMIPV4_REPORT_XML_H
#define DSMIPV4_REPORT_XML_H

#include <glib.h>

// Appends text with markup escaped, and a question mark for what XML 1.0 cannot have.
void xml_text(GString *out, const char *text);

// Appends ` name="value"`.
void xml_attribute(GString *out, const char *name, const char *value);

#endif
