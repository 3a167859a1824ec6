// SPDX-License-Identifier: GPL-2.0-or-later
// What a test came to.
#include "run/suite/result.h"

static const char *const words[RESULT_COUNT] = {
	[RESULT_SKIP] = "SKIP",           [RESULT_PASS] = "PASS", [RESULT_WARN] = "WARN",
	[RESULT_INCONCLUSIVE] = "INCONC", [RESULT_FAIL] = "FAIL",
};

const char *result_word(result_kind_t kind)
{
	return words[kind];
}

void result_worsen(result_t *result, result_kind_t kind, const place_t *place, const char *format, ...)
{
	va_list values;

	if (kind <= result->kind)
		return;
	va_start(values, format);
	g_free(result->reason);
	result->reason = g_strdup_vprintf(format, values);
	va_end(values);
	result->kind = kind;
	result->place = *place;
}

void result_clear(result_t *result)
{
	g_free(result->reason);
	g_free(result->evidence);
}
