// SPDX-License-Identifier: GPL-2.0-or-later
#include "taps/arguments.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
