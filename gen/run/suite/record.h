// SPDX-License-Identifier: GPL-2.0-or-later
// The record of a run, test by test, and the reports that are made of it.
#ifndef DSMIPGEN_RECORD_H
#define DSMIPGEN_RECORD_H

#include "run/suite/device.h"
#include "run/evidence/evidence.h"
#include "run/suite/result.h"

typedef struct record record_t;

typedef struct {
	const suite_t *suite;
	const device_t *device;
	const char *interface; // NULL: judged from a file
	const char *folder;    // of the reports; NULL: none are written
	const char *baseline;  // results.json of an earlier run; NULL: none
	bool is_strict;
	guint tests; // that are carried out or skipped
} record_head_t;

// Begins a record: makes the folder, and reads the baseline.
record_t *record_new(const record_head_t *head, GError **error);
void record_free(record_t *record);

// Whether the verdict is no news: the baseline has none that is better. A test that it does not have is news.
bool record_is_known(const record_t *record, const result_t *result);

// Adds a test with its packets (NULL: it was skipped), and writes all reports anew, so that they are whole whatever
// comes next. Each file is replaced at once.
bool record_add(record_t *record, const result_t *result, const evidence_t *evidence, GError **error);

// Writes the reports with the exit status of the run.
bool record_end(record_t *record, int status, GError **error);

#endif
