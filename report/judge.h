// SPDX-License-Identifier: GPL-2.0-or-later
// From reports and the user's wishes to a verdict.
#ifndef DSMIPV4_REPORT_JUDGE_H
#define DSMIPV4_REPORT_JUDGE_H

#include "verdict.h"

// What an earlier verdict found, whatever its frames: the set of rule, sender, node and home agent.
struct baseline;

// Reads the JSON that an earlier run wrote. NULL and an error if it is none.
struct baseline *baseline_read(const char *path, GError **error);
void baseline_free(struct baseline *baseline);

// The verdict's policy lets this finding pass.
bool judge_is_allowed(const struct verdict *verdict, const char *rule);

// The baseline has it; false for a baseline of NULL.
bool baseline_has(const struct baseline *baseline, const struct report_finding *finding);

// The finding makes the verdict "broken".
bool judge_finding_fails(const struct verdict *verdict, const struct baseline *baseline,
			 const struct report_finding *finding);

// Judges one capture by its report and the failures that it has already.
void judge_capture(struct verdict *verdict, struct verdict_capture *capture, const struct baseline *baseline);

// Judges all captures together: coverage, the sums, and the status.
void judge_all(struct verdict *verdict);

// The ids of rules in the policy that no rule has, NULL if there are none; the caller frees it.
char *judge_unknown_rules(const struct verdict *verdict, const struct report *report);

// State of a rule over all captures.
enum rule_state { RULE_OFF, RULE_NOT_EXERCISED, RULE_HELD, RULE_BROKEN };
enum rule_state judge_rule_state(const struct report_rule *rule);
enum rule_state judge_state_of(const struct verdict *verdict, const char *rule);

#endif
