// SPDX-License-Identifier: GPL-2.0-or-later
// Errors of reading, writing and judging reports.
#ifndef DSMIPV4_REPORT_ERROR_H
#define DSMIPV4_REPORT_ERROR_H

#include <glib.h>
#include <stdbool.h>

// The codes are exit statuses of dsmipcheck.
enum report_error {
	REPORT_ERROR_USAGE = 2,      // an option or a file of options
	REPORT_ERROR_NOT_JUDGED = 3, // a capture, tshark, the plugin, or a file that cannot be written
};

#define REPORT_ERROR report_error_quark()

GQuark report_error_quark(void);

// Sets an error of code REPORT_ERROR_NOT_JUDGED with these words, as printf makes them. Always false, so that a
// function can end with it.
bool report_not_judged(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
