// SPDX-License-Identifier: GPL-2.0-or-later
// A received message against what an `await` wants of it.
#ifndef DSMIPGEN_COMPARE_H
#define DSMIPGEN_COMPARE_H

#include "run/suite/judge.h"
#include "run/suite/pattern.h"
#include "run/suite/result.h"

// Adds a check to the result for each thing that the action wants of the message, which is in this frame of the
// evidence. False with an error where a pattern is wrong.
bool compare_message(const action_t *action, const judge_t *judge, const dsmipv4_message_t *message,
		     const pattern_context_t *context, guint frame, result_t *result, GError **error);

#endif
