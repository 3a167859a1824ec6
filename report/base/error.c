// SPDX-License-Identifier: GPL-2.0-or-later
// Errors of reading, writing and judging reports.
#include "base/error.h"

G_DEFINE_QUARK(dsmipv4 - report, report_error)

bool report_not_judged(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_propagate_error(error, g_error_new_valist(REPORT_ERROR, REPORT_ERROR_NOT_JUDGED, format, arguments));
	va_end(arguments);
	return false;
}
