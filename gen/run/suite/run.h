// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen run: a suite against a device.
#ifndef DSMIPGEN_RUN_H
#define DSMIPGEN_RUN_H

#include "language/error.h"

#include <stdbool.h>

// The options of the command as they are given, NULL where not.
typedef struct {
	char *device;
	char *interface;
	char *next_hop;
	char *correspondents; // interface
	char *report;
	char *only;
	char *section;
	char *baseline;
	char *evidence; // of an earlier run, which is judged instead of the device; NULL: none
	char *dry_file; // of a dry run; NULL: lines on standard output
	int repeat;
	gboolean is_tap;
	gboolean is_strict;
	gboolean is_check;
	gboolean is_dry;
} run_options_t;

// Carries out the suite of that name, or judges the evidence of that. True if all tests passed, but for those that were
// skipped; else an error with the exit status of the command.
bool run_suite(const char *name, const run_options_t *options, GError **error);

#endif
