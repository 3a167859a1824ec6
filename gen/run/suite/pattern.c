// SPDX-License-Identifier: GPL-2.0-or-later
// What a suite says of a field of a received message.
#include "run/suite/pattern.h"

#include "language/parse.h"
#include "wire/ipv4_header.h"

#include <stdlib.h>
#include <string.h>

#define NOW "~now"
#define AROUND "+-"
#define STEP "step:"

typedef struct {
	const field_t *field;
	const value_t *value;
	const pattern_context_t *context;
	const place_t *place;
	GError *error;
} match_t;

static bool matches(match_t *match, const char *pattern);

static bool read_operand(match_t *match, const char *text, value_t *operand)
{
	const char *fact = actors_is_name(text) ? actors_get(match->context->actors, text, match->context->node) : NULL;

	return value_read(match->field->kind, fact ? fact : text, match->place, operand,
			  match->error ? NULL : &match->error);
}

static bool is_equal(const match_t *match, const value_t *operand)
{
	if (match->field->size == sizeof(operand->octets))
		return memcmp(operand->octets, match->value->octets, sizeof(operand->octets)) == 0;
	return operand->number == match->value->number;
}

static bool is_in_range(match_t *match, const char *pattern, const char *dots)
{
	g_autofree char *first = g_strndup(pattern, (gsize)(dots - pattern));
	value_t low = {0}, high = {0};
	bool ok = read_operand(match, first, &low) && read_operand(match, dots + strlen(".."), &high);

	return ok && low.number <= match->value->number && match->value->number <= high.number;
}

static bool is_one_of(match_t *match, const char *pattern)
{
	g_auto(GStrv) parts = g_strsplit(pattern, "|", -1);
	bool found = false;

	for (char **part = parts; *part; part++)
		found |= matches(match, *part);
	return found;
}

// "~now+-7", and "~now+100+-7" for a clock that is 100 s ahead.
static bool is_near_now(match_t *match, const char *pattern)
{
	gint64 now = match->context->time / DSMIPV4_SECOND + DSMIPV4_NTP_OFFSET;
	const char *offset = pattern + strlen(NOW), *around = strstr(pattern, AROUND);

	if (!around) {
		if (!match->error)
			fail_at(&match->error, match->place, "wrong value; expected such as ~now+-7");
		return false;
	}
	if (offset < around)
		now += (gint64)g_ascii_strtoll(offset, NULL, 10);
	return ABS((gint64)match->value->number - now) <= (gint64)g_ascii_strtoll(around + strlen(AROUND), NULL, 10);
}

static bool is_as_sent(match_t *match, const char *name)
{
	const dsmipv4_message_t *sent = match->context->sent ? g_hash_table_lookup(match->context->sent, name) : NULL;
	const field_t *field = field_find(BLOCK_request, match->field->name);
	value_t other;

	if (!match->context->sent)
		return true;
	if (!sent || !field) {
		if (!match->error)
			fail_at(&match->error, match->place, "step '%s' has sent no %s; expected a request before this",
				name, match->field->name);
		return false;
	}
	field_read(field, sent, &other);
	return is_equal(match, &other);
}

static bool matches(match_t *match, const char *pattern)
{
	const char *dots = strstr(pattern, "..");
	value_t operand = {0};

	if (strcmp(pattern, "any") == 0)
		return true;
	if (pattern[0] == '!')
		return !matches(match, pattern + 1);
	if (strchr(pattern, '|'))
		return is_one_of(match, pattern);
	if (dots)
		return is_in_range(match, pattern, dots);
	if (g_str_has_prefix(pattern, NOW))
		return is_near_now(match, pattern);
	if (g_str_has_prefix(pattern, STEP))
		return is_as_sent(match, pattern + strlen(STEP));
	return read_operand(match, pattern, &operand) && is_equal(match, &operand);
}

bool pattern_matches(const char *pattern, const field_t *field, const value_t *value, const pattern_context_t *context,
		     const place_t *place, GError **error)
{
	match_t match = {field, value, context, place, NULL};
	bool ok = matches(&match, pattern);

	if (!match.error)
		return ok;
	g_propagate_error(error, match.error);
	return false;
}

char *pattern_text(const char *pattern, const pattern_context_t *context)
{
	const char *fact = actors_is_name(pattern) ? actors_get(context->actors, pattern, context->node) : NULL;

	return fact ? g_strdup_printf("%s (%s)", pattern, fact) : g_strdup(pattern);
}

bool pattern_check(const char *pattern, const field_t *field, const actors_t *actors, const place_t *place,
		   GError **error)
{
	const value_t none = {0};
	const pattern_context_t context = {.actors = actors, .node = "mn1"};
	GError *cause = NULL;

	pattern_matches(pattern, field, &none, &context, place, &cause);
	if (!cause)
		return true;
	g_propagate_error(error, cause);
	return false;
}
