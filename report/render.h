// SPDX-License-Identifier: GPL-2.0-or-later
// A verdict in the forms that people and other programs read.
#ifndef DSMIPV4_REPORT_RENDER_H
#define DSMIPV4_REPORT_RENDER_H

#include "judge.h"

// Each appends a whole document to `out`. `baseline` may be NULL.

// For a terminal or a log; with `color`, by ANSI sequences.
void render_text(const struct verdict *verdict, const struct baseline *baseline, bool color, GString *out);

// doc/report.schema.json
void render_json(const struct verdict *verdict, GString *out);

// JUnit, a test suite a capture, a test case a rule.
void render_junit(const struct verdict *verdict, const struct baseline *baseline, GString *out);

// Test Anything Protocol, version 13, a test point a rule of a capture.
void render_tap(const struct verdict *verdict, const struct baseline *baseline, GString *out);

// One page of HTML that needs nothing else.
void render_html(const struct verdict *verdict, const struct baseline *baseline, GString *out);

#endif
