// SPDX-License-Identifier: GPL-2.0-or-later
// What the user wrote after -z.
#include "taps/arguments.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings/saved_state.h"

void dsmipv4_tap_fail(const char *tap, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "tshark: -z %s: ", tap);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

void dsmipv4_tap_needs_state(const char *tap)
{
	if (dsmipv4_unread_state())
		dsmipv4_tap_fail(tap, "%s", dsmipv4_unread_state());
}

bool dsmipv4_take_word(const char **rest, const char *word)
{
	size_t len = strlen(word);
	if (**rest != ',' || strncmp(*rest + 1, word, len) != 0)
		return false;
	const char *end = *rest + 1 + len;
	if (*end != '\0' && *end != ',')
		return false;
	*rest = end;
	return true;
}

bool dsmipv4_take_moment(const char **rest, const char *tap, dsmipv4_moment_t *at)
{
	static const char option[] = ",at=";
	if (!g_str_has_prefix(*rest, option))
		return false;
	const char *begin = *rest + strlen(option);
	char *text = g_strndup(begin, strcspn(begin, ","));
	*rest = begin + strlen(text);
	if (!dsmipv4_moment_parse(at, text))
		dsmipv4_tap_fail(tap, "at=%s is not a time; expected " DSMIPV4_MOMENT_FORMS, text);
	g_free(text);
	return true;
}

char *dsmipv4_take_filter(const char *rest, const char *tap, const char *usage)
{
	if (*rest == '\0')
		return NULL;
	if (*rest != ',' || rest[1] == '\0')
		dsmipv4_tap_fail(tap, "expected %s", usage);
	return g_strdup(rest + 1);
}

void dsmipv4_tap_listen(const char *tap, const char *name, void *data, const char *filter, tap_reset_cb reset,
			tap_packet_cb packet, tap_draw_cb draw)
{
	GString *error = register_tap_listener(name, data, filter, TL_REQUIRES_NOTHING, reset, packet, draw, NULL);
	if (error)
		dsmipv4_tap_fail(tap, "%s", error->str);
}
