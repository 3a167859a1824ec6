// SPDX-License-Identifier: GPL-2.0-or-later
// Annotated hexadecimal text to bytes.
#include "hex.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *copy_exactly(const uint8_t *bytes, uint32_t len)
{
	uint8_t *copy = malloc(len);
	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

static const char *skip_annotation(const char *text)
{
	const char *end = strchr(text, ')');
	if (!end)
		g_error("annotation without end: %s", text);
	return end;
}

hex_t hex_parse(const char *text)
{
	hex_t hex = {0};
	bool cut = false;
	GByteArray *all = g_byte_array_new();
	for (const char *p = text; *p; p++) {
		if (*p == '(') {
			p = skip_annotation(p);
		} else if (*p == '|') {
			hex.captured = all->len;
			cut = true;
		} else if (*p == '<') {
			hex.has_place = true;
			hex.offset = all->len;
		} else if (*p == '>') {
			hex.length = all->len - hex.offset;
		} else if (!g_ascii_isspace(*p)) {
			if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1]))
				g_error("no hexadecimal: %s", p);
			uint8_t byte = (uint8_t)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1]));
			g_byte_array_append(all, &byte, 1);
			p++;
		}
	}
	hex.reported = all->len;
	if (!cut)
		hex.captured = all->len;
	hex.bytes = copy_exactly(all->data, hex.captured);
	g_byte_array_free(all, TRUE);
	return hex;
}

void hex_free(hex_t *hex)
{
	free(hex->bytes);
	hex->bytes = NULL;
}

hex_t hex_cut(const hex_t *hex, uint32_t captured, uint32_t reported)
{
	g_assert_cmpuint(captured, <=, hex->captured);
	hex_t part = {.captured = captured, .reported = reported};
	part.bytes = copy_exactly(hex->bytes, captured);
	return part;
}
