// SPDX-License-Identifier: GPL-2.0-or-later
// What a run prints: lines for people, or the Test Anything Protocol.
#ifndef DSMIPGEN_OUTPUT_H
#define DSMIPGEN_OUTPUT_H

#include "run/suite/device.h"
#include "run/suite/result.h"

typedef struct {
	const suite_t *suite;
	const device_t *device;
	guint tests; // that are carried out, or skipped
} output_head_t;

typedef struct {
	void (*begin)(const output_head_t *head);
	// The tests end one after another, numbered from 1.
	void (*test)(const result_t *result, guint number);
	void (*end)(const guint counts[RESULT_COUNT]);
} output_t;

extern const output_t output_lines;
extern const output_t output_tap;

#endif
