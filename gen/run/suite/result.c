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

static void clear_check(gpointer data)
{
	check_t *check = data;

	g_free(check->step);
	g_free(check->field);
	g_free(check->expected);
	g_free(check->actual);
}

void result_begin(result_t *result, const test_t *test)
{
	*result = (result_t){
		.test = test,
		.round = 1,
		.kind = RESULT_PASS,
		.started = g_get_real_time() * 1000,
		.checks = g_array_new(FALSE, FALSE, sizeof(check_t)),
	};
	g_array_set_clear_func(result->checks, clear_check);
}

void result_add_check(result_t *result, const check_t *check)
{
	g_array_append_vals(result->checks, check, 1);
}

char *check_text(const check_t *check)
{
	return g_strdup_printf("%s is %s, expected %s", check->field, check->actual, check->expected);
}

void result_clear(result_t *result)
{
	g_free(result->reason);
	g_free(result->evidence);
	g_array_unref(result->checks);
}
