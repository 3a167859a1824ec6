// SPDX-License-Identifier: GPL-2.0-or-later
// A received message against what an `await` wants of it.
#ifndef DSMIPGEN_COMPARE_H
#define DSMIPGEN_COMPARE_H

#include "run/layers.h"
#include "run/suite/judge.h"
#include "run/suite/pattern.h"
#include "run/suite/result.h"

// Adds a check to the result for each thing that the action wants of the message, which is in this frame of the
// evidence. False with an error where a pattern is wrong.
bool compare_message(const action_t *action, const judge_t *judge, const dsmipv4_message_t *message,
		     const pattern_context_t *context, guint frame, result_t *result, GError **error);

// The same for a packet and the headers that the action wants.
bool compare_layers(const action_t *action, const layers_t *layers, const pattern_context_t *context, guint frame,
		    result_t *result, GError **error);

// Whether a packet has all headers that the action wants, without any check.
bool compare_fits(const action_t *action, const layers_t *layers, const pattern_context_t *context);

#endif
