// SPDX-License-Identifier: GPL-2.0-or-later
// A received message against what an `await` wants of it.
#ifndef DSMIPGEN_COMPARE_H
#define DSMIPGEN_COMPARE_H

#include "run/suite/judge.h"
#include "run/suite/pattern.h"
#include "run/suite/suite.h"

// What is different, as "code is 131, expected 0", with the place of the pattern in the suite; NULL: nothing, or an
// error is set. Free with g_free().
char *compare_message(const action_t *action, const judge_t *judge, const dsmipv4_message_t *message,
		      const pattern_context_t *context, place_t *place, GError **error);

#endif
