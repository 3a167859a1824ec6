// SPDX-License-Identifier: GPL-2.0-or-later
// The report for people.
#ifndef DSMIPV4_TAPS_REPORT_TEXT_H
#define DSMIPV4_TAPS_REPORT_TEXT_H

#include <stdio.h>

#include "taps/report/write.h"

// Write the report for people.
void dsmipv4_report_write_text(const dsmipv4_report_t *report, FILE *out);

#endif
