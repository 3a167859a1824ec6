// SPDX-License-Identifier: GPL-2.0-or-later
// JSON, written value by value.
#ifndef DSMIPGEN_JSON_H
#define DSMIPGEN_JSON_H

#include <glib.h>

typedef struct {
	GString *text;      // what was written; who calls frees it
	unsigned depth;     // of open objects and arrays
	gboolean is_first;  // nothing was written into the innermost of them
	gboolean is_pretty; // each value has a line, indented by its depth
} json_t;

// An object or array begins ('{', '['), or ends ('}', ']'). name: NULL outside of objects.
void json_begin(json_t *json, const char *name, char bracket);
void json_end(json_t *json, char bracket);

// A string in UTF-8; what is not is replaced.
void json_string(json_t *json, const char *name, const char *value);

void json_number(json_t *json, const char *name, guint64 value);

// A number with six decimals.
void json_decimal(json_t *json, const char *name, double value);

#endif
