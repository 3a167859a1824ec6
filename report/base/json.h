// SPDX-License-Identifier: GPL-2.0-or-later
// Whole documents of JSON.
#ifndef DSMIPV4_REPORT_JSON_H
#define DSMIPV4_REPORT_JSON_H

#include "base/shape.h"

// Appends a value as an indented document, with a newline at its end.
void json_document(const struct shape *shape, const void *value, GString *out);

#endif
