// SPDX-License-Identifier: GPL-2.0-or-later
// The order of RFC sections.
#ifndef DSMIPV4_REPORT_SECTION_H
#define DSMIPV4_REPORT_SECTION_H

#include <glib.h>

// A number by which texts such as "5454 3.3.2" sort: RFC 5454 first, then by RFC and section; what begins with no
// number comes last.
gint64 section_key(const char *text);

#endif
