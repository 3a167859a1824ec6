// SPDX-License-Identifier: GPL-2.0-or-later
// One test, step by step.
#ifndef DSMIPGEN_CONDUCT_H
#define DSMIPGEN_CONDUCT_H

#include "run/suite/result.h"
#include "run/suite/station.h"

typedef struct {
	station_t *station;
	evidence_t *evidence;
	const actors_t *actors;
	const device_t *device;
	const GPtrArray *allow; // of text_t, ids of rules that the device may break in any test; NULL: none
} conduct_t;

// Carries out a test, and fills in verdict, reason and place of its result. False with an error if it cannot go on: the
// kernel does not send, or the suite is wrong.
bool conduct_test(const conduct_t *conduct, const test_t *test, result_t *result, GError **error);

// Carries out the steps of a test for their effect, and tells whether it passed (unless is_passed is NULL).
bool conduct_quietly(const conduct_t *conduct, const test_t *test, bool *is_passed, GError **error);

#endif
