// SPDX-License-Identifier: GPL-2.0-or-later
// JSON (RFC 8259), written value by value.
#include "output/json.h"

#define INDENT 2

static void new_line(json_t *json)
{
	if (!json->is_pretty)
		return;
	g_string_append_c(json->text, '\n');
	for (unsigned i = 0; i < json->depth * INDENT; i++)
		g_string_append_c(json->text, ' ');
}

static void put_quoted(GString *text, const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);

	g_string_append_c(text, '"');
	for (const char *c = valid; *c; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_printf(text, "\\%c", *c);
		else if ((guchar)*c < 0x20)
			g_string_append_printf(text, "\\u%04x", (guint)*c);
		else
			g_string_append_c(text, *c);
	}
	g_string_append_c(text, '"');
}

static void start_value(json_t *json, const char *name)
{
	if (json->depth > 0) {
		if (!json->is_first)
			g_string_append_c(json->text, ',');
		new_line(json);
	}
	json->is_first = FALSE;
	if (!name)
		return;
	put_quoted(json->text, name);
	g_string_append(json->text, json->is_pretty ? ": " : ":");
}

void json_begin(json_t *json, const char *name, char bracket)
{
	start_value(json, name);
	g_string_append_c(json->text, bracket);
	json->depth++;
	json->is_first = TRUE;
}

void json_end(json_t *json, char bracket)
{
	json->depth--;
	if (!json->is_first)
		new_line(json);
	json->is_first = FALSE;
	g_string_append_c(json->text, bracket);
}

void json_string(json_t *json, const char *name, const char *value)
{
	start_value(json, name);
	put_quoted(json->text, value);
}

void json_number(json_t *json, const char *name, guint64 value)
{
	start_value(json, name);
	g_string_append_printf(json->text, "%" G_GUINT64_FORMAT, value);
}

void json_decimal(json_t *json, const char *name, double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	start_value(json, name);
	g_string_append(json->text, g_ascii_formatd(text, sizeof(text), "%.6f", value));
}
