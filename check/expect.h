// SPDX-License-Identifier: GPL-2.0-or-later
// What the packet comments of dsmipgen expect, held against the verdicts.
#ifndef DSMIPCHECK_EXPECT_H
#define DSMIPCHECK_EXPECT_H

#include "jobs.h"
#include "verdict.h"

// Arguments of tshark for a job that expect_judge() reads.
extern const char *const expect_arguments[];

// Adds a failure to the capture for each frame whose broken rules are not those that its comment expects,
// for each rule of the wanted severity that is broken in a frame without an expectation, and if there is
// no expectation at all.
void expect_judge(struct verdict *verdict, struct verdict_capture *capture, const struct job *job);

#endif
