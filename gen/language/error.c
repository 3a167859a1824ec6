// SPDX-License-Identifier: GPL-2.0-or-later
// Errors: one line each, with the place in a scenario file and the exit status.
#include "language/error.h"

G_DEFINE_QUARK(dsmipgen, gen_error)

void fail_at(GError **error, const place_t *place, const char *format, ...)
{
	GString *line = g_string_new(NULL);
	va_list arguments;

	if (place->file)
		g_string_append_printf(line, "%s:%u: ", place->file, place->line);
	if (place->path && place->path[0] != '\0')
		g_string_append_printf(line, "%s: ", place->path);
	va_start(arguments, format);
	g_string_append_vprintf(line, format, arguments);
	va_end(arguments);
	for (gsize i = 0; i < line->len; i++) // a scenario's texts may hold any: the error stays one line
		if (g_ascii_iscntrl(line->str[i]))
			line->str[i] = '?';
	g_set_error_literal(error, GEN_ERROR, GEN_ERROR_SCENARIO, line->str);
	g_string_free(line, TRUE);
}

void fail(GError **error, gen_error_t code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *line = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error_literal(error, GEN_ERROR, (int)code, line);
}
