// SPDX-License-Identifier: GPL-2.0-or-later
// Many captures, each judged alone.
#ifndef DSMIPCHECK_CAPTURES_H
#define DSMIPCHECK_CAPTURES_H

#include "judge.h"
#include "tshark.h"

// Adds to the verdict a capture for each file, judged.
void captures_judge(const struct tshark *tshark, struct verdict *verdict, const struct baseline *baseline);

// Checks before the long work that the rules named in options exist, by a report on no packets. False and
// an error of REPORT_ERROR_USAGE, or of _NOT_JUDGED where tshark or the plugin is missing.
bool captures_check_rules(const struct tshark *tshark, struct verdict *verdict, GError **error);

#endif
