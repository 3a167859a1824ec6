// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict onto standard output and into files.
#ifndef DSMIPCHECK_OUTPUT_H
#define DSMIPCHECK_OUTPUT_H

#include "judge.h"
#include "options.h"

// Writes the reports that the options ask for. False and an error of REPORT_ERROR_NOT_JUDGED where one
// could not be written; the others are written all the same.
bool output_write(const struct options *options, const struct verdict *verdict, const struct baseline *baseline,
		  GError **error);

#endif
